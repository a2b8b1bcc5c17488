"""Simulated time: the week in which the newsroom publishes, a clock to move through it, a plan of mishaps."""

import threading
from datetime import UTC, datetime, timedelta

from warta.newsroom.server import Fault

WEEK_START = datetime(2025, 10, 10, 0, 0, tzinfo=UTC)
WEEK_END = datetime(2025, 10, 17, 6, 0, tzinfo=UTC)
"""Everything the newsroom has is published and revised between these; at the end nothing more changes."""


class VirtualClock:
    """A clock that only moves when it is told to. Call it to read it; safe to share between threads."""

    def __init__(self, start: datetime = WEEK_START) -> None:
        self._now = start
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        with self._lock:
            return self._now

    def advance(self, step: timedelta) -> datetime:
        """Move forward and return the new time.

        Raises:
          ValueError: for a step backwards.
        """
        if step < timedelta(0):
            raise ValueError(f"time does not run backwards: {step}")
        with self._lock:
            self._now += step
            return self._now


def week_of_mishaps() -> tuple[Fault, ...]:
    """Return a plan in which every host fails in its own way and is well again before the week ends."""

    def at(day: int, hour: int) -> datetime:
        return datetime(2025, 10, day, hour, tzinfo=UTC)

    return (
        Fault("503", host="www.kabarnusa.test", since=at(11, 3), until=at(11, 9), retry_after="1800"),
        Fault("reset", host="www.harianlentera.test", since=at(12, 8), until=at(12, 14)),
        Fault(
            "500", host="www.cakrawalanews.test", path="/berita/*", since=at(12, 0), until=at(13, 12), every=3
        ),
        Fault("429", host="www.suaratimur.test", since=at(13, 0), until=at(13, 6), retry_after="3600"),
        Fault("truncate", host="cenderawasihkini.test", since=at(14, 0), until=at(14, 12), every=2),
        Fault("html", host="niagaharian.test", path="/rss.rdf", since=at(14, 6), until=at(15, 6)),
        Fault("404", host="www.bolaraya.test", path="/atom.xml", since=at(13, 12), until=at(14, 12)),
        Fault("503", host="www.straitsledger.test", path="/robots.txt", since=at(14, 0), until=at(14, 20)),
    )
