"""What passes between the fetch room and its callers: NextPage, FetchError, Postponed, Listing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from warta.schemas.article import Article
from warta.schemas.entry import Entry
from warta.schemas.outcome import Reason, Rejection


@dataclass(frozen=True, slots=True)
class NextPage:
    """A reader's wish for one more page of the same article.

    `so_far` is what the pages in hand amount to; it is kept when the next page cannot be had (another site,
    too many pages, a failing request). Without it the entry would be lost to its second page.
    """

    url: str
    so_far: Article | Rejection | None = None


class FetchError(Exception):
    """A request that gave no usable page. Knows its reason and URL, and survives pickling."""

    def __init__(self, reason: Reason, detail: str, url: str, status: int | None = None) -> None:
        super().__init__(reason, detail, url, status)
        self.reason = reason
        self.detail = detail
        self.url = url
        self.status = status

    def __str__(self) -> str:
        return f"{self.reason}: {self.detail} ({self.url})"


class Postponed(Exception):
    """A request that must not be made now; `until` says when, as Unix time."""

    def __init__(self, reason: Reason, detail: str, until: float | None = None) -> None:
        super().__init__(reason, detail, until)
        self.reason = reason
        self.detail = detail
        self.until = until


class Listing(Protocol):
    """What `read_feed` returns, as far as this room looks at it (`parse.feed.ParsedFeed` fits)."""

    @property
    def entries(self) -> Sequence[Entry]: ...
    @property
    def rejections(self) -> Sequence[Rejection]: ...
    @property
    def ttl_s(self) -> int | None: ...
    @property
    def newest(self) -> datetime | None: ...
    @property
    def more(self) -> Sequence[str]:
        """Addresses of further documents of the same feed (children of a sitemap index)."""


@dataclass(frozen=True, slots=True)
class Listed:
    """Several documents of one feed, taken together."""

    entries: tuple[Entry, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    ttl_s: int | None = None
    newest: datetime | None = None
    more: tuple[str, ...] = ()


def together(listings: Sequence[Listing]) -> Listing:
    """Return one listing for all documents of a feed: every entry once, in order."""
    if len(listings) == 1:
        return listings[0]
    entries = {entry.url_id: entry for listing in reversed(listings) for entry in reversed(listing.entries)}
    return Listed(
        entries=tuple(reversed(entries.values())),
        rejections=tuple(rejection for listing in listings for rejection in listing.rejections),
        ttl_s=min((listing.ttl_s for listing in listings if listing.ttl_s), default=None),
        newest=max((listing.newest for listing in listings if listing.newest), default=None),
    )
