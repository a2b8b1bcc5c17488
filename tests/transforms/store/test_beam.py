"""Staging through a pipeline: names, bytes, counts and refused rows."""

from pathlib import Path

import apache_beam as beam
import duckdb
import pandas as pd
import polars as pl
import pyarrow.dataset as pds
import pytest
from apache_beam.testing.util import assert_that

from tests.transforms.store.worlds import NOON, duplicate, health, record, rejection
from warta.transforms.store.beam import StageTables
from warta.transforms.store.commit import Store

ITEMS = [*map(record, range(12)), *map(duplicate, range(2)), rejection(1), health(1)]


def run(items: list, staging: str, cycle: str = "c1", shards: int = 1) -> None:
    def every_row_is_staged(files: list) -> None:
        assert sum(file.rows for file in files) == len(items)

    with beam.Pipeline(runner="FnApiRunner") as p:
        stage = StageTables(staging, cycle, "run-1", NOON, shards=shards)
        files = (p | beam.Create(items),) | "Stage" >> stage
        assert_that(files, every_row_is_staged)


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.parquet"))}


@pytest.mark.parametrize("shards", [1, 3])
def test_shuffled_input_gives_the_same_names_and_bytes(tmp_path: Path, shards: int) -> None:
    run(ITEMS, str(tmp_path / "a"), shards=shards)
    run(ITEMS[::-1], str(tmp_path / "b"), shards=shards)
    assert snapshot(tmp_path / "a") == snapshot(tmp_path / "b") != {}


def test_a_row_that_does_not_fit_becomes_a_rejection(tmp_path: Path) -> None:
    run([record(1), record(2, topic="gossip")], str(tmp_path / "staged"))
    (path,) = (tmp_path / "staged").glob("data/rejections/**/*.parquet")
    row = pl.read_parquet(path).row(0, named=True)
    assert (row["stage"], row["reason"], row["url"]) == ("store", "row_invalid", record(2).article.url)
    assert "'gossip' is not in the vocabulary" in row["detail"]


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("out")
    with Store.open(str(root), owner="test") as store:
        staging = store.begin("c1")
        run(ITEMS, staging.path)
        store.commit(staging)
    return root / "articles"


@pytest.mark.parametrize(
    "count",
    [
        lambda root: len(pl.scan_parquet(root).collect()),
        lambda root: len(pd.read_parquet(root)),
        lambda root: pds.dataset(root).count_rows(),
        lambda root: pds.dataset(root, partitioning="hive").to_table().num_rows,
        lambda root: duckdb.sql(
            f"select count(*) from read_parquet('{root}/**/*.parquet', hive_partitioning=true)"
        ).fetchall()[0][0],
    ],
    ids=["polars", "pandas", "pyarrow", "pyarrow-hive", "duckdb"],
)
def test_every_reader_opens_the_dataset(dataset: Path, count) -> None:
    assert count(dataset) == 12


def test_the_root_holds_only_finished_files_and_the_marker(dataset: Path) -> None:
    names = {path.name for path in dataset.rglob("*") if path.is_file() and path.suffix != ".parquet"}
    assert names == {"_SUCCESS"}
    assert (dataset / "_SUCCESS").stat().st_size == 0


def test_partition_columns_have_their_types_in_duckdb(dataset: Path) -> None:
    rows = f"read_parquet('{dataset}/**/*.parquet', hive_partitioning=true)"
    types = duckdb.sql(
        f"select distinct typeof(date), typeof(topic), typeof(published) from {rows}"
    ).fetchall()
    assert types == [("DATE", "VARCHAR", "TIMESTAMP WITH TIME ZONE")]
