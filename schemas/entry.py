"""Entry: one item that a feed announced; the promise of an article."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """An announced URL with what its feed said about it. Feed-level settings are already folded in.

    `url` is absolute http(s), trackers and fragment removed, and is what will be requested. `url_id` is
    `urls.article_id(url)`, the key under which the entry is known, counted and kept.
    """

    url: str
    url_id: str
    feed_url: str
    publisher: str = ""
    title: str = ""
    summary: str = ""
    """Plain text, at most 1,000 characters: evidence for choosing and dating the body, never stored."""
    published: datetime | None = None
    """Aware, UTC."""
    updated: datetime | None = None
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    image_url: str = ""
    language: str = ""
    """Declared: by the entry, else by the feed list, else by the feed."""
    timezone: str = ""
    topic: str = ""
    section: str = ""
    digest: str = ""
    """Hash of what the feed says of this item (title, updated, content): a change asks for a new fetch."""
    attempts: int = 0
    """Fetches that failed for a passing reason so far."""
    not_before: datetime | None = None
    """A deferred entry's earliest next try."""
    announced_at: datetime | None = None
    """When a poll first saw it; freshness is counted from here."""
