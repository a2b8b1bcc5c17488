"""When a page was published: statements in order of trust, one decision, its conflicts."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from lxml.html import HtmlElement

from warta.transforms.dates import zone
from warta.transforms.extract.claims import Claim, DateReader
from warta.transforms.extract.jsonld import LinkedArticle
from warta.transforms.extract.lexicon import phrases, starts_with_phrase
from warta.transforms.extract.lines import Line, text_of
from warta.transforms.extract.model import Hints
from warta.transforms.extract.signals import Signals

LINES_BEFORE_HEADLINE = 8
LINES_AFTER_HEADLINE = 14
"""Visible dates are looked for this near to the headline. In the corpus nine in ten stand within five lines;
further away stand the dates of other articles."""
MAX_DATE_LINE_CHARS = 160
"""A longer line is prose; the dates in it belong to the story."""
MAX_OFFSET = timedelta(hours=14)
"""Kiribati's; no clock on earth is further from UTC."""

AMERICAN_EVENING_ENDS = 8
ASIAN_MORNING_BEGINS = 15
"""Hours of UTC between which it is one day from California to Tokyo; outside, the visible date is read."""

MAX_PERMALINK_CHARS = 40
"""A linked line up to here may be the date that leads to the page itself ("20 Nov 2026, 11:15 | News")."""

_PUBLISHED_METAS = (
    "article:published_time",
    "og:article:published_time",
    "http://ogp.me/ns/article#published_time",
    "article:published",
    "og:published_time",
    "datepublished",
    "parsely-pub-date",
    "sailthru.date",
    "dtk:publishdate",
    "content_publisheddate",
    "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime",
)
_LOOSE_METAS = (
    "dcterms.issued",
    "dc.date.issued",
    "dcterms.created",
    "dc.date.created",
    "date.created",
    "citation_publication_date",
    "citation_date",
    "publish_date",
    "publish-date",
    "publishdate",
    "publication_date",
    "pub_date",
    "pubdate",
    "pdate",
    "ptime",
    "rnews:datepublished",
    "bt:pubdate",
    "dcsext.articlefirstpublished",
    "premiumcontentonfirstpublish",
    "displaydate",
    "shareaholic:article_published_time",
    "datecreated",
    "dcterms.date",
    "dc.date",
    "dc:date",
    "date",
    "originalpublicationdate",
    "uploaddate",
    "timestamp",
)
_MODIFIED_METAS = (
    "article:modified_time",
    "og:updated_time",
    "article:modified",
    "datemodified",
    "dcterms.modified",
    "dc.date.modified",
    "date.modified",
    "date.updated",
    "lastmod",
    "last-modified",
)
_DIGITS = re.compile(r"\d{1,2}\D{1,20}\d{2,4}|\d{4}\D{1,20}\d{1,2}")
_DATE_WORDS = ("dat", "fecha", "tanggal", "waktu", "time", "publi", "posted", "meta")
_CLOCK = re.compile(r"\d[:.]\d\d")
_DATED_HEADLINE = re.compile(r"(\d{1,2}[./]\d{1,2}[./]\d{4})\s*[-–—|:]\s")
_OPENING_DATE = re.compile(r"[^()\d]{0,40}\(([^()]{2,24}\d{4})\)")
_URL_DAY = re.compile(
    r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<s>[/_.-])(?P<m>0?[1-9]|1[0-2])(?P=s)(?P<d>0?[1-9]|[12]\d|3[01])(?!\d)"
    r"|(?<!\d)(?P<y1>20\d\d)/?(?P<m1>0[1-9]|1[0-2])/?(?P<d1>0[1-9]|[12]\d|3[01])(?=$|\D|\d{4,6}(?:$|\D))"
    r"|/(?P<y2>\d\d)/(?P<m2>0[1-9]|1[0-2])/(?P<d2>0[1-9]|[12]\d|3[01])(?=/)"
)


@dataclass(frozen=True, slots=True)
class Dates:
    """What was decided."""

    published: Claim | None = None
    modified: datetime | None = None
    conflicts: tuple[str, ...] = ()


def read_dates(page: Signals, linked: LinkedArticle, url: str, *, hints: Hints, reader: DateReader) -> Dates:
    """Return the instant of publication, the last change, and the sources that name another day.

    Dear looks (the visible lines) are taken only when the cheap ones leave the instant or its zone open.
    """
    claims = [*_stated(page, linked, reader), *_timed(page, reader), *_loosely_stated(page, reader)]
    in_url = _in_url(url, reader)
    if _leaves_the_day_open(claims, in_url, reader):
        claims += _visible(page, reader, in_url)
    if hints.published is not None:
        claims.append(Claim("feed", hints.published, date_only=False, zoned=True, in_utc=True))
    if in_url:
        claims.append(in_url)
    modified = _modified(page, linked, reader)
    if not claims:
        return Dates(_last_resort(page, reader) or modified, modified.instant if modified else None)
    published = _in_local_time(_decide(claims), claims, reader)
    conflicts = tuple(dict.fromkeys(str(other) for other in claims if _other_day(other, published)))[:5]
    return Dates(published, modified.instant if modified else None, conflicts)


def _leaves_the_day_open(claims: list[Claim], in_url: Claim | None, reader: DateReader) -> bool:
    """Do the claims give no instant, or one in UTC whose local day might be another?"""
    first = next((claim for claim in claims if not claim.date_only), None)
    if first is None:
        return True
    if not first.in_utc or reader.zone_name or in_url or any(not claim.zoned for claim in claims):
        return False
    return first.instant.hour < AMERICAN_EVENING_ENDS or first.instant.hour >= ASIAN_MORNING_BEGINS


def _decide(claims: list[Claim]) -> Claim:
    """Take the most trusted claim, or an instant of the same day where that is a bare day."""
    best = claims[0]
    if best.date_only:
        for other in claims[1:]:
            if not other.date_only and not _other_day(other, best):
                return other
    elif best.in_utc:
        for other in claims[1:]:
            if _same_clock(best, other):
                return other  # the wall clock of the house, wrongly marked as UTC
    return best


def _in_local_time(best: Claim, claims: list[Claim], reader: DateReader) -> Claim:
    """Put an instant that was written in UTC into the zone that the rest of the page betrays.

    Evidence, best first: the feed list or the country of the address; the same minute shown on a local
    clock; a bare day (in the address, on the page) next to the day in UTC; the page's language.
    """
    if not best.in_utc:
        return best
    if reader.zone_name:
        return replace(best, instant=best.instant.astimezone(zone(reader.zone_name)))
    utc = best.instant.astimezone(UTC)
    for other in claims:
        if not other.zoned and not other.date_only:
            shift = other.instant.replace(tzinfo=UTC) - utc
            minutes = round(shift.total_seconds() / 60)
            if (
                abs(shift) <= MAX_OFFSET
                and minutes % 30 == 0
                and abs(shift.total_seconds() - 60 * minutes) < 60
            ):
                return best.moved_to(minutes)
    for other in claims:
        if other.date_only and abs(days := (other.instant.date() - utc.date()).days) == 1:
            midnight = datetime.combine(max(other.instant.date(), utc.date()), time.min, UTC)
            hours = (
                -(-(midnight - utc).seconds // 3600) if days > 0 else -((utc - midnight).seconds // 3600 + 1)
            )
            if abs(hours) <= MAX_OFFSET.seconds // 3600:
                return best.moved_to(60 * hours)
    if reader.likely_zone:
        return replace(best, instant=best.instant.astimezone(zone(reader.likely_zone)))
    return best


def _same_clock(best: Claim, other: Claim) -> bool:
    if not other.zoned or other.date_only or other.in_utc:
        return False
    one, two = (
        c.replace(second=0, microsecond=0, tzinfo=None) for c in (best.instant.astimezone(UTC), other.instant)
    )
    return one == two


def _other_day(other: Claim, best: Claim) -> bool:
    if other.date_only or best.date_only:
        days = {other.instant.date(), other.instant.astimezone(best.instant.tzinfo).date()}
        return best.instant.date() not in days
    return other.instant.astimezone(best.instant.tzinfo).date() != best.instant.date()


def _stated(page: Signals, linked: LinkedArticle, reader: DateReader) -> Iterator[Claim]:
    if linked.published and (claim := reader.claim("json_ld", linked.published)):
        yield claim
    for name in _PUBLISHED_METAS:
        for value in page.metas.get(name, ())[:2]:
            if claim := reader.claim("meta", value):
                yield claim


def _loosely_stated(page: Signals, reader: DateReader) -> Iterator[Claim]:
    for name in _LOOSE_METAS:
        for value in page.metas.get(name, ())[:2]:
            if claim := reader.claim("meta", value):
                yield claim


def _timed(page: Signals, reader: DateReader) -> Iterator[Claim]:
    for node in page.itemprops.get("datePublished", ())[:5]:
        value = node.get("content") or node.get("datetime") or node.get("title") or text_of(node)
        if not page.in_furniture(node) and (claim := reader.claim("time", value)):
            yield claim
    kept = 0
    for node in page.times[:200]:
        value = node.get("datetime") or text_of(node)
        if not value or page.in_furniture(node) or _is_modified(node):
            continue
        if claim := reader.claim("time", value):
            yield claim
            kept += 1
            if kept >= 3:
                return


def _is_modified(node: HtmlElement) -> bool:
    name = f"{node.get('class') or ''} {node.get('itemprop') or ''}".lower()
    return "modif" in name or ("updated" in name and "publish" not in name)


def _visible(page: Signals, reader: DateReader, in_url: Claim | None) -> Iterator[Claim]:
    """Yield what the lines around the headline say and the address, if it dates, does not contradict."""
    found = list(_near_headline(page, reader)) or list(_marked_dates(page, reader))
    agreeing = [claim for claim in found if in_url and not _other_day(claim, in_url)]
    if agreeing or not in_url:
        yield from sorted(agreeing or found, key=lambda claim: claim.date_only)


def _near_headline(page: Signals, reader: DateReader) -> Iterator[Claim]:
    lines, headline = page.lines, page.place
    if headline < 0:
        return
    for title in (lines[headline].text, page.meta("og:title"), page.title):
        if (match := _DATED_HEADLINE.match(title)) and (claim := reader.claim("visible", match[1])):
            yield claim
    yield from _dated(page, range(headline + 1, min(len(lines), headline + 1 + LINES_AFTER_HEADLINE)), reader)
    yield from _dated(page, range(headline - 1, max(-1, headline - 1 - LINES_BEFORE_HEADLINE), -1), reader)


def _marked_dates(page: Signals, reader: DateReader) -> Iterator[Claim]:
    for word, node in page.classed:
        if not word.startswith(_DATE_WORDS) or page.in_furniture(node):
            continue
        text = text_of(node)
        if (
            len(text) <= MAX_DATE_LINE_CHARS
            and _DIGITS.search(text)
            and (claim := reader.claim("visible", text))
        ):
            yield claim
            return


def _dated(
    page: Signals, indices: Iterable[int], reader: DateReader, *, anywhere: bool = False
) -> Iterator[Claim]:
    for index in indices:
        line = page.lines[index]
        if line.chars > 2 * MAX_DATE_LINE_CHARS or _is_teaser(line) or not _is_dateline(line.text):
            continue
        if line.text in page.title or (not anywhere and page.in_furniture(line.block)):
            continue  # a headline may speak of a day
        if claim := reader.claim("visible", line.text):
            yield claim


def _is_teaser(line: Line) -> bool:
    """Does the line link to another article, rather than being a date that is its own permalink?"""
    mostly_link = line.link_chars * 2 > line.chars
    return mostly_link and (line.chars > MAX_PERMALINK_CHARS or line.block.tag in ("li", "h2", "h3", "h4"))


def _is_dateline(text: str) -> bool:
    """Is `text` there to date the article: short, or with a clock time, and not about a change?"""
    if len(text) > MAX_DATE_LINE_CHARS or not _DIGITS.search(text):
        return False
    if len(text) > 80 and not _CLOCK.search(text):
        return False
    return not starts_with_phrase(text, phrases().modified)


def _in_url(url: str, reader: DateReader) -> Claim | None:
    match = _URL_DAY.search(url)
    if not match:
        return None
    year, month, day = (int(match[n] or match[f"{n}1"] or match[f"{n}2"]) for n in "ymd")
    return reader.day("url", year if year > 99 else 2000 + year, month, day)


def _modified(page: Signals, linked: LinkedArticle, reader: DateReader) -> Claim | None:
    texts = [linked.modified, *page.every_meta(*_MODIFIED_METAS)]
    nodes = page.itemprops.get("dateModified", ())[:3]
    texts += [node.get("content") or node.get("datetime") or text_of(node) for node in nodes]
    claims = (reader.claim("modified", text) for text in texts if text)
    return next((claim for claim in claims if claim), None)


def _last_resort(page: Signals, reader: DateReader) -> Claim | None:
    """A date in brackets that opens a paragraph, else any short dated line; the nearest one."""
    start = max(page.place, 0)
    order = [*range(start, len(page.lines)), *range(start)]
    for index in order:
        if (match := _OPENING_DATE.match(page.lines[index].text)) and (
            claim := reader.claim("visible", match[1])
        ):
            return claim
    for anywhere in (False, True):
        if claim := next(_dated(page, order, reader, anywhere=anywhere), None):
            return claim
    return None
