"""The body of a page as blocks, by trafilatura on a tree that is already parsed and pruned."""

from collections.abc import Iterator
from dataclasses import dataclass

import trafilatura
from lxml import html
from trafilatura.external import try_justext
from trafilatura.settings import Extractor

from warta.transforms.extract.choices import remember_choices

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


remember_choices()


def _options(*, fast: bool, focus: str) -> Extractor:
    options = Extractor(output_format="txt", fast=fast, comments=False)
    options.focus = focus
    return options


_FIRST = _options(fast=True, focus="first")
"""Balanced, but without trafilatura's look whether the text is short for its page: for that it cleans the
whole page once more, which took a tenth of the time."""
_FAST = _options(fast=True, focus="balanced")
_SLOW = _options(fast=False, focus="balanced")
SHORT_CHARS = 3_000
SHORT_SHARE = 0.2
"""trafilatura's limits: a shorter text with less of its page is read again, for recall."""


def extract_body(tree: html.HtmlElement, *, fast: bool = True) -> list[Block]:
    """Return the main text of a page; empty when trafilatura finds none.

    Args:
      fast: leave out its comparison with readability and jusText, and its second try.

    The tree is not changed.
    """
    document = trafilatura.bare_extraction(tree, options=_FIRST if fast else _SLOW)
    if fast and document is not None and _is_short(document.raw_text or "", tree):
        document = trafilatura.bare_extraction(tree, options=_FAST)
    if document is None or document.body is None:
        return []
    return [block for child in document.body for block in _blocks(child)]


def load_stop_words() -> None:
    """Have jusText make its sets of stop words (27 MB), before readers are forked that would do it each."""
    try_justext(html.document_fromstring("<p>Satu kalimat.</p>"), "", "")


def _is_short(text: str, tree: html.HtmlElement) -> bool:
    chars = len(text)
    return chars < SHORT_CHARS and chars < SHORT_SHARE * len(" ".join(tree.text_content().split()))


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
