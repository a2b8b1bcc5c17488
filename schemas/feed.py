"""Feed: a source of news, and FeedState: what we remember about polling it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Feed:
    """One line of the user's feed list. Only `url` is required; empty means "not said"."""

    url: str
    publisher: str = ""
    """Display name of the publisher; the host of `url` when empty."""
    language: str = ""
    """Declared language, BCP 47 primary tag ("id", "en")."""
    timezone: str = ""
    """IANA name ("Asia/Jakarta") that clock times without a zone are read in, and days are counted in."""
    topic: str = ""
    """A topic slug (`schemas/topic.py`) that every entry of the feed has."""
    section: str = ""
    """The publisher's own name for this part of the paper ("Ekonomi")."""


@dataclass(frozen=True, slots=True)
class FeedState:
    """What a poll leaves for the next one. Committed together with the entries it announced."""

    url: str
    etag: str = ""
    last_modified: str = ""
    body_sha256: str = ""
    """Of the last body parsed; a byte-equal answer is not parsed again."""
    conditional_polls: int = 0
    """Conditional requests since the last full GET; every k-th poll is full, against lying validators."""
    interval_s: float = 0.0
    """Adaptive distance between polls; 0 before the first."""
    next_poll: datetime | None = None
    last_success: datetime | None = None
    failures: float = 0.0
    """Weighted count since the last success: soft .5, temporary 1, hard 2."""
    failing_since: datetime | None = None
    last_reason: str = ""
    moved_to: str = ""
    """Target of a permanent redirect under observation; becomes the feed's address after a week of it."""
    moved_since: datetime | None = None
    listed: bytes = b""
    """Signatures of the entries of the last listing (`transforms/fetch/conditional.py`): what the share of
    already known entries, and so the interval, is measured against."""


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """One row of `feeds/`: what one run saw of one feed."""

    feed_url: str
    publisher: str
    run_id: str
    polled_at: datetime
    status: str
    """ok | not_modified | unchanged | failed | not_due | deferred."""
    http_status: int | None = None
    reason: str = ""
    detail: str = ""
    entries: int = 0
    """Entries listed, after the cap."""
    new_entries: int = 0
    newest: datetime | None = None
    next_poll: datetime | None = None
    failures: float = 0.0
    failing_since: datetime | None = None
    body_bytes: int = 0
    elapsed_s: float = 0.0
