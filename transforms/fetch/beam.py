"""FetchFeeds and FetchPages: hosts go to shards, and one crawl per shard asks all its hosts at once."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import apache_beam as beam
from apache_beam import pvalue

from warta.schemas.article import Article
from warta.schemas.entry import Entry
from warta.schemas.feed import FeedHealth, FeedState
from warta.schemas.host import HostState
from warta.schemas.outcome import Deferral, Rejection
from warta.transforms.fetch.ahead import crawl_slice
from warta.transforms.fetch.feeds import ReadFeed, crawl_feeds
from warta.transforms.fetch.pages import Keep, ReadPage, crawl_pages
from warta.transforms.fetch.pool import Pool, shared_pool
from warta.transforms.fetch.settings import FetchSettings
from warta.transforms.fetch.slices import shard_key

OpenArchive = Callable[[int], AbstractContextManager[Keep]]
"""Opens a place for the raw pages of one shard's crawl; picklable."""

ENTRIES, ARTICLES = "entries", "articles"
FEED_STATES, HEALTH = "feed_states", "health"
REJECTIONS, DEFERRALS, HOSTS = "rejections", "deferrals", "hosts"


class FetchFeeds(beam.PTransform):
    """Poll the feeds that are due; bounded.

    Input: `(Feed, FeedState | None)` pairs and `HostState`s, flattened into one collection.
    Output: main (`.entries`) `Entry` with `announced_at`, and the tags `feed_states` (of polled feeds),
    `health` (one per feed), `rejections` (of entries, and of failed feeds: those have no `url_id`), `hosts`.
    """

    def __init__(self, read_feed: ReadFeed, settings: FetchSettings) -> None:
        super().__init__()
        self._read_feed = read_feed
        self._settings = settings

    def expand(self, requests: beam.PCollection) -> Any:
        return _crawl_by_shard(
            requests,
            _PollShard(self._read_feed, self._settings),
            self._settings,
            ENTRIES,
            (FEED_STATES, HEALTH, REJECTIONS, HOSTS),
        )


class FetchPages(beam.PTransform):
    """Fetch the page of every entry and read it; bounded.

    Input: `Entry`s and `HostState`s, flattened into one collection.
    Output: main (`.articles`) `Article`, and the tags `rejections`, `deferrals`, `hosts`. Every entry comes
    out exactly once as article, rejection or deferral.

    Args:
      archive: where raw pages are kept, if they are; they stay with the worker that fetched them.
    """

    def __init__(
        self, read_page: ReadPage, settings: FetchSettings, archive: OpenArchive | None = None
    ) -> None:
        super().__init__()
        self._read_page = read_page
        self._settings = settings
        self._archive = archive

    def expand(self, requests: beam.PCollection) -> Any:
        return _crawl_by_shard(
            requests,
            _FetchShard(self._read_page, self._settings, self._archive),
            self._settings,
            ARTICLES,
            (REJECTIONS, DEFERRALS, HOSTS),
        )


def _crawl_by_shard(
    requests: beam.PCollection, crawl: beam.DoFn, settings: FetchSettings, main: str, tags: tuple[str, ...]
) -> pvalue.DoOutputsTuple:
    return (
        requests
        | "KeyByHostShard" >> beam.Map(with_shard, settings.shards)
        | "GroupHosts" >> beam.GroupByKey()
        | "Crawl" >> beam.ParDo(crawl).with_outputs(*tags, main=main)
    )


def with_shard(request: Any, shards: int) -> tuple[int, Any]:
    """Key a request or a host state by the shard its site belongs to."""
    return shard_key(request, shards), request


class _Crawling(beam.DoFn, ABC):
    """Drive an asynchronous crawl from a synchronous `process`, yielding outcomes as they come."""

    def __init__(self, read: Callable[..., Any], settings: FetchSettings) -> None:
        self._read = read
        self._settings = settings

    def process(self, keyed: tuple[int, Iterable[Any]]) -> Iterator[Any]:
        yield from map(tagged, self.outcomes(keyed[0], list(keyed[1]), shared_pool(self._settings)))

    def outcomes(self, shard: int, requests: list[Any], pool: Pool) -> Iterator[Any]:
        return drive(self.crawl(shard, requests, pool))

    @abstractmethod
    def crawl(self, shard: int, requests: list[Any], pool: Pool) -> AsyncGenerator[list[Any], None]:
        """Yield outcomes in batches, as they come."""


class _PollShard(_Crawling):
    def crawl(self, shard: int, requests: list[Any], pool: Pool) -> AsyncGenerator[list[Any], None]:
        polls, states = _sorted(requests)
        return crawl_feeds(polls, states, self._read, self._settings, pool=pool, clock=self._settings.clock)


class _FetchShard(_Crawling):
    def __init__(
        self, read: Callable[..., Any], settings: FetchSettings, archive: OpenArchive | None
    ) -> None:
        super().__init__(read, settings)
        self._archive = archive

    def outcomes(self, shard: int, requests: list[Any], pool: Pool) -> Iterator[Any]:
        if self._settings.read_ahead and self._archive is None:
            return crawl_slice(*_sorted(requests), self._read, self._settings, pool)
        return super().outcomes(shard, requests, pool)

    def crawl(self, shard: int, requests: list[Any], pool: Pool) -> AsyncGenerator[list[Any], None]:
        entries, states = _sorted(requests)
        return crawl_pages(
            entries,
            states,
            self._read,
            self._settings,
            pool=pool,
            clock=self._settings.clock,
            archive=self._archive(shard) if self._archive else None,
        )


def _sorted(requests: list[Any]) -> tuple[list[Any], list[HostState]]:
    """Return what is asked for and what is known of hosts."""
    asked = [request for request in requests if not isinstance(request, HostState)]
    return asked, [request for request in requests if isinstance(request, HostState)]


def drive(crawl: AsyncGenerator[list[Any], None]) -> Iterator[Any]:
    """Run an asynchronous crawl from synchronous code; yield its outcomes as they come."""
    loop = asyncio.new_event_loop()
    try:
        while (batch := loop.run_until_complete(anext(crawl, None))) is not None:
            yield from batch
    finally:
        loop.run_until_complete(crawl.aclose())
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


def tagged(outcome: Any) -> Any:
    """Return an outcome under the tag of its kind; entries and articles go untagged."""
    for kind, tag in (
        (FeedState, FEED_STATES),
        (FeedHealth, HEALTH),
        (Rejection, REJECTIONS),
        (Deferral, DEFERRALS),
        (HostState, HOSTS),
    ):
        if isinstance(outcome, kind):
            return pvalue.TaggedOutput(tag, outcome)
    assert isinstance(outcome, (Entry, Article)), f"a reader returned {type(outcome).__name__}"
    return outcome
