"""Learnt boilerplate: paragraphs that repeat over different articles of one host are its furniture.

Needs no language and no rules, so it finds what no lexicon knows. A paragraph counts once for every
*witness*: an article most of whose text is its own. Reprints and revisions of one article share nearly all
of theirs, so they are no witnesses, and a story told four times is not taken for furniture.
"""

import hashlib
import struct
from collections import Counter
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from warta.schemas.article import Article, Removed
from warta.transforms.text import fold, join_paragraphs, nfkc, paragraphs
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
class HostCounts:
    """State of one host: in how many witnesses each paragraph was seen, and when last. Columns of one length.

    A host has some twenty paragraphs to an article, and a run meets a thousand hosts in every cycle: as rows
    they were most of what a cycle made, pickled and wrote.
    """

    host: str
    hashes: tuple[str, ...] = ()
    articles: tuple[int, ...] = ()
    last_seen: tuple[datetime, ...] = ()

    def by_hash(self) -> dict[str, int]:
        """Return the witnesses of each paragraph; those of `PAGES` are the host's articles."""
        return dict(zip(self.hashes, self.articles, strict=True))


_KEY = struct.Struct("<8sI")
"""Hash and length of a paragraph."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One article as keys: its id and `block_keys` of its text."""

    article_id: str
    blocks: bytes

    def by_hash(self) -> tuple[tuple[str, int], ...]:
        """Return (hash, characters) of each paragraph."""
        return tuple((key.hex(), chars) for key, chars in _KEY.iter_unpack(self.blocks))


def block_hash(paragraph: str) -> str:
    """Return 16 hex characters that identify a paragraph, case and spacing aside."""
    return _identity(fold(paragraph)).hex()


def _identity(folded: str) -> bytes:
    return hashlib.sha256(folded.encode("utf-8", "surrogatepass")).digest()[:8]


def block_keys(text: str) -> bytes:
    """Return hash and folded length of each different paragraph of `text`, `_KEY.size` bytes each.

    Asked where the text is read, by many processes; what learns from it sees no text. Folding the whole text
    gives the same paragraphs in three quarters of the time.
    """
    parts = paragraphs(nfkc(text).casefold())
    return b"".join(dict.fromkeys(_KEY.pack(_identity(part), len(part)) for part in parts))


def sighting_of(article: Article) -> Sighting:
    """Return what is learnt from an article."""
    return Sighting(article.id, article.blocks)


def host_of(article: Article) -> str:
    """Return the host that an article's furniture belongs to."""
    return site_host(article.url)


def learn(
    sightings: Iterable[Sighting], counts: HostCounts, *, at: datetime
) -> tuple[frozenset[str], HostCounts]:
    """Count the paragraphs of a host's articles on top of what earlier runs counted.

    Args:
      sightings: this cycle's articles, each id counted once, in any order.
      counts: the host's state.
      at: when the cycle runs; dates what was seen and expires what was not.

    Returns:
      The hashes that are furniture now, and the host's state after the cycle.
    """
    seen_since = at - EXPIRY
    old = {
        key: (articles, seen)
        for key, articles, seen in zip(counts.hashes, counts.articles, counts.last_seen, strict=True)
        if seen >= seen_since or key == PAGES
    }
    witnessed, met = _witnessed(sightings, old)
    pages = met + old.pop(PAGES, (0, at))[0]
    known = {key: (old.get(key, (0, at))[0] + new, at) for key, new in witnessed.items()}
    merged = sorted((old | known).items())
    least = max(MIN_WITNESSES, MIN_SHARE * pages)
    is_furniture = pages >= MIN_PAGES
    furniture = frozenset(key for key, (articles, _) in merged if is_furniture and articles >= least)
    least_kept = 2 if pages >= MIN_PAGES else 1
    share = 2 if pages >= AGING_PAGES else 1
    kept = [(key, articles // share, seen) for key, (articles, seen) in merged if articles >= least_kept]
    rows = [(PAGES, pages // share, at), *(row for row in kept if row[1])]
    hashes, articles_of, last_seen = zip(*rows, strict=True)
    return furniture, HostCounts(counts.host, hashes, articles_of, last_seen)


def _witnessed(sightings: Iterable[Sighting], old: Container[str]) -> tuple[dict[str, int], int]:
    """Return in how many witnesses each paragraph is, and how many articles there are."""
    by_id = {one.article_id: one for one in sorted(sightings, key=lambda one: one.article_id)}
    articles = [one.by_hash() for one in by_id.values()]
    seen = Counter(key for blocks in articles for key, _ in blocks)
    witnessed = Counter(
        key
        for blocks in articles
        if _is_witness(blocks, seen, old)
        for key, chars in blocks
        if chars <= MAX_BLOCK_CHARS
    )
    return witnessed, len(articles)


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


def _is_witness(blocks: Sequence[tuple[str, int]], seen: Mapping[str, int], old: Container[str]) -> bool:
    whole = sum(chars for _, chars in blocks)
    own = sum(chars for key, chars in blocks if seen[key] == 1 and key not in old)
    return own >= OWN_SHARE * whole
