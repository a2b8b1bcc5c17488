"""The visible text of a page, line by line."""

from itertools import islice
from typing import NamedTuple

from lxml import etree
from lxml.html import HtmlElement

MAX_EVENTS = 200_000
"""Starts and ends of elements walked for the visible lines. The largest page of the corpus has 9,000."""
MAX_LINE_CHARS = 1_000
"""A line is kept up to here; its full length is in `chars`."""
MAX_VALUE_CHARS = 4_000

_INLINE = (
    "a abbr acronym amp-timeago b bdi bdo big cite code data del dfn em font i img ins kbd label mark nobr q"
    " s samp small span strike strong sub sup time tt u var wbr"
)
INLINE = frozenset(_INLINE.split())
_UNSEEN = "head script style noscript template option textarea button title iframe svg select"
UNSEEN = frozenset(_UNSEEN.split())
_BLOCK, _INLINE_TEXT, _LINK, _UNSEEN_TEXT = range(4)
_KINDS = {
    **dict.fromkeys(INLINE, _INLINE_TEXT),
    "a": _LINK,
    **dict.fromkeys(UNSEEN, _UNSEEN_TEXT),
}
"""What an element does to the line it stands in, by tag; any other is a block."""
_INNER_TEXT = etree.XPath(
    ".//text()[not(parent::script or parent::style or parent::noscript)]", smart_strings=False
)


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


def read_lines(tree: HtmlElement) -> list[Line]:
    """Cut the visible text at block borders and breaks. One loop, because it is the dearest look of all."""
    lines: list[Line] = []
    parts: list[str] = []
    blocks = [tree]
    chars = link_chars = links = 0
    parent = tree
    walk = etree.iterwalk(tree, events=("start", "end", "comment"))
    for event, node in islice(walk, MAX_EVENTS):
        kind = _KINDS.get(node.tag, _BLOCK)
        if event == "start":
            text = node.text
            if kind == _UNSEEN_TEXT and not (node.tag == "noscript" and node.find(".//p") is not None):
                walk.skip_subtree()  # a noscript with paragraphs is a page whose loader forgot to close it
                continue
        else:
            text = node.tail
        if kind == _BLOCK and event != "comment":
            if chars:
                lines.append(_line(parts, chars, link_chars, blocks[-1], parent))
                parts, chars, link_chars = [], 0, 0
            if event == "start":
                blocks.append(node)
            elif len(blocks) > 1:
                blocks.pop()
        elif kind == _LINK:
            links += 1 if event == "start" else -1
        if not text:
            continue
        if text.isspace():
            if chars:
                parts.append(" ")
            continue
        if not chars:
            parent = node if event == "start" else node.getparent()
        parts.append(text[: 4 * MAX_LINE_CHARS])
        chars += len(text)
        link_chars += len(text) if links else 0
    if chars:
        lines.append(_line(parts, chars, link_chars, blocks[-1], parent))
    return lines


def _line(parts: list[str], chars: int, link_chars: int, block: HtmlElement, parent: HtmlElement) -> Line:
    return Line(squeeze("".join(parts))[:MAX_LINE_CHARS], chars, link_chars, block, parent)


def text_of(node: HtmlElement, *, glue: str = "") -> str:
    """Return the visible text under `node`, white space single, at most `MAX_VALUE_CHARS` of it.

    Args:
      glue: put between the texts of neighbouring elements; a blank where styles, not blanks, part them.
    """
    return squeeze(_bounded_text(node, glue))


def _bounded_text(node: HtmlElement, glue: str = "") -> str:
    parts, room = [], MAX_VALUE_CHARS
    for text in _INNER_TEXT(node):
        parts.append(text[:room])
        room -= len(text)
        if room <= 0:
            break
    return glue.join(parts)


def squeeze(text: str) -> str:
    """Return `text` with white space as single blanks."""
    return " ".join(text.split())
