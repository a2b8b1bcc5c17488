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
from warta.transforms.clean.lexicon import Lexicon
from warta.transforms.clean.lines import HEADING, INITIALS, ITEM, PROSE_CHARS, Line, is_prose
from warta.transforms.clean.rules import Match
from warta.transforms.text import fold

REPEAT_CHARS = 40
"""A line this long that stands twice within `REPEAT_LINES` is a caption or a teaser shown twice; farther
apart, recipes and interviews repeat themselves."""
REPEAT_LINES = 3
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

_QUOTED = re.compile(r"""["“”„«»]""")
_NEXT_SENTENCE = re.compile(r"""[.!?…][)\]"'”’»]*\s+["'“‘«(\[]?[^\W\d_a-z]""")
_SIGNATURE = re.compile(rf"""(?P<stop>[.!?…”"'’])\s*[(\[]\s*(?P<name>{INITIALS})\s*[)\]]\W*$""")
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
    kept = [Line(text, kind, lexicon) for text, kind in lines]
    if caption:
        kept = _without_caption(kept, fold(caption), found)
    for _ in range(MAX_PASSES):
        before = kept
        kept = _pass(kept, lexicon, found, fold(title), authors, publishers)
        if kept == before:
            break
    return Cleaned(
        tuple((line.text, line.kind) for line in kept),
        tuple(found.removed),
        tuple(dict.fromkeys(found.authors)),
        tuple(dict.fromkeys(found.editors)),
        found.dateline,
        found.publisher,
        found.section,
        found.captions[0] if found.captions else "",
    )


def _without_caption(lines: Sequence[Line], caption: str, found: _Found) -> list[Line]:
    kept = []
    for line in lines:
        folded = line.folded if len(line.text) <= 2 * len(caption) + CREDIT_CHARS else ""
        # A long line that says the same and nothing else may be the lead, which the caption repeats.
        alone = folded == caption and is_prose(line.text)
        if caption in folded and len(folded) <= len(caption) + CREDIT_CHARS and not alone:
            found.cut(line.text, "caption:lead", "stands below the lead picture")
        else:
            kept.append(line)
    return kept


def _pass(
    lines: list[Line],
    lexicon: Lexicon,
    found: _Found,
    title: str,
    authors: Sequence[str],
    publishers: Sequence[str],
) -> list[Line]:
    lines = _drop_headed(lines, found)
    names = [fold(name) for name in (*authors, *found.authors)]
    lines = _drop_lines(lines, lexicon, found, title, names)
    lines = _drop_biographies(lines, found, [*authors, *found.authors])
    lines = _cut_dateline(lines, lexicon, found, publishers)
    lines = _cut_signature(lines, lexicon, found)
    # One heading at the end lost what it headed; several in a row are a list.
    if len(lines) > 1 and lines[-1].kind == HEADING and lines[-2].kind != HEADING:
        found.cut(lines[-1].text, "heading:trailing", "a heading with nothing under it")
        lines = lines[:-1]
    return lines


def _drop_headed(lines: list[Line], found: _Found) -> list[Line]:
    kept: list[Line] = []
    heading: Match | None = None
    steps = _steps(lines)
    for at, line in enumerate(lines):
        match = line.heading if at not in steps else None
        if match is not None:
            heading = match
            found.cut(line.text, f"{match.kind}:{match.name}", "the heading itself")
        elif heading is not None and not line.is_sentence and not _introduces(line.text):
            found.cut(line.text, f"{heading.kind}:{heading.name}", "under the heading")
        else:
            heading = None
            kept.append(line)
    return kept


def _introduces(text: str) -> bool:
    return text.endswith(":") and len(text.split()) >= INTRODUCTION_WORDS


def _steps(lines: list[Line]) -> set[int]:
    """Return the places of items in lists of the article: rows of items of which few look like furniture."""
    steps: set[int] = set()
    last = _early(lines, sentences=1)
    start = 0
    for kind, group in groupby(line.kind for line in lines):
        end = start + sum(1 for _ in group)
        if kind == ITEM and end - start >= LIST_ITEMS:
            others = sum(line.match is None for line in lines[start:end])
            if 2 * others > end - start or (others >= STEPS and end <= last):
                steps.update(range(start, end))
        start = end
    return steps


def _early(lines: list[Line], *, sentences: int = TAIL_PROSE) -> int:
    """Return how many lines stand before the last `sentences` that no rule knows."""
    prose = 0
    for at in range(len(lines) - 1, -1, -1):
        if lines[at].is_sentence and lines[at].match is None:
            prose += 1
            if prose == sentences:
                return at
    return 0


def _drop_lines(
    lines: list[Line], lexicon: Lexicon, found: _Found, title: str, authors: list[str]
) -> list[Line]:
    kept: list[Line] = []
    steps = _steps(lines)
    early = _early(lines)
    for at, line in enumerate(lines):
        late = at >= len(lines) - TAIL_LINES
        match = line.match
        if match is not None and _by_chance(line, match, late=late, early=at < early, step=at in steps):
            match = None
        rule, evidence = _rule(line, match, lexicon, found, title, authors)
        if not rule and _is_repeated(lines, at):
            rule, evidence = "repeat:line", "stands above already"
        if rule:
            found.cut(line.text, rule, evidence)
        else:
            kept.append(line)
    return kept


def _is_repeated(lines: list[Line], at: int) -> bool:
    text = lines[at].text
    return len(text) >= REPEAT_CHARS and any(
        line.text == text for line in lines[max(0, at - REPEAT_LINES) : at]
    )


def _by_chance(line: Line, match: Match, *, late: bool, early: bool, step: bool) -> bool:
    """Tell whether a line of the article only happens to hold the words of furniture."""
    if step:
        return match.kind not in {"ad", "caption"}
    if match.kind == "caption":
        return _is_paragraph(line.text)
    if not line.is_sentence:
        return False
    if match.within:
        return not late or early or bool(_QUOTED.search(line.text))
    return match.opens and early


def _rule(
    line: Line,
    match: Match | None,
    lexicon: Lexicon,
    found: _Found,
    title: str,
    authors: list[str],
) -> tuple[str, str]:
    if not line.has_words:
        return "empty:marks", ""
    if title and line.folded == title:
        return "title:repeated", ""
    if len(line.text) <= 120 and authors and fold(_BY.sub("", line.text)) in authors:
        return "byline:name", "the name of an author"
    if match is not None and match.kind not in {"dateline", "heading"}:
        return _matched(line.text, match, lexicon, found)
    return line.label


def _is_paragraph(text: str) -> bool:
    return len(text) >= 2 * PROSE_CHARS and len(_NEXT_SENTENCE.findall(text)) >= CAPTION_SENTENCES


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


def _drop_biographies(lines: list[Line], found: _Found, authors: Sequence[str]) -> list[Line]:
    names = tuple(fold(author) for author in authors if " " in author.strip())
    if not names:
        return lines
    kept = []
    for at, line in enumerate(lines):
        last = at >= len(lines) - BIO_LINES and at > 0
        if last and len(line.text) <= BIO_CHARS and line.folded.startswith(names):
            found.cut(line.text, "byline:biography", "begins with an author's name, at the end")
        else:
            kept.append(line)
    return kept


def _cut_dateline(
    lines: list[Line], lexicon: Lexicon, found: _Found, publishers: Sequence[str]
) -> list[Line]:
    prose_seen = False
    for at, line in enumerate(lines[:DATELINE_LINES]):
        text = line.text
        if line.kind == HEADING or len(text) < PROSE_CHARS // 2:
            continue
        split = split_dateline(text, agencies=lexicon.agencies, publishers=publishers)
        # After a summary only a head that names its source is a dateline; a place alone may be a list.
        if split.rest and split.rest != text and (split.publisher or not prose_seen):
            found.cut(text[: len(text) - len(split.rest)], "dateline:place", "")
            found.dateline = found.dateline or split.place
            found.publisher = found.publisher or split.publisher
            found.section = found.section or split.section
            return [*lines[:at], Line(split.rest, line.kind, lexicon), *lines[at + 1 :]]
        prose_seen = prose_seen or is_prose(text)
    return lines


def _cut_signature(lines: list[Line], lexicon: Lexicon, found: _Found) -> list[Line]:
    if not lines:
        return lines
    text = lines[-1].text
    match = _SIGNATURE.search(text)
    if match is None or match.start() < PROSE_CHARS // 2:
        return lines
    found.cut(text[match.end("stop") :].strip(), "byline:initials", "at the end of the last paragraph")
    return [*lines[:-1], Line(text[: match.end("stop")], lines[-1].kind, lexicon)]
