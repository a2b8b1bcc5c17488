"""One invented page per newsroom habit: what `read_metadata` makes of it."""

from datetime import UTC, datetime

import pytest
from lxml import etree, html

from warta.transforms.extract.metadata import read_metadata
from warta.transforms.extract.model import Hints, Metadata
from warta.transforms.extract.signals import read_signals

NO_HINTS = Hints()
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
URL = "https://www.kabarwarta.co.id/nasional/read/2026/11/20/1234567/banjir-demak-surut"
TITLE = "Banjir di Demak Surut, Warga Pulang"
HEAD = (
    f"<title>{TITLE} | Kabar Warta</title>"
    f'<meta property="og:title" content="{TITLE} - Kabar Warta">'
    '<meta property="og:site_name" content="Kabar Warta">'
)
PROSE = "<p>" + "Warga kembali ke rumah setelah air surut, kata petugas di lokasi kejadian. " * 4 + "</p>"
ELEVEN_FIFTEEN_WIB = datetime(2026, 11, 20, 4, 15, tzinfo=UTC)


def read(
    body: str, *, head: str = HEAD, url: str = URL, hints: Hints = NO_HINTS, lang: str = "id"
) -> Metadata:
    """Return the metadata of a page built of `head` and `body`."""
    tree = html.document_fromstring(
        f'<html lang="{lang}"><head>{head}</head><body><header><nav><a href="/">Beranda</a></nav></header>'
        f"{body}<footer>Hak cipta</footer></body></html>"
    )
    return read_metadata(read_signals(tree), url, hints=hints, now=NOW)


def article(*lines: str, tail: str = "") -> str:
    """Return an article with `lines` between headline and text, and `tail` behind the text."""
    return f"<article><h1>{TITLE}</h1>{''.join(lines)}{PROSE}{PROSE}{tail}</article>"


BYLINES = {
    "label_with_colon": ("<div>Oleh: Sri Wahyuni</div>",),
    "label_and_editor_at_the_end": ("", "<div>Penulis: Sri Wahyuni | Editor: Budi Hartono</div>"),
    "labels_with_bold_names": ("", "<p>Reporter: <b>Sri Wahyuni</b> | Editor: <b>Budi Hartono</b></p>"),
    "lines_of_one_paragraph": ("", "<p>Pewarta: Sri Wahyuni<br>Editor: Budi Hartono<br>Copyright 2026</p>"),
    "label_on_its_own_line": ("<p>Reporter</p><p>Sri Wahyuni</p><p>Editor</p><p>Budi Hartono</p>",),
    "slash_between_reporter_and_editor": ("<div>Rep: Sri Wahyuni/ Red: Budi Hartono</div>",),
    "with_date_behind": ("<div>Oleh Sri Wahyuni pada Jumat, 20 November 2026 11:15</div>",),
    "linked": ('<p>Oleh <a href="/author/sri">Sri Wahyuni</a> pada 20 Nov 2026, 11:15 WIB</p>',),
    "name_and_channel": ("<div><b>Sri Wahyuni</b> - kabarwartaHealth</div>",),
    "name_and_site": ("<div>Sri Wahyuni, <span>Kabar Warta</span></div>",),
    "name_and_job": ("<div>Sri Wahyuni, Jurnalis · Jumat 20 November 2026 11:15 WIB</div>",),
    "name_alone": ("<div>Sri Wahyuni</div>", ""),
    "class": ('<div class="reporter"><a href="/reporter/12">Sri Wahyuni</a></div>',),
    "capitals": ("<div>LAPORAN: SRI WAHYUNI</div>",),
    "signature_in_brackets": ("", "<p>(Sri Wahyuni)</p><p>Bagikan</p>"),
    "microdata": ('<span itemprop="author"><b itemprop="name">Sri Wahyuni</b></span>',),
    "rel_author": ('<a rel="author" href="/x">Sri Wahyuni</a>',),
    "english": ("<div>By Sri Wahyuni and Kabar Warta</div>",),
    "german": ("<p>Von Sri Wahyuni</p>",),
}


@pytest.mark.parametrize("lines", BYLINES.values(), ids=BYLINES.keys())
def test_a_byline_of_any_habit_names_its_author(lines: tuple[str, ...]) -> None:
    tail = lines[1] if len(lines) > 1 else ""
    assert read(article(lines[0], tail=tail)).authors == ("Sri Wahyuni",)


@pytest.mark.parametrize(
    "line",
    [
        "<p>Reporting by Sri Wahyuni; Editing by Budi Hartono</p>",
        "<p>(Reporting by Sri Wahyuni in Demak; Editing by <a href='/x'>Budi Hartono</a>)</p>",
        "<p>Disunting oleh Budi Hartono</p>",
    ],
)
def test_credits_without_a_colon_name_the_editor(line: str) -> None:
    assert read(article("<div>By Sri Wahyuni</div>", tail=line)).editors == ("Budi Hartono",)


def test_prose_about_editing_names_no_editor() -> None:
    line = "<p>The film, edited by Budi Hartono, opens. Editing by machines is cheaper now.</p>"
    assert read(article("<div>By Sri Wahyuni</div>", tail=line)).editors == ()


@pytest.mark.parametrize(
    "name", ["label_and_editor_at_the_end", "lines_of_one_paragraph", "slash_between_reporter_and_editor"]
)
def test_editors_are_kept_apart_from_authors(name: str) -> None:
    lines = BYLINES[name]
    found = read(article(lines[0], tail=lines[1] if len(lines) > 1 else ""))
    assert found.editors == ("Budi Hartono",)


@pytest.mark.parametrize(
    "line",
    [
        "<div>Tim Redaksi</div>",
        "<div>Jawa Tengah</div>",
        "<div>Oleh: Redaksi</div>",
        "<div>Tim | Kabar Warta</div>",
        '<div class="author">PT KABAR WARTA MEDIA</div>',
        "<figcaption>Foto: Dok. Polres</figcaption>",
    ],
)
def test_newsrooms_places_and_captions_are_no_people(line: str) -> None:
    assert read(article(line)).authors == ()


def test_an_owner_in_json_ld_gives_way_to_the_name_on_the_page() -> None:
    script = '{"@type":"NewsArticle","headline":"x","author":{"@type":"Person","name":"Kabar Warta"}}'
    found = read(
        article("<div>Oleh: Sri Wahyuni</div>"),
        head=f'{HEAD}<script type="application/ld+json">{script}</script>',
    )
    assert (found.authors, found.publisher) == (("Sri Wahyuni",), "Kabar Warta")


def test_an_author_field_that_holds_the_editor_gives_way_to_the_label() -> None:
    head = f'{HEAD}<meta name="author" content="Budi Hartono">'
    found = read(article(tail="<p>Pewarta: Sri Wahyuni</p><p>Editor: Budi Hartono</p>"), head=head)
    assert found.authors == ("Sri Wahyuni",)


def test_the_feeds_authors_are_the_last_resort() -> None:
    found = read(article(), hints=Hints(authors=("Sri Wahyuni",)))
    assert (found.authors, found.authors_source) == (("Sri Wahyuni",), "feed")


TITLES = {
    "h1": (HEAD, f"<h1>{TITLE}</h1>"),
    "no_h1": (HEAD, f"<div class='judul'>{TITLE}</div>"),
    "no_heading_at_all": (HEAD, "<p>Foto</p>"),
    "logo_as_h1": (HEAD, f"<h1><a href='/'>Kabar Warta</a></h1><h1>{TITLE}</h1>"),
    "h1_with_site": ("<title>x</title>" + HEAD, f"<h1>{TITLE} - Kabar Warta</h1>"),
    "site_in_front": (f"<title>Kabar Warta: {TITLE}</title>", ""),
    "host_behind": (f"<title>{TITLE} - KabarWarta.co.id</title>", ""),
    "unknown_site_behind_bar": (f"<title>{TITLE} | Suara Kita Semua</title>", ""),
    "kicker_in_h1": (HEAD, f"<h1><span class='kicker'>Jawa Tengah</span> {TITLE}</h1>"),
    "break_in_h1": (HEAD, "<h1>Banjir di Demak Surut,<br>Warga Pulang</h1>"),
    "script_in_h1": (HEAD, f"<h1><script>track()</script>{TITLE}</h1>"),
}


@pytest.mark.parametrize(("head", "body"), TITLES.values(), ids=TITLES.keys())
def test_the_headline_comes_without_the_sites_name(head: str, body: str) -> None:
    assert read(body + PROSE, head=head).title == TITLE


def test_a_headline_with_a_dash_of_its_own_stays_whole() -> None:
    title = "Demak - Kudus Kembali Dibuka"
    found = read(f"<h1>{title}</h1>{PROSE}", head=f"<title>{title} - Kabar Warta</title>")
    assert found.title == title


def test_guillemets_at_the_end_are_part_of_the_headline() -> None:
    title = "Gubernur: «Air sudah surut»"
    assert read(f"<h1>{title}</h1>{PROSE}", head=f"<title>{title} | Kabar Warta</title>").title == title


def test_the_feeds_title_stands_in_when_the_page_has_none() -> None:
    found = read(PROSE, head="", hints=Hints(title=TITLE))
    assert (found.title, found.title_source) == (TITLE, "feed")


def test_fields_of_json_ld_are_read() -> None:
    script = """{"@context":"https://schema.org","@graph":[
      {"@type":"WebSite","@id":"#site","name":"Kabar Warta"},
      {"@type":"Person","@id":"#sri","name":"Sri Wahyuni"},
      {"@type":"NewsArticle","headline":"Banjir di Demak Surut, Warga Pulang","author":{"@id":"#sri"},
       "datePublished":"2026-11-20T11:15:00+07:00","dateModified":"2026-11-20T12:00:00+07:00",
       "articleSection":["Nasional"],"keywords":"banjir, Demak","isAccessibleForFree":"False",
       "image":{"@type":"ImageObject","url":"/foto/1.jpg","caption":"Warga di Demak"},"inLanguage":"id-ID",
       "publisher":{"@type":"Organization","name":"PT Kabar Warta"},"articleBody":"Warga pulang."}]}"""
    found = read(article(), head=f'{HEAD}<script type="application/ld+json">{script}</script>')
    assert found.authors == ("Sri Wahyuni",)
    assert (found.published, found.published_zone, found.published_source) == (
        ELEVEN_FIFTEEN_WIB,
        "+07:00",
        "json_ld",
    )
    assert found.modified == datetime(2026, 11, 20, 5, tzinfo=UTC)
    assert (found.section, found.tags, found.paywalled) == ("Nasional", ("banjir", "Demak"), True)
    assert (found.image_url, found.caption) == ("https://www.kabarwarta.co.id/foto/1.jpg", "Warga di Demak")
    assert (found.publisher, found.json_ld_body, found.json_ld_type) == (
        "PT Kabar Warta",
        "Warga pulang.",
        "NewsArticle",
    )


def test_a_page_that_says_nothing_gives_empty_metadata_and_an_open_paywall_question() -> None:
    found = read("", head="", url="")
    assert found == Metadata(language_declared="id")


@pytest.mark.parametrize(
    ("canonical", "expected"),
    [
        (
            "https://www.kabarwarta.co.id/nasional/read/1234567",
            "https://www.kabarwarta.co.id/nasional/read/1234567",
        ),
        ("/nasional/read/1234567", "https://www.kabarwarta.co.id/nasional/read/1234567"),
        ("https://lain.example/read/1234567", ""),
        ("https://www.kabarwarta.co.id/", ""),
        ("javascript:void(0)", ""),
    ],
)
def test_a_canonical_address_counts_when_it_stays_on_the_site(canonical: str, expected: str) -> None:
    assert read("", head=f'<link rel="canonical" href="{canonical}">').canonical_url == expected


def test_reading_does_not_change_the_page() -> None:
    tree = html.document_fromstring(
        f"<html><head>{HEAD}</head><body>{article('<p>Oleh: Sri</p>')}</body></html>"
    )
    page = read_signals(tree)
    before = etree.tostring(tree)
    read_metadata(page, URL, hints=Hints(), now=NOW)
    assert etree.tostring(tree) == before
