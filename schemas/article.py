"""Article: what a page says, once read, cleaned and labelled."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Removed:
    """One block that was cut, and the rule that cut it."""

    text: str
    rule: str
    """`<kind>:<rule name>`, e.g. `heading:terpopuler`, `links:list`, `inline_link:baca_juga`."""
    evidence: str = ""
    """What made the rule fire ("link share .93 over 11 items"), for `warta explain`."""


@dataclass(frozen=True, slots=True)
class Cuts:
    """How much one rule cut from an article; the text itself is left behind."""

    rule: str
    blocks: int
    chars: int


@dataclass(frozen=True, slots=True)
class Article:
    """A news article with its metadata. Text has paragraphs separated by one blank line."""

    id: str
    """32 hex characters, from the canonical URL or the publisher's article number; the same for ever."""
    url: str
    canonical_url: str
    publisher: str
    feed_url: str
    title: str
    text: str
    fetched_at: datetime
    date: date
    """Publisher-local day of `published`; the partition."""
    url_id: str = ""
    """`urls.article_id` of the announced URL; differs from `id` when the page moved or names another."""
    title_source: str = ""
    authors: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    published: datetime | None = None
    published_source: str = ""
    """json_ld | meta | time | visible | feed | url | fetched."""
    modified: datetime | None = None
    section: str = ""
    section_source: str = ""
    tags: tuple[str, ...] = ()
    image_url: str = ""
    caption: str = ""
    dateline: str = ""
    language_declared: str = ""
    language: str = "und"
    language_score: float = 0.0
    language_source: str = ""
    topic: str = "unknown"
    topic_score: float = 0.0
    topic_source: str = ""
    paywalled: bool | None = None
    entry_digest: str = ""
    announced_at: datetime | None = None
    content_hash: str = ""
    """32 hex characters of the normalised title-free text; equal for reprints to the letter."""
    fingerprint: bytes = b""
    """Sampled hashes of 5-grams (of NFKC), sorted uint64, little endian (`transforms/dedup/near.py`)."""
    blocks: bytes = b""
    """Hash and length of each paragraph (`transforms/clean/furniture.py`)."""
    removed: tuple[Cuts, ...] = ()
    """Boilerplate that was cut, one for each rule, in their order."""
