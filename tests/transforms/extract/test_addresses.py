"""Sections, tags, pictures and further pages."""

import pytest
from lxml import html

from warta.transforms.extract.addresses import read_image, read_next_page
from warta.transforms.extract.jsonld import LinkedArticle
from warta.transforms.extract.section import read_section
from warta.transforms.extract.signals import Signals, read_signals
from warta.transforms.extract.tags import read_tags

URL = "https://www.contoh.test/berita/banjir-di-demak-mulai-surut"


def page(body: str, head: str = "") -> Signals:
    """Return what is seen of a page."""
    return read_signals(html.document_fromstring(f"<html><head>{head}</head><body>{body}</body></html>"))


NEXT = {
    "show_all": ('<a href="?page=1">1</a><a href="?page=2">2</a><a href="?page=all">Semua</a>', "?page=all"),
    "number": ('<b>1</b> <a href="?page=2">2</a> <a href="?page=3">3</a>', "?page=2"),
    "path": ('<b>1</b> <a href="/berita/banjir-di-demak-mulai-surut/2">2</a>', "/2"),
    "class": ('<a class="paging__next" href="?page=2">Selanjutnya</a>', "?page=2"),
    "nothing": ("<p>Tamat.</p>", None),
    "another_article": ('<a href="/berita/gempa-di-ambon-tadi-malam/2">2</a>', None),
    "another_site": ('<a href="https://lain.example/berita/banjir-di-demak-mulai-surut?page=2">2</a>', None),
    "only_a_later_part": ('<a href="?page=3">3</a>', None),
    "teaser_with_number": ('<a href="?page=2">Dua orang hilang</a>', None),
    "script": ('<a href="javascript:next(2)">2</a>', None),
}


@pytest.mark.parametrize(("body", "expected"), NEXT.values(), ids=NEXT.keys())
def test_the_next_part_is_of_the_same_article(body: str, expected: str | None) -> None:
    assert read_next_page(page(body), URL) == (URL + expected if expected else "")


@pytest.mark.parametrize("slug", ["banjir-surut", "banjir", "1234567"])
def test_rel_next_is_evidence_enough_for_a_short_slug(slug: str) -> None:
    url = f"https://www.contoh.test/berita/{slug}"
    assert read_next_page(page("", f'<link rel="next" href="{url}/2">'), url) == f"{url}/2"
    assert read_next_page(page("", f'<link rel="next" href="{url}/3">'), f"{url}/2") == f"{url}/3"
    assert read_next_page(page("", '<link rel="next" href="/berita/gempa/2">'), url) == ""


def test_rel_next_in_the_head_counts() -> None:
    assert read_next_page(page("", f'<link rel="next" href="{URL}?page=2">'), URL) == f"{URL}?page=2"


def test_rel_next_to_another_article_does_not_count() -> None:
    assert read_next_page(page("", '<link rel="next" href="/berita/gempa-di-ambon">'), URL) == ""


def test_a_page_that_shows_all_has_no_next_part() -> None:
    assert read_next_page(page('<a href="?page=2">2</a>'), f"{URL}?page=all") == ""


def test_the_second_part_leads_to_the_third() -> None:
    body = '<a href="?page=1">1</a><a href="?page=3">3</a>'
    assert read_next_page(page(body), f"{URL}?page=2") == f"{URL}?page=3"


def test_without_an_address_there_is_no_next_part() -> None:
    assert read_next_page(page('<a href="?page=2">2</a>'), "") == ""


SECTIONS = {
    "meta": ("", '<meta property="article:section" content="Ekonomi">', LinkedArticle(), "Ekonomi", "meta"),
    "json_ld": ("", "", LinkedArticle(sections=("Ekonomi", "Pasar")), "Ekonomi", "json_ld"),
    "linked_crumbs": ("", "", LinkedArticle(crumbs=("Beranda", "Ekonomi", "Pasar")), "Ekonomi", "breadcrumb"),
    "visible_crumbs": (
        '<ul class="breadcrumb"><li><a>Home</a></li><li><a>Ekonomi</a></li></ul>',
        "",
        LinkedArticle(),
        "Ekonomi",
        "breadcrumb",
    ),
    "crumbs_in_text": (
        '<div id="crumbs">Home › Ekonomi › Pasar</div>',
        "",
        LinkedArticle(),
        "Ekonomi",
        "breadcrumb",
    ),
    "house_name": (
        "",
        '<meta name="section" content="Contoh">',
        LinkedArticle(crumbs=("Ekonomi",)),
        "Ekonomi",
        "breadcrumb",
    ),
}


@pytest.mark.parametrize(
    ("body", "head", "linked", "section", "source"), SECTIONS.values(), ids=SECTIONS.keys()
)
def test_the_section_is_found(body: str, head: str, linked: LinkedArticle, section: str, source: str) -> None:
    found = read_section(
        page(body, head), linked, "Judul", "https://contoh.test/1", hinted="", houses=["Contoh"]
    )
    assert found == (section, source)


@pytest.mark.parametrize(
    ("url", "section", "source"),
    [
        ("https://www.contoh.test/ekonomi/2026/banjir", "Ekonomi", "url"),
        ("https://www.contoh.test/read/gaya-hidup/123/banjir", "Gaya Hidup", "url"),
        ("https://otomotif.contoh.test/berita/123/banjir", "Otomotif", "host"),
        ("https://contoh.co.id/123", "Umum", "feed"),
        ("https://www.contoh.test/banjir", "Umum", "feed"),
    ],
)
def test_address_and_feed_name_the_section_of_a_page_that_does_not(
    url: str, section: str, source: str
) -> None:
    assert read_section(page(""), LinkedArticle(), "Judul", url, hinted="Umum", houses=[]) == (
        section,
        source,
    )


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ('<meta property="article:tag" content="banjir"><meta property="article:tag" content="Demak">', ""),
        ('<meta name="keywords" content="banjir, Demak, Banjir">', ""),
        ("", '<a rel="tag" href="/t/1">#banjir</a><a rel="tag" href="/t/2">Demak</a>'),
        (
            "",
            '<a rel="category tag" href="/c">Daerah</a><a rel="tag">banjir</a><a rel="tag">Demak</a>',
        ),
        (
            "",
            '<div class="tags">Tag <a href="/tag/banjir"># banjir</a> <a href="/tag/demak"># Demak</a></div>',
        ),
        (
            "",
            '<ul class="topics"><li><a href="/topik/b">banjir</a><li><a href="/topik/demak">Demak</a></ul>',
        ),
        (
            "",
            "<p>Air di Demak surut sejak pagi setelah hujan berhenti pada Kamis malam di hulu.</p>"
            '<div class="t"><b><a href="/topik/b">banjir</a></b><b><a href="/topik/d">Demak</a></b></div>',
        ),
    ],
    ids=[
        "tags",
        "keywords",
        "links",
        "not_the_category",
        "labelled_list",
        "named_list",
        "list_the_text_speaks_of",
    ],
)
def test_tags_are_read_once_each(head: str, body: str) -> None:
    assert read_tags(page(body, head), LinkedArticle()) == ("banjir", "Demak")


@pytest.mark.parametrize(
    "body",
    [
        '<div><a href="/topik/pemilu">Pemilu</a> <a href="/topik/piala-dunia">Piala Dunia</a></div>',
        '<nav class="tags"><a href="/tag/banjir">Banjir</a></nav>',
        '<div class="trending tags"><a href="/tag/banjir">Banjir</a></div>',
        '<p class="tags">Air di <a href="/tag/demak">Demak</a> surut sejak pagi, kata petugas di sana.</p>',
    ],
    ids=["topics_of_the_week", "menu", "trending", "sentence"],
)
def test_links_to_topics_that_are_not_the_articles_are_no_tags(body: str) -> None:
    prose = "<p>Air di Demak surut sejak pagi setelah hujan berhenti pada Kamis malam di hulu.</p>"
    assert read_tags(page(prose + body), LinkedArticle()) == ()


def test_a_section_from_the_address_is_spelt_as_the_menu_spells_it() -> None:
    menu = '<a href="/umkm">UMKM</a><a href="/gaya-hidup/">Gaya hidup</a>'
    for part, section in (("umkm", "UMKM"), ("gaya-hidup", "Gaya hidup"), ("bola", "Bola")):
        url = f"https://www.contoh.test/{part}/2026/banjir"
        assert read_section(page(menu), LinkedArticle(), "Judul", url, hinted="", houses=[])[0] == section


def test_a_menu_in_capitals_spells_nothing() -> None:
    menu = '<a href="/bola">BOLA</a><a href="/ekonomi">EKONOMI</a>'
    url = "https://www.contoh.test/bola/2026/banjir"
    assert read_section(page(menu), LinkedArticle(), "Judul", url, hinted="", houses=[])[0] == "Bola"


@pytest.mark.parametrize(
    ("head", "stated", "expected"),
    [
        ('<meta property="og:image" content="/a.jpg">', "/b.jpg", "https://www.contoh.test/a.jpg"),
        ("", "/b.jpg", "https://www.contoh.test/b.jpg"),
        ('<meta name="twitter:image" content="//cdn.test/c.jpg">', "", "https://cdn.test/c.jpg"),
        ('<meta property="og:image" content="data:image/png;base64,AAAA">', "", ""),
    ],
)
def test_the_lead_picture_has_an_absolute_address(head: str, stated: str, expected: str) -> None:
    assert read_image(page("", head), stated, URL) == expected
