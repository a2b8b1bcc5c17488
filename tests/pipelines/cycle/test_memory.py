"""Waiting entries on their shelves: what a cycle does not touch is not written again."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from warta.pipelines.cycle import memory
from warta.pipelines.cycle.memory import PENDING, Memory, recall
from warta.pipelines.cycle.staging import noun_writer
from warta.schemas.entry import Entry
from warta.transforms.store.commit import Store

AT = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def small_shelves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "SHELF", 4)


def entry(number: int) -> Entry:
    at = AT + timedelta(minutes=number)
    return Entry(f"https://kabar.test/{number}", f"{number:04}", "https://kabar.test/rss", announced_at=at)


def cycle(
    store: Store, before: Memory, number: int, *, left: Iterable[Entry] = (), taken: Iterable[Entry] = ()
) -> Memory:
    """Commit a cycle that took some entries and left some; return what is known then."""
    staging = store.begin(f"cycle-{number}")
    if left := list(left):
        noun_writer(Entry, staging, PENDING)(left)
    after = before.learn(staging, taken)
    store.commit(staging, replace=after.stage(staging, store), report={})
    return after


def test_a_cycle_rewrites_the_shelves_it_took_from(tmp_path: Path) -> None:
    entries = [entry(number) for number in range(12)]
    with Store.open(str(tmp_path / "data"), owner="a test") as store:
        first = cycle(store, recall(store), 1, left=reversed(entries))
        files = store.state_files(PENDING)
        assert [len(shelf) for shelf in first.shelves] == [4, 4, 4]
        assert first.shelves[0] == ("0000", "0001", "0002", "0003")

        second = cycle(store, first, 2, taken=entries[:5], left=[replace(entries[1], attempts=1), entry(20)])
        assert store.state_files(PENDING)[0] == files[2]
        assert second.shelves == (
            ("0008", "0009", "0010", "0011"),
            ("0001", "0005", "0006", "0007"),
            ("0020",),
        )
        assert recall(store) == replace(second, kept=())
        assert recall(store).pending["0001"].attempts == 1


def test_an_idle_cycle_rewrites_nothing(tmp_path: Path) -> None:
    with Store.open(str(tmp_path / "data"), owner="a test") as store:
        first = cycle(store, recall(store), 1, left=[entry(1)])
        files = store.state_files(PENDING)
        cycle(store, first, 2)
        assert store.state_files(PENDING) == files


def test_nearly_empty_shelves_are_put_together(tmp_path: Path) -> None:
    with Store.open(str(tmp_path / "data"), owner="a test") as store:
        known = recall(store)
        for number in range(9):
            known = cycle(store, known, number, left=[entry(number)])
        assert [len(shelf) for shelf in known.shelves] == [2, 2, 2, 2, 1]  # half full is full enough
        assert len(recall(store).pending) == 9


def test_nothing_waits_in_no_file(tmp_path: Path) -> None:
    with Store.open(str(tmp_path / "data"), owner="a test") as store:
        first = cycle(store, recall(store), 1, left=[entry(1)])
        assert cycle(store, first, 2, taken=[entry(1)]).pending == {}
        assert store.state_files(PENDING) == []
        assert recall(store).pending == {}
