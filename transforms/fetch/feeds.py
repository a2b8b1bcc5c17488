"""The work of one feed: poll it conditionally, parse what is new, and say how it is."""

import gzip
import hashlib
import io
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from warta.schemas.feed import Feed, FeedHealth, FeedState
from warta.schemas.host import HostState
from warta.schemas.outcome import Reason, Rejection, Stage
from warta.schemas.page import Page
from warta.transforms.fetch import conditional
from warta.transforms.fetch.crawl import Crawl
from warta.transforms.fetch.hosts import HostDesk
from warta.transforms.fetch.http import HttpClient
from warta.transforms.fetch.model import FetchError, Listing, together
from warta.transforms.fetch.pool import Pool, ReadError, WatchedPool
from warta.transforms.fetch.progress import live
from warta.transforms.fetch.settings import FetchSettings
from warta.transforms.urls import host_key

Poll = tuple[Feed, FeedState | None]
ReadFeed = Callable[[Feed, Page], Listing]


@dataclass(frozen=True)
class Desk:
    """What every feed job needs, gathered once per crawl."""

    client: HttpClient
    hosts: HostDesk
    pool: Pool
    read_feed: ReadFeed
    settings: FetchSettings
    clock: Callable[[], float]

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.clock(), UTC)


class FeedJob:
    """One feed on its way to entries and a new state."""

    def __init__(self, feed: Feed, state: FeedState | None, desk: Desk) -> None:
        self._feed = feed
        self._state = state
        self._desk = desk
        self._url = conditional.address(feed, state, desk.now())
        self._page: Page | None = None
        self._index: Page | None = None
        self._listings: list[Listing] = []
        self._children: deque[str] = deque()
        try:
            self.host = host_key(self._url)
        except ValueError:
            self.host = self._url

    async def fetch(self, crawl: Crawl) -> None:
        state, settings = self._state, self._desk.settings
        headers = {}
        if self._index is None:
            headers = conditional.request_headers(state, full_poll_every=settings.full_poll_every)
        try:
            page = await self._desk.client.get(
                self._url,
                max_bytes=settings.max_feed_bytes,
                headers=headers,
                manners=self._desk.hosts,
                room=crawl.room,
                keep_alive=crawl.keeps_alive(self.host),
            )
        except FetchError as error:
            self._lost(crawl, Stage.FETCH, error.reason, error.detail, error.status)
            return
        crawl.progress.add("wire_bytes", page.wire_bytes)
        self._page = page
        if state is not None and page.status == 304:
            crawl.settle(self, self._unchanged(state, page, not_modified=True))
        elif state is not None and state.body_sha256 == _sha256(page):
            crawl.settle(self, self._unchanged(state, page, not_modified=False))
        else:
            crawl.read(self, len(page.body), lambda: self._read(crawl, page))

    def postpone(self, reason: Reason, detail: str, until: float | None) -> Sequence[Any]:
        """The state stays as it was, so the feed is due at once next time, or when its host allows."""
        if self._index is not None:
            return self._listed(self._index, together(self._listings))
        outcomes: list[Any] = [self._health("deferred", reason=str(reason), detail=detail)]
        if until is not None:
            state = self._state or FeedState(url=self._feed.url)
            outcomes.append(replace(state, next_poll=datetime.fromtimestamp(until, UTC)))
        return outcomes

    async def _read(self, crawl: Crawl, page: Page) -> None:
        desk = self._desk
        try:
            listing = await desk.pool.run(
                desk.read_feed, self._feed, unpacked(page, desk.settings.max_feed_bytes)
            )
        except ReadError as error:
            self._lost(crawl, Stage.PARSE, error.reason, error.detail, page.status)
            return
        self._listings.append(listing)
        if self._index is None and listing.more:
            self._index = page
            self._children.extend(listing.more[: desk.settings.max_sitemaps])
        self._go_on(crawl, self._index or page)

    def _lost(self, crawl: Crawl, stage: Stage, reason: Reason, detail: str, status: int | None) -> None:
        """End a poll that failed; a child of a sitemap index costs only itself."""
        if self._index is not None:
            self._go_on(crawl, self._index)
        else:
            crawl.settle(self, self._failed(stage, reason, detail, status))

    def _go_on(self, crawl: Crawl, page: Page) -> None:
        """Ask for the next child of a sitemap index, or settle."""
        if self._children:
            self._url = self._children.popleft()
            crawl.submit(self, first=True)
            return
        listing = together(self._listings)
        crawl.progress.add("entries", len(listing.entries))
        crawl.settle(self, self._listed(page, listing))

    def _listed(self, page: Page, listing: Listing) -> Sequence[Any]:
        now = self._desk.now()
        url_ids = [entry.url_id for entry in listing.entries]
        state = conditional.after_listing(
            self._state,
            self._feed,
            page.headers,
            _sha256(page),
            url_ids,
            listing.ttl_s,
            now,
            bounds_s=self._desk.settings.poll_bounds_s,
        )
        if self._index is not None:
            # An index may stay the same to the byte while its children change: never ask it conditionally.
            state = replace(state, etag="", last_modified="", body_sha256="")
        state = conditional.after_redirects(state, page.url, page.redirects, now)
        listed_before = self._state.listed if self._state else b""
        new = round(len(url_ids) * (1 - conditional.known_share(url_ids, listed_before)))
        health = self._health("ok", page, state, entries=len(url_ids), new_entries=new, newest=listing.newest)
        return [
            *(replace(entry, announced_at=entry.announced_at or now) for entry in listing.entries),
            *listing.rejections,
            state,
            health,
        ]

    def _unchanged(self, state: FeedState, page: Page, *, not_modified: bool) -> Sequence[Any]:
        now = self._desk.now()
        state = conditional.after_unchanged(
            state,
            page.headers,
            now,
            not_modified=not_modified,
            bounds_s=self._desk.settings.poll_bounds_s,
        )
        state = conditional.after_redirects(state, page.url, page.redirects, now)
        return [state, self._health("not_modified" if not_modified else "unchanged", page, state)]

    def _failed(self, stage: Stage, reason: Reason, detail: str, status: int | None) -> Sequence[Any]:
        now = self._desk.now()
        barred = self._desk.hosts.gate(self.host).not_before
        retry_at = None if barred is None else datetime.fromtimestamp(barred, UTC)
        state = conditional.after_failure(
            self._state, self._feed, reason, now, asked=self._url, retry_at=retry_at
        )
        health = self._health(
            "failed", self._page, state, http_status=status, reason=str(reason), detail=detail[:300]
        )
        rejection = Rejection(
            stage=stage,
            reason=reason,
            url=self._feed.url,
            detail=detail[:300],
            feed_url=self._feed.url,
            publisher=self._feed.publisher,
            rejected_at=now,
        )
        return [state, health, rejection]

    def _health(
        self, status: str, page: Page | None = None, state: FeedState | None = None, **facts: Any
    ) -> FeedHealth:
        state = state or self._state
        if page is not None:
            facts = {
                "http_status": page.status,
                "body_bytes": len(page.body),
                "elapsed_s": page.elapsed_s,
                **{name: value for name, value in facts.items() if value is not None},
            }
        return FeedHealth(
            feed_url=self._feed.url,
            publisher=self._feed.publisher,
            run_id=self._desk.settings.run_id,
            polled_at=self._desk.now(),
            status=status,
            next_poll=state.next_poll if state else None,
            failures=state.failures if state else 0.0,
            failing_since=state.failing_since if state else None,
            **facts,
        )


async def crawl_feeds(
    polls: list[Poll],
    states: list[HostState],
    read_feed: ReadFeed,
    settings: FetchSettings,
    *,
    pool: Pool,
    clock: Callable[[], float] = time.time,
) -> AsyncGenerator[list[Any], None]:
    """Poll due feeds; yield batches of Entry, Rejection, FeedState, FeedHealth, and HostState at the end."""
    now = datetime.fromtimestamp(clock(), UTC)
    due = [(feed, state) for feed, state in polls if conditional.is_due(state, now)]
    resting = [
        not_due(feed, state, settings, now)
        for feed, state in polls
        if state is not None and not conditional.is_due(state, now)
    ]
    if resting:
        yield resting
    live.add("feeds_total", len(due))
    async with HttpClient(settings) as client:
        hosts = HostDesk(client, settings, states, clock=clock, progress=live)
        desk = Desk(client, hosts, WatchedPool(pool), read_feed, settings, clock)
        crawl = Crawl(settings, clock=clock)
        for feed, state in due:
            crawl.submit(FeedJob(feed, state, desk))
        async for batch in crawl.outcomes():
            told = [outcome for outcome in batch if isinstance(outcome, FeedHealth)]
            live.add("feeds_done", len(told))
            live.add("feeds_failed", sum(health.status == "failed" for health in told))
            live.tell(outcome for outcome in batch if isinstance(outcome, Rejection))
            yield batch
        yield hosts.states()


def not_due(feed: Feed, state: FeedState, settings: FetchSettings, now: datetime) -> FeedHealth:
    """Return the health row of a feed that is left alone this time."""
    return FeedHealth(
        feed_url=feed.url,
        publisher=feed.publisher,
        run_id=settings.run_id,
        polled_at=now,
        status="not_due",
        next_poll=state.next_poll,
        failures=state.failures,
        failing_since=state.failing_since,
    )


def unpacked(page: Page, max_bytes: int) -> Page:
    """Return `page` with a body that was a gzip file (`sitemap.xml.gz`) unpacked, within the cap."""
    if not page.body.startswith(b"\x1f\x8b"):
        return page
    try:
        body = gzip.GzipFile(fileobj=io.BytesIO(page.body)).read(max_bytes + 1)
    except (OSError, EOFError) as error:
        raise ReadError(Reason.ENCODING_INVALID, f"gzip file: {error}") from None
    if len(body) > max_bytes:
        raise ReadError(Reason.TOO_LARGE, f"more than {max_bytes} bytes unpacked")
    return replace(page, body=body)


def _sha256(page: Page) -> str:
    return hashlib.sha256(page.body).hexdigest()
