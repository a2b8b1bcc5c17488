"""The graph's words without an end: a clock as source, fixed windows, state and timers."""

from typing import Any

import apache_beam as beam
from apache_beam.transforms.periodicsequence import PeriodicImpulse
from apache_beam.transforms.trigger import AccumulationMode, AfterCount, AfterWatermark
from apache_beam.transforms.window import FixedWindows
from apache_beam.utils.timestamp import MAX_TIMESTAMP, Timestamp

from warta.pipelines.articles import Asked, Steps
from warta.pipelines.cycle.plans import fetch_settings
from warta.pipelines.options import Settings
from warta.pipelines.reading.later import finish_again
from warta.pipelines.unbounded.commit import CommitWindows
from warta.pipelines.unbounded.crawl import FetchForEver, Pace, PollForEver
from warta.pipelines.unbounded.stored import CountsSoFar, StoredSoFar
from warta.schemas.entry import Entry
from warta.transforms.clean.beam import StripFurnitureByHost
from warta.transforms.dedup.streaming import DeduplicateWindows, DropKnownForEver
from warta.transforms.windows import MICROS, window_end

TICK_S = 0.01
"""When in its window the clock ticks: the watermark waits at the next tick, past what this window does."""
LATE_S = 7 * 86_400
"""How late an article may be and still have its furniture cut; nothing in the graph makes one late."""


def steps(settings: Settings, owner: str) -> Steps:
    """Return the graph's words for windows of `settings.poll_every_s`.

    Args:
      settings: checked; `poll_every_s` is set.
      owner: who holds the output's lock.
    """
    assert settings.poll_every_s is not None
    length_s = settings.poll_every_s
    stored = StoredSoFar(settings.output)
    pace = Pace(length_s, fetch_settings(settings), settings.poll_all)
    return Steps(
        fetch_feeds=PollForEver(settings.feeds, pace, stored),
        drop_known=DropKnownForEver(stored, length_s),
        fetch_pages=FetchForEver(pace),
        window=lambda articles: articles | "Windows" >> in_windows(length_s),
        strip=StripFurnitureByHost(finish_again, CountsSoFar(stored)),
        deduplicate=DeduplicateWindows(stored, length_s, settings.keep_duplicate_text),
        keep=CommitWindows(settings, owner),
    )


def in_windows(length_s: float) -> beam.PTransform:
    """Put elements into fixed windows that fire once, and once more for each late element."""
    return beam.WindowInto(
        FixedWindows(length_s),
        trigger=AfterWatermark(late=AfterCount(1)),
        accumulation_mode=AccumulationMode.DISCARDING,
        allowed_lateness=LATE_S,
    )


class EveryWindow(beam.PTransform):
    """A source: one tick at the start of every window, and at the first what waits in the store.

    Args:
      stored: where waiting entries are.
      length_s: of a window.
      first_s: start of the first window, Unix seconds.
      windows: end after so many; None goes on for ever.
    """

    def __init__(self, stored: StoredSoFar, length_s: float, first_s: float, windows: int | None) -> None:
        super().__init__()
        self.stored, self.length_s, self.first_s, self.windows = stored, length_s, first_s, windows

    def expand(self, pipeline: Any) -> Asked:
        first = Timestamp.of(self.first_s + TICK_S)
        last = MAX_TIMESTAMP if self.windows is None else first + self.windows * self.length_s
        impulse = PeriodicImpulse(first, last, self.length_s)
        return asked_at(pipeline | "Clock" >> impulse, self.stored, self.length_s, self.first_s)


def asked_at(instants: beam.PCollection, stored: StoredSoFar, length_s: float, first_s: float) -> Asked:
    """Return what ticks at `instants` (Unix seconds) ask for."""
    ticks = instants | "Tick" >> beam.Map(_start_of_window, length_s).with_output_types(float)
    waiting = ticks | "Waiting" >> beam.FlatMap(_waiting, stored, first_s).with_output_types(Entry)
    return Asked(ticks, waiting, ticks)


def _start_of_window(instant: Any, length_s: float) -> float:
    return float(window_end(Timestamp.of(instant), length_s) / MICROS - length_s)


def _waiting(start_s: float, stored: StoredSoFar, first_s: float) -> list[Entry]:
    return list(stored.memory().pending.values()) if start_s == first_s else []
