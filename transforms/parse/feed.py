"""One feed document to entries, whatever its format."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from warta.schemas.entry import Entry
from warta.schemas.feed import Feed
from warta.schemas.outcome import Reason, Rejection, Stage
from warta.transforms import urls
from warta.transforms.dates import parse_instant, written_offset_min, zone
from warta.transforms.parse.document import read_document
from warta.transforms.parse.entries import Setting, primary_tag, to_entry
from warta.transforms.parse.json_feed import read_json_feed
from warta.transforms.parse.model import ParsedFeed
from warta.transforms.parse.plain import plain_text
from warta.transforms.parse.sitemap import read_sitemap
from warta.transforms.parse.xml_feed import Listing, read_xml_feed

MAX_ENTRIES = 2_000
"""Items read from one document. Real feeds list 10 to 100, news sitemaps at most 1,000 (Google's limit)."""

CLOCK_TOLERANCE = timedelta(minutes=10)
"""How far ahead of ours a publisher's clock may run before its label is doubted."""


def parse_feed(
    body: bytes,
    headers: Mapping[str, str],
    feed: Feed,
    *,
    now: datetime,
    max_entries: int = MAX_ENTRIES,
    base: str = "",
) -> ParsedFeed:
    """Return the entries that a feed document announces.

    Args:
      body: decoded as HTTP says (no content coding left), any charset.
      headers: of the answer, names in lower case; only `content-type` is heard.
      feed: its settings are folded into every entry. The language an entry declares itself comes first,
        then the feed list's, then the document's.
      now: aware; becomes `announced_at`, and dates long after it are not believed.
      max_entries: items read; the rest is one rejection (`entry_cap_exceeded`) naming how many.
      base: the address that answered, where a redirect was followed; relative links count from it.

    Returns:
      Entries and rejections in the document's order. Nothing is dropped for being malformed.
      About 0.3 ms an item; but feedparser's time grows with the square of the attributes or categories of one
      element (20,000 categories: 11 s), so strangers' feeds are read where the reader can be killed.

    Raises:
      FeedError: the document is no feed, declares entities, is too large or too broken.
    """
    document = read_document(body, headers.get("content-type", ""))
    if document.root in ("{", "["):
        listing = read_json_feed(document.text, max_entries=max_entries)
    elif document.root in ("urlset", "sitemapindex"):
        listing = read_sitemap(document, max_entries=max_entries)
    else:
        listing = read_xml_feed(document, max_entries=max_entries)
    return _parsed(listing, feed, now, base or feed.url, document.problems)


def _parsed(listing: Listing, feed: Feed, now: datetime, base: str, problems: tuple[str, ...]) -> ParsedFeed:
    language = primary_tag(listing.language)
    honest = not _labels_local_time_as_utc(listing, feed, now)
    setting = Setting(feed, _base(listing.link, base), language, now, trust_zone=honest)
    results = [to_entry(item, setting) for item in listing.items]
    entries = tuple(result for result in results if isinstance(result, Entry))
    rejections = [result for result in results if isinstance(result, Rejection)]
    undated = sum(entry.published is None for entry in entries)
    found = [*problems, *listing.problems]
    if not honest:
        found.append(f"clock times of {feed.timezone} labelled as UTC; read as local")
    if undated:
        found.append(f"{undated} of {len(entries)} entries without a date that can be read")
    if listing.dropped:
        total = len(results) + listing.dropped
        found.append(f"{total} items listed, {len(results)} read")
        rejections.append(_cap(feed, found[-1], now))
    return ParsedFeed(
        title=plain_text(listing.title, 200),
        language=language,
        ttl_s=listing.ttl_s,
        entries=entries,
        rejections=tuple(rejections),
        format=listing.format,
        problems=tuple(found),
        newest=_newest(entries, now),
        more=_addresses(listing.more, base),
    )


def _labels_local_time_as_utc(listing: Listing, feed: Feed, now: datetime) -> bool:
    """Say whether the newest items would lie ahead of now, by no more than the publisher is ahead of UTC.

    Some Indonesian publishers write WIB clocks and call them GMT, which puts their news seven hours ahead.
    New items are fresh, so the poll that first sees them shows it.
    """
    offset = zone(feed.timezone).utcoffset(now.replace(tzinfo=None)) if feed.timezone else None
    if not offset or offset < CLOCK_TOLERANCE:
        return False
    read = [(parse_instant(item.published), written_offset_min(item.published)) for item in listing.items]
    instants = [instant for instant, _ in read if instant]
    ahead = max(instants, default=now) - now
    plausible = CLOCK_TOLERANCE < ahead <= offset + CLOCK_TOLERANCE
    return plausible and all(written == 0 for instant, written in read if instant)


def _base(homepage: str, base: str) -> str:
    """Relative links count from the homepage: feeds that live with a distributor mean their own site."""
    try:
        return urls.request_url(homepage, base) if homepage else base
    except ValueError:
        return base


def _newest(entries: tuple[Entry, ...], now: datetime) -> datetime | None:
    dates = [entry.published for entry in entries if entry.published]
    return max((date for date in dates if date <= now + timedelta(days=1)), default=None)


def _cap(feed: Feed, detail: str, now: datetime) -> Rejection:
    return Rejection(
        stage=Stage.PARSE,
        reason=Reason.ENTRY_CAP_EXCEEDED,
        url=feed.url,
        detail=detail,
        feed_url=feed.url,
        publisher=feed.publisher or urls.site_host(feed.url),
        rejected_at=now,
    )


def _addresses(links: tuple[str, ...], base: str) -> tuple[str, ...]:
    found = []
    for link in links:
        try:
            found.append(urls.request_url(link, base))
        except ValueError:
            continue
    return tuple(found)
