"""A page as runs: the text between two block boundaries, with how much of it is prose."""

from dataclasses import dataclass
from itertools import pairwise

from warta.transforms.outline import Outline

PROSE_CHARS = 60
"""Characters from which a block counts as prose; trafilatura's frames need 250 in sum."""
WIDE_CHARS = 25
"""The same for scripts without spaces, where a sign carries a syllable or a word."""
WIDE_SAMPLE = 40
MAX_LINK_SHARE = 0.5
"""Share of a run's characters that links may hold."""
HEADS = ("h1", "h2", "h3", "h4", "h5", "h6")

_SKIPPED = frozenset({"figcaption", "figure", "nav", "footer", "aside", "button"})


@dataclass(slots=True)
class Run:
    """Text between two block boundaries."""

    at: int
    """Place of the block in the outline."""
    tag: str
    text: str
    linked: int
    prose: int
    """Characters of prose; 0 for headings, labels and lists of links."""


def _prose(tag: str, text: str, linked: int) -> int:
    chars = len(text)
    if chars < WIDE_CHARS or tag in HEADS or linked > MAX_LINK_SHARE * chars:
        return 0
    return chars if chars >= PROSE_CHARS or _is_wide(text[:WIDE_SAMPLE]) else 0


def _is_wide(start: str) -> bool:
    return not start.isascii() and sum(char > "\u2e80" for char in start) * 2 > len(start)


def read_runs(page: Outline) -> list[Run]:
    """Return the runs of what is left of a page; captions, menus, footers and buttons have none."""
    runs = []
    skipped = page.marked(at for at, tag in enumerate(page.tags) if tag in _SKIPPED)
    starts = [start for start, joined in zip(page.line_at, page.joined, strict=True) if not joined]
    for start, end in pairwise([*starts, len(page.texts)]):
        if skipped[start]:
            continue
        text, linked = page.said(start, end)
        if text:
            at = page.blocks[page.owners[start]]
            tag = page.tags[at]
            runs.append(Run(at, tag, text, linked, _prose(tag, text, linked)))
    return runs
