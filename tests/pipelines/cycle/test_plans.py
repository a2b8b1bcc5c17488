"""What a cycle sets out to do: all that waits at first, then slices, each with its entries in a file."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from warta.pipelines.bounded import read_pending
from warta.pipelines.cycle import plans
from warta.pipelines.cycle.memory import Memory
from warta.pipelines.options import Settings
from warta.schemas.entry import Entry
from warta.schemas.feed import Feed
from warta.schemas.host import HostState
from warta.transforms.store.commit import Store

NOW = datetime(2026, 1, 2, tzinfo=UTC)
ENTRIES = {f"{n:02}": Entry(f"http://h.test/{n:02}", f"{n:02}", "http://h.test/rss") for n in range(5)}
REMEMBERED = Memory(hosts={"http://h.test": HostState("http://h.test")}, pending=ENTRIES)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(str(tmp_path), owner="test") as store:
        yield store


def settings(store: Store) -> Settings:
    return Settings(feeds=(Feed("http://h.test/rss"),), output=store.layout.root, workers=0, slice_pages=2)


def first(store: Store, remembered: Memory = REMEMBERED) -> plans.Plan:
    return plans.first_plan(store, remembered, settings(store), "run", NOW, None)


def read(plan: plans.Plan) -> list[str]:
    return [entry.url_id for path in plan.pending_files for entry in read_pending(path)]


def test_everything_that_waits_takes_part_at_first(store: Store) -> None:
    plan = first(store)
    assert (len(plan.feeds), len(plan.hosts), read(plan)) == (1, 1, list(ENTRIES))


def test_where_nothing_waits_no_file_says_so(store: Store) -> None:
    assert first(store, Memory()).pending_files == ()


@pytest.mark.parametrize(("under_way", "hosts"), [(True, 0), (False, 1)])
def test_a_slice_asks_for_its_pages_alone(
    store: Store, monkeypatch: pytest.MonkeyPatch, under_way: bool, hosts: int
) -> None:
    monkeypatch.setattr(plans, "is_under_way", lambda run_id: under_way)
    plan = plans.next_plan(first(store), store, REMEMBERED, 2, NOW)
    assert plan is not None
    assert (plan.feeds, len(plan.hosts), read(plan)) == ((), hosts, ["00", "01"])
    assert ([entry.url_id for entry in plan.ahead], plan.beyond) == (["02", "03"], 1)
