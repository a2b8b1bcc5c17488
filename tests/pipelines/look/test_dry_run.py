"""`warta run --dry-run`: it tells what a run would do, asks nobody and writes nothing."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.sample import Sample, warta
from warta.newsroom import serve
from warta.pipelines.cycle.memory import Memory
from warta.pipelines.look.dry_run import foresee
from warta.pipelines.options import Settings
from warta.schemas.entry import Entry
from warta.schemas.feed import Feed, FeedState
from warta.schemas.host import HostState

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
FEEDS = tuple(Feed(f"http://{name}.test/rss") for name in ("new", "due", "rests", "fails"))
STATES = (
    FeedState("http://due.test/rss", etag="x", next_poll=NOON - HOUR, last_success=NOON - HOUR),
    FeedState("http://rests.test/rss", next_poll=NOON + HOUR),
    FeedState("http://fails.test/rss", next_poll=NOON, failing_since=NOON - 5 * HOUR, last_reason="timeout"),
)


def entry(url: str, not_before: datetime | None = None) -> Entry:
    return Entry(url, url, "http://due.test/rss", not_before=not_before)


def settings(**facts: bool) -> Settings:
    return Settings(feeds=FEEDS, output="nowhere", **facts)  # type: ignore[arg-type]


REMEMBERED = Memory(
    feeds={state.url: state for state in STATES},
    hosts={"due.test": HostState("due.test", not_before=NOON + HOUR)},
    pending={
        one.url_id: one
        for one in (
            entry("http://due.test/1"),
            entry("http://due.test/2", NOON - HOUR),
            entry("http://due.test/3", NOON + HOUR),
            entry("http://other.test/4"),
        )
    },
)


def test_feeds_that_are_due_come_with_what_is_known_of_them() -> None:
    outlook = foresee(settings(), REMEMBERED, NOON)
    assert [(feed.url, known) for feed, known in outlook.due] == [
        ("http://new.test/rss", "never polled"),
        ("http://due.test/rss", "asks for what is new, last 1 h 0 min ago"),
        ("http://fails.test/rss", "failing for 5 h 0 min: timeout"),
    ]
    assert [(feed.url, at) for feed, at in outlook.not_due] == [("http://rests.test/rss", NOON + HOUR)]


def test_poll_all_leaves_no_feed_alone() -> None:
    assert foresee(settings(poll_all=True), REMEMBERED, NOON).not_due == []


def test_waiting_entries_are_counted_by_host_and_by_whether_they_rest() -> None:
    outlook = foresee(settings(), REMEMBERED, NOON)
    due = outlook.hosts["due.test"]
    assert (due.feeds, due.pages, due.resting, due.barred_until) == (1, 2, 1, NOON + HOUR)
    assert outlook.hosts["other.test"].pages == 1
    assert (outlook.pages, outlook.resting) == (3, 1)


def test_politeness_takes_as_long_as_the_busiest_host() -> None:
    assert foresee(settings(), REMEMBERED, NOON).least_s(2.0) == 4.0
    assert foresee(Settings(feeds=(), output="x"), Memory(), NOON).least_s(2.0) == 0.0


def snapshot(folder: Path) -> dict[str, tuple[int, int]]:
    return {
        str(path): (path.stat().st_mtime_ns, path.stat().st_size)
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_nothing_is_written_and_nobody_is_asked(first_edition: Sample, tmp_path: Path) -> None:
    output = tmp_path / "data"
    shutil.copytree(first_edition.output, output)
    before = snapshot(output)
    with serve() as newsroom:
        ways = ["--allow-network", "127.0.0.0/8", "--connect-to", f"*.test=127.0.0.1:{newsroom.port}"]
        feeds = ["--feeds", str(newsroom.feeds_file), "--output", str(output)]
        said = warta("run", *feeds, *ways, "--dry-run").stdout
        assert newsroom.visits == []
    assert snapshot(output) == before
    assert "0 of 12 feeds would be polled" in said
    assert "12 feeds are not due" in said
    assert "nothing was asked, nothing was written" in said


@pytest.mark.parametrize("verbose", [False, True], ids=["short", "verbose"])
def test_a_new_dataset_would_poll_everything(tmp_path: Path, verbose: bool) -> None:
    feeds, output = tmp_path / "feeds.txt", tmp_path / "out"
    feeds.write_text("\n".join(f"http://host{n}.test/rss" for n in range(30)))
    options = ["--verbose"] if verbose else []
    said = warta("run", "--feeds", str(feeds), "--output", str(output), "--dry-run", *options).stdout
    assert not output.exists()
    assert "30 of 30 feeds would be polled" in said
    assert ("http://host29.test/rss" in said) is verbose
    assert ("10 more" in said) is not verbose
