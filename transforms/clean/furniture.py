"""Learnt boilerplate: paragraphs that repeat over different articles of one host are its furniture.

Needs no language and no rules, so it finds what no lexicon knows. A paragraph counts once for every
*witness*: an article most of whose text is its own. Reprints and revisions of one article share nearly all
of theirs, so they are no witnesses, and a story told four times is not taken for furniture.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from warta.schemas.article import Article, Removed
from warta.transforms.text import digest, fold, join_paragraphs, paragraphs
from warta.transforms.urls import site_host

MIN_PAGES = 8
"""Articles of a host from which on it can have furniture; fewer are too few to tell chance from habit."""

MIN_WITNESSES = 4
"""Different articles that must share a paragraph. In the synthetic world 3 gains nothing and takes a
standing sentence ("The investigation continues.") twice; 6 misses a box shown on every second page."""

MIN_SHARE = 0.1
"""Share of a host's articles, so that on hosts with thousands chance repeats stay below it."""

OWN_SHARE = 0.5
"""Share of a witness's characters that no other article has."""

MAX_BLOCK_CHARS = 1_000
"""Longer paragraphs are not counted: furniture is short, and a repeated long one is a reprint."""

MIN_LEFT_CHARS = 60
"""Stripping never leaves less: an article that is all furniture keeps it and is judged as it is."""

EXPIRY = timedelta(days=45)
"""A paragraph not seen for so long is forgotten; redesigns otherwise stay in the state for ever."""

AGING_PAGES = 2_000
"""Pages of a host after which all its counts are halved: habits of this month outweigh last year's."""

PAGES = ""
"""Block hash of the row that counts a host's articles."""


@dataclass(frozen=True, slots=True)
class FurnitureCount:
    """State row: in how many witnesses of a host a paragraph was seen, and when last."""

    host: str
    block_hash: str
    articles: int
    last_seen: datetime


@dataclass(frozen=True, slots=True)
class Sighting:
    """One article as keys: its id and the (hash, characters) of its paragraphs."""

    article_id: str
    blocks: tuple[tuple[str, int], ...]


def block_hash(paragraph: str) -> str:
    """Return 16 hex characters that identify a paragraph, case and spacing aside."""
    return digest(fold(paragraph))[:16]


def sighting_of(article: Article) -> Sighting:
    """Return the keys of an article's paragraphs."""
    blocks = dict.fromkeys((block_hash(part), len(part)) for part in paragraphs(article.text))
    return Sighting(article.id, tuple(blocks))


def host_of(article: Article) -> str:
    """Return the host that an article's furniture belongs to."""
    return site_host(article.url)


def learn(
    host: str, sightings: Iterable[Sighting], counts: Iterable[FurnitureCount], *, at: datetime
) -> tuple[frozenset[str], list[FurnitureCount]]:
    """Count the paragraphs of a host's articles on top of what earlier runs counted.

    Args:
      sightings: this cycle's articles, each id counted once, in any order.
      counts: the host's state rows.
      at: when the cycle runs; dates the rows and expires old ones.

    Returns:
      The hashes that are furniture now, and the rows that replace all rows of the host.
    """
    old = {row.block_hash: row for row in counts if at - row.last_seen <= EXPIRY or row.block_hash == PAGES}
    articles = list(
        {one.article_id: one for one in sorted(sightings, key=lambda one: one.article_id)}.values()
    )
    seen: dict[str, int] = {}
    for one in articles:
        for key, _ in one.blocks:
            seen[key] = seen.get(key, 0) + 1
    witnessed: dict[str, int] = {}
    for one in articles:
        if _is_witness(one, seen, old):
            for key, length in one.blocks:
                if length <= MAX_BLOCK_CHARS:
                    witnessed[key] = witnessed.get(key, 0) + 1
    pages = len(articles) + (old[PAGES].articles if PAGES in old else 0)
    rows = _merged(host, old, witnessed, at)
    furniture = _judged(rows, pages)
    kept = [row for row in rows if row.articles > 1 or pages < MIN_PAGES]
    return furniture, _aged([FurnitureCount(host, PAGES, pages, at), *kept])


def strip_furniture(text: str, furniture: Collection[str]) -> tuple[str, tuple[Removed, ...]]:
    """Return `text` without its furniture, and what was cut; unchanged when too little would be left."""
    if not furniture:
        return text, ()
    kept: list[str] = []
    removed: list[Removed] = []
    for part in paragraphs(text):
        if len(part) <= MAX_BLOCK_CHARS and block_hash(part) in furniture:
            removed.append(Removed(part, "furniture:learnt", "repeats over articles of this host"))
        else:
            kept.append(part)
    left = join_paragraphs(kept)
    if not removed or len(left) < MIN_LEFT_CHARS:
        return text, ()
    return left, tuple(removed)


def _is_witness(one: Sighting, seen: dict[str, int], old: dict[str, FurnitureCount]) -> bool:
    whole = sum(length for _, length in one.blocks)
    own = sum(length for key, length in one.blocks if seen[key] == 1 and key not in old)
    return own >= OWN_SHARE * whole


def _merged(
    host: str, old: dict[str, FurnitureCount], witnessed: dict[str, int], at: datetime
) -> list[FurnitureCount]:
    rows = []
    for key in sorted({*old, *witnessed} - {PAGES}):
        before = old.get(key)
        new = witnessed.get(key, 0)
        last_seen = at if new or before is None else before.last_seen
        rows.append(FurnitureCount(host, key, new + (before.articles if before else 0), last_seen))
    return rows


def _judged(rows: Sequence[FurnitureCount], pages: int) -> frozenset[str]:
    if pages < MIN_PAGES:
        return frozenset()
    least = max(MIN_WITNESSES, MIN_SHARE * pages)
    return frozenset(row.block_hash for row in rows if row.articles >= least)


def _aged(rows: list[FurnitureCount]) -> list[FurnitureCount]:
    if rows[0].articles < AGING_PAGES:
        return rows
    halved = [FurnitureCount(row.host, row.block_hash, row.articles // 2, row.last_seen) for row in rows]
    return [row for row in halved if row.articles]
