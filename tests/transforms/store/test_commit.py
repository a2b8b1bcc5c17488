"""The commit of a cycle: all of it or nothing, whatever happens in between."""

from pathlib import Path

import pytest

from tests.transforms.store.stages import cycle, ids
from tests.transforms.store.worlds import duplicate, entry, feed_state, health, record, rejection
from warta.transforms.store.commit import Change, Store
from warta.transforms.store.errors import StoreError, StoreLocked
from warta.transforms.store.files import LocalFiles
from warta.transforms.store.manifest import CHECKPOINT_EVERY, live_files, numbers
from warta.transforms.store.read import read
from warta.transforms.store.state import read_entries, read_feed_states, write_entries, write_feed_states
from warta.transforms.store.verify import verify


def test_a_committed_cycle_shows_its_rows_and_its_state(tmp_path: Path) -> None:
    with Store.open(str(tmp_path), owner="test") as store:
        staging = cycle(store, "c1", [record(1), record(2), duplicate(1), rejection(1), health(1)])
        waiting = write_entries([entry(7)], staging.state_dir("pending"))
        known = write_feed_states([feed_state(1)], staging.state_dir("feed_states"))
        store.commit(staging, replace={"pending": [waiting], "feed_states": [known]}, report={"kept": 2})
    assert len(ids(tmp_path)) == 2
    with Store.open(str(tmp_path), owner="test") as store:
        assert read_entries(store.state_files("pending")) == [entry(7)]
        assert read_feed_states(store.state_files("feed_states")) == {feed_state(1).url: feed_state(1)}
        assert store.manifest.report == {"kept": 2}
    assert not list((tmp_path / "staging").iterdir())


def test_a_discarded_cycle_leaves_nothing(tmp_path: Path) -> None:
    with Store.open(str(tmp_path), owner="test") as store:
        store.discard(cycle(store, "c1", [record(1)]))
        assert store.manifest.number == 0
    assert not (tmp_path / "articles").exists()


def test_appended_state_joins_and_replaced_state_goes(tmp_path: Path) -> None:
    with Store.open(str(tmp_path), owner="test") as store:
        for number in (1, 2):
            staging = store.begin(f"c{number}")
            index = write_entries([entry(number)], staging.state_dir("url_index"))
            waiting = write_entries([entry(number)], staging.state_dir("pending"))
            store.commit(staging, append={"url_index": [index]}, replace={"pending": [waiting]})
        assert read_entries(store.state_files("url_index")) == [entry(1), entry(2)]
        assert read_entries(store.state_files("pending")) == [entry(2)]
    assert len(list((tmp_path / "state" / "pending").iterdir())) == 1


def test_a_state_that_is_not_named_stays(tmp_path: Path) -> None:
    with Store.open(str(tmp_path), owner="test") as store:
        staging = store.begin("c1")
        store.commit(staging, replace={"hosts": [write_entries([entry(1)], staging.state_dir("hosts"))]})
        before = store.state_files("hosts")
        store.commit(store.begin("c2"))
        assert store.state_files("hosts") == before


def test_a_replaced_state_may_keep_current_files(tmp_path: Path) -> None:
    with Store.open(str(tmp_path), owner="test") as store:
        staging = store.begin("c1")
        paths = [write_entries([entry(n)], staging.state_dir("index"), f"run-{n}") for n in (1, 2, 3)]
        store.commit(staging, append={"index": paths})
        first, *_ = store.state_files("index")
        staging = store.begin("c2")
        merged = write_entries([entry(2), entry(3)], staging.state_dir("index"), "merged")
        store.commit(staging, replace={"index": [first, merged]})
        assert read_entries(store.state_files("index")) == [entry(1), entry(2), entry(3)]
    assert len(list((tmp_path / "state" / "index").iterdir())) == 2


def test_state_from_elsewhere_is_refused(tmp_path: Path) -> None:
    with Store.open(str(tmp_path / "out"), owner="test") as store:
        staging = store.begin("c1")
        with pytest.raises(StoreError, match=r"neither staged .* nor a current file"):
            store.commit(staging, replace={"pending": [str(tmp_path / "out" / "other.parquet")]})


def test_a_second_writer_is_refused_with_the_owners_name(tmp_path: Path) -> None:
    with (
        Store.open(str(tmp_path), owner="warta run --feeds a.toml"),
        pytest.raises(StoreLocked, match=r"warta run --feeds a\.toml on .* is writing here"),
    ):
        Store.open(str(tmp_path), owner="another")
    with Store.open(str(tmp_path), owner="another"):
        pass


@pytest.mark.parametrize("name", ["", "../up", "a/b", ".hidden", "x" * 200])
def test_a_cycle_name_that_is_no_file_name_is_refused(tmp_path: Path, name: str) -> None:
    with Store.open(str(tmp_path), owner="test") as store, pytest.raises(StoreError, match="use letters"):
        store.begin(name)


def test_many_commits_keep_the_log_short_and_complete(tmp_path: Path) -> None:
    commits = 2 * CHECKPOINT_EVERY + 3
    with Store.open(str(tmp_path), owner="test", files=LocalFiles(durable=False)) as store:
        for number in range(commits):
            store.commit(cycle(store, f"c{number}", [record(number)]))
        assert len(numbers(store.files, store.layout)) <= 2 * CHECKPOINT_EVERY
        assert len(live_files(store.files, store.layout)) == commits
    assert len(ids(tmp_path)) == commits


def test_new_files_take_the_place_of_old_ones_in_one_step(tmp_path: Path) -> None:
    """What a derived table does: a day is told anew, other files of that day stay."""
    with Store.open(str(tmp_path), owner="test") as store:
        store.commit(cycle(store, "c1", [record(1), record(2)]))
        store.commit(cycle(store, "c2", [record(61)]))
        old = tuple(one.path for one in store.manifest.added)
        manifest = store.commit(cycle(store, "c3", [record(121)]), change=Change(removed=old))
        assert [target for _, target in manifest.swaps] == [old[0].rpartition("/")[0]]
    assert ids(tmp_path) == sorted(record(number).article.id for number in (1, 2, 121))
    assert ids(tmp_path) == sorted(read(str(tmp_path)).to_table().column("id").to_pylist())
    assert verify(str(tmp_path)).faults == ()
