"""Check a whole output folder: manifests, files, rows, state, books. Reads everything, changes nothing."""

import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from warta.schemas.tables import PARTITIONS, TABLES
from warta.transforms.store.errors import StoreError
from warta.transforms.store.files import Files, absolute, files_at
from warta.transforms.store.findings import faults_in_rows
from warta.transforms.store.layout import SUCCESS, Layout, join
from warta.transforms.store.manifest import NOTHING, Manifest, current, live_files
from warta.transforms.store.parquet import DataFile, read_columns, read_whole, table_name


class Kind(StrEnum):
    """What is wrong, as far as mending goes."""

    LOG = "log"
    """A manifest cannot be read."""
    MISSING = "missing"
    """A committed data file is not there."""
    UNREADABLE = "unreadable"
    """A committed data file is damaged."""
    STRAY = "stray"
    """Something in a dataset folder that no commit named."""
    UNFINISHED = "unfinished"
    """A cycle was cut short; the next opening finishes it."""
    COUNT = "count"
    """A file holds another number of rows than its manifest says."""
    ROWS = "rows"
    """Values that break the schema's promises."""
    TWICE = "twice"
    """The same key in two rows."""
    STATE = "state"
    """A state file is missing or damaged."""
    BOOKS = "books"
    """A run's sum does not balance, or does not match the rows."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong."""

    kind: Kind
    path: str
    """Below the output folder."""
    detail: str

    def __str__(self) -> str:
        return f"{self.path}: {self.detail} [{self.kind}]"


@dataclass(frozen=True, slots=True)
class Verification:
    """What `verify` saw."""

    faults: tuple[Fault, ...] = ()
    rows: dict[str, int] = field(default_factory=dict)
    """Rows read, by table."""
    files: int = 0
    commits: int = 0


@dataclass(frozen=True, slots=True)
class View:
    """What a check from outside gets to see: the committed state and the keys of all rows."""

    layout: Layout
    files: Files
    manifest: Manifest
    keys: dict[str, pa.Table]
    """By table; the columns of `KEYS`."""

    def state_files(self, name: str) -> list[str]:
        return [self.layout.path(path) for path in self.manifest.state.get(name, ())]


Check = Callable[[View], Iterable[Fault]]

KEYS: dict[str, tuple[str, ...]] = {
    "articles": ("id", "revision", "url", "canonical_url", "content_hash", "run_id"),
    "duplicates": ("id", "url", "dup_of", "run_id"),
    "rejections": ("url", "url_id", "run_id"),
    "feeds": ("feed_url", "run_id"),
    "stories": ("story_id", "run_id"),
}
"""Columns of every row that are kept in memory while verifying, about 250 bytes an article."""

UNIQUE: dict[str, tuple[str, ...]] = {"articles": ("id", "revision"), "stories": ("story_id",)}


def verify(output_dir: str, checks: Iterable[Check] = ()) -> Verification:
    """Read and check everything below `output_dir`.

    Args:
      output_dir: an output folder; a writer may be at work, its unpublished cycle is not looked at.
      checks: more checks over the committed whole, such as the duplicate index against the rows.

    Raises:
      StoreError: when there is no output at all.
    """
    layout = Layout(absolute(output_dir))
    files = files_at(layout.root)
    if not files.names(layout.root):
        raise StoreError(
            f"{layout.root}: no output here; name the folder that `warta run --output` was given"
        )
    try:
        manifest, live = current(files, layout), live_files(files, layout)
    except StoreError as error:
        return Verification((Fault(Kind.LOG, "manifests", str(error)),))
    faults = [*_unfinished(files, layout, manifest), *_strays(files, layout, live)]
    keys: dict[str, pa.Table] = {}
    rows: dict[str, int] = {}
    for table in TABLES:
        own = [one for one in live.values() if one.table == table]
        keys[table], found = _read_table(files, layout, table, own)
        faults += found
        rows[table] = keys[table].num_rows
    view = View(layout, files, manifest, keys)
    for check in (_unique, _state, _books, *checks):
        faults += check(view)
    return Verification(tuple(faults), rows, len(live), manifest.number)


def _unfinished(files: Files, layout: Layout, manifest: Manifest) -> Iterator[Fault]:
    if manifest is not NOTHING and manifest.cycle in files.names(layout.all_staging):
        detail = "published but not all in place; the next run (or `warta repair`) finishes it"
        yield Fault(Kind.UNFINISHED, layout.relative(layout.staging(manifest.cycle)), detail)


def _strays(files: Files, layout: Layout, live: dict[str, DataFile]) -> Iterator[Fault]:
    for table in TABLES:
        for found in files.walk(layout.dataset(table)):
            path = layout.relative(found.path)
            if path not in live and path != join(table, SUCCESS):
                yield Fault(Kind.STRAY, path, "no commit named it; plain readers see it all the same")


def _read_table(
    files: Files, layout: Layout, table: str, live: Iterable[DataFile]
) -> tuple[pa.Table, list[Fault]]:
    """Read all files of a table; return the keys of its rows, and what is wrong with them."""
    parts = [TABLES[table].empty_table().select(KEYS[table])]
    faults: list[Fault] = []
    for file in sorted(live, key=lambda one: one.path):
        try:
            columns = _read_file(files, layout, file, faults)
        except StoreError as error:
            faults.append(_absent(files, layout, file, error))
            continue
        faults += [Fault(Kind.ROWS, file.path, detail) for detail in faults_in_rows(file, columns)]
        if set(KEYS[table]) <= set(columns.column_names):
            parts.append(columns.select(KEYS[table]).cast(parts[0].schema))
    return pa.concat_tables(parts), faults


def _read_file(files: Files, layout: Layout, file: DataFile, faults: list[Fault]) -> pa.Table:
    path = layout.path(file.path)
    data = files.read(path)
    if file.crc32 is not None and zlib.crc32(data) != file.crc32:
        raise StoreError(f"{path}: other bytes than were committed")
    meta, columns = read_whole(data, path)
    named = table_name(meta)
    if named != file.table:
        faults.append(Fault(Kind.ROWS, file.path, f"written for table {named or 'nobody knows which'}"))
    if columns.num_rows != file.rows:
        detail = f"{columns.num_rows} rows, but its manifest says {file.rows}"
        faults.append(Fault(Kind.COUNT, file.path, detail))
    inside = set(PARTITIONS[file.table]) & set(columns.column_names)
    if inside:
        detail = f"partition column {sorted(inside)[0]!r} inside the file; pandas and Arrow refuse that"
        faults.append(Fault(Kind.ROWS, file.path, detail))
    return columns


def _absent(files: Files, layout: Layout, file: DataFile, error: StoreError) -> Fault:
    if files.exists(layout.path(file.path)):
        return Fault(Kind.UNREADABLE, file.path, str(error).partition(": ")[2])
    return Fault(Kind.MISSING, file.path, f"gone, and {file.rows} rows with it")


def _unique(view: View) -> Iterator[Fault]:
    for table, key in UNIQUE.items():
        counted = view.keys[table].group_by(list(key)).aggregate([([], "count_all")])
        for row in counted.filter(pc.field("count_all") > 1).slice(0, 10).to_pylist():
            name = " revision ".join(str(row[column]) for column in key)
            yield Fault(Kind.TWICE, table, f"{name} stands in {row['count_all']} rows")


def _state(view: View) -> Iterator[Fault]:
    for name, paths in view.manifest.state.items():
        for path in paths:
            if not view.files.exists(view.layout.path(path)):
                yield Fault(Kind.STATE, path, f"state {name!r} is gone; it will be rebuilt")
            elif path.endswith(".parquet"):
                try:
                    read_columns(view.files, view.layout.path(path))
                except StoreError as error:
                    yield Fault(Kind.STATE, path, str(error).partition(": ")[2])


def _books(view: View) -> Iterator[Fault]:
    """Compare each run's report with itself and with the rows."""
    stored = {table: _by_run(view.keys[table]) for table in ("articles", "duplicates", "rejections")}
    for found in view.files.walk(view.layout.runs):
        path = view.layout.relative(found.path)
        try:
            report = json.loads(view.files.read(found.path))
            books, run_id = report["books"], report["run_id"]
        except (ValueError, KeyError, TypeError) as error:
            yield Fault(Kind.BOOKS, path, f"not a readable run report ({error})")
            continue
        counted = {table: counts.get(run_id, 0) for table, counts in stored.items()}
        yield from _unbalanced(path, books, counted, complete=not view.manifest.since)


def _unbalanced(path: str, books: dict[str, Any], rows: dict[str, int], *, complete: bool) -> Iterator[Fault]:
    ended = sum(books[name] for name in ("kept", "duplicates", "rejected", "deferred"))
    if books["announced"] != ended:
        yield Fault(Kind.BOOKS, path, f"announced {books['announced']}, but {ended} ended")
    for table, name in (("articles", "kept"), ("duplicates", "duplicates")):
        if rows[table] > books[name] or (complete and rows[table] < books[name]):
            yield Fault(Kind.BOOKS, path, f"{name} {books[name]}, but {rows[table]} rows in {table}")
    if complete and rows["rejections"] < books["rejected"]:
        detail = f"rejected {books['rejected']}, but {rows['rejections']} rows in rejections"
        yield Fault(Kind.BOOKS, path, detail)


def _by_run(keys: pa.Table) -> dict[str, int]:
    counted = keys.group_by("run_id").aggregate([([], "count_all")])
    return dict(zip(*(counted.column(name).to_pylist() for name in ("run_id", "count_all")), strict=True))
