"""The columns of a page against the plain way of asking every element, before and after cuts."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from lxml.html import HtmlElement

from warta.transforms.outline import BLOCKS, INLINE, MAX_CONTROL_CHARS, Outline

BLOCK_TAGS = ("div", "p", "br", "li", "h2")
INLINE_TAGS = ("a href='/1'", "a", "b", "span", "img", "picture", "x-kata")
MACHINERY = ("script", "noscript", "select", "option", "title", "svg", "button")
TEXTS = ("", "\n ", "satu", " dua  tiga ", "empat")

marks = st.sampled_from(("", "/"))
pages = st.lists(
    st.builds(
        "<{0}{1}>{2}".format,
        marks,
        st.sampled_from(BLOCK_TAGS + INLINE_TAGS + MACHINERY),
        st.sampled_from(TEXTS),
    ),
    max_size=40,
).map("".join)


def outline_of(inner: str) -> Outline:
    page = f"<html><head><title>x</title></head><body>{inner}</body></html>"
    return Outline(html.document_fromstring(page, parser=html.HTMLParser(remove_comments=True)))


def is_link(node: HtmlElement) -> bool:
    return node.tag == "a" and node.get("href") is not None


def ends_line(node: HtmlElement) -> str:
    """Return how an element ends the line it stands in: not at all, surely, or perhaps."""
    if node.tag in INLINE:
        return ""
    return "surely" if node.tag in BLOCKS or node.tag in ("br", "hr", "button") else "perhaps"


def pieces(node: HtmlElement, *, linked: bool = False) -> Iterator[tuple[str, HtmlElement | None, bool]]:
    """Yield the texts under `node`, where they stand and whether a link holds them; ends of lines alone."""
    linked = linked or is_link(node)
    border = ends_line(node)
    if border:
        yield border, None, False
    yield node.text or "", node, linked
    for child in node:
        yield from pieces(child, linked=linked)
        yield child.tail or "", node, linked
    if border:
        yield border, None, False


def plain_lines(body: HtmlElement) -> list[tuple[str, int, bool]]:
    """Return text and linked characters of each line, and whether it is surely parted from the last."""
    lines, line, parted = [], [], True
    for text, owner, linked in [*pieces(body), ("surely", None, False)]:
        if owner is not None:
            line.append((text, linked))
            continue
        told = [(text, linked) for text, linked in line if text and not text.isspace()]
        if told:
            said = " ".join("".join(text for text, _ in line).split())
            chars = sum(len(text.strip()) for text, linked in told if linked)
            lines.append((said, len(said) if all(linked for _, linked in told) else chars, parted))
            parted = False
        parted = parted or text == "surely"
        line = []
    return lines


@given(pages)
@settings(max_examples=300, deadline=None)
def test_columns_are_what_the_tree_says(inner: str) -> None:
    page = outline_of(inner)
    elements = list(page.body.iter("*"))
    assert page.elements == elements
    assert page.tags == [one.tag for one in elements]
    assert page.parents == [
        elements.index(one.getparent()) if one is not page.body else -1 for one in elements
    ]
    assert page.ends == [at + len(list(one.iter("*"))) for at, one in enumerate(elements)]
    assert [elements[at] for at in page.links] == [one for one in elements if is_link(one)]
    told = [piece for piece in pieces(page.body) if piece[1] is not None and piece[0].strip()]
    assert [text.split() for text in page.texts] == [text.split() for text, _, _ in told]
    assert [elements[at] for at in page.owners] == [owner for _, owner, _ in told]
    assert list(page.linked) == [linked for _, _, linked in told]
    for at, one in enumerate(elements):
        block = next((up for up in (one, *one.iterancestors()) if up.tag in BLOCKS), page.body)
        assert elements[page.blocks[at]] is block
        assert page.text(at).split() == " ".join(one.itertext()).split()


@given(pages)
@settings(max_examples=300, deadline=None)
def test_lines_are_what_the_definition_says(inner: str) -> None:
    page = outline_of(inner)
    lines = [page.said(*line) for line in pairwise([*page.line_at, len(page.texts)])]
    found = [(*line, not joined) for line, joined in zip(lines, page.joined, strict=True)]
    assert found == plain_lines(page.body)


@given(pages, st.data())
@settings(max_examples=200, deadline=None)
def test_what_is_cut_is_gone_from_columns_and_tree(inner: str, data: st.DataObject) -> None:
    page = outline_of(inner)
    for _ in range(3):
        left = [at for at, gone in enumerate(page.gone) if at and not gone]
        if not left:
            return
        cut = data.draw(st.sampled_from(left))
        said = " ".join(" ".join(page.elements[cut].itertext()).split())
        assert page.cut(cut) == said
        there = [at for at, gone in enumerate(page.gone) if not gone]
        assert [page.elements[at] for at in there] == list(page.body.iter("*"))
        for at in there:
            assert page.text(at).split() == " ".join(page.elements[at].itertext()).split()
            children = [page.elements[child] for child in page.children(at)]
            assert children == list(page.elements[at].iterchildren("*"))
            links = [page.elements[link] for link in page.links_in(at)]
            assert links == [one for one in page.elements[at].iter("*") if is_link(one)]
            after = [page.elements[other] for other in page.siblings_after(at)]
            assert after == (list(page.elements[at].itersiblings("*")) if at else [])


LONG = "kata " * MAX_CONTROL_CHARS


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        ("<p>awal<script>x = 1</script> akhir</p>", "awal akhir"),
        ("<p>awal<title>Judul</title><option>pilih</option></p>", "awal"),
        ("<p>awal</p><noscript>Nyalakan JavaScript</noscript>", "awal"),
        (f"<p>awal</p><noscript><p>{LONG}</p></noscript>", f"awal {LONG}".strip()),
        ("<p>awal<!-- kata --> akhir <!----></p>ekor", "awal akhir ekor"),
    ],
    ids=["script", "misplaced", "control", "page without scripts", "comments"],
)
def test_machinery_goes_and_what_a_reader_sees_stays(inner: str, text: str) -> None:
    assert outline_of(inner).text(0) == text


def test_a_page_without_a_body_is_its_own() -> None:
    page = Outline(html.document_fromstring("<frameset><frame></frameset>"))
    assert page.body is page.tree
    assert page.texts == []
