"""What a page says of itself, from one look at its tree."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

from warta.transforms.extract.addresses import read_canonical, read_image, read_next_page
from warta.transforms.extract.byline import read_byline
from warta.transforms.extract.caption import read_caption
from warta.transforms.extract.claims import Claim, DateReader
from warta.transforms.extract.jsonld import clean_text, read_linked
from warta.transforms.extract.model import Hints, Metadata
from warta.transforms.extract.people import NameReader
from warta.transforms.extract.published import read_dates
from warta.transforms.extract.section import read_section
from warta.transforms.extract.signals import Signals
from warta.transforms.extract.tags import read_tags
from warta.transforms.extract.title import house_names, read_title

MAX_URL_CHARS = 4_000


def read_metadata(page: Signals, url: str, *, hints: Hints, now: datetime) -> Metadata:
    """Return the metadata of the article that a page shows. The page is not changed; nothing is raised.

    Args:
      url: the page's address, absolute; "" when unknown.
      hints: what the feed said; it fills gaps and settles doubts, and never overrules the page.
      now: aware; dates later than two days after it are not believed.
    """
    url = url if _is_address(url) else ""
    linked = read_linked(page.json_ld, url, [page.meta("og:title"), page.title])
    houses = house_names(page, linked, url, hints.publisher)
    headline = read_title(page, linked, houses=houses, hinted=hints.title)
    page.settle(headline.element)
    language = _language(page, linked.language)
    reader = DateReader(url, page.language or language, hints, now)
    dates = read_dates(page, linked, url, hints=hints, reader=reader)
    byline = read_byline(page, linked, reader=NameReader(houses), hinted=hints.authors)
    section, section_source = read_section(
        page, linked, headline.text, url, hinted=hints.section, houses=houses
    )
    site_name = page.meta("og:site_name") or linked.site_name or page.meta("application-name")
    published = dates.published
    image_url = read_image(page, linked.image_url, url)
    description = linked.description or clean_text(page.meta("og:description", "description"))
    return Metadata(
        title=headline.text,
        title_source=headline.source,
        authors=byline.authors,
        authors_source=byline.source,
        editors=byline.editors,
        published=_utc(published),
        published_source=published.source if published else "",
        published_zone=_offset(published),
        date_only=bool(published and published.date_only),
        published_conflicts=dates.conflicts,
        modified=dates.modified,
        section=section,
        section_source=section_source,
        tags=read_tags(page, linked),
        image_url=image_url,
        caption=read_caption(
            page, image_url=image_url, stated=linked.caption, known=(headline.text, description, *houses)
        ),
        language_declared=language,
        paywalled=None if linked.free is None else not linked.free,
        canonical_url=read_canonical(page, url),
        site_name=clean_text(site_name),
        publisher=linked.publisher or next(iter(byline.organisations), ""),
        description=description,
        next_page=read_next_page(page, url),
        json_ld_body=linked.body,
        json_ld_type=linked.kind,
    )


def _language(page: Signals, linked: str) -> str:
    for value in (
        page.language,
        page.meta("og:locale"),
        linked,
        page.meta("content-language", "language", "dc.language"),
    ):
        tag = value.strip().replace("_", "-").partition("-")[0].lower()
        if 2 <= len(tag) <= 3 and tag.isascii() and tag.isalpha():
            return tag
    return ""


def _utc(claim: Claim | None) -> datetime | None:
    return claim.instant.astimezone(UTC) if claim else None


def _offset(claim: Claim | None) -> str:
    """Spell a claim's distance from UTC: "+07:00"."""
    return claim.instant.replace(microsecond=0).isoformat()[19:25] if claim else ""


def _is_address(url: str) -> bool:
    try:
        return len(url) <= MAX_URL_CHARS and urlsplit(url).scheme in ("http", "https")
    except ValueError:
        return False
