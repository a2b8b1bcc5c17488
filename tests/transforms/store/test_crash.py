"""Death at every single change to the disk: the dataset is whole before, between and after."""

from pathlib import Path

import pytest

from tests.transforms.store.faults import Bucket, Killed, Mortal, NoLock
from tests.transforms.store.stages import cycle, ids
from tests.transforms.store.worlds import duplicate, entry, record
from warta.transforms.store.commit import Change, Store
from warta.transforms.store.compact import compact
from warta.transforms.store.files import LocalFiles
from warta.transforms.store.layout import parent
from warta.transforms.store.manifest import live_files
from warta.transforms.store.read import read
from warta.transforms.store.state import read_entries, write_entries


def run(root: Path, numbers: range, files: LocalFiles | None = None) -> None:
    """Store some articles as one cycle, unless the state says that they are known."""
    with Store.open(str(root), owner="test", files=files or LocalFiles(durable=False)) as store:
        known = {one.url for one in read_entries(store.state_files("known"))}
        if entry(numbers[0]).url in known:
            return
        staging = cycle(store, f"c-{numbers[0]}", [*map(record, numbers), duplicate(numbers[0])])
        seen = write_entries(map(entry, numbers), staging.state_dir("known"))
        waiting = write_entries([entry(numbers[-1] + 1)], staging.state_dir("pending"))
        store.commit(staging, append={"known": [seen]}, replace={"pending": [waiting]})


def changes_of_a_run(tmp_path: Path) -> int:
    files = Mortal()
    run(tmp_path / "count", range(3))
    run(tmp_path / "count", range(3, 6), files)
    return files.changes


def test_death_at_any_change_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    total = changes_of_a_run(tmp_path)
    assert total > 15
    undisturbed = ids(tmp_path / "count")
    for lives in range(total):
        root = tmp_path / str(lives)
        run(root, range(3))
        with pytest.raises(Killed):
            run(root, range(3, 6), Mortal(lives))
        assert set(ids(root)) <= set(undisturbed)
        run(root, range(3, 6))
        assert ids(root) == undisturbed
        assert len(ids(root, "duplicates")) == 2
        assert not list((root / "staging").iterdir())


@pytest.mark.parametrize("second", [0, 1, 2, 3, 5, 8])
def test_death_during_recovery_is_recovered_from(tmp_path: Path, second: int) -> None:
    total = changes_of_a_run(tmp_path)
    for lives in range(total // 2, total):
        root = tmp_path / f"{lives}"
        run(root, range(3))
        with pytest.raises(Killed):
            run(root, range(3, 6), Mortal(lives))
        recovering = Mortal(second)
        try:
            run(root, range(3, 6), recovering)
        except Killed:
            run(root, range(3, 6))
        assert ids(root) == ids(tmp_path / "count")


def test_state_and_rows_become_visible_together(tmp_path: Path) -> None:
    for lives in range(changes_of_a_run(tmp_path)):
        root = tmp_path / str(lives)
        run(root, range(3))
        with pytest.raises(Killed):
            run(root, range(3, 6), Mortal(lives))
        with Store.open(str(root), owner="test") as store:
            known = len(read_entries(store.state_files("known")))
        assert len(ids(root)) == known


def run_remote(root: Path, numbers: range, files: Bucket, *, join: bool = False) -> None:
    """Store some articles as one cycle on what plays an object store; `join` compacts afterwards."""
    with Store.open(str(root), owner="test", files=files, acquire=NoLock) as store:
        known = {one.url for one in read_entries(store.state_files("known"))}
        if entry(numbers[0]).url not in known:
            staging = cycle(store, f"c-{numbers[0]}", map(record, numbers))
            seen = write_entries(map(entry, numbers), staging.state_dir("known"))
            store.commit(staging, append={"known": [seen]})
        if join:
            compact(store)


def seen(root: Path) -> list[str]:
    return sorted(read(str(root)).to_table(columns=["id"]).column("id").to_pylist())


def test_death_at_any_change_on_an_object_store_is_made_good_and_never_seen_by_warta_read(
    tmp_path: Path,
) -> None:
    counting = Bucket()
    run_remote(tmp_path / "count", range(4), Bucket())
    run_remote(tmp_path / "count", range(4, 8), counting, join=True)
    undisturbed = seen(tmp_path / "count")
    partly = set()
    for lives in range(counting.changes):
        root = tmp_path / str(lives)
        run_remote(root, range(4), Bucket())
        with pytest.raises(Killed):
            run_remote(root, range(4, 8), Bucket(lives), join=True)
        assert len(seen(root)) == len(set(seen(root)))
        partly.add(len(seen(root)))
        run_remote(root, range(4, 8), Bucket(), join=True)
        assert seen(root) == ids(root) == undisturbed
    assert partly == {4, 8}


def retell(root: Path, files: LocalFiles) -> None:
    """Put one article in the place of the others of its partition, as a derived table does."""
    with Store.open(str(root), owner="test", files=files) as store:
        live = live_files(store.files, store.layout)
        if not any("part-anew" in path for path in live):
            staging = cycle(store, "anew", [record(120)])
            old = tuple(path for path in live if parent(path) == "articles/date=2026-11-21/topic=economy")
            store.commit(staging, change=Change(removed=old))


def test_death_while_rows_are_replaced_shows_the_old_ones_or_the_new(tmp_path: Path) -> None:
    counting = Mortal()
    run(tmp_path / "count", range(6))
    before = ids(tmp_path / "count")
    retell(tmp_path / "count", counting)
    after = ids(tmp_path / "count")
    assert after != before
    for lives in range(counting.changes):
        root = tmp_path / str(lives)
        run(root, range(6))
        with pytest.raises(Killed):
            retell(root, Mortal(lives))
        assert ids(root) in (before, after)
        retell(root, LocalFiles(durable=False))
        assert ids(root) == after
