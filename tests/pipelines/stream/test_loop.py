"""The stream: what is due, how it goes on, how it stops, and a day of simulated time with mishaps."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.bench.stream_week import p95, simulate
from tests.sample import warta
from warta.newsroom import WEEK_START, serve
from warta.pipelines.options import Settings, UsageError
from warta.pipelines.process.clock import Clock
from warta.pipelines.stream.cycle_process import forget_reports
from warta.pipelines.stream.cycles import CycleFailed, Finished
from warta.pipelines.stream.due import Agenda, Agendas
from warta.pipelines.stream.loop import MOST_FAILURES, Stream, seconds
from warta.schemas.entry import Entry
from warta.schemas.feed import Feed, FeedState
from warta.schemas.outcome import Books, RunReport
from warta.transforms.store.commit import Store
from warta.transforms.store.state import write_entries, write_feed_states

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
FEEDS = (Feed("http://a.test/rss"), Feed("http://b.test/rss"))
STOP_WITHIN_S, AT_ONCE_S = 10.0, 2.0
LOADED_S = 120.0
"""What a cycle may take here; `bench_stream` holds it to 30 s, on a machine that has nothing else to do."""


def after(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def remember(output: Path, states: Sequence[FeedState], entries: Sequence[Entry] = ()) -> None:
    """Commit `states` and waiting `entries`, as a cycle would."""
    with Store.open(str(output), owner="test") as store:
        staging = store.begin(f"c{store.manifest.number}")
        files = {
            "feed_states": [write_feed_states(states, staging.state_dir("feed_states"))],
            "pending": [write_entries(entries, staging.state_dir("pending"))],
        }
        store.commit(staging, replace=files)


def polled(next_poll: datetime) -> list[FeedState]:
    return [FeedState(feed.url, next_poll=next_poll) for feed in FEEDS]


def entry(not_before: datetime | None) -> Entry:
    return Entry("http://a.test/1", "1" * 32, feed_url=FEEDS[0].url, not_before=not_before)


@pytest.mark.parametrize(
    ("text", "length_s"), [("90", 90), ("30s", 30), ("5m", 300), ("1h", 3600), ("1.5h", 5400)], ids=str
)
def test_an_interval_is_a_length_of_time(text: str, length_s: float) -> None:
    assert seconds(text) == length_s


@pytest.mark.parametrize("text", ["", "0", "five", "-5m", "5 weeks", "0.2s"], ids=repr)
def test_a_length_of_time_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="write a length of time"):
        seconds(text)


def test_a_feed_that_was_never_polled_is_due(tmp_path: Path) -> None:
    agenda = Agendas(str(tmp_path / "new"), FEEDS, 0.0).at(NOW)
    assert agenda.is_due(NOW)
    assert (agenda.feeds, agenda.entries) == (2, 0)


def test_nothing_is_due_before_the_first_feed_is(tmp_path: Path) -> None:
    remember(
        tmp_path, [FeedState(FEEDS[0].url, next_poll=after(5)), FeedState(FEEDS[1].url, next_poll=after(9))]
    )
    agenda = Agendas(str(tmp_path), FEEDS, 0.0).at(NOW)
    assert not agenda.is_due(NOW)
    assert agenda.next_at == after(5)


def test_feeds_that_are_nearly_due_join_a_cycle_but_do_not_cause_one(tmp_path: Path) -> None:
    remember(tmp_path, polled(after(0.4)))
    agenda = Agendas(str(tmp_path), FEEDS, early_s=30.0).at(NOW)
    assert agenda.feeds == 2
    assert not agenda.is_due(NOW)


@pytest.mark.parametrize(
    ("not_before", "due"),
    [(None, True), (after(-1), True), (after(3), False)],
    ids=["any time", "past", "later"],
)
def test_an_entry_that_waits_is_due_when_it_may_be_asked_for(
    tmp_path: Path, not_before: datetime | None, due: bool
) -> None:
    remember(tmp_path, polled(after(5)), [entry(not_before)])
    agenda = Agendas(str(tmp_path), FEEDS, 0.0).at(NOW)
    assert agenda.is_due(NOW) is due
    assert agenda.waiting == 1


def test_state_is_read_again_when_a_commit_replaced_it(tmp_path: Path) -> None:
    remember(tmp_path, polled(after(5)))
    agendas = Agendas(str(tmp_path), FEEDS, 0.0)
    assert agendas.at(NOW).next_at == after(5)
    remember(tmp_path, polled(after(8)))
    assert agendas.at(NOW).next_at == after(8)


def test_looking_for_work_needs_no_beam() -> None:
    code = "import sys, warta.pipelines.stream.loop, warta.pipelines.stream.due as due\n"
    code += "from datetime import UTC, datetime\n"
    code += "from warta.schemas.feed import Feed\n"
    code += "due.Agendas('nowhere', [Feed('http://a.test/rss')], 0.0).at(datetime.now(UTC))\n"
    code += "print(sorted({'apache_beam', 'trafilatura', 'aiohttp'} & set(sys.modules)))"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"


@dataclass
class FakeTime:
    """Time that only passes by waiting."""

    left: int
    """Waits before the end."""
    ahead_s: float = 0.0
    waits: list[float] = field(default_factory=list)

    def clock(self) -> Clock:
        return Clock(self.ahead_s)

    def wait(self, seconds: float) -> bool:
        self.waits.append(round(seconds))
        self.ahead_s += seconds
        return len(self.waits) >= self.left


@dataclass
class FakeCycles:
    """Cycles that commit feed states, or fail."""

    output: Path
    books: Books = field(default_factory=Books)
    polls: int = 2
    fails: bool = False
    ran: int = 0
    tidied: int = 0
    closed: int = 0

    def run(self, settings: Settings) -> Finished:
        self.ran += 1
        if self.fails:
            raise CycleFailed("no luck")
        now = settings.clock.now()
        assert settings.poll_every_s is not None
        waiting = [entry(None)] if self.books.deferred else []
        remember(self.output, polled(now + timedelta(seconds=settings.poll_every_s)), waiting)
        feeds = {"ok": self.polls} if self.polls else {}
        return Finished(RunReport("r", now, now, "test", "0", self.books, feeds), rss_mb=1.0)

    def tidy(self, settings: Settings, keep_days: int | None) -> str:
        self.tidied += 1
        return ""

    def close(self) -> None:
        self.closed += 1


def a_stream(cycles: FakeCycles, time: FakeTime, **options: float) -> Stream:
    settings = Settings(feeds=FEEDS, output=str(cycles.output), poll_every_s=300.0, max_run_s=300.0)
    heard: list[tuple[int, Finished, Agenda]] = []
    return Stream(
        replace(settings), cycles, time, lambda *one: heard.append(one), lambda *one: None, **options
    )  # type: ignore[arg-type]


def test_a_stream_sleeps_until_the_next_feed_is_due(tmp_path: Path) -> None:
    cycles, time = FakeCycles(tmp_path), FakeTime(left=6)
    assert a_stream(cycles, time).go()
    assert cycles.ran == 3
    assert time.waits == [5, 295, 5, 295, 5, 295]


def test_entries_that_cannot_be_settled_do_not_make_it_spin(tmp_path: Path) -> None:
    stuck = FakeCycles(tmp_path, Books(announced=1, deferred=1), polls=0)
    time = FakeTime(left=3)
    a_stream(stuck, time).go()
    assert time.waits == [300, 300, 300]


def test_a_stream_gives_up_after_many_failures_in_a_row(tmp_path: Path) -> None:
    cycles, time = FakeCycles(tmp_path, fails=True), FakeTime(left=99)
    assert not a_stream(cycles, time).go()
    assert cycles.ran == MOST_FAILURES
    assert time.waits[:7] == [5, 10, 20, 40, 80, 160, 300]


def test_small_files_are_joined_every_so_many_cycles(tmp_path: Path) -> None:
    cycles = FakeCycles(tmp_path)
    a_stream(cycles, FakeTime(left=12), tidy_every=3).go()
    assert (cycles.ran, cycles.tidied) == (6, 2)


def test_a_long_wait_gives_the_cycle_process_back(tmp_path: Path) -> None:
    cycles = FakeCycles(tmp_path)
    a_stream(cycles, FakeTime(left=4), release_s=100.0).go()
    assert cycles.closed == 2


def test_only_the_newest_run_reports_stay(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"2026112{number}.json").touch()
    forget_reports(str(tmp_path), keep=2)
    assert sorted(os.listdir(tmp_path)) == ["20261123.json", "20261124.json"]


def test_a_day_with_an_outage_loses_nothing_and_stores_nothing_twice(tmp_path: Path) -> None:
    interval_s = 4 * 3600.0
    week = simulate(
        tmp_path / "data",
        interval_s=interval_s,
        start=WEEK_START + timedelta(days=1),
        end=WEEK_START + timedelta(days=1, hours=20),
        recycle_after=4,
        tidy_every=5,
    )
    assert week.failed == []
    assert week.problems == []
    assert len(week.finished) >= 6
    assert (week.lost(), week.twice(), week.refused()) == ([], [], [])
    assert p95(week.freshness_s(healthy=True)) <= interval_s + LOADED_S
    assert max(Counter(path.parent for path in (tmp_path / "data").rglob("part-*.parquet")).values()) <= 5


def test_one_writer_and_a_stop_in_order(tmp_path: Path) -> None:
    output = tmp_path / "data"
    with serve() as newsroom:
        (pattern, address), *_ = newsroom.connect_to
        options = ["--feeds", str(newsroom.feeds_file), "--output", str(output), "--min-delay-s", "2"]
        options += ["--connect-to", f"{pattern}={address}", "--allow-network", "127.0.0.0/8"]
        command = [sys.executable, "-m", "warta", "stream", *options]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as child:
            while not ((output / "staging").exists() and os.listdir(output / "staging")):
                assert child.poll() is None, child.communicate()
            second = warta("stream", *options, check=False)
            child.send_signal(signal.SIGINT)
            _, said = child.communicate(timeout=60)
    assert second.returncode == 1
    assert "is writing here" in second.stderr
    assert child.returncode == 0, said
    assert "stopped after" in said
    assert "everything agrees" in warta("verify", str(output)).stdout


def test_the_first_signal_ends_a_cycle_in_time_and_the_second_at_once(tmp_path: Path) -> None:
    output = tmp_path / "data"
    with serve() as newsroom:
        options = ["--feeds", str(newsroom.feeds_file), "--output", str(output), "--min-delay-s", "2"]
        options += ["--allow-network", "127.0.0.0/8"]
        options += [f"--connect-to={host}={target}" for host, target in newsroom.connect_to]
        ended_s = []
        for signals in (1, 2):
            with subprocess.Popen([sys.executable, "-m", "warta", "stream", "--quiet", *options]) as child:
                before = set(os.listdir(output / "staging")) if (output / "staging").exists() else set()
                while not ((output / "staging").exists() and set(os.listdir(output / "staging")) - before):
                    assert child.poll() is None
                began = time.monotonic()
                for _ in range(signals):
                    child.send_signal(signal.SIGINT)
                    time.sleep(0.2)  # two signals that meet are one to the kernel
                child.wait(timeout=60)
                ended_s.append(time.monotonic() - began)
    assert ended_s[0] <= STOP_WITHIN_S
    assert ended_s[1] <= AT_ONCE_S
    assert "everything agrees" in warta("verify", str(output)).stdout


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--interval", "soon"], "--interval soon: write a length of time"),
        (["--keep-days", "0"], "--keep-days 0: must be at least 1"),
        (["--poll-all"], "--poll-all: a stream polls each feed when it is due"),
    ],
    ids=["interval", "keep", "all"],
)
def test_a_bad_option_of_the_stream_is_refused(tmp_path: Path, options: list[str], said: str) -> None:
    feeds = tmp_path / "feeds.toml"
    feeds.write_text('[[feed]]\nurl = "http://a.test/rss"\n')
    ended = warta("stream", "--feeds", str(feeds), "--output", str(tmp_path / "out"), *options, check=False)
    assert ended.returncode == 2
    assert said in ended.stderr
