"""Fetching for ever: hosts keep their pace, feeds their validators and entries their turn in keyed state.

One key is a group of hosts (`slices.shard_key`), asked by one worker at a time. Pages of a window are fetched
once all its feeds are polled, which is what the watermark says, and until `pages_until_s` by the clock; the
next window polls after that. So the two steps never ask one host at a time, though they run on different
workers. What does not fit into its window waits for the next.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam.coders import PickleCoder
from apache_beam.pvalue import TaggedOutput
from apache_beam.transforms.userstate import ReadModifyWriteStateSpec

from warta.pipelines.reading.later import read_feed, read_page
from warta.pipelines.unbounded.stored import StoredSoFar
from warta.schemas.article import Article
from warta.schemas.entry import Entry
from warta.schemas.feed import Feed, FeedState
from warta.schemas.host import HostState
from warta.schemas.outcome import Deferral, Duplicate, Reason, Rejection
from warta.transforms.fetch.beam import (
    DEFERRALS,
    FEED_STATES,
    HEALTH,
    HOSTS,
    REJECTIONS,
    drive,
    tagged,
)
from warta.transforms.fetch.conditional import is_due
from warta.transforms.fetch.crawl import DEADLINE_GRACE_S
from warta.transforms.fetch.feeds import crawl_feeds
from warta.transforms.fetch.hosts import merge_states
from warta.transforms.fetch.pages import crawl_pages
from warta.transforms.fetch.pool import shared_pool
from warta.transforms.fetch.settings import FetchSettings
from warta.transforms.fetch.slices import shard_key
from warta.transforms.windows import SettleWindows

POLL_SHARE = 0.5
"""Of a window: the time until which feeds may be asked. A host with many feeds is polled one by one."""
REPEATED = "repeated"
ORDER = -3
"""See `SettleWindows`: pages come first."""

Shard = int


@dataclass(frozen=True)
class Pace:
    """How a window is shared between feeds and pages, and who asks whom."""

    length_s: float
    fetch: FetchSettings
    poll_all: bool = False
    """Poll every feed in every window, whatever its server said."""

    @property
    def margin_s(self) -> float:
        """Left free at the end of a part, for what is under way then and the space to the next request."""
        return DEADLINE_GRACE_S + self.fetch.min_delay_s

    def poll_until_s(self, start_s: float) -> float:
        return start_s + POLL_SHARE * self.length_s - self.margin_s

    def pages_until_s(self, start_s: float) -> float:
        return start_s + self.length_s - self.margin_s


class Polled(NamedTuple):
    """What `PollForEver` gives."""

    entries: beam.PCollection
    feed_states: beam.PCollection
    health: beam.PCollection
    rejections: beam.PCollection
    hosts: beam.PCollection


class PollForEver(beam.PTransform):
    """Poll feeds when they are due; unbounded. Input: the starts of windows (Unix seconds), one a tick."""

    def __init__(self, feeds: tuple[Feed, ...], pace: Pace, stored: StoredSoFar) -> None:
        super().__init__()
        self.feeds, self.pace, self.stored = feeds, pace, stored

    def expand(self, ticks: beam.PCollection) -> Any:
        shards: dict[Shard, list[Feed]] = {}
        for feed in self.feeds:
            shards.setdefault(shard_key((feed, None), self.pace.fetch.shards), []).append(feed)
        polled = (
            ticks
            | "ToShardsOfFeeds"
            >> beam.FlatMap(_to_shards, sorted(shards)).with_output_types(tuple[int, float])
            | "Poll"
            >> beam.ParDo(_PollShard(shards, self.pace, self.stored)).with_outputs(
                FEED_STATES, HEALTH, REJECTIONS, HOSTS, main="entries"
            )
        )
        return Polled(polled.entries, polled[FEED_STATES], polled[HEALTH], polled[REJECTIONS], polled[HOSTS])


def _to_shards(start_s: float, shards: list[Shard]) -> list[tuple[Shard, float]]:
    return [(shard, start_s) for shard in shards]


class _PollShard(beam.DoFn):
    FEEDS = ReadModifyWriteStateSpec("feeds", PickleCoder())
    MET = ReadModifyWriteStateSpec("met", PickleCoder())

    def __init__(self, shards: dict[Shard, list[Feed]], pace: Pace, stored: StoredSoFar) -> None:
        self._shards, self._pace, self._stored = shards, pace, stored

    def process(
        self,
        keyed: tuple[Shard, float],
        states: Any = beam.DoFn.StateParam(FEEDS),
        met: Any = beam.DoFn.StateParam(MET),
    ) -> Iterator[Any]:
        shard, start_s = keyed
        settings = for_window(self._pace.fetch, start_s, self._pace.poll_until_s(start_s))
        if is_over(settings):
            return
        stored = self._stored.memory()
        known: dict[str, FeedState] | None = states.read()
        if known is None:
            known = {
                feed.url: stored.feeds[feed.url] for feed in self._shards[shard] if feed.url in stored.feeds
            }
        theirs = [one for one in stored.hosts.values() if shard_key(one, settings.shards) == shard]
        hosts = merge_states([*(met.read() or {}).values(), *theirs])
        polls = list(polls_due(self._shards[shard], known, start_s, self._pace))
        for outcome in drive(
            crawl_feeds(polls, list(hosts.values()), read_feed, settings, pool=shared_pool(settings))
        ):
            if isinstance(outcome, FeedState):
                known[outcome.url] = outcome
            elif isinstance(outcome, HostState):
                hosts[outcome.host] = outcome
            yield tagged(outcome)
        states.write(known)
        met.write(hosts)


def polls_due(
    feeds: list[Feed], known: dict[str, FeedState], start_s: float, pace: Pace
) -> Iterator[tuple[Feed, FeedState | None]]:
    """Yield the feeds to poll in the window that starts at `start_s`, with their states.

    Due is what would become due within half the window: a feed polled a little late in its window must not
    skip every other one.
    """
    soon = datetime.fromtimestamp(start_s + pace.length_s / 2, UTC)
    for feed in feeds:
        state = known.get(feed.url)
        if pace.poll_all or is_due(state, soon):
            yield feed, replace(state, next_poll=None) if state else None


class Fetched(NamedTuple):
    """What `FetchForEver` gives."""

    articles: beam.PCollection
    rejections: beam.PCollection
    deferrals: tuple[beam.PCollection, ...]
    hosts: beam.PCollection
    repeated: beam.PCollection
    """Entries that waited and were announced anew: the new one goes on."""


class FetchForEver(beam.PTransform):
    """Fetch pages; what cannot be had now waits. Input: `Entry`s, `HostState`s and starts of windows."""

    def __init__(self, pace: Pace) -> None:
        super().__init__()
        self.pace = pace

    def expand(self, asked: beam.PCollection) -> Any:
        fetched = (
            asked
            | "KeyByHostShard"
            >> beam.FlatMap(_to_host_shards, self.pace.fetch.shards).with_output_types(tuple[int, Any])
            | "Fetch"
            >> beam.ParDo(_FetchShard(self.pace)).with_outputs(
                REJECTIONS, DEFERRALS, HOSTS, REPEATED, main="articles"
            )
        )
        return Fetched(
            fetched.articles, fetched[REJECTIONS], (fetched[DEFERRALS],), fetched[HOSTS], fetched[REPEATED]
        )


def _to_host_shards(asked: Any, shards: int) -> list[tuple[Shard, Any]]:
    if isinstance(asked, float):
        return [(shard, asked) for shard in range(shards)]
    return [(shard_key(asked, shards), asked)]


class _FetchShard(SettleWindows):
    def __init__(self, pace: Pace) -> None:
        super().__init__(pace.length_s, ORDER)
        self._pace = pace

    def settle(self, key: Any, end_s: float, elements: list[Any], memory: dict[str, Any]) -> Iterator[Any]:
        start_s = end_s - self._pace.length_s
        waiting: dict[str, Entry] = memory.setdefault("waiting", {})
        hosts = merge_states(
            [*memory.get("hosts", {}).values(), *(one for one in elements if isinstance(one, HostState))]
        )
        arrived = sorted((one for one in elements if isinstance(one, Entry)), key=lambda one: one.url)
        for entry in arrived:
            if entry.url_id in waiting:
                yield TaggedOutput(REPEATED, waiting[entry.url_id])
            waiting[entry.url_id] = entry
        settings = for_window(self._pace.fetch, start_s, self._pace.pages_until_s(start_s))
        over = is_over(settings)
        due = [] if over else [one for one in waiting.values() if not _rests(one, settings.clock())]
        for url_id in sorted({entry.url_id for entry in arrived} - {entry.url_id for entry in due}):
            reason = Reason.RUN_DEADLINE if over else Reason.RETRY_AFTER
            yield TaggedOutput(DEFERRALS, Deferral(waiting[url_id], reason))
        if due:
            yield from self._crawl(due, hosts, waiting, settings)
        memory["hosts"] = hosts

    def _crawl(
        self,
        due: list[Entry],
        hosts: dict[str, HostState],
        waiting: dict[str, Entry],
        settings: FetchSettings,
    ) -> Iterator[Any]:
        crawl = crawl_pages(due, list(hosts.values()), read_page, settings, pool=shared_pool(settings))
        for outcome in drive(crawl):
            if isinstance(outcome, (Article, Rejection)):
                waiting.pop(key_of(outcome), None)
            elif isinstance(outcome, Deferral):
                waiting[outcome.entry.url_id] = outcome.entry
            elif isinstance(outcome, HostState):
                hosts[outcome.host] = outcome
            yield tagged(outcome)


def for_window(settings: FetchSettings, start_s: float, until_s: float) -> FetchSettings:
    """Return the settings of one window's crawl."""
    return replace(settings, deadline=until_s, run_id=run_id_of(start_s))


def run_id_of(start_s: float) -> str:
    """Return the name of the window that starts at `start_s`, as it stands in rows.

    >>> run_id_of(1_700_000_000.0)
    '20231114T221320.000000Z'
    """
    return f"{datetime.fromtimestamp(start_s, UTC):%Y%m%dT%H%M%S.%f}Z"


def is_over(settings: FetchSettings) -> bool:
    """Return whether a crawl's time has passed before it began."""
    return settings.deadline is not None and settings.clock() >= settings.deadline


def key_of(ending: Article | Rejection | Duplicate) -> str:
    """Return the key of the entry that came to this ending."""
    return ending.url_id or getattr(ending, "id", "")


def _rests(entry: Entry, now_s: float) -> bool:
    return entry.not_before is not None and entry.not_before.timestamp() > now_s
