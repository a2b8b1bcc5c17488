"""What is cut from a tree by shape and by heading, and what is not."""

import pytest
from lxml import html

from warta.schemas.article import Removed
from warta.transforms.clean.lexicon import load_lexicon
from warta.transforms.clean.structure import prune
from warta.transforms.outline import Outline

PROSE = (
    "<p>Harga beras di pasar induk naik lagi pekan ini, kata seorang pedagang yang sudah lama berjualan.</p>"
)
ARTICLE = f"<article><h1>Harga beras naik</h1>{PROSE * 5}</article>"


def link(number: int) -> str:
    return f'<a href="/berita/{number}">Judul berita lain nomor {number} yang cukup panjang</a>'


def pruned(inner: str, *, url: str = "https://koran.example/1") -> tuple[str, list[Removed]]:
    tree = html.document_fromstring(f"<html><body>{inner}</body></html>")
    removed = prune(Outline(tree), load_lexicon(), url=url, title="Harga beras naik")
    return " ".join(" ".join(tree.itertext()).split()), removed


def rules(removed: list[Removed]) -> set[str]:
    return {cut.rule for cut in removed}


def test_a_page_without_furniture_stays_as_it_is() -> None:
    text, removed = pruned(ARTICLE)
    assert removed == []
    assert text.count("Harga beras di pasar induk") == 5


def test_a_list_of_links_goes_even_when_dates_stand_between_them() -> None:
    items = "".join(f"<li><span>Selasa, 23 Februari 2016</span>{link(n)}</li>" for n in range(5))
    text, removed = pruned(f"{ARTICLE}<ul>{items}</ul>")
    assert "Judul berita lain" not in text
    assert rules(removed) == {"links:list"}
    assert "over 5 links" in removed[0].evidence


def test_a_grid_of_teasers_with_summaries_goes() -> None:
    summary = "<p>Ringkasan singkat berita itu, dua baris panjangnya, tanpa tautan.</p>"
    card = '<div class="kartu"><h3>{link}</h3>' + summary + '<img src="x.jpg"></div>'
    cards = "".join(card.format(link=link(n)) for n in range(4))
    text, removed = pruned(f"{ARTICLE}<div class='grid'>{cards}</div>")
    assert "Ringkasan singkat" not in text
    assert "cards:grid" in rules(removed)


def test_a_boilerplate_heading_takes_what_follows_to_the_end_of_its_container() -> None:
    box = f"<div><div class='judul'><h3>Berita Terkait</h3></div><p>{link(1)}</p><p>{link(2)}</p></div>"
    text, removed = pruned(ARTICLE + box)
    assert "Terkait" not in text
    assert "Judul berita lain" not in text
    assert "heading:terkait" in rules(removed)


def test_a_boilerplate_heading_in_the_middle_stops_at_the_next_prose() -> None:
    inner = f"<article><h1>Judul</h1>{PROSE * 2}<h4>Baca Juga</h4><p>{link(1)}</p>{PROSE * 3}</article>"
    text, _ = pruned(inner)
    assert text.count("Harga beras di pasar induk") == 5
    assert "Judul berita lain" not in text


def test_a_step_of_a_list_heads_nothing() -> None:
    steps = [
        "Buka laman resmi",
        "Daftar",
        "Masukkan nama",
        'Klik <a href="https://cek.example/">Cari Data</a>',
    ]
    text, removed = pruned(f"{ARTICLE}<ol>{''.join(f'<li>{step}</li>' for step in steps)}</ol>{PROSE}")
    assert removed == []
    assert "Masukkan nama Klik Cari Data" in text


def test_a_heading_that_is_the_title_stays() -> None:
    tree = html.document_fromstring(f"<html><body><h1>Terpopuler</h1>{PROSE * 3}</body></html>")
    prune(Outline(tree), load_lexicon(), title="Terpopuler")
    assert tree.findtext(".//h1") == "Terpopuler"


@pytest.mark.parametrize(
    "pointer",
    [
        f"<p><strong>Baca juga: {link(1)}</strong></p>",
        f"<p>Vea también: {link(1)}</p>",
        f"<p>Unbekanntes Etikett: {link(1)}</p>",
        f"<p>{link(1)}</p>",
    ],
    ids=["known label", "another language", "unknown label", "no label"],
)
def test_a_paragraph_that_only_points_elsewhere_goes(pointer: str) -> None:
    text, _ = pruned(f"<article><h1>Judul</h1>{PROSE * 2}{pointer}{PROSE * 2}</article>")
    assert "Judul berita lain" not in text
    assert text.count("Harga beras di pasar induk") == 4


def test_a_sentence_with_a_link_in_it_stays() -> None:
    inner = '<p>Menteri menyebut <a href="/x">harga beras naik dua kali</a> dalam sepekan terakhir ini.</p>'
    text, removed = pruned(f"<article><h1>Judul</h1>{PROSE}{inner}{PROSE}</article>")
    assert "Menteri menyebut" in text
    assert removed == []


def test_a_link_to_another_site_on_its_own_line_stays() -> None:
    shop = '<p><a href="https://toko.example/barang">Beli di toko ini seharga 39 ribu rupiah</a></p>'
    text, _ = pruned(f"<article><h1>Judul</h1>{PROSE * 2}{shop}{PROSE}</article>")
    assert "Beli di toko ini" in text


def test_readers_comments_without_a_heading_go_by_their_reply_links() -> None:
    words = "Menurut saya harga beras memang selalu naik tiap tahun, jadi tidak perlu heran lagi."
    comment = f'<div class="k"><b>Budi</b><p>{words}</p><a href="#">Balas</a></div>'
    text, removed = pruned(f"{ARTICLE}<div>{comment * 4}</div>")
    assert "Menurut saya" not in text
    assert "comment:replies" in rules(removed)


def test_a_form_around_the_whole_page_is_not_cut() -> None:
    text, _ = pruned(f"<form>{ARTICLE}</form>")
    assert text.count("Harga beras di pasar induk") == 5


def test_a_login_form_beside_the_article_is() -> None:
    text, removed = pruned(f"{ARTICLE}<form>Masuk dengan surel Anda di sini</form>")
    assert "Masuk dengan surel" not in text
    assert rules(removed) == {"form:controls"}


def test_the_page_for_readers_without_scripts_is_kept() -> None:
    text, _ = pruned(f"<h1>Judul</h1><noscript><div>{PROSE * 6}</div></noscript>")
    assert text.count("Harga beras di pasar induk") == 6


def test_an_empty_body_is_no_error() -> None:
    assert pruned("")[1] == []


@pytest.mark.parametrize(
    "box",
    [
        'class="glossary modal"',
        'id="popup"',
        'role="dialog"',
        'class="x Modal"',
        'class="a" id="pop-up"',
        'class="LIGHTBOX"',
        'id="Glosarium"',
        'role="alertdialog"',
    ],
)
def test_a_box_that_opens_on_demand_goes(box: str) -> None:
    text, removed = pruned(
        f"{ARTICLE}<div {box}><p>Apa itu inflasi? Inflasi adalah kenaikan harga.</p></div>"
    )
    assert "inflasi" not in text
    assert rules(removed) == {"hidden:box"}


@pytest.mark.parametrize("box", ['class="modal"', 'class="modal-open"', 'class="has-popup"'])
def test_a_box_that_holds_the_article_stays(box: str) -> None:
    text, removed = pruned(f"<div {box}>{ARTICLE}</div>")
    assert (text.count("Harga beras di pasar induk"), removed) == (5, [])


def test_a_heading_over_headlines_without_links_is_left_to_the_text_rules() -> None:
    """Cutting the heading alone would leave the headlines below it without what gives them away."""
    headline = "<p>Harga Beras Turun di Tiga Pasar Besar Menjelang Musim Panen Raya Tahun Depan di Jawa</p>"
    text, _ = pruned(f"<article>{PROSE * 5}<p>Terpopuler</p><p>-</p>{headline}</article>")
    assert "Terpopuler" in text
