"""Our own reading: the container that holds the prose, and the lead above it."""

from lxml import html

from warta.transforms.extract.own import OwnReading

PROSE = "<p>Harga beras di pasar induk naik lagi pekan ini, kata seorang pedagang yang lama berjualan.</p>"
LEAD = "Harga beras naik untuk ketiga kalinya bulan ini dan belum ada tanda akan turun."


def reading(inner: str, title: str = "") -> OwnReading:
    return OwnReading(html.document_fromstring(f"<html><body>{inner}</body></html>"), title)


def texts(inner: str, title: str = "") -> list[str]:
    return [block.text for block in reading(inner, title).blocks()]


def test_the_container_with_most_prose_is_the_body() -> None:
    inner = f"<div><p>Menu</p></div><div class='isi'>{PROSE * 6}</div><div>{PROSE}</div>"
    assert len(texts(inner)) == 6


def test_bare_text_between_line_breaks_is_read() -> None:
    inner = (
        "<div>Kalimat pertama yang berdiri sendiri tanpa tanda paragraf di sekelilingnya.<br><br>"
        + PROSE
        + "</div>"
    )
    assert texts(inner)[0].startswith("Kalimat pertama")


def test_short_lines_between_prose_stay_and_those_around_it_go() -> None:
    assert texts(f"<div><p>Bagikan</p>{PROSE}<p>Ia pergi.</p>{PROSE}<p>Selesai</p></div>")[1] == "Ia pergi."
    assert len(texts(f"<div><p>Bagikan</p>{PROSE}<p>Ia pergi.</p>{PROSE}<p>Selesai</p></div>")) == 3


def test_of_two_articles_the_one_with_the_headline_is_meant() -> None:
    first = f"<article><h1>Harga beras naik</h1>{PROSE * 6}</article>"
    second = f"<article><h1>Berita lain</h1>{PROSE.replace('beras', 'cabai') * 9}</article>"
    assert all("beras" in text for text in texts(f"<main>{first}{second}</main>", "Harga beras naik"))


def test_blocks_with_names_of_furniture_are_left_out() -> None:
    inner = (
        f"<div>{PROSE * 5}<div class='newsletter-box'>{PROSE.replace('beras', 'surel')}</div>{PROSE}</div>"
    )
    assert all("beras" in text for text in texts(inner))


def test_a_name_that_covers_the_whole_article_means_something_else() -> None:
    assert len(texts(f"<div class='isi'><div class='social'>{PROSE * 5}</div></div>")) == 5


def test_captions_are_not_prose() -> None:
    figure = f"<figure><img src='x'><figcaption>{LEAD}</figcaption></figure>"
    assert LEAD not in texts(f"<div>{PROSE}{figure}{PROSE}</div>")


def test_headings_and_items_keep_their_kind() -> None:
    inner = f"<div>{PROSE}<h2>Apa sebabnya</h2><ul><li>Hujan turun</li></ul>{PROSE}</div>"
    assert [block.kind for block in reading(inner).blocks()] == ["paragraph", "heading", "item", "paragraph"]


def test_a_lead_named_so_is_found_between_headline_and_body() -> None:
    page = reading(f"<h1>Judul</h1><p class='article-lead'>{LEAD}</p><div>{PROSE * 4}</div>", "Judul")
    assert [block.text for block in page.lead(page.blocks(), ())] == [LEAD]


def test_a_lead_of_several_paragraphs_comes_whole() -> None:
    name = "class='article-lead'"
    parts = f"<p {name}>Air mulai surut.</p><p {name}>{LEAD}</p><p {name}>Warga kembali.</p><p>Foto</p>"
    page = reading(f"<h1>Judul</h1><header>{parts}</header><div>{PROSE * 4}</div>", "Judul")
    found = [block.text for block in page.lead(page.blocks(), ())]
    assert found == ["Air mulai surut.", LEAD, "Warga kembali."]


def test_a_lead_that_the_description_repeats_is_found_without_a_name() -> None:
    page = reading(f"<h1>Judul</h1><p>{LEAD}</p><div>{PROSE * 6}</div>", "Judul")
    assert [block.text for block in page.lead(page.blocks(), (LEAD[:70] + "...",))] == [LEAD]


def test_other_prose_above_the_body_is_no_lead() -> None:
    page = reading(f"<h1>Judul</h1><p>{LEAD}</p><div>{PROSE * 6}</div>", "Judul")
    assert page.lead(page.blocks(), ("Sesuatu yang lain sama sekali.",)) == []


def test_a_page_without_prose_gives_nothing() -> None:
    assert texts("<div><p>Menu</p></div>") == []
    assert reading("").lead([], ()) == []
