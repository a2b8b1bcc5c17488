"""What an element holds, against the plain way of asking for each text in it."""

import pytest
from lxml import html

from warta.transforms.clean.measures import PROSE_CHARS, Page
from warta.transforms.outline import BLOCKS, Outline

PROSE = "Harga beras di pasar induk naik lagi pekan ini, kata seorang pedagang yang sudah lama berjualan."
PAGES = {
    "tails": "<div>satu<b>dua</b>tiga<br>empat<p>lima</p>enam</div>tujuh",
    "links": "<ul><li><a href='/1'>Judul <b>tebal</b> x</a> 12</li><li><a>tanpa alamat</a></li></ul><p>x</p>",
    "blank": "<div> \n <span> </span>\t<img src='x'><picture><img></picture><h2></h2></div>",
    "counters": "<p>Selasa 12.05</p><p>1.234 kali dibaca oleh orang yang lewat di sini tadi pagi</p>",
    "prose": f"<div><p>{PROSE} <a href='/'>{PROSE}</a></p><p>{PROSE}<i>{PROSE}</i></p><h3>{PROSE}</h3></div>",
    "deep": "<div><span>" * 60 + "dasar" + "</span>x</div>" * 60,
}


def page_of(inner: str) -> Page:
    return Page(Outline(html.document_fromstring(f"<html><body>{inner}</body></html>")))


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


def check(page: Page) -> None:
    for at in page.left(range(len(page.outline.elements))):
        below = list(page.outline.elements[at].iter("*"))
        assert (page.plain[at], page.linked[at]) == plain_and_linked(page.outline.elements[at])
        assert page.chars(at) == page.plain[at] + page.linked[at]
        assert page.links[at] == sum(one.tag == "a" and one.get("href") is not None for one in below)
        shown = any(one.tag in ("img", "picture", "h1", "h2", "h3") for one in below)
        assert page.has_picture_or_heading(at) == shown


@pytest.mark.parametrize("name", PAGES)
def test_every_element_has_the_figures_of_its_subtree_before_and_after_a_cut(name: str) -> None:
    check(page_of(PAGES[name]))
    for cut in range(1, len(page_of(PAGES[name]).outline.elements)):
        page = page_of(PAGES[name])
        if page.outline.elements[cut].tail is None:  # a tail is weighed with what it is joined to
            page.cut(cut)
            check(page)


def test_blocks_of_running_text_are_prose() -> None:
    page = page_of(PAGES["prose"])
    tags = page.outline.tags
    prose = [at for at, tag in enumerate(tags) if tag in BLOCKS and page.prose_blocks(at) == 1]
    assert [page.prose[at] for at in prose] == [len(PROSE), 2 * len(PROSE), len(PROSE)]
    assert page.all_prose == page.prose[0] == 4 * len(PROSE)
    assert len(PROSE) >= PROSE_CHARS
    page.cut(prose[1])
    assert (page.prose[0], page.prose_blocks(0)) == (2 * len(PROSE), 2)
    assert page.all_prose == 4 * len(PROSE)


def test_what_is_cut_while_walking_is_not_met() -> None:
    page = page_of("<div><p>satu</p><p>dua</p></div><div><p>tiga</p></div>")
    met = []
    for at in page.left(range(len(page.outline.elements))):
        met.append(page.outline.text(at))
        if len(met) == 1:
            page.cut(at)
    assert met == ["satu dua", "tiga", "tiga"]
