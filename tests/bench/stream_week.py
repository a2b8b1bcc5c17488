"""A simulated week of the sample newsroom under a stream: real cycles in real processes, a clock set forward.

While a cycle runs, time passes as it does; between cycles it leaps to whatever is due next. Every host
fails in its own way and is well again before the week ends (`newsroom.week_of_mishaps`).
"""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from math import inf
from pathlib import Path
from typing import Any

from warta import read
from warta.newsroom import WEEK_END, WEEK_START, Fault, TruthRow, serve, truth, week_of_mishaps
from warta.newsroom.archive import pieces
from warta.pipelines.options import Settings
from warta.pipelines.process.clock import Clock
from warta.pipelines.process.logs import Voice
from warta.pipelines.stream.cycles import Cycles, Finished
from warta.pipelines.stream.due import Agenda
from warta.pipelines.stream.loop import Stream, lock_output
from warta.transforms.parse.feed_list import read_feed_list
from warta.transforms.store import lock as locks
from warta.transforms.urls import canonical_url


class SimulatedTime:
    """A clock that a wait sets forward, until the week is over."""

    def __init__(self, start: datetime, end: datetime) -> None:
        self._end = end
        self._ahead_s = start.timestamp() - time.time()

    def clock(self) -> Clock:
        return Clock(self._ahead_s)

    def now(self) -> datetime:
        return self.clock().now()

    def wait(self, seconds: float) -> bool:
        self._ahead_s += max(seconds, 0.0)
        return self.now() >= self._end


@dataclass
class Week:
    """What a simulated week left, and what it took."""

    output: Path
    start: datetime
    end: datetime
    faults: tuple[Fault, ...]
    interval_s: float
    finished: list[Finished] = field(default_factory=list)
    files: list[int] = field(default_factory=list)
    """Files below the output after each cycle."""
    failed: list[str] = field(default_factory=list)
    problems: list[BaseException] = field(default_factory=list)
    wall_s: float = 0.0

    def rows(self, table: str) -> list[dict[str, Any]]:
        return list(read(str(self.output), table).to_table().to_pylist())

    @cached_property
    def articles(self) -> list[dict[str, Any]]:
        return self.rows("articles")

    @cached_property
    def announced(self) -> list[TruthRow]:
        """Every address that a feed listed at some full hour, an interval before the end at the latest."""
        found: dict[str, TruthRow] = {}
        at = self.start
        while at <= self.end - timedelta(seconds=self.interval_s):
            found |= {row.url: row for row in truth(now=at)}
            at += timedelta(hours=1)
        return list(found.values())

    def lost(self) -> list[str]:
        """Announced addresses that have no ending."""
        ended = {canonical_url(row["url"]) for row in (*self.rows("duplicates"), *self.rows("rejections"))}
        ended |= {canonical_url(row[name]) for row in self.articles for name in ("url", "canonical_url")}
        return [
            row.url
            for row in self.announced
            if not {canonical_url(row.url), canonical_url(row.canonical_url or row.url)} & ended
        ]

    def refused(self) -> list[str]:
        """Addresses that deserve to be kept and were given up: a passing fault taken for a final one."""
        kept = {row.url for row in self.announced if row.ending != "rejected"}
        stored = {row["url"] for row in self.articles}
        return sorted(
            f"{row['url']} {row['reason']}" for row in self.rows("rejections") if row["url"] in kept - stored
        )

    def twice(self) -> list[str]:
        """Articles stored more than once with one text, or kept although they are copies of another."""
        texts = Counter((row["id"], row["content_hash"]) for row in self.articles)
        found = [f"{id_} {hash_}" for (id_, hash_), count in texts.items() if count > 1]
        addresses = {canonical_url(row["canonical_url"]) for row in self.articles}
        groups = Counter(
            row.copy_group
            for row in self.announced
            if row.copy_group and canonical_url(row.canonical_url) in addresses
        )
        return found + [group for group, count in groups.items() if count > 1]

    def freshness_s(self, *, healthy: bool) -> list[float]:
        """Seconds from publication to the commit, of what was published in the week, sorted.

        Args:
          healthy: leave out what its own host kept back by a fault.
        """
        stored_at = {one.report.run_id: one.report.finished_at for one in self.finished}
        first: dict[str, datetime] = {}
        for row in sorted(self.articles, key=lambda row: row["revision"]):
            first.setdefault(canonical_url(row["canonical_url"]), stored_at[row["run_id"]])
        ages = []
        for piece in pieces().values():
            at = first.get(canonical_url(piece.url))
            if at is None or not self.start < piece.published:
                continue
            if healthy and self._is_troubled(piece.site.host, piece.published, at):
                continue
            ages.append((at - piece.published).total_seconds())
        return sorted(ages)

    def _is_troubled(self, host: str, since: datetime, until: datetime) -> bool:
        return any(
            one.host == host
            and one.since is not None
            and one.until is not None
            and one.since <= until
            and since <= one.until
            for one in self.faults
        )


def p95(values: list[float]) -> float:
    """Return the 95th percentile of sorted values, by nearest rank."""
    return values[max(-(-95 * len(values) // 100) - 1, 0)]


@contextmanager
def streaming(output: Path, **options: Any) -> Iterator[Cycles]:
    """Hold the output's lock and a line of cycle processes."""
    lock = lock_output(str(output), "a simulated week")
    cycles = Cycles(Voice(quiet=True), "a simulated week", locks.share(lock), stopped=bool, **options)
    try:
        yield cycles
    finally:
        cycles.close()
        lock.release()


def simulate(
    output: Path,
    *,
    interval_s: float,
    start: datetime = WEEK_START,
    end: datetime = WEEK_END,
    recycle_after: int = 50,
    tidy_every: int = 100,
    told: Any = None,
) -> Week:
    """Run a stream over the newsroom from `start` to `end` of simulated time."""
    time_, faults = SimulatedTime(start, end), week_of_mishaps()
    week = Week(output, start, end, faults, interval_s)
    began = time.monotonic()

    def note(number: int, finished: Finished, agenda: Agenda) -> None:
        week.finished.append(finished)
        week.files.append(sum(path.is_file() for path in output.rglob("*")))
        if told:
            told(number, finished, week, time_.now())

    with serve(clock=time_.now, faults=faults) as newsroom:
        settings = Settings(
            feeds=read_feed_list(newsroom.feeds_file),
            output=str(output),
            min_delay_s=0.0,
            workers=1,
            max_run_s=interval_s,
            allow_networks=("127.0.0.0/8",),
            connect_to=newsroom.connect_to,
            poll_every_s=interval_s,
        )
        with streaming(output, recycle_after=recycle_after) as cycles:
            stream = Stream(
                settings,
                cycles,
                time_,
                note,
                lambda why, _: week.failed.append(why),
                tidy_every=tidy_every,
                release_s=inf,
            )
            stream.go()
        week.problems = newsroom.problems
    week.wall_s = time.monotonic() - began
    return week
