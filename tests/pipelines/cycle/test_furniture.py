from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from warta.pipelines.cycle.furniture import FURNITURE, EarlierCounts, counts_writer, merged_counts
from warta.transforms.clean.furniture import HostCounts
from warta.transforms.store.commit import Store

AT = datetime(2026, 11, 1, tzinfo=UTC)


def counts(host: str, *articles: int) -> HostCounts:
    hashes = tuple(f"{number:016x}" for number in range(len(articles)))
    return HostCounts(host, hashes, articles, tuple(AT + timedelta(hours=count) for count in articles))


def cycle(store: Store, number: int, *hosts: HostCounts) -> EarlierCounts:
    staging = store.begin(f"cycle-{number}")
    if hosts:
        counts_writer(staging)(list(hosts))
    store.commit(
        staging, replace={FURNITURE: merged_counts(store.state_files(FURNITURE), staging)}, report={}
    )
    return EarlierCounts(store.state_files(FURNITURE))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(str(tmp_path / "data"), owner="a test")


def test_each_host_has_its_own_counts(store: Store) -> None:
    hosts = [counts("b", 1, 2), counts("a", 3), counts("d", 4, 5, 6)]
    with store:
        earlier = cycle(store, 1, *hosts)
        assert [earlier(one.host) for one in hosts] == hosts
        assert earlier("c") == HostCounts("c")


def test_a_host_that_is_met_has_its_new_counts_and_others_keep_theirs(store: Store) -> None:
    with store:
        cycle(store, 1, counts("a", 1), counts("b", 2))
        earlier = cycle(store, 2, counts("b", 7, 8), counts("c", 9))
        assert [earlier(host).articles for host in "abc"] == [(1,), (7, 8), (9,)]


def test_a_cycle_that_meets_nobody_changes_nothing(store: Store) -> None:
    with store:
        first = cycle(store, 1, counts("a", 1))
        assert cycle(store, 2).paths == first.paths
        assert EarlierCounts([])("a") == HostCounts("a")
