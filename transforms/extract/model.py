"""Hints (what the feed said of a page) and Metadata (what the page says of itself)."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Hints:
    """What is known of a page before it is read. Empty means "not said"."""

    title: str = ""
    summary: str = ""
    """Plain text of the feed's summary: evidence, never output."""
    published: datetime | None = None
    """Aware, UTC."""
    timezone: str = ""
    """IANA name that clock times without a zone are read in."""
    language: str = ""
    section: str = ""
    authors: tuple[str, ...] = ()
    publisher: str = ""
    """Display name from the feed list; helps to tell the site's name from the headline."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a page says of itself. Empty strings, empty tuples and None mean "not said"."""

    title: str = ""
    """Headline without the site's name."""
    title_source: str = ""
    """og | h1 | json_ld | title | meta | microdata | feed; "+" joins those that agree ("h1+og")."""
    authors: tuple[str, ...] = ()
    """People in byline order; never the owner or the newsroom."""
    authors_source: str = ""
    """json_ld | meta | microdata | rel | class | byline | feed."""
    editors: tuple[str, ...] = ()
    published: datetime | None = None
    """Aware, UTC."""
    published_source: str = ""
    """json_ld | meta | time | visible | feed | url."""
    published_zone: str = ""
    """Offset of the publisher's clock ("+07:00"), in which the publication day is counted: from the source
    or, where that is in UTC, from the feed list, the address, other dates or the language."""
    date_only: bool = False
    """True when the source gave a day and no clock time; `published` is then that day's noon in its zone."""
    published_conflicts: tuple[str, ...] = ()
    """Other sources that name another day: "visible 2026-11-20T09:00:00+07:00"."""
    modified: datetime | None = None
    section: str = ""
    section_source: str = ""
    """breadcrumb | meta | json_ld | url | host | feed."""
    tags: tuple[str, ...] = ()
    image_url: str = ""
    caption: str = ""
    language_declared: str = ""
    """Primary tag of html[lang], og:locale or JSON-LD ("id"); a claim, not a finding."""
    paywalled: bool | None = None
    """From isAccessibleForFree alone; None when the page does not say."""
    canonical_url: str = ""
    """What the page calls itself, when it stays on the same site."""
    site_name: str = ""
    publisher: str = ""
    """Owner or newsroom as the page names it; where organisations end that stood among the authors."""
    description: str = ""
    next_page: str = ""
    """Address of the next part of the same article."""
    json_ld_body: str = ""
    """JSON-LD `articleBody`, as plain text; a candidate for the body."""
    json_ld_type: str = ""
    """Type of the JSON-LD node that was read ("NewsArticle")."""
