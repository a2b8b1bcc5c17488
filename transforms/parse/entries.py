"""Items to entries: whatever the format, one way to choose the address, the dates and the words."""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from warta.schemas.entry import Entry
from warta.schemas.feed import Feed
from warta.schemas.outcome import Reason, Rejection, Stage
from warta.transforms import urls
from warta.transforms.dates import parse_instant
from warta.transforms.parse.plain import cut, plain_text
from warta.transforms.text import digest

MAX_TITLE_CHARS = 500
MAX_SUMMARY_CHARS = 1_000
MAX_CONTENT_CHARS = 20_000
"""Of an item's content that its digest covers: all of 903 of 907 real items; bounds the work."""
MAX_NAMES = 50
"""Authors or categories of one item that are kept; 907 real items have at most 11."""
MAX_NAME_CHARS = 120

_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_].*)?")
_RETIRED = {"in": "id", "iw": "he", "ji": "yi", "jw": "jv"}
_EMAIL = re.compile(r"\(?<?(?:mailto:)?\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b>?\)?(?!\w)")
_IMAGE = re.compile(r"""<img\b[^<>]*?\ssrc\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)
_PIXEL = re.compile(
    r"/~[rf]+/|/~4/|[/_]stat\?|pixel|doubleclick|/1x1\b|blank\.(?:gif|png)|spacer", re.IGNORECASE
)
"""Images that count readers instead of showing something."""
_WRAPPERS = {("www.google.com", "/url"): ("url", "q"), ("www.bing.com", "/news/apiclick.aspx"): ("url",)}
"""Addresses that only forward to the one in a parameter: Google Alerts, Bing News."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item as its format tells it; every field may be empty, none is trusted."""

    links: tuple[str, ...] = ()
    """Candidates for the article's address, best first; may be relative."""
    guid: str = ""
    title: str = ""
    summary: str = ""
    content: str = ""
    published: str = ""
    updated: str = ""
    fallback: datetime | None = None
    """What the format's own library made of the date, for spellings `dates` does not know."""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    language: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """What the items of one document share."""

    feed: Feed
    base: str
    """Absolute address that relative links count from."""
    language: str
    """Declared by the document."""
    now: datetime
    trust_zone: bool = True
    """False when the document labels local clock times as UTC."""


def to_entry(item: Item, setting: Setting) -> Entry | Rejection:
    """Return the entry that `item` announces, or why it announces none."""
    url, trouble = _address(item, setting.base)
    if not url:
        return _reject(item, setting, trouble)
    feed = setting.feed
    published = _instant(item.published, setting) or _sane(item.fallback, setting.now)
    updated = _instant(item.updated, setting)
    title = plain_text(item.title, MAX_TITLE_CHARS)
    body = plain_text(item.content or item.summary, MAX_CONTENT_CHARS)
    summary = plain_text(item.summary, MAX_SUMMARY_CHARS) if item.content else ""
    return Entry(
        url=url,
        url_id=urls.article_id(url),
        feed_url=feed.url,
        publisher=feed.publisher or urls.site_host(feed.url),
        title=title,
        summary=summary or cut(body, MAX_SUMMARY_CHARS),
        published=published or updated,
        updated=updated,
        authors=_names(_without_email(name) for name in item.authors),
        categories=_names(item.categories),
        image_url=_image(item, setting.base),
        language=primary_tag(item.language) or feed.language or setting.language,
        timezone=feed.timezone,
        topic=feed.topic,
        section=feed.section,
        digest=digest(title, item.updated.strip(), body),
        announced_at=setting.now,
    )


def primary_tag(language: str) -> str:
    """Return the primary subtag of a language tag in today's spelling, "" when it is none.

    >>> primary_tag("id-ID"), primary_tag("in"), primary_tag("en_US"), primary_tag("Bahasa Indonesia")
    ('id', 'id', 'en', '')
    """
    match = _LANGUAGE.fullmatch(language.strip())
    tag = match[1].lower() if match else ""
    return _RETIRED.get(tag, tag)


def _address(item: Item, base: str) -> tuple[str, str]:
    """Return the first usable address; else "" and what was wrong with the first candidate."""
    candidates = [link for link in item.links if link.strip()]
    if item.guid.strip().lower().startswith(("http://", "https://")):
        candidates.append(item.guid)
    trouble = ""
    for link in candidates:
        try:
            return urls.request_url(_unwrapped(html.unescape(link.strip())), base), ""
        except ValueError as error:
            trouble = trouble or f"{error}: {link[:200]}"
    return "", trouble


def _unwrapped(link: str) -> str:
    if "/url?" not in link and "apiclick" not in link:
        return link
    try:
        parts = urlsplit(link)
    except ValueError:
        return link
    for name in _WRAPPERS.get((parts.hostname or "", parts.path), ()):
        inner = parse_qs(parts.query).get(name, [""])[0]
        if inner.startswith(("http://", "https://")):
            return inner
    return link


def _reject(item: Item, setting: Setting, trouble: str) -> Rejection:
    """Name the item by what it has, so that the same one is met again as the same."""
    feed = setting.feed
    title = plain_text(item.title, 100)
    first = next((link.strip() for link in item.links if link.strip()), "")
    detail = f"{trouble or 'no link'}; title {title!r}, guid {item.guid[:100]!r}"
    return Rejection(
        stage=Stage.PARSE,
        reason=Reason.ENTRY_LINK_INVALID if trouble else Reason.ENTRY_WITHOUT_LINK,
        url=(first or item.guid.strip())[:300],
        detail=cut(" ".join(detail.split()), 300),
        url_id=digest("no address", feed.url, first, item.guid, title),
        feed_url=feed.url,
        publisher=feed.publisher or urls.site_host(feed.url),
        rejected_at=setting.now,
    )


def _instant(written: str, setting: Setting) -> datetime | None:
    zone, trust = setting.feed.timezone, setting.trust_zone
    return parse_instant(written, timezone=zone, now=setting.now, trust_zone=trust) if written else None


def _sane(instant: datetime | None, now: datetime) -> datetime | None:
    return instant if instant and instant.year > 1970 and instant < now + timedelta(days=366) else None


def _without_email(name: str) -> str:
    """`redaksi@contoh.test (Budi Santoso)` is Budi Santoso; a mail address alone is nobody."""
    rest = _EMAIL.sub("", name[:1_000]).strip()
    return rest[1:-1] if rest.startswith("(") and rest.endswith(")") else rest


def _names(raw: Iterable[str]) -> tuple[str, ...]:
    found = (plain_text(name, MAX_NAME_CHARS).strip(" ,;") for name in raw)
    return tuple(dict.fromkeys(name for name in found if name))[:MAX_NAMES]


def _image(item: Item, base: str) -> str:
    inline = _IMAGE.search((item.summary + item.content)[: MAX_CONTENT_CHARS * 2])
    for image in (*item.images, *([html.unescape(inline[1])] if inline else [])):
        if not image or _PIXEL.search(image):
            continue
        try:
            return urls.request_url(image, base)
        except ValueError:
            continue
    return ""
