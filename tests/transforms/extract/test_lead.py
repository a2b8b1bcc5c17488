"""The lead: what stands between headline and body."""

from lxml import html

from warta.transforms.extract.lead import find_lead
from warta.transforms.extract.own import OwnReading
from warta.transforms.outline import Outline

PROSE = "<p>Harga beras di pasar induk naik lagi pekan ini, kata seorang pedagang yang lama berjualan.</p>"
LEAD = "Harga beras naik untuk ketiga kalinya bulan ini dan belum ada tanda akan turun."


def reading(inner: str, title: str = "") -> OwnReading:
    return OwnReading(Outline(html.document_fromstring(f"<html><body>{inner}</body></html>")), title)


def test_a_lead_named_so_is_found_between_headline_and_body() -> None:
    page = reading(f"<h1>Judul</h1><p class='article-lead'>{LEAD}</p><div>{PROSE * 4}</div>", "Judul")
    assert [block.text for block in find_lead(page, page.blocks, ())] == [LEAD]


def test_a_lead_of_several_paragraphs_comes_whole() -> None:
    name = "class='article-lead'"
    parts = f"<p {name}>Air mulai surut.</p><p {name}>{LEAD}</p><p {name}>Warga kembali.</p><p>Foto</p>"
    page = reading(f"<h1>Judul</h1><header>{parts}</header><div>{PROSE * 4}</div>", "Judul")
    found = [block.text for block in find_lead(page, page.blocks, ())]
    assert found == ["Air mulai surut.", LEAD, "Warga kembali."]


def test_a_lead_that_the_description_repeats_is_found_without_a_name() -> None:
    page = reading(f"<h1>Judul</h1><p>{LEAD}</p><div>{PROSE * 6}</div>", "Judul")
    assert [block.text for block in find_lead(page, page.blocks, (LEAD[:70] + "...",))] == [LEAD]


def test_prose_above_the_body_of_a_plain_page_is_its_lead_unless_it_is_named_otherwise() -> None:
    plain = f"<h1>Judul</h1>%s<div>{PROSE * 9}</div>"
    page = reading(plain % f"<p>{LEAD}</p>", "Judul")
    assert page.is_plain
    assert [block.text for block in find_lead(page, page.blocks, ())] == [LEAD]
    page = reading(plain % f"<p class='caption'>{LEAD}</p>", "Judul")
    assert page.is_plain
    assert find_lead(page, page.blocks, ()) == []


def test_prose_above_the_body_of_another_page_is_no_lead() -> None:
    page = reading(f"<h1>Judul</h1><p>{LEAD}</p><div>{PROSE * 4}</div>", "Judul")
    assert not page.is_plain
    assert find_lead(page, page.blocks, ("Sesuatu yang lain sama sekali.",)) == []


def test_a_page_without_prose_has_no_lead() -> None:
    assert find_lead(reading(""), [], ()) == []
