"""RSS, RDF, Atom and CDF through feedparser: from memory, from clean UTF-8, never dropped for `bozo`."""

import calendar
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import feedparser
import feedparser.api

from warta.schemas.outcome import Reason
from warta.transforms.parse.document import Document
from warta.transforms.parse.entries import Item
from warta.transforms.parse.model import FeedError

feedparser.api.PREFERRED_XML_PARSERS.clear()  # it would look for a module that nobody has, with every feed

_PERIODS_S = {"hourly": 3_600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}
_FEED_ROOTS = frozenset({"rss", "rdf", "feed", "channel"})
_OPENING = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?(?:item|entry)(?=[\s>/])", re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_ENDINGS = {"rss": "</channel></rss>", "channel": "</channel>"}


@dataclass(frozen=True, slots=True)
class Listing:
    """The items of one document and what it says of itself."""

    items: tuple[Item, ...]
    format: str
    title: str = ""
    language: str = ""
    link: str = ""
    """The homepage, which relative links count from."""
    ttl_s: int | None = None
    dropped: int = 0
    """Items beyond the cap."""
    problems: tuple[str, ...] = ()
    more: tuple[str, ...] = ()


def read_xml_feed(document: Document, *, max_entries: int) -> Listing:
    """Return the items of an RSS, RDF, Atom or CDF document.

    Raises:
      FeedError: it is none of these, or too broken for even one item.
    """
    if document.root == "html" or re.match(r"<!doctype\s+html", document.text[:100], re.IGNORECASE):
        title = re.search(r"<title[^>]*>(.{0,100}?)<", document.text[:20_000], re.IGNORECASE | re.DOTALL)
        name = f" called {' '.join(title[1].split())!r}" if title else ""
        raise FeedError(Reason.FEED_NOT_A_FEED, f"an HTML page{name}")
    text, dropped = _capped(document, max_entries)
    parsed = _parse(text)
    entries = parsed["entries"][:max_entries]
    problem = f"not well-formed: {parsed.get('bozo_exception')}"[:200] if parsed["bozo"] else ""
    if not entries and document.root not in _FEED_ROOTS:
        raise FeedError(Reason.FEED_NOT_A_FEED, f"no feed format; begins with {_glimpse(document)}")
    if not entries and problem and not parsed["feed"].get("title"):
        raise FeedError(Reason.FEED_MALFORMED, problem)
    about = parsed["feed"]
    return Listing(
        items=tuple(_item(entry) for entry in entries),
        format=parsed["version"] or document.root,
        title=_text(about.get("title")),
        language=_text(about.get("language")),
        link=_text(about.get("link")),
        ttl_s=_ttl_s(about),
        dropped=dropped,
        problems=(problem,) if problem else (),
    )


def _parse(text: str) -> Any:
    """Run feedparser, the one place where its own errors are caught."""
    body = _DECLARATION.sub("", text).encode("utf-8", "replace")
    try:
        return feedparser.parse(
            io.BytesIO(b"<?xml version='1.0' encoding='utf-8'?>" + body),  # a name would be opened, bytes too
            response_headers={"content-type": "application/xml; charset=utf-8"},
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except Exception as error:
        detail = f"feedparser failed: {type(error).__name__}: {error}"
        raise FeedError(Reason.FEED_MALFORMED, detail[:300]) from error


def _capped(document: Document, max_entries: int) -> tuple[str, int]:
    """Cut the text before the first item too many; return it and how many were cut.

    feedparser takes 0.2 ms an item and has no cap of its own: 100,000 items are 24 s.
    """
    text = document.text
    starts = [match.start() for match in _OPENING.finditer(text, document.start)]
    if len(starts) <= max_entries:
        return text, 0
    root = _root_tag(document)
    ending = _ENDINGS.get(document.root, f"</{root}>")
    return text[: starts[max_entries]] + ending, len(starts) - max_entries


def _root_tag(document: Document) -> str:
    match = re.match(r"<([\w.:-]+)", document.text[document.start : document.start + 100])
    return match[1] if match else document.root


def _glimpse(document: Document) -> str:
    return repr(" ".join(document.text[document.start : document.start + 60].split()))


def _item(entry: Any) -> Item:
    contents = [_text(content.get("value")) for content in entry.get("content", ())]
    updated = _text(dict.get(entry, "updated"))
    published = _text(dict.get(entry, "published")) or _text(dict.get(entry, "created"))
    return Item(
        links=tuple(_links(entry)),
        guid=_text(entry.get("id")),
        title=_text(entry.get("title")),
        summary=_text(entry.get("summary")),
        content=max(contents, key=len, default=""),
        published=published,
        updated=updated,
        fallback=_utc(dict.get(entry, "published_parsed") or dict.get(entry, "updated_parsed")),
        authors=tuple(_authors(entry)),
        categories=tuple(_text(tag.get("label")) or _text(tag.get("term")) for tag in entry.get("tags", ())),
        images=tuple(_images(entry)),
        language=_language(entry),
    )


def _links(entry: Any) -> Iterator[str]:
    """Yield candidates for the article's address; the guid that feedparser offers as a link is none."""
    for name in ("feedburner_origlink", "pheedo_origlink"):
        yield _text(entry.get(name))
    links = [link for link in entry.get("links", ()) if link.get("href")]
    if links or entry.get("link") != entry.get("id"):
        yield _text(entry.get("link"))
    for link in links:
        if link.get("rel", "alternate") == "alternate":
            yield _text(link.get("href"))


def _authors(entry: Any) -> Iterator[str]:
    people = [_text(person.get("name")) for person in entry.get("authors", ()) if person]
    if any(people):
        yield from people
    else:
        yield _text(entry.get("author"))


def _images(entry: Any) -> Iterator[str]:
    for medium in (*entry.get("media_content", ()), *entry.get("media_thumbnail", ())):
        kind = _text(medium.get("medium")) + _text(medium.get("type"))
        if "image" in kind or not kind:
            yield _text(medium.get("url"))
    for link in entry.get("links", ()):
        if link.get("rel") == "enclosure" and _text(link.get("type")).startswith("image/"):
            yield _text(link.get("href"))
    image = entry.get("image")
    yield _text(image.get("href")) if isinstance(image, dict) else _text(image)


def _language(entry: Any) -> str:
    """The item's own `dc:language`. `xml:lang` is inherited and as often wrong as the feed's."""
    return _text(dict.get(entry, "language"))


def _ttl_s(about: Any) -> int | None:
    minutes = _text(about.get("ttl"))
    if minutes.isdecimal() and len(minutes) < 8:
        return int(minutes) * 60 or None
    period = _PERIODS_S.get(_text(about.get("sy_updateperiod")).lower())
    if not period:
        return None
    times = _text(about.get("sy_updatefrequency"))
    return period // max(1, int(times) if times.isdecimal() and len(times) < 6 else 1)


def _utc(parsed: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC) if parsed else None
    except (ValueError, OverflowError, OSError, TypeError):
        return None


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
