"""Plain text that another tool extracted: its lines, and the head of title, section and time above them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from warta.transforms.clean.lexicon import Lexicon
from warta.transforms.clean.lines import PARAGRAPH, is_sentence
from warta.transforms.dates import parse_instant
from warta.transforms.text import fold

MAX_TITLE_CHARS = 200
MIN_TITLE_WORDS = 3
HEAD_LINES = 8
"""Title, section and time stand within the first lines, before the first prose."""
META_CHARS = 120
WRAP_CHARS = 100
"""Lines of hard-wrapped text stay below this; a paragraph's only line rarely does."""

_WORD = re.compile(r"\w")
_STOP = re.compile(r"[.…:;,。]\W*$")
_SEGMENT = re.compile(r"\s*[|•·»>]\s*|\s[-–—]\s")


@dataclass(frozen=True, slots=True)
class Head:
    """What the lines above the first prose say, and the lines without them."""

    lines: tuple[tuple[str, str], ...]
    title: str = ""
    section: str = ""
    published: datetime | None = None
    taken: tuple[str, ...] = ()


def split_lines(text: str) -> list[tuple[str, str]]:
    """Split plain text into (text, kind) lines; hard-wrapped paragraphs are joined again."""
    blocks = [
        [" ".join(line.split()) for line in block.splitlines() if line.strip()]
        for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n"))
    ]
    wrapped = _is_wrapped(blocks)
    lines = [line for block in blocks for line in ([" ".join(block)] if wrapped else block) if line]
    return [(line, PARAGRAPH) for line in lines]


def read_head(
    lines: Sequence[tuple[str, str]],
    lexicon: Lexicon,
    *,
    title: str = "",
    timezone: str = "",
    now: datetime | None = None,
) -> Head:
    """Take title, section and time off the top of a text.

    Args:
      title: the headline when it is known already; then only a line that repeats it is taken.
      timezone: what a clock time without a zone is read in.
    """
    kept: list[tuple[str, str]] = []
    taken: list[str] = []
    found, section = title, ""
    published: datetime | None = None
    first = next((at for at, (text, _) in enumerate(lines) if is_sentence(text)), len(lines))
    top = min(first, HEAD_LINES)
    for at, (text, kind) in enumerate(lines):
        if at >= top:
            kept.append((text, kind))
        elif not _WORD.search(text):
            taken.append(text)
        elif not found and first < len(lines) and _is_title(text, lexicon):
            found = text
            taken.append(text)
        elif published is None and (stamp := _stamp(text, timezone, now)) is not None:
            published, section = stamp
            taken.append(text)
        elif found and fold(text) == fold(found):
            taken.append(text)
        else:
            kept.append((text, kind))
    return Head(tuple(kept), found, section, published, tuple(taken))


def _is_title(text: str, lexicon: Lexicon) -> bool:
    if len(text) > MAX_TITLE_CHARS or len(text.split()) < MIN_TITLE_WORDS or _STOP.search(text):
        return False
    return lexicon.match(text) is None and parse_instant(text[:META_CHARS]) is None


def _stamp(text: str, timezone: str, now: datetime | None) -> tuple[datetime, str] | None:
    """Return the instant and the section of a line like "Kompas dunia | 11 Oktober 2024, 20:41 WIB"."""
    if len(text) > META_CHARS or not any(char.isdigit() for char in text) or _STOP.search(text):
        return None
    published: datetime | None = None
    section = ""
    for segment in _SEGMENT.split(text):
        instant = parse_instant(segment, timezone=timezone, now=now) if segment else None
        if instant is not None and published is None:
            published = instant
        elif segment and not section and len(segment.split()) <= 4 and instant is None:
            section = segment
    return None if published is None else (published, section)


def _is_wrapped(blocks: list[list[str]]) -> bool:
    inner = [line for block in blocks if len(block) > 2 for line in block[:-1]]
    if len(inner) < 6:
        return False
    open_ended = sum(len(line) < WRAP_CHARS and not re.search(r"[.!?:”\"]$", line) for line in inner)
    long_enough = sum(len(line) > WRAP_CHARS // 2 for line in inner)
    return open_ended > 0.7 * len(inner) and long_enough > 0.8 * len(inner)
