"""What can be wrong with the rows of one file. Pure: columns in, findings out."""

from collections.abc import Iterator
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from warta.schemas.tables import SCHEMA_VERSION, TABLES
from warta.schemas.topic import QCODES
from warta.transforms.store.errors import StoreError
from warta.transforms.store.layout import parse_partition
from warta.transforms.store.parquet import DataFile

ZONE_DAYS = 1
"""How far a publisher's local day may lie from the UTC day of publication."""

ID_PATTERN = "^[0-9a-f]{32}$"
ID_COLUMNS = {"articles": ("id", "content_hash"), "duplicates": ("id", "dup_of"), "stories": ("story_id",)}


def faults_in_rows(file: DataFile, columns: pa.Table) -> Iterator[str]:
    """Yield what is wrong with the rows of `file`, one line a finding."""
    try:
        values = parse_partition(file.table, file.path.partition("/")[2])
    except StoreError as error:
        yield str(error)
        return
    yield from _faulty_columns(file.table, columns)
    yield from _faulty_ids(file.table, columns)
    if file.table == "articles":
        yield from _faulty_articles(columns, values)


def _faulty_columns(table: str, columns: pa.Table) -> Iterator[str]:
    known = {field.name: field for field in TABLES[table]}
    for name in columns.column_names:
        field = known.get(name)
        if field is None:
            yield f"column {name!r} is not in the schema"
        elif columns.schema.field(name).type != field.type:
            yield f"column {name!r} is {columns.schema.field(name).type} instead of {field.type}"
        elif not field.nullable and columns.column(name).null_count:
            yield f"column {name!r} lacks {columns.column(name).null_count} required values"
    if "schema_version" in columns.column_names:
        newest = pc.max(columns.column("schema_version")).as_py() or 0
        if newest > SCHEMA_VERSION:
            yield f"schema version {newest} is newer than {SCHEMA_VERSION}; use a newer warta"


def _faulty_ids(table: str, columns: pa.Table) -> Iterator[str]:
    for name in ID_COLUMNS.get(table, ()):
        if name in columns.column_names:
            good = pc.sum(pc.match_substring_regex(columns.column(name), ID_PATTERN)).as_py() or 0
            if good != columns.num_rows:
                yield f"column {name!r}: {columns.num_rows - good} values are not 32 hex characters"


def _faulty_articles(columns: pa.Table, values: dict[str, date | str]) -> Iterator[str]:
    if values["topic"] not in QCODES:
        yield f"topic {values['topic']!r} is not in the vocabulary"
    wrong = _count(pc.not_equal(pc.utf8_length(columns.column("text")), columns.column("text_chars")))
    if wrong:
        yield f"{wrong} rows whose text_chars is not the length of their text"
    days = pc.cast(pc.cast(columns.column("published"), pa.date32()), pa.int32())
    day = pa.scalar(values["date"], pa.date32()).cast(pa.int32())
    far = _count(pc.greater(pc.abs(pc.subtract(days, day)), ZONE_DAYS))
    if far:
        yield f"{far} rows published on another day than their partition"


def _count(mask: pa.ChunkedArray) -> int:
    return int(pc.sum(mask).as_py() or 0)
