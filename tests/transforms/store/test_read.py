"""`warta.read`: typed partitions, latest revisions, one moment."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.dataset as pads
import pytest

from tests.transforms.store.faults import Killed, Mortal
from tests.transforms.store.stages import cycle
from tests.transforms.store.worlds import record
from warta.schemas.tables import TABLES
from warta.transforms.store.commit import Store
from warta.transforms.store.errors import StoreError
from warta.transforms.store.files import LocalFiles
from warta.transforms.store.read import read


@pytest.fixture
def root(tmp_path: Path) -> Path:
    with Store.open(str(tmp_path), owner="test", files=LocalFiles(durable=False)) as store:
        store.commit(cycle(store, "c1", [record(1), record(2), record(3)]))
        second = replace(record(2, text="Teks yang diperbarui."), revision=2, previous_hash="a" * 32)
        store.commit(cycle(store, "c2", [second]))
    return tmp_path


def test_columns_and_types_are_those_of_the_schema(root: Path) -> None:
    table = read(str(root)).to_table()
    assert table.schema.equals(TABLES["articles"])
    assert table.num_rows == 4


def test_latest_shows_each_article_once(root: Path) -> None:
    rows = read(str(root), latest=True).to_table(columns=["id", "revision", "text"]).to_pylist()
    assert len(rows) == len({row["id"] for row in rows}) == 3
    assert {row["revision"]: row["text"] for row in rows}[2] == "Teks yang diperbarui."


def test_a_day_is_found_by_its_partition(root: Path) -> None:
    dataset = read(str(root))
    day = date(2026, 11, 21)
    assert dataset.count_rows(filter=pads.field("date") == day) == 4
    assert dataset.count_rows(filter=pads.field("date") == date(2020, 1, 1)) == 0


@pytest.mark.parametrize("latest", [False, True])
def test_duckdb_and_polars_take_the_dataset(root: Path, latest: bool) -> None:
    dataset = read(str(root), latest=latest)
    count = duckdb.sql("select count(*) from dataset where topic = 'unknown'").fetchall()[0][0]
    lazy = pl.scan_pyarrow_dataset(dataset).filter(pl.col("topic") == "unknown")
    assert lazy.collect().height == count == (1 if latest else 2)


def test_a_table_without_rows_is_empty_not_an_error(root: Path) -> None:
    assert read(str(root), "stories").to_table().schema.equals(TABLES["stories"])


def test_an_unknown_table_is_refused(root: Path) -> None:
    with pytest.raises(StoreError, match=r"there are articles, duplicates"):
        read(str(root), "stuff")


def test_a_column_added_later_reads_as_null_in_old_files(root: Path) -> None:
    later = TABLES["articles"].append(pa.field("mood", pa.string()))
    assert read(str(root), schema=later).to_table().column("mood").null_count == 4


def test_a_published_cycle_is_read_whole_wherever_its_files_are(tmp_path: Path) -> None:
    """Between the manifest and the last move the folders show a part; the reader shows all or nothing."""
    seen = set()
    for lives in range(60):
        root = tmp_path / str(lives)
        files = Mortal(lives)
        try:
            with Store.open(str(root), owner="test", files=files) as store:
                store.commit(cycle(store, "c1", [record(1), record(2), record(3)]))
        except Killed:
            rows = read(str(root), steady=True).to_table().num_rows
            assert rows == (3 if list(root.glob("manifests/*.json")) else 0)
            seen.add(rows)
    assert seen == {0, 3}
