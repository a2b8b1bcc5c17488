"""A few columns of a stored table, from some day on, with as few imports as possible."""

from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from warta.schemas.tables import TABLES
from warta.transforms.store.files import Files, files_at
from warta.transforms.store.layout import Layout, parse_partition
from warta.transforms.store.manifest import live_files

Columns = dict[str, pa.ChunkedArray]
"""Columns by name, without partition columns; empty when the table has no row."""

NEEDED = {
    "feeds": (
        *("feed_url", "publisher", "polled_at", "status", "http_status", "reason", "detail", "entries"),
        *("new_entries", "newest", "next_poll", "failing_since"),
    ),
    "rejections": ("url", "reason", "detail", "rejected_at"),
}


def read_since(layout: Layout, table: str, since: date) -> Columns:
    """Return what `status` needs of a table's partitions from `since` on.

    A compaction may move files meanwhile; then the list of files is read once more.
    """
    files = files_at(layout.root)
    try:
        return _read(files, layout, table, since)
    except FileNotFoundError:
        return _read(files, layout, table, since)


def numbers(column: pa.ChunkedArray) -> Any:
    """Return a column of whole numbers or instants (microseconds since 1970) for NumPy; null is 0.

    Through the buffers, for pyarrow's own conversions import pandas wherever it is installed.
    """
    whole = _one(column.cast(pa.int64()))
    present, values = whole.buffers()
    found = np.frombuffer(values, np.int64)[whole.offset : whole.offset + len(whole)]
    if present is None or not whole.null_count:
        return found
    bits = np.unpackbits(np.frombuffer(present, np.uint8), bitorder="little")
    return found * bits[whole.offset : whole.offset + len(whole)]


def instant(microseconds: int) -> datetime | None:
    """Return one of `numbers` as an instant; None for 0."""
    return datetime.fromtimestamp(microseconds / 1e6, UTC) if microseconds > 0 else None


def codes(column: pa.ChunkedArray) -> tuple[list[str], Any]:
    """Return the distinct texts of a column, and for each row the place of its text."""
    encoded = _one(column).dictionary_encode(null_encoding="encode")
    texts = [text or "" for text in encoded.dictionary.to_pylist()]
    return texts, numbers(pa.chunked_array([encoded.indices]))


def _one(column: pa.ChunkedArray) -> pa.Array:
    return pa.concat_arrays(column.chunks)


def _read(files: Files, layout: Layout, table: str, since: date) -> Columns:
    schema = pa.schema([TABLES[table].field(name) for name in NEEDED[table]])
    parts = []
    for path, file in sorted(live_files(files, layout).items()):
        if file.table == table and _day(table, path) >= since:
            with pq.ParquetFile(layout.path(path)) as stored:
                parts.append(_fitted(stored.read(columns=list(schema.names)), schema))
    if not parts:
        return {}
    whole = pa.concat_tables(parts)
    return {name: whole.column(name) for name in schema.names}


def _fitted(stored: pa.Table, schema: pa.Schema) -> pa.Table:
    """Return a file's columns in the present schema; files of an older one lack some."""
    columns = [
        stored.column(field.name).cast(field.type)
        if field.name in stored.column_names
        else pa.nulls(stored.num_rows, field.type)
        for field in schema
    ]
    return pa.table(columns, names=schema.names)


def _day(table: str, path: str) -> date:
    day = parse_partition(table, path.partition("/")[2])["date"]
    assert isinstance(day, date)
    return day
