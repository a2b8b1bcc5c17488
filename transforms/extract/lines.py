"""The visible text of a page, line by line."""

from itertools import pairwise
from typing import NamedTuple

from lxml import etree
from lxml.html import HtmlElement

from warta.transforms.outline import Outline

MAX_LINE_CHARS = 1_000
"""A line is kept up to here; its full length is in `chars`."""
MAX_VALUE_CHARS = 4_000

_TEXTS = etree.XPath(".//text()", smart_strings=False)


class Line(NamedTuple):
    """One visible line: the text of a block element between two breaks.

    A tuple, for a page has 200 of them and a frozen dataclass takes three times as long to make.
    """

    text: str
    """White space single; cut at `MAX_LINE_CHARS`."""
    chars: int
    link_chars: int
    block: HtmlElement
    parent: HtmlElement
    """Where its first text stands; may be an inline element."""


def read_lines(page: Outline) -> list[Line]:
    """Return the visible lines of a page; what only an unknown element parts are two lines, too."""
    lines = []
    elements, blocks, owners = page.elements, page.blocks, page.owners
    for start, end in pairwise([*page.line_at, len(page.texts)]):
        text, linked = page.said(start, end)
        owner = owners[start]
        lines.append(Line(text[:MAX_LINE_CHARS], len(text), linked, elements[blocks[owner]], elements[owner]))
    return lines


def text_of(node: HtmlElement, *, glue: str = "") -> str:
    """Return the visible text under `node`, white space single, at most `MAX_VALUE_CHARS` of it.

    Args:
      glue: put between the texts of neighbouring elements; a blank where styles, not blanks, part them.
    """
    return squeeze(_bounded_text(node, glue))


def _bounded_text(node: HtmlElement, glue: str = "") -> str:
    parts, room = [], MAX_VALUE_CHARS
    for text in _TEXTS(node):
        parts.append(text[:room])
        room -= len(text)
        if room <= 0:
            break
    return glue.join(parts)


def squeeze(text: str) -> str:
    """Return `text` with white space as single blanks."""
    return " ".join(text.split())
