"""Parquet files of the tables: how they are written, what they say of themselves."""

import json
import zlib
from dataclasses import dataclass
from functools import cache
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from warta.schemas.tables import PARTITIONS, SCHEMA_VERSION, TABLES
from warta.transforms.store.errors import StoreError, naming
from warta.transforms.store.files import Files
from warta.transforms.store.rows import SORT_KEYS

ROW_GROUP_ROWS = 8_192
"""Rows a group: about 25 MB of article text, so that a reader of one group stays small and pruning works."""

ZSTD_LEVEL = 3
TEXT_LEVEL = 9
"""Of `text`, half of a file: 10 % smaller than at `ZSTD_LEVEL`, for .06 ms an article."""

FEW_ROWS = 8
"""A file of fewer rows compresses the columns in `LONG` alone: a compressor for each of 39 columns took a
third of the time, and of three rows it saved nothing."""
LONG = frozenset({"text", "title"})

SOME_ROWS = 64
"""A file of fewer rows does not say what its columns mean (2 kB, more than an article; `schemas/README.md`
says it, too) and has no index of its pages, of which each column has one."""

PLAIN = frozenset(
    [
        *("id", "url", "canonical_url", "title", "text", "image_url", "caption", "content_hash"),
        *("previous_hash", "similar_to", "dup_of", "url_id", "detail", "story_id", "headline"),
    ]
)
"""Columns whose values hardly repeat: a dictionary would cost time and bytes."""

ASKED_BY = frozenset({"id", "publisher", "language", "run_id", "story_id", "reason", "status"})
"""Columns that say their least and greatest value, as instants do, by which readers pass over files.

Those of every column (in footers, indexes and pages) took a third of a run of small files.
"""

_VERSION = b"warta.schema_version"
_TABLE = b"warta.table"
_DOCS = b"warta.docs"


@dataclass(frozen=True, slots=True)
class DataFile:
    """One file of a table, as a manifest names it."""

    table: str
    path: str
    """Below the output folder."""
    rows: int
    size_bytes: int
    crc32: int | None = None
    """Of the whole file, on a local disk; object stores check their bytes themselves."""


@cache
def file_schema(table: str, *, documented: bool = True) -> pa.Schema:
    """Return what is inside a file of `table`: no partition columns; if `documented`, their meaning in JSON.

    Field-level metadata would be repeated in base64 in every file; one JSON value serves every reader
    (`SELECT value FROM parquet_kv_metadata(…)` in DuckDB).
    """
    fields = [field for field in TABLES[table] if field.name not in PARTITIONS[table]]
    metadata = {_TABLE: table.encode(), _VERSION: str(SCHEMA_VERSION).encode()}
    if documented:
        docs = {field.name: field.metadata[b"doc"].decode() for field in fields}
        metadata[_DOCS] = json.dumps(docs, ensure_ascii=False).encode()
    return pa.schema([field.remove_metadata() for field in fields], metadata=metadata)


def write_rows(files: Files, path: str, table: str, columns: pa.Table) -> int:
    """Write sorted `columns` as one finished file; return its rows.

    The partition columns are left out. Equal columns give equal bytes.
    """
    rows = columns.num_rows
    schema = file_schema(table, documented=rows >= SOME_ROWS)
    inside = columns.select(schema.names)
    if inside.schema.types != schema.types:
        inside = inside.cast(schema)
    inside = pa.Table.from_arrays(inside.columns, schema=schema)
    _write(files, path, inside, _settings(table, few=rows < FEW_ROWS, some=rows < SOME_ROWS))
    return int(rows)


def write_state(files: Files, path: str, columns: pa.Table) -> None:
    """Write a state table as one finished file."""
    _write(files, path, columns, _COMMON | {"use_dictionary": False, "write_statistics": False})


def _write(files: Files, path: str, columns: pa.Table, settings: dict[str, Any]) -> None:
    with (
        naming(path),
        files.create(path) as sink,
        pq.ParquetWriter(sink, columns.schema, **settings) as writer,
    ):
        writer.write_table(columns, row_group_size=ROW_GROUP_ROWS)
        writer.add_key_value_metadata(columns.schema.metadata or {})
    files.finish(path)


_COMMON: dict[str, Any] = {
    "compression": "zstd",
    "compression_level": ZSTD_LEVEL,
    "write_page_checksum": True,
    "store_schema": False,  # the same again in base64, 7 kB a file; the Parquet types say it all
}


@cache
def _settings(table: str, *, few: bool, some: bool) -> dict[str, Any]:
    schema = file_schema(table)
    order = [(name, "ascending") for name in SORT_KEYS[table]]
    strings = {field.name for field in schema if pa.types.is_string(field.type)}
    asked = [field.name for field in schema if field.name in ASKED_BY or pa.types.is_timestamp(field.type)]
    settings = _COMMON | {
        "use_dictionary": [name for name in schema.names if name in strings - PLAIN],
        "write_statistics": asked,
        "write_page_index": not some,
        "sorting_columns": pq.SortingColumn.from_ordering(schema, order),
    }
    long = LONG & strings
    if few and long:
        settings["compression"] = {name: "zstd" if name in long else "none" for name in schema.names}
    if "text" in strings:
        level = dict.fromkeys(long if few else schema.names, ZSTD_LEVEL)
        settings["compression_level"] = level | {"text": TEXT_LEVEL}
    return settings


def data_file(files: Files, path: str, table: str, relative: str) -> DataFile:
    """Return what a manifest says of the finished file at `path`; its footer must be readable."""
    rows = footer(files, path).num_rows
    return DataFile(table, relative, rows, files.size(path), checksum(files, path))


def checksum(files: Files, path: str) -> int | None:
    """Return the CRC-32 of a local file's bytes, None for a remote one."""
    return zlib.crc32(files.read(path)) if files.local else None


def footer(files: Files, path: str) -> pq.FileMetaData:
    """Return the footer of a file.

    Raises:
      StoreError: naming the path, when it is not a whole Parquet file.
    """
    try:
        with files.open(path) as source:
            return pq.read_metadata(source)
    except (pa.ArrowInvalid, OSError, EOFError) as error:
        raise StoreError(f"{path}: not a readable Parquet file ({error}); run `warta repair`") from error


def read_columns(files: Files, path: str, columns: list[str] | None = None) -> pa.Table:
    """Return the rows of one file.

    Raises:
      StoreError: naming the path, when it is damaged.
    """
    try:
        with files.open(path) as source:
            return pq.ParquetFile(source, page_checksum_verification=True).read(columns=columns)
    except (pa.ArrowException, OSError, EOFError, KeyError) as error:
        raise StoreError(f"{path}: not a readable Parquet file ({error}); run `warta repair`") from error


def read_whole(data: bytes, path: str) -> tuple[pq.FileMetaData, pa.Table]:
    """Return footer and rows of a file whose bytes are at hand, page checksums compared.

    Raises:
      StoreError: naming the path, when it is damaged.
    """
    try:
        file = pq.ParquetFile(pa.BufferReader(data), page_checksum_verification=True)
        return file.metadata, file.read()
    except (pa.ArrowException, OSError, EOFError) as error:
        raise StoreError(f"{path}: not a readable Parquet file ({error}); run `warta repair`") from error


def schema_version(meta: pq.FileMetaData) -> int:
    """Return the schema version that a file was written with; 0 when it does not say."""
    return int((meta.metadata or {}).get(_VERSION, b"0"))


def table_name(meta: pq.FileMetaData) -> str:
    """Return the table that a file was written for; empty when it does not say."""
    return str((meta.metadata or {}).get(_TABLE, b"").decode())
