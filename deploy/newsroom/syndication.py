"""Feeds of the newsroom's sites: RSS 2.0, Atom and RDF, with their usual habits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

from warta.newsroom.archive import FeedSpec, Piece, Site, pieces, plain, slug_of, visible
from warta.newsroom.clocktext import feed_date

FEED_ITEMS = 30
"""Newest items a feed lists; more than a site publishes in a week, so that a slow reader misses none."""


@dataclass(frozen=True, slots=True)
class Item:
    """What a feed says of one address."""

    url: str
    title: str
    published: datetime
    updated: datetime
    summary: str = ""
    authors: tuple[str, ...] = ()
    section: str = ""
    content: str = ""
    image: str = ""


def items(site: Site, feed: FeedSpec, now: datetime) -> list[Item]:
    """Return what `feed` lists at `now`, newest first."""
    rows = [_item(piece, feed) for piece in visible(site, now) if piece.listed and _lists(feed, piece)]
    rows += [_item(piece.at(now), feed) for key in feed.also if (piece := pieces()[key]).published <= now]
    for odd in site.oddities:
        if odd.feed == feed.path and odd.published <= now:
            url = f"http://{odd.host or site.host}{odd.path}"
            rows.append(Item(url, odd.title, odd.published, odd.published))
    rows.sort(key=lambda item: (item.published, item.url), reverse=True)
    return rows[:FEED_ITEMS]


def newest_change(rows: Sequence[Item]) -> datetime | None:
    """Return the latest instant that a feed with these items mentions."""
    return max((row.updated for row in rows), default=None)


def feed_document(site: Site, feed: FeedSpec, now: datetime) -> str:
    """Return the feed as text; the same items give the same text."""
    rows = items(site, feed, now)
    writer = {"rss2": _rss, "atom": _atom, "rdf": _rdf}[feed.format]
    return ("\n" if feed.blank_line else "") + writer(site, feed, rows)


def _lists(feed: FeedSpec, piece: Piece) -> bool:
    return not feed.sections or piece.section in feed.sections


def _item(piece: Piece, feed: FeedSpec) -> Item:
    paragraphs = piece.paragraphs
    return Item(
        url=piece.url,
        title=piece.title,
        published=piece.published,
        updated=piece.updated or piece.published,
        summary=piece.description or plain(paragraphs[0]),
        authors=piece.authors,
        section=piece.section,
        content="".join(f"<p>{escape(text)}</p>" for text in paragraphs) if feed.full_text else "",
        image=f"{piece.site.base}/foto/{piece.slug}.jpg" if piece.caption else "",
    )


def _rss(site: Site, feed: FeedSpec, rows: Sequence[Item]) -> str:
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>\n',
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/">\n<channel>\n',
        f"<title>{escape(feed.title)}</title>\n<link>{site.base}/</link>\n",
        f"<description>{escape(site.tagline)}</description>\n<language>{site.language}</language>\n",
        f'<atom:link href="{site.base}{feed.path}" rel="self" type="application/rss+xml"/>\n<ttl>15</ttl>\n',
    ]
    for row in rows:
        parts.append(
            f"<item>\n<title><![CDATA[{row.title}]]></title>\n<link>{escape(row.url)}</link>\n"
            f'<guid isPermaLink="true">{escape(row.url)}</guid>\n'
            f"<pubDate>{feed_date(row.published, site, feed.dates)}</pubDate>\n"
        )
        if row.updated != row.published:
            parts.append(f"<atom:updated>{feed_date(row.updated, site, 'iso')}</atom:updated>\n")
        picture = f'<img src="{row.image}" align="left" width="120" />' if row.image else ""
        parts.append(f"<description><![CDATA[{picture}{row.summary}]]></description>\n")
        parts += [f"<dc:creator>{escape(name)}</dc:creator>\n" for name in row.authors]
        if row.section:
            parts.append(f"<category>{escape(row.section)}</category>\n")
        if row.image:
            parts.append(f'<enclosure url="{row.image}" length="10240" type="image/jpeg"/>\n')
        if row.content:
            parts.append(f"<content:encoded><![CDATA[{row.content}]]></content:encoded>\n")
        parts.append("</item>\n")
    parts.append("</channel>\n</rss>\n")
    return "".join(parts)


def _atom(site: Site, feed: FeedSpec, rows: Sequence[Item]) -> str:
    change = newest_change(rows)
    parts = [
        '<?xml version="1.0" encoding="utf-8"?>\n',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{site.language}">\n',
        f"<title>{escape(feed.title)}</title>\n<subtitle>{escape(site.tagline)}</subtitle>\n",
        f'<id>tag:{site.host},2025:{feed.path}</id>\n<link rel="self" href="{site.base}{feed.path}"/>\n',
        f'<link rel="alternate" type="text/html" href="{site.base}/"/>\n',
        f"<updated>{feed_date(change, site, feed.dates)}</updated>\n" if change else "",
        f"<author><name>{escape(site.name)}</name></author>\n",
    ]
    for row in rows:
        parts.append(
            f"<entry>\n<title>{escape(row.title)}</title>\n"
            f'<link rel="alternate" type="text/html" href={quoteattr(row.url)}/>\n'
            f"<id>tag:{site.host},2025:{slug_of(row.url)}</id>\n"
            f"<published>{feed_date(row.published, site, feed.dates)}</published>\n"
            f"<updated>{feed_date(row.updated, site, feed.dates)}</updated>\n"
        )
        parts += [f"<author><name>{escape(name)}</name></author>\n" for name in row.authors]
        if row.section:
            parts.append(f"<category term={quoteattr(row.section)}/>\n")
        parts.append(f'<summary type="text">{escape(row.summary)}</summary>\n')
        if row.content:
            parts.append(f'<content type="html">{escape(row.content)}</content>\n')
        parts.append("</entry>\n")
    parts.append("</feed>\n")
    return "".join(parts)


def _rdf(site: Site, feed: FeedSpec, rows: Sequence[Item]) -> str:
    order = "".join(f"<rdf:li rdf:resource={quoteattr(row.url)}/>" for row in rows)
    parts = [
        '<?xml version="1.0" encoding="utf-8"?>\n',
        '<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/">\n',
        f'<channel rdf:about="{site.base}{feed.path}">\n<title>{escape(feed.title)}</title>\n',
        f"<link>{site.base}/</link>\n<description>{escape(site.tagline)}</description>\n",
        f"<dc:language>{site.language}</dc:language>\n<items><rdf:Seq>{order}</rdf:Seq></items>\n</channel>\n",
    ]
    for row in rows:
        parts.append(
            f"<item rdf:about={quoteattr(row.url)}>\n<title>{escape(row.title)}</title>\n"
            f"<link>{escape(row.url)}</link>\n<description>{escape(row.summary)}</description>\n"
            f"<dc:date>{feed_date(row.published, site, feed.dates)}</dc:date>\n"
        )
        parts += [f"<dc:creator>{escape(name)}</dc:creator>\n" for name in row.authors]
        if row.section:
            parts.append(f"<dc:subject>{escape(row.section)}</dc:subject>\n")
        parts.append("</item>\n")
    parts.append("</rdf:RDF>\n")
    return "".join(parts)
