"""Compaction: the same rows in fewer files, whole at every moment."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.transforms.store.faults import Killed, Mortal
from tests.transforms.store.stages import cycle, ids
from tests.transforms.store.worlds import NOON, record
from warta.transforms.store.commit import Store
from warta.transforms.store.compact import compact
from warta.transforms.store.files import LocalFiles
from warta.transforms.store.read import read
from warta.transforms.store.verify import verify

QUICK = LocalFiles(durable=False)


def grow(root: Path, cycles: int = 4, rows: int = 6) -> list[str]:
    """Store several small cycles; return the ids."""
    with Store.open(str(root), owner="test", files=QUICK) as store:
        for number in range(cycles):
            items = [record(number * rows + one) for one in range(rows)]
            store.commit(cycle(store, f"c{number}", items))
    return ids(root)


def parquet_files(root: Path) -> list[Path]:
    return sorted((root / "articles").rglob("*.parquet"))


def test_compaction_leaves_one_sorted_file_per_partition(tmp_path: Path) -> None:
    before = grow(tmp_path)
    with Store.open(str(tmp_path), owner="test") as store:
        done = compact(store)
    assert ids(tmp_path) == before
    files = parquet_files(tmp_path)
    assert len(files) == len({path.parent for path in files}) == done.files_after < done.files_before
    for path in files:
        rows = pq.ParquetFile(path).read().to_pylist()
        assert rows == sorted(rows, key=lambda row: (row["publisher"], row["published"], row["id"]))


def test_compacting_twice_does_nothing_more(tmp_path: Path) -> None:
    grow(tmp_path)
    with Store.open(str(tmp_path), owner="test") as store:
        compact(store)
        assert compact(store).commits == 0


def test_files_of_the_target_size_are_left_alone(tmp_path: Path) -> None:
    grow(tmp_path, cycles=3, rows=60)
    before = parquet_files(tmp_path)
    smallest = min(path.stat().st_size for path in before)
    with Store.open(str(tmp_path), owner="test") as store:
        assert compact(store, target_bytes=smallest).commits == 0
    assert parquet_files(tmp_path) == before


def test_retention_lets_old_days_go_in_every_table(tmp_path: Path) -> None:
    grow(tmp_path)
    keep = NOON.date()
    with Store.open(str(tmp_path), owner="test") as store:
        done = compact(store, keep_since=keep)
        assert date.fromisoformat(store.manifest.since) == keep
    days = {date.fromisoformat(path.parent.parent.name[5:]) for path in parquet_files(tmp_path)}
    assert min(days) >= keep
    assert done.rows_let_go == 24 - len(ids(tmp_path)) > 0
    assert verify(str(tmp_path)).faults == ()
    assert not [
        path for path in (tmp_path / "articles").rglob("*") if path.is_dir() and not any(path.iterdir())
    ]


def test_death_at_any_change_of_a_compaction_keeps_the_rows(tmp_path: Path) -> None:
    counting = Mortal()
    before = grow(tmp_path / "count", cycles=2)
    with Store.open(str(tmp_path / "count"), owner="test", files=counting) as store:
        compact(store)
    for lives in range(counting.changes):
        root = tmp_path / str(lives)
        grow(root, cycles=2)
        with pytest.raises(Killed), Store.open(str(root), owner="test", files=Mortal(lives)) as store:
            compact(store)
        assert ids(root) == before, f"after {lives} changes"
        with Store.open(str(root), owner="test", files=QUICK) as store:
            assert ids(root) == before
            compact(store)
        assert ids(root) == before
        assert len(parquet_files(root)) == len(parquet_files(tmp_path / "count"))


def test_a_dataset_opened_before_a_compaction_stays_readable_after_it(tmp_path: Path) -> None:
    before = grow(tmp_path)
    dataset = read(str(tmp_path), steady=True)
    with Store.open(str(tmp_path), owner="test") as store:
        compact(store)
    assert sorted(dataset.to_table(columns=["id"]).column("id").to_pylist()) == before
    assert sorted(read(str(tmp_path)).to_table(columns=["id"]).column("id").to_pylist()) == before


def test_replaced_files_are_gone_an_hour_later(tmp_path: Path) -> None:
    grow(tmp_path)
    with Store.open(str(tmp_path), owner="test") as store:
        compact(store)
    assert list((tmp_path / "retired").rglob("*.parquet"))
    with Store.open(str(tmp_path), owner="test") as store:
        published = store.manifest.published_at
    later = datetime.fromisoformat(published) + timedelta(hours=2)
    with Store.open(str(tmp_path), owner="test", now=lambda: later):
        pass
    assert not list((tmp_path / "retired").rglob("*.parquet"))


def test_death_while_old_days_are_let_go_is_made_good(tmp_path: Path) -> None:
    counting, keep = Mortal(), NOON.date()
    grow(tmp_path / "count", cycles=2)
    with Store.open(str(tmp_path / "count"), owner="test", files=counting) as store:
        compact(store, keep_since=keep)
    after = ids(tmp_path / "count")
    for lives in range(counting.changes):
        root = tmp_path / str(lives)
        grow(root, cycles=2)
        with pytest.raises(Killed), Store.open(str(root), owner="test", files=Mortal(lives)) as store:
            compact(store, keep_since=keep)
        with Store.open(str(root), owner="test", files=QUICK) as store:
            compact(store, keep_since=keep)
        assert ids(root) == after
        assert verify(str(root)).faults == ()
