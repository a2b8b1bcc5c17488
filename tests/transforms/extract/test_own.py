"""Our own reading: the container that holds the prose, and whether it settles the page."""

import pytest
from lxml import html

from warta.transforms.extract.own import OwnReading
from warta.transforms.outline import Outline

PROSE = "<p>Harga beras di pasar induk naik lagi pekan ini, kata seorang pedagang yang lama berjualan.</p>"
CAPTION = "Seorang pedagang beras menunggu pembeli di pasar induk kota, Senin pagi."


def reading(inner: str, title: str = "") -> OwnReading:
    return OwnReading(Outline(html.document_fromstring(f"<html><body>{inner}</body></html>")), title)


def texts(inner: str, title: str = "") -> list[str]:
    return [block.text for block in reading(inner, title).blocks]


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
    lines = f"<div>Bagikan</div>{PROSE}<p>Ia pergi.</p>{PROSE}<div>Selesai</div>"
    assert texts(f"<div>{lines}</div>")[1] == "Ia pergi."
    assert len(texts(f"<div>{lines}</div>")) == 3


def test_a_short_paragraph_beside_the_first_or_last_prose_belongs_to_it() -> None:
    inner = f"<div><p>Hujan turun.</p>{PROSE * 2}<ul><li>{CAPTION}</li></ul><p>Ia pergi.</p></div>"
    assert (texts(inner)[0], texts(inner)[-1]) == ("Hujan turun.", "Ia pergi.")
    linked = "<p><a href='/lain'>Berita lain hari ini</a></p>"
    assert texts(f"<div>{linked}{PROSE * 2}{linked}</div>") == texts(f"<div>{PROSE * 2}</div>")
    assert texts(f"<div>{PROSE * 2}{linked}<p>Editor: Sri Wahyuni</p></div>")[-1] == "Editor: Sri Wahyuni"


def test_labels_and_captions_in_odd_places_are_left_out() -> None:
    odd = f"<div class='foto'>{CAPTION}</div><div class='iklan'><p>Iklan</p></div>"
    assert texts(f"<div>{PROSE * 6}{odd}{PROSE * 6}</div>") == texts(f"<div>{PROSE * 12}</div>")


def test_a_quote_that_the_text_has_too_is_told_once() -> None:
    said = "Harga beras akan turun setelah panen raya tiba bulan depan."
    inner = f"<div>{PROSE * 3}<blockquote>„{said}“</blockquote>%s{PROSE}</div>"
    assert texts(inner % "")[3] == f"„{said}“"
    assert texts(inner % f"<p>Ia berkata: {said}</p>")[3] == f"Ia berkata: {said}"


def test_a_page_is_plain_when_nothing_else_can_be_its_article() -> None:
    body = f"<div class='isi'>{PROSE * 8}</div>"
    assert reading(body).is_plain
    assert reading(f"{body}<ul><li>Menu</li></ul><p>Hak cipta</p>").is_plain


@pytest.mark.parametrize(
    "inner",
    [
        f"<div>{PROSE * 2}</div>",  # too short to tell
        f"<div class='isi'>{PROSE * 8}</div><div class='lain'>{PROSE * 2}</div>",  # prose elsewhere
        f"<div class='isi'>{PROSE * 6}<div>{CAPTION}</div></div>",  # prose in no paragraph
        f"<div><div class='a'>{PROSE * 4}</div><div class='b'>{PROSE * 4}</div></div>",  # two kinds
        f"<div class='isi'>{PROSE * 8}<div class='promo'>{PROSE * 2}</div></div>",  # much of it left out
        f"<div class='comments'><div class='isi'>{PROSE * 8}</div></div>",  # the readers' words
        f"<div>{PROSE * 3}{PROSE.replace('<p>', '<p class=promo>') * 6}</div>",  # named otherwise
        f"<div class='isi'>{PROSE * 8}<table><tr><td>5</td></tr></table></div>",  # a table
    ],
)
def test_a_page_with_something_else_in_it_is_not_plain(inner: str) -> None:
    assert not reading(inner).is_plain


def test_prose_named_like_furniture_leaves_a_page_plain_if_all_else_fits_better() -> None:
    beside = f"<div class='newsletter'>{PROSE * 2}</div>"
    assert reading(f"<div class='isi'>{PROSE * 8}</div>{beside}").is_plain
    assert not reading(f"<div class='isi'>{PROSE * 8}</div>{beside}{PROSE}").is_plain
    odd = PROSE.replace("<p>", "<div class='foto'><p>").replace("</p>", "</p></div>")
    assert not reading(f"<div class='isi'>{PROSE * 8}{odd}</div>{beside}").is_plain


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
    figure = f"<figure><img src='x'><figcaption>{CAPTION}</figcaption></figure>"
    assert CAPTION not in texts(f"<div>{PROSE}{figure}{PROSE}</div>")


def test_headings_and_items_keep_their_kind() -> None:
    inner = f"<div>{PROSE}<h2>Apa sebabnya</h2><ul><li>Hujan turun</li></ul>{PROSE}</div>"
    assert [block.kind for block in reading(inner).blocks] == ["paragraph", "heading", "item", "paragraph"]


def test_a_page_without_prose_gives_nothing() -> None:
    assert texts("<div><p>Menu</p></div>") == []
    assert reading("").blocks == []
