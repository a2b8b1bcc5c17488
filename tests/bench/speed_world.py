"""The world of `make bench`: as many pages as asked for, real ones where the shared corpus is present.

The corpus has 675 pages. A world of more serves further editions of each under a host of its own: at least
every fifth word of its text gives way to a word of that edition, unless five names stand in a row. So
language, structure and weight stay real, and two editions share hardly five words in a row (a containment of
.05 in the median of 297 pages; in scripts without small letters they are copies): a larger world is one of
more pages, not of more relatives. Without the corpus the pages are generated (`world_pages.py`).
"""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from tests.bench.corpus_world import (
    CorpusPage,
    CorpusServer,
    corpus_folder,
    corpus_pages,
    corpus_rows,
    feed_groups,
    feed_list_of,
)
from tests.bench.world import Served, WorldSpec, serve_apart, serve_world

_MACHINERY_OR_PROSE = re.compile(
    rb"<(script|style)\b.*?</\1>|(?<=>)[^<>]{20,}(?=<)", re.IGNORECASE | re.DOTALL
)
_OWN_ADDRESS = re.compile(rb"\bcanonical\b|\bog:url\b|mainEntityOfPage")
"""Pages that name their old address would all be that article again."""
_ISO_DAY = re.compile(rb"\b20[012]\d-[01]\d-[0-3]\d")
"""The corpus spans fifteen years and would fill a partition a page; a run meets a week's news."""
_WORDS = re.compile(rb"(?:\S+\s+){0,4}(?<![^\s>])([a-z]{2,})")
"""At most four words and one more that is neither a name nor part of a date."""
PAGES_A_HOST = 14


@dataclass(frozen=True, slots=True)
class World:
    """A served world: where it is, what is in it."""

    served: Served
    urls: tuple[str, ...]
    kind: str


def chosen_pages(folder: Path, count: int) -> list[CorpusPage]:
    """Return `count` pages of the corpus in a fixed shuffled order; editions after the first follow."""
    rows = corpus_pages(corpus_rows(folder))
    real = sorted(rows, key=lambda page: hashlib.sha256(page.id.encode()).digest())
    editions = (count + len(real) - 1) // len(real)
    return [_announced(page, number) for number in range(editions) for page in real][:count]


def _announced(page: CorpusPage, edition: int) -> CorpusPage:
    """Return a page under one of this world's hosts, which have `PAGES_A_HOST` pages each on average.

    The corpus has one or two pages a site; a run over news feeds meets a few sites with many.
    """
    hosts = max(1, 675 // PAGES_A_HOST)
    number = int.from_bytes(hashlib.sha256(page.site.encode()).digest()[:4]) % hosts
    host = f"e{edition}h{number}.test"
    parts = urlsplit(page.url)
    query = f"{parts.query}&id={page.id}" if parts.query else f"id={page.id}"
    url = parts._replace(netloc=host, query=query).geturl()
    return replace(page, id=f"{edition} {page.id}", url=url, site=host)


class EditionsServer(CorpusServer):
    """The corpus with its further editions; all is read and cut before it serves, so that nobody waits for
    what the next contender then finds done."""

    def __init__(self, folder: Path, count: int) -> None:
        super().__init__(folder)
        self.take(chosen_pages(folder, count))
        one_of_each = {page.file: page for page in self.pages}
        self._pieces = {
            file: pieces(super(EditionsServer, self)._body(page)) for file, page in one_of_each.items()
        }

    def _body(self, page: CorpusPage) -> bytes:
        edition = int(page.id.partition(" ")[0])
        return edition_of(*self._pieces[page.file], edition)


def pieces(body: bytes) -> tuple[list[bytes], list[bytes]]:
    """Return a page without every fifth word of its text, in pieces, and the words between them."""
    day = f"2026-11-{14 + len(body) % 7}".encode()
    body = _ISO_DAY.sub(day, _OWN_ADDRESS.sub(b"data-was", body))
    kept: list[bytes] = []
    words: list[bytes] = []
    at = 0
    for prose in _MACHINERY_OR_PROSE.finditer(body):
        if prose[1]:
            continue
        for found in _WORDS.finditer(body, prose.start(), prose.end()):
            kept.append(body[at : found.start(1)])
            words.append(found[1])
            at = found.end()
    return [*kept, body[at:]], words


def edition_of(kept: list[bytes], words: list[bytes], edition: int) -> bytes:
    """Return a page put together again; edition 0 has its own words, all others one word for them all."""
    fillers = [word_of(edition)] * len(words) if edition else words
    return b"".join(piece for pair in zip(kept, [*fillers, b""], strict=True) for piece in pair)


def word_of(edition: int) -> bytes:
    """Return the word that only this edition has."""
    syllables = ("ra", "ne", "mi", "to", "ku", "sa", "le", "di", "po", "gu")
    return "".join(syllables[int(digit)] for digit in f"{edition:03}").encode()


@contextmanager
def serve_pages(count: int, *, generated: bool = False) -> Iterator[World]:
    """Serve `count` pages on loopback from a process of its own until the block ends."""
    folder = None if generated else corpus_folder()
    if folder is None:
        spec = WorldSpec(hosts=max(20, count // 25), feeds=max(40, count // 20), pages=count)
        with serve_world(spec) as served:
            yield World(served, tuple(spec.page_url(page) for page in range(count)), "generated pages")
        return
    pages = chosen_pages(folder, count)
    feeds = feed_list_of(feed_groups(pages))
    with serve_apart(EditionsServer, folder, count, feeds=feeds, pattern="*") as served:
        yield World(served, tuple(page.url for page in pages), "real pages")
