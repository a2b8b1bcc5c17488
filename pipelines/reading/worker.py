"""What a reader process does with what was fetched: a feed becomes entries, a page becomes an article.

These are the callables that `FetchFeeds` and `FetchPages` run in their process pool. They meet no network
and no disk; a page that hangs or crashes them costs that page only.
"""

from dataclasses import replace
from functools import cache
from urllib.parse import urlsplit

from warta.pipelines.reading.page import Reading, read_html
from warta.schemas.article import Article
from warta.schemas.entry import Entry
from warta.schemas.feed import Feed
from warta.schemas.outcome import Reason, Rejection, Stage
from warta.schemas.page import Page
from warta.transforms.clean.cuts import cuts_of
from warta.transforms.clean.furniture import block_keys
from warta.transforms.dates import publication_day
from warta.transforms.dedup.exact import content_hash
from warta.transforms.dedup.near import fingerprint
from warta.transforms.extract.errors import ExtractError
from warta.transforms.extract.model import Hints
from warta.transforms.fetch.model import NextPage
from warta.transforms.label.labeller import Labeller, load_labeller
from warta.transforms.parse.feed import parse_feed
from warta.transforms.parse.model import ParsedFeed
from warta.transforms.text import join_paragraphs
from warta.transforms.urls import article_id, canonical_url, site_host

MIN_TEXT_CHARS = 60
"""A shorter body is a teaser or a player, not an article. The shortest true body of the development corpus
has 71 characters; doubling the limit turns brief news ("kilas") into rejections."""

HTML_TYPES = ("text/html", "application/xhtml+xml", "text/plain", "application/xml", "text/xml", "")


def read_feed(feed: Feed, page: Page) -> ParsedFeed:
    """Parse one answered feed. Raises `FeedError`."""
    return parse_feed(page.body, page.headers, feed, now=page.fetched_at, base=page.final_url)


def read_page(entry: Entry, pages: tuple[Page, ...]) -> Article | Rejection | NextPage:
    """Read the pages of one announced article, first to last.

    Returns the finished article, the reason there is none, or a wish for one more page.
    """
    try:
        readings = [_read(entry, page) for page in pages]
    except ExtractError as error:
        return reject(entry, pages[-1], error.reason, error.detail)
    outcome = settle(entry, pages[0], joined(readings))
    wanted = readings[-1].metadata.next_page
    seen = {page.final_url for page in pages} | {page.url for page in pages}
    return NextPage(wanted, outcome) if wanted and wanted not in seen else outcome


def settle(entry: Entry, page: Page, reading: Reading) -> Article | Rejection:
    """Turn a whole reading into a labelled, signed article, or say why it is none."""
    article = assemble(entry, page, reading)
    if len(article.text) < MIN_TEXT_CHARS:
        reason = Reason.BODY_TOO_SHORT if article.text else Reason.NO_ARTICLE
        return reject(entry, page, reason, f"{len(article.text)} characters of text after cleaning")
    return finish(article, categories=entry.categories, feed_topic=entry.topic)


def finish(article: Article, *, categories: tuple[str, ...] = (), feed_topic: str = "") -> Article:
    """Label and sign an article whose text is final."""
    labels = labeller().label(
        article.title,
        article.text,
        url=article.canonical_url,
        declared_language=article.language_declared,
        feed_topic=feed_topic,
        section=article.section,
        categories=categories,
        explain=False,
    )
    return replace(
        article,
        language=labels.language,
        language_score=labels.language_score,
        language_source=labels.language_source,
        topic=labels.topic,
        topic_score=labels.topic_score,
        topic_source=labels.topic_source,
        content_hash=content_hash(article.text),
        fingerprint=fingerprint(article.text),
        blocks=block_keys(article.text),
    )


def finish_again(article: Article) -> Article:
    """Label and sign an article whose text has changed; a topic that the feed or section gave stays."""
    finished = finish(article)
    if article.topic_source in ("text", "none", ""):
        return finished
    return replace(
        finished,
        topic=article.topic,
        topic_score=article.topic_score,
        topic_source=article.topic_source,
    )


def assemble(entry: Entry, page: Page, reading: Reading) -> Article:
    """Put what the feed announced and what the page says into one article, not yet labelled."""
    said = reading.metadata
    canonical = trusted_canonical(said.canonical_url, page.final_url)
    timezone = entry.timezone or said.published_zone
    return Article(
        id=article_id(canonical),
        url=page.final_url,
        canonical_url=canonical,
        publisher=entry.publisher or said.site_name or site_host(page.final_url),
        feed_url=entry.feed_url,
        title=said.title or entry.title,
        title_source=said.title_source or "feed",
        text=join_paragraphs(reading.paragraphs),
        fetched_at=page.fetched_at,
        date=publication_day(said.published, page.fetched_at, timezone),
        url_id=entry.url_id,
        authors=said.authors,
        editors=said.editors,
        published=said.published,
        published_source=said.published_source or "fetched",
        modified=said.modified,
        section=said.section or entry.section,
        section_source=said.section_source,
        tags=said.tags,
        image_url=said.image_url or entry.image_url,
        caption=said.caption,
        dateline=reading.dateline,
        language_declared=said.language_declared or entry.language,
        paywalled=said.paywalled,
        entry_digest=entry.digest,
        announced_at=entry.announced_at,
        removed=cuts_of(reading.removed),
    )


def joined(readings: list[Reading]) -> Reading:
    """Join the readings of a multi-page article: the first one's metadata, every paragraph once.

    Credits close an article, so they stand on its last page alone.
    """
    first = readings[0]
    if len(readings) == 1:
        return first
    paragraphs = dict.fromkeys(part for reading in readings for part in reading.paragraphs)
    removed = tuple(cut for reading in readings for cut in reading.removed)
    said = [reading.metadata for reading in readings]
    metadata = replace(
        first.metadata,
        authors=next((one.authors for one in said if one.authors), ()),
        editors=next((one.editors for one in said if one.editors), ()),
    )
    return replace(first, metadata=metadata, paragraphs=tuple(paragraphs), removed=removed)


def trusted_canonical(declared: str, final_url: str) -> str:
    """Return the page's own name for itself, unless it names the front page for an inner page.

    Some systems declare the home page as canonical everywhere; believing them would fold a whole site
    into one article.
    """
    if declared and (urlsplit(declared).path.strip("/") or not urlsplit(final_url).path.strip("/")):
        return canonical_url(declared)
    return canonical_url(final_url)


def reject(entry: Entry, page: Page, reason: Reason, detail: str) -> Rejection:
    """Return the rejection of `entry` at the extract arrow."""
    return Rejection(
        Stage.EXTRACT,
        reason,
        entry.url,
        detail[:300],
        entry.url_id,
        entry.feed_url,
        entry.publisher,
        page.fetched_at,
        entry.digest,
    )


@cache
def labeller() -> Labeller:
    """Load the labelling models once in a process."""
    return load_labeller()


def _read(entry: Entry, page: Page) -> Reading:
    content_type = page.headers.get("content-type", "")
    if content_type.partition(";")[0].strip().lower() not in HTML_TYPES:
        raise ExtractError(Reason.PAGE_NOT_HTML, f"content type {content_type!r}")
    hints = Hints(
        title=entry.title,
        summary=entry.summary,
        published=entry.published,
        timezone=entry.timezone,
        language=entry.language,
        section=entry.section,
        authors=entry.authors,
        publisher=entry.publisher,
    )
    return read_html(page.body, page.final_url, content_type=content_type, hints=hints, now=page.fetched_at)
