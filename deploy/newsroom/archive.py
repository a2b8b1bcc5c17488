"""The archive: sites and articles read from their data files, and what is visible at an instant."""

import re
import tomllib
import zlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any

EDITIONS: dict[int, datetime] = {
    1: datetime(2025, 10, 16, 12, 0, tzinfo=UTC),
    2: datetime(2025, 10, 17, 4, 0, tzinfo=UTC),
}
"""What "now" is in each edition. Long past for every reader's clock, so that no date is ever absurd."""

_INLINE = re.compile(r"\*\*(.+?)\*\*|\[([^\]]+)\]\(([^)]+)\)")


@dataclass(frozen=True, slots=True)
class FeedSpec:
    """One feed of a site: where, in which format and with which way of writing dates."""

    path: str
    format: str
    """rss2 | atom | rdf"""
    title: str
    dates: str = "rfc822"
    sections: tuple[str, ...] = ()
    """Sections it lists; empty means all."""
    also: tuple[str, ...] = ()
    """Keys of further articles it lists, whatever their section."""
    full_text: bool = False
    blank_line: bool = False
    """A blank line before the XML declaration, as real feeds have."""
    zone: str = ""
    language: str = ""
    topic: str = ""
    section: str = ""


@dataclass(frozen=True, slots=True)
class Oddity:
    """An announced address that is not a plain article page."""

    path: str
    title: str
    feed: str
    published: datetime
    status: int
    reason: str = ""
    """The reason code of the rejection it deserves; empty when it leads to an article."""
    to: str = ""
    """Key of the article that a redirect or a variant leads to."""
    host: str = ""
    """Another host than the site's ("m.", "amp.")."""


@dataclass(frozen=True, slots=True)
class Site:
    """One invented publisher."""

    key: str
    name: str
    host: str
    language: str
    timezone: str
    zone: str
    url: str
    visible_date: str
    owner: str
    tagline: str
    city: str
    feeds: tuple[FeedSpec, ...]
    oddities: tuple[Oddity, ...] = ()
    robots: str = "User-agent: *\nDisallow:\n"
    pager: str = "query"
    """query (?page=2) | path (/2)"""
    meta_dates: str = "local"
    """local | utc: how machine-readable dates are written."""
    headlines: tuple[str, ...] = ()
    """Headlines that appear only in lists beside the articles."""
    labels: tuple[str, ...] = ()
    """Words of the design that no article text may hold."""
    design: str = ""
    lead_in: str = "{place}"
    """What stands before the first sentence; `{place}` is the article's dateline."""
    gzip: bool = False
    """Whether answers are compressed for visitors who can read it."""
    names_editors: bool = True
    """Whether pages give the editor's full name; some sign with initials only."""

    @property
    def base(self) -> str:
        return f"http://{self.host}"


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a body: kind p, h2, baca, video, ad or page."""

    kind: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """One article at one instant: its words and its ground truth."""

    key: str
    site: Site
    slug: str
    number: int
    title: str
    published: datetime
    section: str
    topic: str
    blocks: tuple[Block, ...]
    authors: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    dateline: str = ""
    caption: str = ""
    credit: str = ""
    tags: tuple[str, ...] = ()
    description: str = ""
    story: str = ""
    """Articles with the same word here tell the same event."""
    copy_group: str = ""
    """Articles with the same word here are one text at different lengths; one of them survives."""
    updated: datetime | None = None
    listed: bool = True
    revisions: tuple["Piece", ...] = field(default=(), repr=False)

    def at(self, now: datetime) -> "Piece":
        """Return the version that readers see at `now`."""
        seen = [late for late in self.revisions if late.updated and late.updated <= now]
        return seen[-1] if seen else self

    @property
    def path(self) -> str:
        local = self.published
        return self.site.url.format(
            section=slug_of(self.section),
            number=self.number,
            slug=self.slug,
            yyyy=f"{local:%Y}",
            mm=f"{local:%m}",
            dd=f"{local:%d}",
            stamp=f"{local:%Y%m%d%H%M}",
        )

    @property
    def url(self) -> str:
        return self.site.base + self.path

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The body as a perfect reader would keep it."""
        return tuple(plain(block.text) for block in self.blocks if block.kind == "p")

    @property
    def pages(self) -> list[list[Block]]:
        """The blocks of each page, split at the page marks."""
        pages: list[list[Block]] = [[]]
        for block in self.blocks:
            if block.kind == "page":
                pages.append([])
            else:
                pages[-1].append(block)
        return pages


def plain(text: str) -> str:
    """Return `text` without its inline marks."""
    return _INLINE.sub(lambda match: match[1] or match[2], text)


def slug_of(text: str) -> str:
    """Return the words of `text` as an address part.

    >>> slug_of("Hukum & Kriminal")
    'hukum-kriminal'
    """
    return "-".join(re.findall(r"[a-z0-9]+", text.lower()))


@cache
def sites() -> dict[str, Site]:
    """Return the publishers by key."""
    text = files("warta.newsroom").joinpath("sites.toml").read_text(encoding="utf-8")
    return {row["key"]: _site(row) for row in tomllib.loads(text)["site"]}


def _site(row: dict[str, Any]) -> Site:
    known: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in row.items()}
    known["feeds"] = tuple(_feed(feed) for feed in row["feeds"])
    known["oddities"] = tuple(Oddity(**odd) for odd in row.get("oddities", ()))
    return Site(**known)


def _feed(row: dict[str, Any]) -> FeedSpec:
    values: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in row.items()}
    return FeedSpec(**values)


@cache
def pieces() -> dict[str, Piece]:
    """Return all articles by key, each with its later versions, oldest first."""
    sources = {
        path.name.removesuffix(".md"): path.read_text(encoding="utf-8")
        for path in files("warta.newsroom.articles").iterdir()
        if path.name.endswith(".md")
    }
    firsts: dict[str, Piece] = {}
    for key in sorted(key for key in sources if "." not in key):
        firsts[key] = _piece(key, *_split(key, sources[key]))
    for key in sorted(key for key in sources if "." in key):
        first = key.partition(".")[0]
        late = _revision(firsts[first], *_split(key, sources[key]))
        firsts[first] = replace(firsts[first], revisions=(*firsts[first].revisions, late))
    resolved = {key: _reprinted(piece, firsts) for key, piece in firsts.items()}
    return dict(sorted(resolved.items(), key=lambda item: (item[1].published, item[0])))


def _split(key: str, source: str) -> tuple[dict[str, Any], tuple[Block, ...]]:
    try:
        _, front, body = source.split("+++\n", 2)
        return tomllib.loads(front), tuple(
            _block(part) for part in re.split(r"\n\s*\n", body.strip()) if part
        )
    except ValueError as error:
        raise ValueError(f"articles/{key}.md: {error}") from error


def _block(part: str) -> Block:
    text = " ".join(part.split())
    if not text.startswith("!"):
        return Block("p", text)
    kind, _, rest = text[1:].partition(" ")
    return Block(kind, rest)


def _piece(key: str, front: dict[str, Any], blocks: tuple[Block, ...]) -> Piece:
    site_key = key.partition("-")[0]
    values: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in front.items()}
    values.setdefault("slug", slug_of(values["title"]))
    values.setdefault("number", 100_000 + zlib.crc32(key.encode()) % 900_000)
    return Piece(key=key, site=sites()[site_key], blocks=blocks, **values)


def _revision(first: Piece, front: dict[str, Any], blocks: tuple[Block, ...]) -> Piece:
    values: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in front.items()}
    return replace(first, blocks=blocks, revisions=(), **values)


def _reprinted(piece: Piece, firsts: dict[str, Piece]) -> Piece:
    """Fill the `!reprint KEY FROM TO` lines with the paragraphs of the wire's text."""
    blocks: list[Block] = []
    for block in piece.blocks:
        if block.kind == "reprint":
            key, start, stop = block.text.split()
            wire = [part for part in firsts[key].blocks if part.kind == "p"]
            blocks += wire[int(start) : int(stop)]
        else:
            blocks.append(block)
    return replace(piece, blocks=tuple(blocks))


def visible(site: Site, now: datetime) -> list[Piece]:
    """Return the articles of `site` at `now`, newest first, each in its present version."""
    own = [piece.at(now) for piece in pieces().values() if piece.site.key == site.key]
    return sorted(
        (piece for piece in own if piece.published <= now),
        key=lambda piece: (piece.published, piece.key),
        reverse=True,
    )
