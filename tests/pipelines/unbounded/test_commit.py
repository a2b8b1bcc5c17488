"""One window, one commit: asked for twice, with more, late, and with something lost."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.transforms.dedup.conftest import article, prose
from warta import read
from warta.pipelines.cycle.books import BooksUnbalanced
from warta.pipelines.cycle.memory import FEED_STATES, PENDING
from warta.pipelines.options import Settings
from warta.pipelines.stream.loop import lock_output
from warta.pipelines.unbounded.commit import COUNTS, ROWS, commit_window
from warta.pipelines.unbounded.stored import StoredSoFar
from warta.schemas.entry import Entry
from warta.schemas.feed import FeedState
from warta.schemas.record import Record
from warta.transforms.store.errors import StoreError

END = datetime(2026, 11, 2, 8, 5, tzinfo=UTC)
FEED = "https://kabar.test/rss"


@pytest.fixture(name="settings")
def _settings(tmp_path: Path) -> Iterator[Settings]:
    settings = Settings(feeds=(), output=str(tmp_path / "data"), poll_every_s=300.0, tell_stories=False)
    lock = lock_output(settings.output, "test")
    yield settings
    lock.release()


def a_window(*names: str, waiting: tuple[str, ...] = ()) -> dict[str, list[Any]]:
    """What a window gives that stored `names` and left `waiting`."""
    records = [Record(article(name, prose(number))) for number, name in enumerate(names)]
    announced = [("announced", "", FEED)] * (len(names) + len(waiting))
    entries = [Entry(f"https://kabar.test/{name}", name * 32, FEED) for name in waiting]
    return {
        ROWS: records,
        COUNTS: announced,
        PENDING: entries,
        FEED_STATES: [FeedState(FEED, etag=str(len(names)))],
    }


def titles(settings: Settings) -> list[str]:
    return sorted(row["title"] for row in read(settings.output).to_table(columns=["title"]).to_pylist())


def commit(settings: Settings, got: dict[str, list[Any]], end: datetime = END) -> int:
    return commit_window(settings, "test", end.timestamp(), got)


def test_a_window_is_stored_with_its_state(settings: Settings) -> None:
    assert commit(settings, a_window("a", "b", waiting=("c",))) == 1
    stored = StoredSoFar(settings.output)
    assert titles(settings) == ["a", "b"]
    assert stored.until_s() == END.timestamp()
    assert stored.memory().feeds[FEED].etag == "2"
    assert list(stored.memory().pending) == ["c" * 32]


def test_a_window_that_fires_again_stores_nothing(settings: Settings) -> None:
    commit(settings, a_window("a", "b"))
    assert commit(settings, a_window("b", "a")) == 0
    assert titles(settings) == ["a", "b"]


def test_a_window_that_fires_again_with_more_stores_what_is_new(settings: Settings) -> None:
    commit(settings, a_window("a"))
    assert commit(settings, a_window("a", "b")) == 2
    assert titles(settings) == ["a", "b"]


def test_a_late_window_leaves_the_state_of_later_ones(settings: Settings) -> None:
    commit(settings, a_window("a", "b"), END + timedelta(minutes=5))
    commit(settings, a_window("c"))
    stored = StoredSoFar(settings.output)
    assert titles(settings) == ["a", "b", "c"]
    assert stored.memory().feeds[FEED].etag == "2"
    assert stored.until_s() == (END + timedelta(minutes=5)).timestamp()


def test_an_entry_without_an_ending_is_not_passed_over(settings: Settings) -> None:
    got = a_window("a")
    got[COUNTS].append(("announced", "", FEED))
    with pytest.raises(BooksUnbalanced, match="announced 2, but 1 rows stored"):
        commit(settings, got)
    assert not (Path(settings.output) / "articles").exists()


def test_nothing_is_committed_without_the_driver_s_lock(settings: Settings) -> None:
    with pytest.raises(StoreError, match="the stream that this worker belongs to has ended"):
        commit_window(settings, "another stream", END.timestamp(), a_window("a"))


def test_file_names_follow_from_window_and_content(settings: Settings, tmp_path: Path) -> None:
    other = Settings(feeds=(), output=str(tmp_path / "other"), poll_every_s=300.0, tell_stories=False)
    lock = lock_output(other.output, "test")
    for one in (settings, other):
        commit(one, a_window("a", "b"))
    lock.release()
    names = [
        sorted(path.name for path in Path(one.output).rglob("part-*.parquet")) for one in (settings, other)
    ]
    assert names[0] == names[1] != []
