"""What a feed document becomes."""

from dataclasses import dataclass
from datetime import datetime

from warta.schemas.entry import Entry
from warta.schemas.outcome import Reason, Rejection


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """One feed document, read. `len(entries) + len(rejections)` items were listed, the cap aside."""

    title: str = ""
    language: str = ""
    """What the feed declares, as a BCP 47 primary tag; feeds are often wrong here."""
    ttl_s: int | None = None
    """How long the feed asks to be left alone (`ttl`, `sy:updatePeriod`)."""
    entries: tuple[Entry, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    format: str = ""
    """feedparser's name of the version (rss20, atom10 ...), json, sitemap, news_sitemap or sitemap_index."""
    problems: tuple[str, ...] = ()
    """What a publisher should mend, one line each; never a reason to drop the feed."""
    newest: datetime | None = None
    """Latest publication among the entries."""
    more: tuple[str, ...] = ()
    """Further documents to read for this feed: the children of a sitemap index, newest first, bounded."""


class FeedError(Exception):
    """A document that cannot be read as a feed, with the reason code for it."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.reason}: {self.detail}"
