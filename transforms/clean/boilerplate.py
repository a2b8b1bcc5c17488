"""Clean the lines of a body: furniture goes, bylines, datelines and captions become fields.

Works the same on the blocks of a page and on plain text that another tool extracted. Lines are only
dropped or shortened at their ends, never rewritten, so cleaning invents no text; it runs until nothing
changes, so cleaning twice equals cleaning once.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from warta.schemas.article import Removed
from warta.transforms.clean.dateline import split_dateline
from warta.transforms.clean.lexicon import Lexicon, Match
from warta.transforms.dates import parse_instant
from warta.transforms.text import fold

HEADING = "heading"
PARAGRAPH = "paragraph"
ITEM = "item"

PROSE_CHARS = 120
"""A line this long that ends like a sentence is prose and ends what a boilerplate heading covers."""
SENTENCE_CHARS = 60
"""A shorter line with a full stop may be a headline that ends in "Inc."."""
REPEAT_CHARS = 40
"""A line this long that stands twice within `REPEAT_LINES` is a caption or a teaser shown twice; farther
apart, recipes and interviews repeat themselves."""
REPEAT_LINES = 3
INSTANT_CHARS = 60
"""A longer line with a date in it is a sentence."""
INSTANT_WORDS = 9
CAPTION_SENTENCES = 2
"""A longer text that ends in a credit is a paragraph that a photo's credit was glued to. Agencies write two
sentences; in the development corpus no caption has a third, and two paragraphs were lost as captions."""
BIO_LINES = 3
"""An author's biography stands within the last lines."""
BIO_CHARS = 700
CREDIT_CHARS = 60
"""What may stand beside a caption on its line: "Kantor Berita/Nama Fotografer"."""
TAIL_LINES = 6
"""A sentence that only holds a tail's phrase ("… unduh aplikasi …") is one within so many last lines, without
quotation; elsewhere it tells the news. Of 3,000 Indonesian articles 5 lost a sentence before, wrongly."""
TAIL_PROSE = 2
"""A sentence that begins like a tail or a pointer ("Unduh aplikasi itu, kata ...") and has so many sentences
after it is one of the article's. In the development corpus 42 sentences are cut by their words; 3
stand so early, and none of these is Indonesian."""
LIST_ITEMS = 3
"""So many items in a row, of which fewer than half look like furniture, are steps: "Masukkan email"."""
STEPS = 2
"""So many unknown items are enough where the article goes on after the list."""
INTRODUCTION_WORDS = 3
"""A line of so many words that ends in a colon introduces what follows; it is no headline."""
DATELINE_LINES = 4
"""A dateline stands within the first lines: summary and caption may come before."""
MAX_PASSES = 6

_FULL_STOP = re.compile(r"""[.…。][)\]"'”’»]*$""")
_QUOTED = re.compile(r"""["“”„«»]""")
_NEXT_SENTENCE = re.compile(r"""[.!?…][)\]"'”’»]*\s+["'“‘«(\[]?[^\W\d_a-z]""")
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"\w")
_SENTENCE_END = re.compile(r"""[.!?…。！？:][)\]"'”’»“]*$""")
_INITIALS = r"[A-Za-z][\w.-]{0,11}(?:\s?[/|,&]\s?[A-Za-z][\w. -]{0,15}){0,4}"
_SIGNATURE = re.compile(rf"""(?P<stop>[.!?…”"'’])\s*[(\[]\s*(?P<name>{_INITIALS})\s*[)\]]\W*$""")
_SIGNATURE_LINE = re.compile(rf"""^\W*[(\[]\s*(?:\*|{_INITIALS})\s*[)\]]\W*$""")
_BY = re.compile(
    r"^\W*(?:by|von|par|por|di|oleh|af|av|door|od|przez|text|texte|autor|author)\W+", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What cleaning leaves, and what it learnt from what it took away."""

    lines: tuple[tuple[str, str], ...]
    """(text, kind) of what stays."""
    removed: tuple[Removed, ...] = ()
    authors: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    dateline: str = ""
    publisher: str = ""
    section: str = ""
    caption: str = ""


@dataclass(slots=True)
class _Found:
    removed: list[Removed] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    editors: list[str] = field(default_factory=list)
    captions: list[str] = field(default_factory=list)
    dateline: str = ""
    publisher: str = ""
    section: str = ""

    def cut(self, text: str, rule: str, evidence: str = "") -> None:
        self.removed.append(Removed(text, rule, evidence))


def strip_boilerplate(
    lines: Sequence[tuple[str, str]],
    lexicon: Lexicon,
    *,
    title: str = "",
    authors: Sequence[str] = (),
    publishers: Sequence[str] = (),
    caption: str = "",
) -> Cleaned:
    """Return the lines that are article, and the fields found in the others.

    Args:
      lines: (text, kind) in order; kind is heading, paragraph, item, quote or row.
      title: the headline; lines that repeat it go.
      authors: known names; lines that hold nothing else go, closing biographies too.
      publishers: names of the site that may stand before the dateline.
      caption: what stands below the lead picture; the line that says it goes, with its credit.
    """
    found = _Found()
    kept = _without_caption(lines, fold(caption), found) if caption else list(lines)
    for _ in range(MAX_PASSES):
        before = kept
        kept = _pass(kept, lexicon, found, fold(title), authors, publishers)
        if kept == before:
            break
    return Cleaned(
        tuple(kept),
        tuple(found.removed),
        tuple(dict.fromkeys(found.authors)),
        tuple(dict.fromkeys(found.editors)),
        found.dateline,
        found.publisher,
        found.section,
        found.captions[0] if found.captions else "",
    )


def _without_caption(lines: Sequence[tuple[str, str]], caption: str, found: _Found) -> list[tuple[str, str]]:
    kept = []
    for text, kind in lines:
        folded = fold(text) if len(text) <= 2 * len(caption) + CREDIT_CHARS else ""
        # A long line that says the same and nothing else may be the lead, which the caption repeats.
        alone = folded == caption and is_prose(text)
        if caption in folded and len(folded) <= len(caption) + CREDIT_CHARS and not alone:
            found.cut(text, "caption:lead", "stands below the lead picture")
        else:
            kept.append((text, kind))
    return kept


def is_prose(text: str) -> bool:
    """Tell whether a line is running text: long, and ended like a sentence."""
    return len(text) >= PROSE_CHARS and (bool(_SENTENCE_END.search(text)) or len(text) >= 2 * PROSE_CHARS)


def is_sentence(text: str) -> bool:
    """Tell a sentence of an article from a headline below a boilerplate heading."""
    return is_prose(text) or (len(text) >= SENTENCE_CHARS and bool(_FULL_STOP.search(text)))


def _pass(
    lines: list[tuple[str, str]],
    lexicon: Lexicon,
    found: _Found,
    title: str,
    authors: Sequence[str],
    publishers: Sequence[str],
) -> list[tuple[str, str]]:
    lines = _drop_headed(lines, lexicon, found)
    names = [fold(name) for name in (*authors, *found.authors)]
    lines = _drop_lines(lines, lexicon, found, title, names)
    lines = _drop_biographies(lines, found, [*authors, *found.authors])
    lines = _cut_dateline(lines, lexicon, found, publishers)
    lines = _cut_signature(lines, found)
    # One heading at the end lost what it headed; several in a row are a list.
    if len(lines) > 1 and lines[-1][1] == HEADING and lines[-2][1] != HEADING:
        found.cut(lines[-1][0], "heading:trailing", "a heading with nothing under it")
        lines = lines[:-1]
    return lines


def _drop_headed(lines: list[tuple[str, str]], lexicon: Lexicon, found: _Found) -> list[tuple[str, str]]:
    kept: list[tuple[str, str]] = []
    heading: Match | None = None
    steps = _steps(lines, lexicon)
    for at, (text, kind) in enumerate(lines):
        match = lexicon.is_heading(text) if at not in steps else None
        if match is not None:
            heading = match
            found.cut(text, f"{match.kind}:{match.name}", "the heading itself")
        elif heading is not None and not is_sentence(text) and not _introduces(text):
            found.cut(text, f"{heading.kind}:{heading.name}", "under the heading")
        else:
            heading = None
            kept.append((text, kind))
    return kept


def _introduces(text: str) -> bool:
    return text.endswith(":") and len(text.split()) >= INTRODUCTION_WORDS


def _steps(lines: list[tuple[str, str]], lexicon: Lexicon) -> set[int]:
    """Return the places of items in lists of the article: rows of items of which few look like furniture."""
    steps: set[int] = set()
    last = _early(lines, lexicon, sentences=1)
    start = 0
    for kind, group in groupby(kind for _, kind in lines):
        end = start + sum(1 for _ in group)
        if kind == ITEM and end - start >= LIST_ITEMS:
            others = sum(lexicon.match(text) is None for text, _ in lines[start:end])
            if 2 * others > end - start or (others >= STEPS and end <= last):
                steps.update(range(start, end))
        start = end
    return steps


def _early(lines: list[tuple[str, str]], lexicon: Lexicon, *, sentences: int = TAIL_PROSE) -> int:
    """Return how many lines stand before the last `sentences` that no rule knows."""
    prose = 0
    for at in range(len(lines) - 1, -1, -1):
        if is_sentence(lines[at][0]) and lexicon.match(lines[at][0]) is None:
            prose += 1
            if prose == sentences:
                return at
    return 0


def _drop_lines(
    lines: list[tuple[str, str]], lexicon: Lexicon, found: _Found, title: str, authors: list[str]
) -> list[tuple[str, str]]:
    kept: list[tuple[str, str]] = []
    steps = _steps(lines, lexicon)
    early = _early(lines, lexicon)
    for at, (text, kind) in enumerate(lines):
        late = at >= len(lines) - TAIL_LINES
        match = lexicon.match(text)
        if match is not None and _by_chance(text, match, late=late, early=at < early, step=at in steps):
            match = None
        rule, evidence = _rule(text, kind, match, lexicon, found, title, authors)
        before = [line for line, _ in lines[max(0, at - REPEAT_LINES) : at]]
        if not rule and len(text) >= REPEAT_CHARS and text in before:
            rule, evidence = "repeat:line", "stands above already"
        if rule:
            found.cut(text, rule, evidence)
        else:
            kept.append((text, kind))
    return kept


def _by_chance(text: str, match: Match, *, late: bool, early: bool, step: bool) -> bool:
    """Tell whether a line of the article only happens to hold the words of furniture."""
    if step:
        return match.kind not in {"ad", "caption"}
    if match.kind == "caption":
        return _is_paragraph(text)
    if not is_sentence(text):
        return False
    if match.within:
        return not late or early or bool(_QUOTED.search(text))
    return match.opens and early


def _rule(
    text: str,
    kind: str,
    match: Match | None,
    lexicon: Lexicon,
    found: _Found,
    title: str,
    authors: list[str],
) -> tuple[str, str]:
    if not _WORD.search(text):
        return "empty:marks", ""
    folded = fold(text)
    if title and folded == title:
        return "title:repeated", ""
    if len(text) <= 120 and authors and fold(_BY.sub("", text)) in authors:
        return "byline:name", "the name of an author"
    if match is not None and match.kind not in {"dateline", "heading"}:
        return _matched(text, match, lexicon, found)
    if kind != HEADING and _is_instant(text):
        return "label:instant", "a date or clock time"
    if _SIGNATURE_LINE.match(text):
        return "byline:initials", ""
    return "", ""


def _is_paragraph(text: str) -> bool:
    return len(text) >= 2 * PROSE_CHARS and len(_NEXT_SENTENCE.findall(text)) >= CAPTION_SENTENCES


def _is_instant(text: str) -> bool:
    if len(text) > INSTANT_CHARS or len(text.split()) > INSTANT_WORDS or not _DIGIT.search(text):
        return False
    if "(" in text or "@" in text or text.startswith(("—", "–")):  # the signature of a quoted post
        return False
    return not _SENTENCE_END.search(text) and parse_instant(text) is not None


def _matched(text: str, match: Match, lexicon: Lexicon, found: _Found) -> tuple[str, str]:
    for byline in lexicon.bylines(text) if match.kind == "byline" else ():
        if byline.role == "author":
            found.authors += _names(byline.captured)
        if byline.role == "editor":
            found.editors += _names(byline.captured)
    if match.kind == "caption":
        found.captions.append(text)
    return f"{match.kind}:{match.name}", ""


def _names(captured: str) -> list[str]:
    parts = re.split(r"\s*(?:,|;|/|&|\bdan\b|\band\b|\bund\b|\bet\b|\by\b)\s*", captured.strip(" .|-–"))
    return [part for part in parts if part]


def _drop_biographies(
    lines: list[tuple[str, str]], found: _Found, authors: Sequence[str]
) -> list[tuple[str, str]]:
    names = tuple(fold(author) for author in authors if " " in author.strip())
    if not names:
        return lines
    kept = []
    for at, (text, kind) in enumerate(lines):
        last = at >= len(lines) - BIO_LINES and at > 0
        if last and len(text) <= BIO_CHARS and fold(text).startswith(names):
            found.cut(text, "byline:biography", "begins with an author's name, at the end")
        else:
            kept.append((text, kind))
    return kept


def _cut_dateline(
    lines: list[tuple[str, str]], lexicon: Lexicon, found: _Found, publishers: Sequence[str]
) -> list[tuple[str, str]]:
    prose_seen = False
    for at, (text, kind) in enumerate(lines[:DATELINE_LINES]):
        if kind == HEADING or len(text) < PROSE_CHARS // 2:
            continue
        split = split_dateline(text, agencies=lexicon.agencies, publishers=publishers)
        # After a summary only a head that names its source is a dateline; a place alone may be a list.
        if split.rest and split.rest != text and (split.publisher or not prose_seen):
            found.cut(text[: len(text) - len(split.rest)], "dateline:place", "")
            found.dateline = found.dateline or split.place
            found.publisher = found.publisher or split.publisher
            found.section = found.section or split.section
            return [*lines[:at], (split.rest, kind), *lines[at + 1 :]]
        prose_seen = prose_seen or is_prose(text)
    return lines


def _cut_signature(lines: list[tuple[str, str]], found: _Found) -> list[tuple[str, str]]:
    if not lines:
        return lines
    text, kind = lines[-1]
    match = _SIGNATURE.search(text)
    if match is None or match.start() < PROSE_CHARS // 2:
        return lines
    found.cut(text[match.end("stop") :].strip(), "byline:initials", "at the end of the last paragraph")
    return [*lines[:-1], (text[: match.end("stop")], kind)]
