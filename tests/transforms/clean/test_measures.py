"""What one walk over a tree counts and reads, against the plain way of asking every element."""

import pytest
from lxml import html

from warta.transforms.clean.measures import BLOCKS, PROSE_CHARS, Page, block_text

PROSE = "Harga beras di pasar induk naik lagi pekan ini, kata seorang pedagang yang sudah lama berjualan."
PAGES = {
    "tails": "<div>satu<b>dua</b>tiga<br>empat<p>lima</p>enam</div>tujuh",
    "links": "<ul><li><a href='/1'>Judul <b>tebal</b> x</a> 12</li><li><a>tanpa alamat</a></li></ul><p>x</p>",
    "comments": "<p>awal<!-- kata --> akhir <!----></p><!-- x -->ekor<?php y ?>ekor lagi",
    "blank": "<div> \n <span> </span>\t<img src='x'><picture><img></picture><h2></h2></div>",
    "counters": "<p>Selasa 12.05</p><p>1.234 kali dibaca oleh orang yang lewat di sini tadi pagi</p>",
    "prose": f"<div><p>{PROSE} <a href='/'>{PROSE}</a></p><p>{PROSE}<i>{PROSE}</i></p><h3>{PROSE}</h3></div>",
    "deep": "<div><span>" * 60 + "dasar" + "</span>x</div>" * 60,
}


def page_of(inner: str) -> tuple[html.HtmlElement, Page]:
    body = html.document_fromstring(f"<html><body>{inner}</body></html>").find("body")
    return body, Page(body)


def words(element: html.HtmlElement) -> str:
    return " ".join(block_text(element).split())


def in_link(element: html.HtmlElement) -> bool:
    return any(one.tag == "a" and one.get("href") is not None for one in (element, *element.iterancestors()))


def plain_and_linked(element: html.HtmlElement) -> tuple[int, int]:
    """Weigh a subtree by asking for each text in it."""
    plain = linked = 0
    for one in element.iter("*"):
        tails = [(child.tail, one) for child in one.iterchildren("*")]
        for text, holder in [(one.text, one), *tails]:
            chars = len((text or "").strip())
            if in_link(holder):
                linked += chars
            elif chars > 40 or not any(char.isdigit() for char in text or ""):
                plain += chars
    return plain, linked


@pytest.mark.parametrize("name", PAGES)
def test_every_element_has_the_figures_of_its_subtree(name: str) -> None:
    body, page = page_of(PAGES[name])
    elements = list(body.iter("*"))
    assert [node.element for node in page.nodes] == elements
    for at, node in enumerate(page.nodes):
        below = list(node.element.iter("*"))
        assert node.end == at + len(below)
        assert node.parent == (elements.index(node.element.getparent()) if at else -1)
        assert (node.plain, node.linked) == plain_and_linked(node.element)
        assert node.links == sum(one.tag == "a" and one.get("href") is not None for one in below)
        assert node.images == sum(one.tag in ("img", "picture") for one in below)
        assert node.headings == sum(one.tag in ("h1", "h2", "h3") for one in below)


@pytest.mark.parametrize("name", PAGES)
def test_an_elements_text_is_what_the_tree_says_before_and_after_a_cut(name: str) -> None:
    for cut in range(1, len(page_of(PAGES[name])[1].nodes)):
        _, page = page_of(PAGES[name])
        said = words(page.nodes[cut].element)
        assert page.cut(cut) == said
        for _, node in page.left():
            assert page.text(node) == words(node.element)


def test_blocks_of_running_text_are_prose() -> None:
    _, page = page_of(PAGES["prose"])
    prose = [node for node in page.nodes if node.tag in BLOCKS and node.prose_blocks == 1]
    assert [node.prose for node in prose] == [len(PROSE), 2 * len(PROSE), len(PROSE)]
    assert page.prose == 4 * len(PROSE)
    assert len(PROSE) >= PROSE_CHARS


def test_what_is_cut_while_walking_is_not_met() -> None:
    _, page = page_of("<div><p>satu</p><p>dua</p></div><div><p>tiga</p></div>")
    met = []
    for at, node in page.left():
        met.append(page.text(node))
        if len(met) == 1:
            page.cut(at)
    assert met == ["satu dua", "tiga", "tiga"]
