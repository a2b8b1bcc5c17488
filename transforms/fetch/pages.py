"""The work of one entry: fetch its page, read it, follow the article's further pages, settle it."""

import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from warta.schemas.article import Article
from warta.schemas.entry import Entry
from warta.schemas.host import HostState
from warta.schemas.outcome import MAX_ATTEMPTS, PASSING, Deferral, Reason, Rejection, Stage
from warta.schemas.page import Page
from warta.transforms.fetch.crawl import Crawl
from warta.transforms.fetch.hosts import HostDesk
from warta.transforms.fetch.http import HttpClient
from warta.transforms.fetch.model import FetchError, NextPage
from warta.transforms.fetch.politeness import retry_at
from warta.transforms.fetch.pool import Pool, ReadError, WatchedPool
from warta.transforms.fetch.progress import live
from warta.transforms.fetch.settings import FetchSettings
from warta.transforms.fetch.slices import in_turn
from warta.transforms.urls import host_key, site_host

ReadPage = Callable[[Entry, tuple[Page, ...]], Article | Rejection | NextPage]
Keep = Callable[[Entry, tuple[Page, ...]], None]
"""Is handed every settled entry with the pages that were fetched for it, each entry once."""
TRIES_IN_RUN = 2
"""Times a rate-limited page is asked for in one run; after that its host has made itself clear."""
_BINARY = ("image/", "audio/", "video/", "font/", "model/", "multipart/")
_NOT_A_PAGE = frozenset(
    {
        "application/pdf",
        "application/zip",
        "application/gzip",
        "application/json",
        "application/msword",
        "application/rss+xml",
        "application/atom+xml",
        "application/feed+json",
        "application/javascript",
        "text/css",
        "text/javascript",
    }
)


@dataclass(frozen=True)
class Desk:
    """What every page job needs, gathered once per crawl."""

    client: HttpClient
    hosts: HostDesk
    pool: Pool
    read_page: ReadPage
    settings: FetchSettings
    clock: Callable[[], float]
    keep: Keep

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.clock(), UTC)


class PageJob:
    """One entry on its way to an article, a rejection or a deferral."""

    __slots__ = ("_desk", "_entry", "_pages", "_so_far", "_tries", "_url", "host")

    def __init__(self, entry: Entry, desk: Desk) -> None:
        self._entry = entry
        self._desk = desk
        self._url = entry.url
        self._pages: tuple[Page, ...] = ()
        self._so_far: Article | Rejection | None = None
        self._tries = 0
        self.host = _host_or_url(entry.url)

    async def fetch(self, crawl: Crawl) -> None:
        desk = self._desk
        self._tries += 1
        try:
            page = await desk.client.get(
                self._url,
                max_bytes=desk.settings.max_page_bytes,
                manners=desk.hosts,
                room=crawl.room,
                refuse=is_not_a_page,
                keep_alive=crawl.keeps_alive(self.host),
            )
        except FetchError as error:
            if self._waits_again(error, desk.hosts.gate(_host_or_url(error.url)).not_before):
                crawl.submit(self, first=True)
            else:
                self._settle(crawl, self._so_far or self._failed(error.reason, _told(error, self._entry)))
            return
        crawl.progress.add("pages_fetched")
        crawl.progress.add("wire_bytes", page.wire_bytes)
        self._pages = (*self._pages, page)
        crawl.read(self, len(page.body), lambda: self._read(crawl))

    def postpone(
        self, reason: Reason, detail: str, until: float | None
    ) -> Sequence[Article | Rejection | Deferral]:
        if self._so_far is not None:
            self._keep()
            return [self._so_far]
        not_before = None if until is None else datetime.fromtimestamp(until, UTC)
        return [Deferral(replace(self._entry, not_before=not_before), reason, detail)]

    async def _read(self, crawl: Crawl) -> None:
        desk = self._desk
        try:
            outcome = await desk.pool.run(desk.read_page, self._entry, self._pages)
        except ReadError as error:
            outcome = self._so_far or self._reject(Stage.EXTRACT, error.reason, error.detail)
        crawl.progress.add("pages_read")
        if isinstance(outcome, NextPage):
            self._so_far = outcome.so_far
            if self._may_follow(outcome.url):
                self._url, self._tries = outcome.url, 0
                crawl.submit(self, first=True)
                return
            outcome = outcome.so_far or self._reject(
                Stage.EXTRACT, Reason.NO_ARTICLE, f"the article goes on at {outcome.url[:150]}, out of bounds"
            )
        self._settle(crawl, outcome)

    def _settle(self, crawl: Crawl, outcome: Article | Rejection | Deferral) -> None:
        if not isinstance(outcome, Deferral):  # what is deferred is fetched anew
            self._keep()
        crawl.settle(self, [outcome])

    def _keep(self) -> None:
        if self._pages:
            self._desk.keep(self._entry, self._pages)
            self._pages = ()

    def _may_follow(self, url: str) -> bool:
        try:
            same_site = site_host(url) == site_host(self._pages[0].final_url)
        except ValueError:
            return False
        asked = {page.url for page in self._pages} | {page.final_url for page in self._pages}
        return same_site and url not in asked and len(self._pages) < self._desk.settings.max_article_pages

    def _waits_again(self, error: FetchError, not_before: float | None) -> bool:
        """Whether a page is asked for once more in this run: its host named a time (429, 503)."""
        named_a_time = error.status in (429, 503) and (not_before or 0.0) > self._desk.clock()
        return named_a_time and self._tries < TRIES_IN_RUN

    def _failed(self, reason: Reason, detail: str) -> Rejection | Deferral:
        """Defer what may pass until it has failed too often; reject everything else."""
        attempts = self._entry.attempts + 1
        if reason not in PASSING or attempts >= MAX_ATTEMPTS:
            return self._reject(Stage.FETCH, reason, detail)
        not_before = retry_at(attempts, self._desk.now())
        barred_until = self._desk.hosts.gate(self.host).not_before
        if barred_until is not None:
            not_before = max(not_before, datetime.fromtimestamp(barred_until, UTC))
        return Deferral(replace(self._entry, attempts=attempts, not_before=not_before), reason, detail[:300])

    def _reject(self, stage: Stage, reason: Reason, detail: str) -> Rejection:
        entry = self._entry
        return Rejection(
            stage=stage,
            reason=reason,
            url=entry.url,
            detail=detail[:300],
            url_id=entry.url_id,
            feed_url=entry.feed_url,
            publisher=entry.publisher,
            rejected_at=self._desk.now(),
            entry_digest=entry.digest,
        )


async def crawl_pages(
    entries: list[Entry],
    states: list[HostState],
    read_page: ReadPage,
    settings: FetchSettings,
    *,
    pool: Pool,
    clock: Callable[[], float] = time.time,
    archive: AbstractContextManager[Keep] | None = None,
) -> AsyncGenerator[list[Any], None]:
    """Fetch and read; yield batches of Article, Rejection, Deferral, and HostState at the end.

    Args:
      archive: open for as long as pages come; what it gives is handed every settled entry's pages.
    """
    chosen, left = in_turn(entries, settings.max_pages)
    if left:
        yield [Deferral(entry, Reason.SLICE_FULL) for entry in left]
    live.add("pages_total", len(chosen))
    live.put("pages_left", len(left))
    with archive or nullcontext(forget) as keep:
        async with page_desk(states, read_page, settings, pool, clock, keep) as desk:
            crawl = Crawl(settings, clock=clock)
            for entry in chosen:
                crawl.submit(PageJob(entry, desk))
            async for batch in crawl.outcomes():
                count(batch)
                yield batch
            yield desk.hosts.states()


@asynccontextmanager
async def page_desk(
    states: Iterable[HostState],
    read_page: ReadPage,
    settings: FetchSettings,
    pool: Pool,
    clock: Callable[[], float],
    keep: Keep,
) -> AsyncIterator[Desk]:
    """Give the desk of one crawl; its client is open until the block ends."""
    async with HttpClient(settings) as client:
        hosts = HostDesk(client, settings, states, clock=clock, progress=live)
        yield Desk(client, hosts, WatchedPool(pool), read_page, settings, clock, keep)


def forget(entry: Entry, pages: tuple[Page, ...]) -> None:
    """Keep no raw pages."""


def count(batch: Sequence[Any]) -> None:
    """Count settled pages where the command line looks."""
    live.add("pages_settled", len(batch))
    for outcome in batch:
        if isinstance(outcome, (Rejection, Deferral)):
            kind = "rejected" if isinstance(outcome, Rejection) else "deferred"
            live.add(f"{kind}:{outcome.reason}")
            live.tell([outcome])


def is_not_a_page(content_type: str) -> bool:
    """Whether a Content-Type rules out an article, so that the body need not be fetched.

    Unknown and missing types pass: the reader looks at the bytes themselves.
    """
    name = content_type.partition(";")[0].strip().lower()
    return name.startswith(_BINARY) or name in _NOT_A_PAGE or name.startswith("application/vnd.")


def _told(error: FetchError, entry: Entry) -> str:
    return error.detail if error.url == entry.url else f"{error.detail} at {error.url}"


def _host_or_url(url: str) -> str:
    try:
        return host_key(url)
    except ValueError:
        return url  # refused by the client with its reason; it needs some queue until then
