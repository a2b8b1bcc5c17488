"""The body of a page as blocks, by trafilatura on a tree that is already parsed and pruned."""

from collections.abc import Iterator
from dataclasses import dataclass

import trafilatura
from lxml import html

HEADING = "heading"
PARAGRAPH = "paragraph"
ITEM = "item"
QUOTE = "quote"
ROW = "row"

_KINDS = {"head": HEADING, "item": ITEM, "quote": QUOTE, "row": ROW, "code": PARAGRAPH}


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph of a body, with what it was in the page."""

    text: str
    kind: str = PARAGRAPH
    shape: str = ""
    """Tag and class of what holds it, where the reading knows: paragraphs of one article share theirs."""


def extract_body(tree: html.HtmlElement, *, focus: str = "balanced", fast: bool = True) -> list[Block]:
    """Return the main text of a page; empty when trafilatura finds none.

    Args:
      focus: balanced, precision or recall, as trafilatura understands them.
      fast: leave out its comparison with readability and jusText.

    The tree is not changed.
    """
    document = trafilatura.bare_extraction(
        tree,
        fast=fast,
        include_comments=False,
        with_metadata=False,
        favor_precision=focus == "precision",
        favor_recall=focus == "recall",
    )
    if document is None or document.body is None:
        return []
    return [block for child in document.body for block in _blocks(child)]


def _blocks(element: html.HtmlElement) -> Iterator[Block]:
    tag = str(element.tag)
    if tag == "list":
        for item in element.iterchildren("item"):
            yield from _lines(item, ITEM)
    elif tag == "table":
        for row in element.iter("row"):
            cells = (" ".join(" ".join(cell.itertext()).split()) for cell in row.iterchildren("cell"))
            text = " | ".join(cell for cell in cells if cell).replace(" | : | ", ": ")
            if text:
                yield Block(text, ROW)
    else:
        yield from _lines(element, _KINDS.get(tag, PARAGRAPH))


def _lines(element: html.HtmlElement, kind: str) -> Iterator[Block]:
    for part in _text(element).split("\n"):
        text = " ".join(part.split())
        if text:
            yield Block(text, kind)


def _text(element: html.HtmlElement) -> str:
    """Text of an element with its block children and line breaks on lines of their own."""
    parts: list[str] = [_flat(element.text)]
    for child in element.iterchildren():
        inner = _text(child)
        parts.append("\n" + inner + "\n" if child.tag in {"p", "head", "item", "quote", "list"} else inner)
        if child.tag == "lb":
            parts.append("\n")
        parts.append(_flat(child.tail))
    return "".join(parts)


def _flat(text: str | None) -> str:
    return (text or "").replace("\n", " ")
