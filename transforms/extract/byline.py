"""Who wrote it and who edited it: JSON-LD, metas, marked elements, the visible byline, in order of trust."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml.html import HtmlElement

from warta.transforms.dates import parse_instant
from warta.transforms.extract.jsonld import LinkedArticle
from warta.transforms.extract.lexicon import Phrases, starts_with_phrase
from warta.transforms.extract.lines import text_of
from warta.transforms.extract.people import NameReader, Trust, without_date
from warta.transforms.extract.signals import MAX_LABEL_CHARS, Signals
from warta.transforms.text import fold

LINES_BEFORE_HEADLINE = 4
LINES_AFTER_HEADLINE = 12
"""Bylines without a label are looked for this near to the headline."""
MAX_LABELLED_LINE_CHARS = 240
LINES_TO_A_LONE_NAME = 4
MAX_LONE_NAME_CHARS = 45
MAX_BARE_LINE_CHARS = 130
PROSE_CHARS = 80
"""A line from here on is a paragraph."""
MAX_CLASSED_CHARS = 120
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
)
_AUTHOR_CLASS = (
    "author", "autor", "auteur", "autore", "byline", "by-line", "by_line", "byauthor", "penulis", "pewarta",
    "reporter", "wartawan", "writer", "journalist", "redakteur", "creator", "contributor", "verfasser",
)  # fmt: skip
_NOT_THE_AUTHOR = re.compile(
    r"comment|avatar|bio|related|image|img|photo|foto|caption|social|share", re.IGNORECASE
)
_AUTHOR_PATH = re.compile(
    r"auth?or|autor|auteur|penulis|wartawan|reporter|writer|journalist|contributor|profil|people|person|staff|team"
    r"|users?/|/by/|columnist|redaktion|editor",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"\([^()]{5,40}\)")
_DATED = re.compile(r"(?:19|20)\d\d|\d[:.]\d\d")
_CREDITS = re.compile(r"[;|()]\s*|(?<=[a-z])\.\s+|^[-–—*\s]+")
_SITE_TAIL = re.compile(r"^(.{4,60}?)\s+[-–—|]\s+(\S{2,30}(?:\s\S{2,20}){0,2})$")


Labelled = tuple[int, str, str]
"""Index of the line, kind of the label (author or editor), text behind it."""


@dataclass(frozen=True, slots=True)
class Byline:
    """Authors and editors, with the source that named the authors."""

    authors: tuple[str, ...] = ()
    source: str = ""
    editors: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()


def read_byline(
    page: Signals, linked: LinkedArticle, *, reader: NameReader, hinted: tuple[str, ...]
) -> Byline:
    """Return who wrote and who edited the article.

    Args:
      hinted: authors that the feed names; the last resort.
    """
    fielded = any(reader.read(texts).people for _, texts in _fields(page, linked))
    labelled = [] if fielded and not page.has_label(reader.words.credits) else list(_labelled(page, reader))
    editors = reader.read((text for _, kind, text in labelled if kind == "editor"), trust=Trust.LABEL).people
    editors = editors or reader.read(_edited(page, reader.words), trust=Trust.LABEL).people
    editors = editors or reader.read(party.name for party in linked.editors).people
    others: list[str] = []
    named_a_house = False
    for source, texts, trust in _candidates(page, linked, labelled, reader, hinted):
        if trust is Trust.TEXT and named_a_house:
            continue  # the byline names an organisation; a lone name is somebody in the story
        names = reader.read(texts, trust=trust)
        others += names.organisations
        named_a_house = named_a_house or (
            trust is Trust.LABEL and source == "byline" and bool(names.organisations)
        )
        authors = tuple(name for name in names.people if name not in editors or source == "byline")
        if authors:
            return Byline(authors, source, editors, tuple(dict.fromkeys(others)))
    return Byline((), "", editors, tuple(dict.fromkeys(others)))


def _candidates(
    page: Signals,
    linked: LinkedArticle,
    labelled: list[Labelled],
    reader: NameReader,
    hinted: tuple[str, ...],
) -> Iterator[tuple[str, Iterable[str], Trust]]:
    """Yield (source, texts, trust), most trusted first; each is read only when those before name nobody."""
    for source, texts in _fields(page, linked):
        yield source, texts, Trust.FIELD
    yield "byline", _nearest(labelled, "author"), Trust.LABEL
    yield "microdata", _marked(page), Trust.FIELD
    yield "rel", _related(page), Trust.FIELD
    yield "byline", _bare(page, reader), Trust.LABEL
    yield "class", _classed(page), Trust.LABEL
    yield "byline", _alone(page, reader.words), Trust.TEXT
    yield "byline", _signed(page), Trust.TEXT
    yield "feed", hinted, Trust.FIELD


def _fields(page: Signals, linked: LinkedArticle) -> Iterator[tuple[str, list[str]]]:
    yield (
        "json_ld",
        [party.name for party in linked.authors if not party.kind.lower().endswith("organization")],
    )
    for name in _AUTHOR_METAS:
        if values := page.metas.get(name):
            yield "meta", [value for value in values if "://" not in value][:20]


def _marked(page: Signals) -> Iterator[str]:
    for node in page.itemprops.get("author", ())[:10]:
        if page.in_furniture(node):
            continue
        inner = next((child for child in node.iter() if "name" in (child.get("itemprop") or "")), node)
        yield inner.get("content") or text_of(inner, glue=" ")


def _related(page: Signals) -> Iterator[str]:
    for node in page.links.get("author", ())[:10]:
        if node.tag == "a" and not page.in_furniture(node):
            yield text_of(node, glue=" ")


def _classed(page: Signals) -> Iterator[str]:
    """Yield the text of the first element whose class says that the author stands in it."""
    for word, node in page.classed:
        if not word.startswith(_AUTHOR_CLASS) or page.in_furniture(node):
            continue
        name = f"{node.get('class') or ''} {node.get('id') or ''}"
        text = text_of(node, glue=" ")
        if 3 <= len(text) <= MAX_CLASSED_CHARS and not _NOT_THE_AUTHOR.search(name):
            yield text
            return


def _labelled(page: Signals, reader: NameReader) -> Iterator[Labelled]:
    """Yield every label with a colon from just above the headline on, with the names behind it."""
    lines, headline = page.lines, page.place
    start = max(0, headline - LINES_BEFORE_HEADLINE)
    for index, line in enumerate(lines[start : start + MAX_TAIL_LINES], start):
        text = line.text
        if len(text) > MAX_LABELLED_LINE_CHARS or index == headline:
            continue
        near = index < headline + LINES_AFTER_HEADLINE
        below = lines[index + 1].text[:MAX_BARE_LINE_CHARS] if index + 1 < len(lines) else ""
        if ":" in text or "：" in text:
            for kind, names in _labels(text, reader):
                yield index, kind, names or below
        elif (
            near
            and len(text) < MAX_LABEL_CHARS
            and (kind := reader.words.labels.get(fold(text), "also")) != "also"
        ):
            yield index, kind, below  # the label is a line of its own


def _edited(page: Signals, words: Phrases) -> Iterator[str]:
    """Yield the names in credits of agencies: "Reporting by Jane Doe; Editing by John Roe and Ann Poe"."""
    if not words.edited.search(page.shown):
        return
    for line in page.lines[max(page.place, 0) + 1 :]:
        if len(line.text) > MAX_LABELLED_LINE_CHARS:
            continue
        for credit in _CREDITS.split(line.text):
            for phrase in words.edits:
                if credit.startswith(phrase + " "):
                    yield credit[len(phrase) :].strip(" .")


def _nearest(labelled: list[Labelled], kind: str) -> list[str]:
    """Return the names behind the first label of `kind` and those directly below it."""
    found: list[str] = []
    last = -1
    for index, other, text in labelled:
        if other == kind:
            if found and index > last + 2:
                break
            found.append(text)
            last = index
    return found


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
        yield kind, text[end:stop].strip()


def _bare(page: Signals, reader: NameReader) -> Iterator[str]:
    """Yield the nearest line that reads "By Jane Doe", "21 May 2026 by Jane Doe" or "Jane Doe - site"."""
    lines = page.lines
    for index in _near(len(lines), page.place):
        line = lines[index]
        text = line.text
        if len(text) > MAX_BARE_LINE_CHARS:
            continue
        size = starts_with_phrase(text, reader.words.bare)
        name = text[size:].strip() if size else ""
        if not size and line.link_chars < line.chars:
            name = _behind_date(text, reader)
        if size and not name.strip("-–—: ") and index + 1 < len(lines):
            name = lines[index + 1].text[:MAX_BARE_LINE_CHARS]
        if not name and (tail := _SITE_TAIL.match(text)) and reader.is_house(tail[2]):
            name = tail[1]
        if name and reader.read([name], trust=Trust.LABEL).people:
            yield name
            return


def _behind_date(text: str, reader: NameReader) -> str:
    """Return what follows "by" in a line that also dates the article ("21 May 2020 by Jane Doe")."""
    if not _DATED.search(text):
        return ""
    for match in re.finditer(r"(?<=\s)\S{2,4}(?=\s+\S)", text):
        if fold(match[0]) in reader.words.bare:
            return text[match.end() :].strip()
    return ""


def _near(count: int, headline: int) -> Iterator[int]:
    if headline >= 0:
        yield from range(headline + 1, min(count, headline + 1 + LINES_AFTER_HEADLINE))
        yield from range(headline - 1, max(-1, headline - 1 - LINES_BEFORE_HEADLINE), -1)


def _leads_to_author(node: HtmlElement) -> bool:
    link = node if node.tag == "a" else next(node.iter("a"), None)
    return link is not None and _AUTHOR_PATH.search(link.get("href") or "") is not None


def _alone(page: Signals, words: Phrases) -> Iterator[str]:
    """Yield a line close below the headline that may be a name and nothing else."""
    headline = page.place
    if headline < 0:
        return
    before = ""
    for line in page.lines[headline + 1 : headline + 1 + LINES_TO_A_LONE_NAME]:
        text, label = without_date(line.text), fold(before)
        before = line.text
        if len(text) > MAX_LONE_NAME_CHARS or label in words.labels or page.in_furniture(line.block):
            continue
        if text != line.text and parse_instant(line.text[len(text) :]) is None:
            continue  # cut at a number that dates nothing: a sentence
        if line.link_chars and not _leads_to_author(line.parent):
            continue
        if line.block.tag != "figcaption" and not _NOT_THE_AUTHOR.search(line.block.get("class") or ""):
            yield text


def _signed(page: Signals) -> Iterator[str]:
    """Yield the capitals or brackets that close an article: "SRI WAHYUNI", "(Sri Wahyuni)"."""
    lines = page.lines
    for index in range(max(page.place, 0) + 3, min(len(lines) - 1, page.place + MAX_TAIL_LINES)):
        text = lines[index].text
        if len(text) > MAX_LONE_NAME_CHARS or not (text.isupper() or _BRACKETED.fullmatch(text)):
            continue
        closes = lines[index - 1].chars >= PROSE_CHARS > lines[index + 1].chars
        if closes and not lines[index].link_chars and not page.in_furniture(lines[index].block):
            yield text.strip("()")
            return
