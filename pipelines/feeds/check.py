"""Fetch feeds once, politely, and say what is to be said of each."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from warta.schemas.feed import Feed, FeedHealth, FeedState
from warta.schemas.outcome import Rejection
from warta.schemas.page import Page
from warta.transforms.fetch.feeds import crawl_feeds
from warta.transforms.fetch.pool import Pool, shared_pool
from warta.transforms.fetch.settings import FetchSettings
from warta.transforms.parse.feed import parse_feed
from warta.transforms.parse.model import ParsedFeed

STALE_AFTER = timedelta(days=7)
"""A feed whose newest entry is older gets a remark: section feeds rest over a weekend, not longer."""


@dataclass
class Finding:
    """What one feed answered."""

    feed: Feed
    health: FeedHealth | None = None
    state: FeedState | None = None
    listings: list[ParsedFeed] = field(default_factory=list)
    """More than one for a sitemap index."""
    unusable: int = 0
    """Items without a link that can be fetched."""

    @property
    def works(self) -> bool:
        return self.health is not None and self.health.status == "ok"

    def remarks(self, now: datetime) -> list[str]:
        """Return what the publisher, or whoever keeps the list, should mend; no reason to drop the feed."""
        found = [problem for listing in self.listings for problem in listing.problems]
        if self.state is not None and self.state.moved_to:
            found.append(f"has moved to {self.state.moved_to}; put that address into the list")
        if self.unusable:
            found.append(f"{self.unusable} entries have no link that can be fetched")
        if self.works and self.health is not None:
            if not self.health.entries:
                found.append("lists no entry")
            elif self.health.newest is None:
                found.append("none of its entries has a date")
            elif now - self.health.newest > STALE_AFTER:
                found.append(f"nothing new since {self.health.newest:%Y-%m-%d}")
        return found


def check_feeds(feeds: Sequence[Feed], settings: FetchSettings) -> list[Finding]:
    """Fetch and parse each feed once, hosts side by side and each at its own pace; one finding per feed."""
    return asyncio.run(_check(feeds, settings, shared_pool(settings)))


def read_feed(feed: Feed, page: Page) -> ParsedFeed:
    """Parse one answer; runs in a reader process, where it can be killed."""
    return parse_feed(page.body, page.headers, feed, now=page.fetched_at, base=page.final_url)


async def _check(feeds: Sequence[Feed], settings: FetchSettings, pool: Pool) -> list[Finding]:
    findings = {feed.url: Finding(feed) for feed in feeds}
    watched = _Remembering(pool, findings)
    polls: list[tuple[Feed, FeedState | None]] = [(feed, None) for feed in feeds]
    async for batch in crawl_feeds(polls, [], read_feed, settings, pool=watched):
        for outcome in batch:
            _file(outcome, findings)
    return list(findings.values())


def _file(outcome: Any, findings: dict[str, Finding]) -> None:
    if isinstance(outcome, FeedHealth):
        findings[outcome.feed_url].health = outcome
    elif isinstance(outcome, FeedState) and outcome.url in findings:
        findings[outcome.url].state = outcome
    elif isinstance(outcome, Rejection) and outcome.url != outcome.feed_url:
        findings[outcome.feed_url].unusable += 1


class _Remembering:
    """A pool that keeps what was parsed: a crawl passes on entries only, not what a feed says of itself."""

    def __init__(self, pool: Pool, findings: dict[str, Finding]) -> None:
        self._pool = pool
        self._findings = findings

    def run(self, function: Callable[..., Any], *args: Any) -> Awaitable[Any]:
        return self._run(function, *args)

    async def _run(self, function: Callable[..., Any], *args: Any) -> Any:
        listing = await self._pool.run(function, *args)
        self._findings[args[0].url].listings.append(listing)
        return listing
