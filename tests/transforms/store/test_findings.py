"""What is wrong with rows is said, column by column."""

import pyarrow as pa
import pytest

from tests.transforms.store.worlds import NOON, record
from warta.schemas.tables import SCHEMA_VERSION
from warta.transforms.store.findings import faults_in_rows
from warta.transforms.store.parquet import DataFile, file_schema
from warta.transforms.store.rows import Stamp, to_arrow, to_row

GOOD = "articles/date=2026-11-21/topic=sport/part-1.parquet"


def columns() -> pa.Table:
    """Return two good rows as a file holds them."""
    rows = [to_row(record(number), Stamp("run-1", NOON))[1] for number in (1, 4)]
    return to_arrow("articles", rows).select(file_schema("articles").names)


def found(table: pa.Table, path: str = GOOD) -> list[str]:
    return list(faults_in_rows(DataFile("articles", path, table.num_rows, 1), table))


def with_column(name: str, values: pa.Array) -> pa.Table:
    table = columns()
    return table.set_column(table.column_names.index(name), name, values)


def test_good_rows_have_no_fault() -> None:
    assert found(columns()) == []


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (columns().append_column("mood", pa.array(["a", "b"])), "column 'mood' is not in the schema"),
        (with_column("revision", pa.array(["1", "2"])), "column 'revision' is string instead of int32"),
        (with_column("title", pa.array(["x", None])), "column 'title' lacks 1 required values"),
        (with_column("id", pa.array(["a" * 32, "A"])), "column 'id': 1 values are not 32 hex characters"),
        (
            with_column("text_chars", pa.array([1, 2], pa.int32())),
            "2 rows whose text_chars is not the length of their text",
        ),
        (
            with_column("schema_version", pa.array([1, SCHEMA_VERSION + 1], pa.int32())),
            f"schema version {SCHEMA_VERSION + 1} is newer than {SCHEMA_VERSION}; use a newer warta",
        ),
    ],
    ids=["stranger", "type", "missing", "id", "length", "version"],
)
def test_a_wrong_column_is_named(table: pa.Table, said: str) -> None:
    assert found(table) == [said]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("articles/date=2026-11-21/topic=gossip/p", "topic 'gossip' is not in the vocabulary"),
        ("articles/date=2026-11-01/topic=sport/p", "2 rows published on another day than their partition"),
        ("articles/topic=sport/p", "articles/topic=sport/p: not a partition of date/topic"),
    ],
    ids=["topic", "day", "no partition"],
)
def test_a_wrong_partition_is_named(path: str, said: str) -> None:
    assert found(columns(), path) == [said]
