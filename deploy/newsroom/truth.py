"""What a perfect reader makes of the newsroom: one row per announced address."""

import html
from dataclasses import dataclass
from datetime import datetime

from warta.newsroom.archive import EDITIONS, Oddity, Piece, Site, pieces, sites, visible
from warta.newsroom.page import article_page, lists


@dataclass(frozen=True, slots=True)
class TruthRow:
    """One announced address and the ending it deserves."""

    url: str
    """As the feed announces it."""
    ending: str
    """kept | duplicate | rejected"""
    publisher: str
    feed_urls: tuple[str, ...]
    key: str = ""
    """Stem of the article's file; empty for a rejection."""
    canonical_url: str = ""
    title: str = ""
    authors: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    published: datetime | None = None
    updated: datetime | None = None
    section: str = ""
    topic: str = ""
    """The feed list's, where it names one; else the article's."""
    language: str = ""
    dateline: str = ""
    """The place, where the text begins with one."""
    caption: str = ""
    """Without its credit."""
    credit: str = ""
    tags: tuple[str, ...] = ()
    paragraphs: tuple[str, ...] = ()
    """The body, all pages joined; every one must stay."""
    headings: tuple[str, ...] = ()
    """Headings inside the body; they may stay or go."""
    residue: tuple[str, ...] = ()
    """Strings of the page that no body may hold."""
    pages: int = 1
    reason: str = ""
    """Reason code of a rejection."""
    copy_group: str = ""
    """One of each group is kept, the others are duplicates of it."""
    story: str = ""
    """Rows with the same word tell the same event."""

    @property
    def text(self) -> str:
        return "\n\n".join(self.paragraphs)


def truth(edition: int = 1, *, now: datetime | None = None) -> tuple[TruthRow, ...]:
    """Return the truth of an edition, or of the instant `now`, by publisher and time.

    Of a copy group the earliest article is marked kept and the others duplicate; a reader who settles on
    another survivor is as right. An address that leads to an article already announced (AMP, mobile) is a
    duplicate of the same key.
    """
    instant = now or EDITIONS[edition]
    rows: list[TruthRow] = []
    survivors: set[str] = set()
    shown = [piece.at(instant) for piece in pieces().values() if piece.published <= instant]
    for piece in shown:  # oldest first
        ending = "duplicate" if piece.copy_group in survivors else "kept"
        if piece.copy_group:
            survivors.add(piece.copy_group)
        if feeds := _feeds_of(piece, instant):
            rows.append(_row(piece, piece.url, ending, feeds))
    for site in sites().values():
        rows += [_odd_row(site, odd, instant) for odd in site.oddities if odd.published <= instant]
    return tuple(sorted(rows, key=lambda row: (row.publisher, str(row.published), row.url)))


def _feeds_of(piece: Piece, now: datetime) -> tuple[str, ...]:
    site = piece.site
    if not any(other.key == piece.key for other in visible(site, now)):
        return ()
    return tuple(
        site.base + feed.path
        for feed in site.feeds
        if (piece.listed and (not feed.sections or piece.section in feed.sections)) or piece.key in feed.also
    )


def _row(piece: Piece, url: str, ending: str, feeds: tuple[str, ...]) -> TruthRow:
    return TruthRow(
        url=url,
        ending=ending,
        publisher=piece.site.name,
        feed_urls=feeds,
        key=piece.key,
        canonical_url=piece.url,
        title=piece.title,
        authors=piece.authors,
        editors=piece.editors if piece.site.names_editors else (),
        published=piece.published,
        updated=piece.updated,
        section=piece.section,
        topic=_declared_topic(piece, feeds) or piece.topic,
        language=piece.site.language,
        dateline=piece.dateline if "{place}" in piece.site.lead_in else "",
        caption=piece.caption,
        credit=piece.credit,
        tags=piece.tags,
        paragraphs=piece.paragraphs,
        headings=tuple(block.text for block in piece.blocks if block.kind == "h2"),
        residue=residue(piece),
        pages=len(piece.pages),
        copy_group=piece.copy_group,
        story=piece.story,
    )


def _declared_topic(piece: Piece, feeds: tuple[str, ...]) -> str:
    """Return the topic that the feed list gives to all of a feed; it overrules the article's own."""
    site = piece.site
    topics = {feed.topic for feed in site.feeds if site.base + feed.path in feeds}
    return topics.pop() if len(topics) == 1 else ""


def residue(piece: Piece) -> tuple[str, ...]:
    """Return what stands on the pages of `piece` and is not its text."""
    beside = [item["title"] for rows in lists(piece).values() for item in rows]
    inline = []
    for block in piece.blocks:
        if block.kind == "baca":
            target = pieces().get(block.text)
            inline.append(target.title if target else block.text)
        elif block.kind == "video":
            inline.append(f"[Gambas:Video {block.text}]")
    pages = [article_page(piece, n) or "" for n in range(1, len(piece.pages) + 1)]
    shown = html.unescape("".join(pages))
    strings = [*beside, *inline, *piece.site.labels, piece.caption]
    return tuple(dict.fromkeys(text for text in strings if text and text in shown))


def _odd_row(site: Site, odd: Oddity, now: datetime) -> TruthRow:
    url = f"http://{odd.host or site.host}{odd.path}"
    feeds = (site.base + odd.feed,)
    if not odd.to:
        return TruthRow(
            url, "rejected", site.name, feeds, title=odd.title, published=odd.published, reason=odd.reason
        )
    piece = pieces()[odd.to].at(now)
    return _row(piece, url, "duplicate" if piece.listed else "kept", feeds)
