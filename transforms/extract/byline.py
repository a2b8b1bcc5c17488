"""Who wrote it and who edited it: JSON-LD, metas, marked elements, the visible byline, in order of trust."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from warta.transforms.extract.jsonld import LinkedArticle
from warta.transforms.extract.lexicon import starts_with_phrase
from warta.transforms.extract.people import NameReader
from warta.transforms.extract.signals import Line, Signals, text_of
from warta.transforms.text import fold

LINES_BEFORE_HEADLINE = 4
LINES_AFTER_HEADLINE = 12
"""Bylines without a label are looked for this near to the headline."""
MAX_LABELLED_LINE_CHARS = 240
MAX_TAIL_LINES = 400
"""Labelled bylines ("Penulis : …") are read up to this far behind the headline; they close the article."""

_AUTHOR_METAS = (
    "content_author",
    "dable:author",
    "dtk:author",
    "article:author_name",
    "author.name",
    "cxenseparse:author",
    "citation_author",
    "parsely-author",
    "sailthru.author",
    "byl",
    "byline",
    "article:byline",
    "article_author",
    "articleauthor",
    "bt:author",
    "vr:author",
    "author",
    "article:author",
    "og:article:author",
    "og:author",
    "dcterms.creator",
    "dc.creator",
    "dc:creator",
    "dc.author",
    "dcsext.author",
    "shareaholic:article_author_name",
    "twitter:author",
    "creator",
)
_AUTHOR_CLASS = (
    "author",
    "autor",
    "auteur",
    "autore",
    "byline",
    "by-line",
    "by_line",
    "byauthor",
    "penulis",
    "pewarta",
    "reporter",
    "wartawan",
    "writer",
    "journalist",
    "redakteur",
    "creator",
    "contributor",
    "verfasser",
    "credit",
)
_SITE_TAIL = re.compile(r"^(.{4,60}?)\s+[-–—|]\s+(\S{2,30}(?:\s\S{2,20}){0,2})$")


@dataclass(frozen=True, slots=True)
class Byline:
    """Authors and editors, with the source that named the authors."""

    authors: tuple[str, ...] = ()
    source: str = ""
    editors: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()


def read_byline(
    page: Signals, linked: LinkedArticle, headline: int, *, reader: NameReader, hinted: tuple[str, ...]
) -> Byline:
    """Return who wrote and who edited the article.

    Args:
      headline: index of the headline's line in `page.lines`; -1 when it is not known.
      hinted: authors that the feed names; the last resort.
    """
    others: list[str] = []
    authors: tuple[str, ...] = ()
    source = ""
    labelled = list(_labelled(page.lines, headline, reader))
    editors = reader.read([text for kind, text in labelled if kind == "editor"]).people
    editors = editors or reader.read(party.name for party in linked.editors).people
    for source, texts, stated in _candidates(page, linked, headline, labelled, reader, hinted):
        names = reader.read(texts, stated=stated)
        others += names.organisations
        authors = tuple(name for name in names.people if name)
        if authors:
            break
    return Byline(authors, source if authors else "", editors, tuple(dict.fromkeys(others)))


def _candidates(page, linked, headline, labelled, reader, hinted) -> Iterator[tuple[str, list[str], bool]]:
    people = [party.name for party in linked.authors if not party.kind.lower().endswith("organization")]
    yield "json_ld", people, True
    for name in _AUTHOR_METAS:
        yield "meta", [value for value in page.metas.get(name, ()) if "://" not in value][:20], True
    yield "byline", [text for kind, text in labelled if kind == "author"], True
    yield "microdata", list(_marked(page)), True
    yield (
        "rel",
        [
            text_of(node)
            for node in page.links.get("author", ())
            if node.tag == "a" and not page.in_furniture(node)
        ][:5],
        True,
    )
    yield "byline", list(_bare(page.lines, headline, reader)), False
    yield "class", list(_classed(page)), False
    yield "feed", list(hinted), True


def _marked(page: Signals) -> Iterator[str]:
    for node in page.itemprops.get("author", ())[:10]:
        if page.in_furniture(node):
            continue
        inner = next((child for child in node.iter() if "name" in (child.get("itemprop") or "")), None)
        if inner is not None:
            yield inner.get("content") or text_of(inner)
        else:
            yield node.get("content") or text_of(node)


def _classed(page: Signals) -> Iterator[str]:
    kept = 0
    for word, node in page.classed:
        if not word.startswith(_AUTHOR_CLASS) or page.in_furniture(node):
            continue
        text = text_of(node)
        if 3 <= len(text) <= 120:
            yield text
            kept += 1
            if kept >= 1:
                return


def _labelled(lines: list[Line], headline: int, reader: NameReader) -> Iterator[tuple[str, str]]:
    """Yield (author | editor, names) for every label with a colon from just above the headline on."""
    start = max(0, headline - LINES_BEFORE_HEADLINE)
    for line in lines[start : start + MAX_TAIL_LINES]:
        text = line.text
        if (
            (":" in text or "：" in text)
            and line.chars <= MAX_LABELLED_LINE_CHARS * 2
            and len(text) <= MAX_LABELLED_LINE_CHARS
        ):
            yield from _labels(text, reader)


def _labels(text: str, reader: NameReader) -> Iterator[tuple[str, str]]:
    """Cut a line at its labels: "Pewarta: A. B. Editor: C. D." names an author and an editor."""
    found = []
    for match in re.finditer(r"\s?[:：]", text):
        words = list(re.finditer(r"\S+", text[: match.start()]))[-4:]
        for first in words:
            label = fold(text[first.start() : match.start()]).strip("-–—|(• ")
            if kind := reader.words.labels.get(label):
                found.append((first.start(), match.end(), kind))
                break
    for index, (start, end, kind) in enumerate(found):
        if kind == "also" or (index == 0 and start > 40):
            continue
        stop = found[index + 1][0] if index + 1 < len(found) else len(text)
        yield kind, text[end:stop]


def _bare(lines: list[Line], headline: int, reader: NameReader) -> Iterator[str]:
    """Yield the first line near the headline that reads "By Jane Doe" or "Jane Doe - site"."""
    if headline < 0:
        return
    near = [
        *range(headline + 1, headline + 1 + LINES_AFTER_HEADLINE),
        *range(headline - 1, headline - 1 - LINES_BEFORE_HEADLINE, -1),
    ]
    for index in near:
        if not 0 <= index < len(lines) or len(text := lines[index].text) > 120:
            continue
        size = starts_with_phrase(text, reader.words.bare)
        if size and reader.read([text[size:]], stated=False).people:
            yield text[size:]
            return
        if text and fold(text) in reader.words.bare and index + 1 < len(lines):
            yield lines[index + 1].text
            return
        if (tail := _SITE_TAIL.match(text)) and reader.is_house(tail[2]):
            yield tail[1]
            return
