"""Typed state as Parquet: what fetching remembers of feeds and hosts, and the entries that wait.

A column per field of the noun, by its type. A file of an older warta lacks columns (the default stands in),
one of a newer has more (ignored); anything else that is odd raises `StateCorrupt`, for state can be rebuilt
and must not be half trusted.
"""

import types
from collections.abc import Iterable, Sequence
from dataclasses import MISSING, fields
from datetime import date, datetime
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import pyarrow as pa

from warta.schemas.entry import Entry
from warta.schemas.feed import FeedState
from warta.schemas.host import HostState
from warta.schemas.tables import STRINGS, TIMESTAMP
from warta.transforms.store.errors import StateCorrupt, StoreError
from warta.transforms.store.files import files_at
from warta.transforms.store.layout import join
from warta.transforms.store.parquet import read_columns, write_state

Noun = TypeVar("Noun")

_ARROW: dict[Any, pa.DataType] = {
    str: pa.string(),
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
    bytes: pa.binary(),
    date: pa.date32(),
    datetime: TIMESTAMP,
    tuple[str, ...]: STRINGS,
}


def read_feed_states(paths: Sequence[str]) -> dict[str, FeedState]:
    """Return what is remembered of each feed, by its URL; later files win."""
    return {one.url: one for one in read_nouns(FeedState, paths)}


def write_feed_states(states: Iterable[FeedState], folder: str, name: str = "feed_states") -> str:
    """Write one state file; return its path."""
    return write_nouns(FeedState, sorted(states, key=lambda one: one.url), folder, name)


def read_host_states(paths: Sequence[str]) -> dict[str, HostState]:
    """Return what is remembered of each host, by its key; later files win."""
    return {one.host: one for one in read_nouns(HostState, paths)}


def write_host_states(states: Iterable[HostState], folder: str, name: str = "hosts") -> str:
    """Write one state file; return its path."""
    return write_nouns(HostState, sorted(states, key=lambda one: one.host), folder, name)


def read_entries(paths: Sequence[str]) -> list[Entry]:
    """Return waiting entries in the order they were written."""
    return read_nouns(Entry, paths)


def write_entries(entries: Iterable[Entry], folder: str, name: str = "pending") -> str:
    """Write one state file, the order kept; return its path."""
    return write_nouns(Entry, entries, folder, name)


def write_nouns(noun: type[Noun], items: Iterable[Noun], folder: str, name: str) -> str:
    """Write frozen dataclasses as `folder/name.parquet`, synced; return the path."""
    schema = schema_of(noun)
    items = list(items)
    columns = [pa.array([getattr(item, field.name) for item in items], field.type) for field in schema]
    path = join(folder, f"{name}.parquet")
    write_state(files_at(folder), path, pa.table(columns, schema=schema))
    return path


def read_nouns(noun: type[Noun], paths: Sequence[str]) -> list[Noun]:
    """Return the dataclasses in `paths`, in order.

    Raises:
      StateCorrupt: naming the file that is missing, damaged or of another kind.
    """
    return [item for path in paths for item in _read_one(noun, path)]


def _read_one(noun: type[Noun], path: str) -> list[Noun]:
    try:
        stored = read_columns(files_at(path), path)
        columns = {
            field.name: _values(stored.column(field.name).cast(field.type), field.type)
            for field in schema_of(noun)
            if field.name in stored.column_names
        }
    except (StoreError, pa.ArrowException, ValueError) as error:
        raise StateCorrupt(f"{path}: cannot be read ({error}); it will be rebuilt") from error
    missing = _required(noun) - columns.keys()
    if missing:
        raise StateCorrupt(f"{path}: no column {sorted(missing)[0]!r}; it will be rebuilt")
    return [noun(**dict(zip(columns, row, strict=True))) for row in zip(*columns.values(), strict=True)]


def _values(column: pa.ChunkedArray, type_: pa.DataType) -> list[Any]:
    values = column.to_pylist()
    return [tuple(value) for value in values] if pa.types.is_list(type_) else values


def schema_of(noun: type[Any]) -> pa.Schema:
    """Return the Arrow schema of a frozen dataclass of plain fields."""
    hints = get_type_hints(noun)
    return pa.schema([_field(field.name, hints[field.name]) for field in fields(noun)])


def _field(name: str, hint: Any) -> pa.Field:
    if get_origin(hint) in (types.UnionType, Union):
        (inner,) = (arg for arg in get_args(hint) if arg is not type(None))
        return pa.field(name, _ARROW[inner], nullable=True)
    return pa.field(name, _ARROW[hint], nullable=False)


def _required(noun: type[Any]) -> set[str]:
    return {
        field.name for field in fields(noun) if field.default is MISSING and field.default_factory is MISSING
    }
