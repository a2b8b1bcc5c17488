"""The visible lines: cut at block borders and breaks, machinery left out, links counted."""

from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from lxml.html import HtmlElement

from warta.transforms.extract.lines import INLINE, UNSEEN, read_lines

TAGS = ("div", "p", "a", "b", "br", "span", "script", "noscript", "select", "option", "img", "li", "h2")
TEXTS = ("", "\n ", "satu", " dua  tiga ", "empat")

marks = st.sampled_from(("", "/"))
pages = st.lists(
    st.builds("<{0}{1}>{2}".format, marks, st.sampled_from(TAGS), st.sampled_from(TEXTS)),
    max_size=40,
).map("".join)


def pieces(node: HtmlElement, *, linked: bool = False) -> Iterator[tuple[str, bool] | None]:
    """Yield the texts under `node` with whether a link holds them; None where a line ends."""
    border = node.tag not in INLINE and node.tag not in UNSEEN
    linked = linked or node.tag == "a"
    if node.tag not in UNSEEN or (node.tag == "noscript" and node.find(".//p") is not None):
        if border:
            yield None
        yield node.text or "", linked
        for child in node:
            yield from pieces(child, linked=linked)
            yield child.tail or "", linked
        if border:
            yield None


def plain(tree: HtmlElement) -> list[tuple[str, int, int]]:
    """Return text, length and linked length of each line, by the definition and not by events."""
    lines: list[tuple[str, int, int]] = []
    line: list[tuple[str, bool]] = []
    for piece in [*pieces(tree), None]:
        if piece is not None:
            line.append(piece)
            continue
        told = [(text, linked) for text, linked in line if text and not text.isspace()]
        if told:
            text = " ".join("".join(text for text, _ in line).split())
            linked_chars = sum(len(text) for text, linked in told if linked)
            lines.append((text, sum(len(text) for text, _ in told), linked_chars))
        line = []
    return lines


@given(pages)
@settings(max_examples=300, deadline=None)
def test_lines_are_what_the_definition_says(page: str) -> None:
    tree = html.document_fromstring(f"<html><head><title>x</title></head><body>{page}</body></html>")
    assert [(line.text, line.chars, line.link_chars) for line in read_lines(tree)] == plain(tree)


def test_a_line_knows_its_block_and_where_its_first_text_stands() -> None:
    tree = html.document_fromstring("<html><body><div> <b>Satu</b> dua<br>tiga</div></body></html>")
    found = [(line.text, line.block.tag, line.parent.tag) for line in read_lines(tree)]
    assert found == [("Satu dua", "div", "b"), ("tiga", "div", "div")]
