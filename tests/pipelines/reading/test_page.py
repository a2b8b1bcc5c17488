"""Pages and texts read whole: every piece of furniture at once, fields, and hostile input."""

from datetime import UTC, datetime

import pytest

from warta.pipelines.reading.page import Reading, read_html, read_text
from warta.schemas.outcome import Reason
from warta.transforms.extract.errors import ExtractError
from warta.transforms.extract.model import Hints

NOW = datetime(2026, 11, 21, tzinfo=UTC)
URL = "https://www.koran.example/ekonomi/2026/11/21/12345/harga-beras-naik"
PARAGRAPHS = (
    "Harga beras di pasar induk naik lagi pekan ini, kata seorang pedagang yang lama berjualan di sana.",
    "Pemerintah menyiapkan operasi pasar di sepuluh kota sampai akhir bulan, dan menambah stok dari gudang.",
    "Petani berharap harga gabah ikut naik, sebab biaya pupuk sudah lebih dahulu melonjak sejak musim lalu.",
    "“Kami hanya ingin menutup biaya tanam,” kata ketua kelompok tani dalam pertemuan di balai desa itu.",
)
NAVIGATION = "".join(f'<li><a href="/{word}">{word}</a></li>' for word in ("Beranda", "Ekonomi", "Olahraga"))
RELATED = "".join(f'<li><a href="/{n}">Judul berita terkait nomor {n}</a></li>' for n in range(5))
PAGE = f"""<!doctype html><html lang="id"><head><title>Harga Beras Naik - Koran Contoh</title>
<meta property="og:title" content="Harga Beras Naik"><meta property="og:site_name" content="Koran Contoh">
<script>var x = "tidak tampak";</script></head><body>
<nav><ul>{NAVIGATION}</ul></nav>
<article><h1>Harga Beras Naik</h1><div>Sari Dewi - 21 November 2026, 14:05 WIB</div>
<p>JAKARTA, KORAN.EXAMPLE.COM - {PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p>
<p><strong>Baca juga: <a href="/1">Harga cabai ikut naik dua kali lipat pekan ini</a></strong></p>
<p>ADVERTISEMENT</p><p>{PARAGRAPHS[2]}</p><p>{PARAGRAPHS[3]} (abc/def)</p>
<p>Penulis : Sari Dewi Editor : Budi Santoso</p>
<div><h3>Berita Terkait</h3><ul>{RELATED}</ul></div>
</article><form>Tulis komentar Anda di sini</form></body></html>"""


def read(page: str | bytes = PAGE, **given: object) -> Reading:
    return read_html(page, URL, now=NOW, **given)  # type: ignore[arg-type]


def test_only_the_paragraphs_of_the_article_stay() -> None:
    assert read().paragraphs == PARAGRAPHS


def test_what_was_cut_is_named_with_its_rule() -> None:
    rules = {cut.rule.partition(":")[0] for cut in read().removed}
    assert {"links", "inline_link", "byline", "ad", "dateline", "form"} <= rules


def test_fields_come_out_of_markup_and_text() -> None:
    reading = read()
    assert reading.metadata.title == "Harga Beras Naik"
    assert reading.metadata.authors == ("Sari Dewi",)
    assert reading.metadata.editors == ("Budi Santoso",)
    assert reading.dateline == "JAKARTA"


def test_bytes_and_text_read_the_same() -> None:
    assert read(PAGE.encode()).paragraphs == read().paragraphs


def test_reading_twice_gives_the_same() -> None:
    assert read() == read()


def test_a_page_of_scripts_has_no_paragraphs() -> None:
    assert read("<html><body><script>var a = 'kata ' + b;</script></body></html>").paragraphs == ()


def test_a_page_that_cannot_be_read_ends_in_a_reason() -> None:
    with pytest.raises(ExtractError) as refusal:
        read(b"<div>" * 100_000)
    assert refusal.value.reason is Reason.PAGE_TOO_DEEP


def test_wide_pages_are_read_in_bounded_time() -> None:
    wide = "<html><body>" + "<div><h3><a href=/x>judul berita</a></h3><p>ringkas</p></div>" * 4_000
    assert read(wide).candidate


def test_the_plain_text_of_the_page_reads_like_the_page() -> None:
    text = "\n".join(
        [
            "Harga Beras Naik Lagi",
            "Ekonomi | 21 November 2026, 14:05 WIB",
            f"JAKARTA, KORAN.COM - {PARAGRAPHS[0]}",
            PARAGRAPHS[1],
            "Baca juga: Harga cabai ikut naik dua kali lipat pekan ini",
            *PARAGRAPHS[2:],
            "Penulis : Sari Dewi Editor : Budi Santoso",
            "Berita Terkait",
            "-",
            "Judul berita terkait nomor satu",
        ]
    )
    reading = read_text(text)
    assert reading.paragraphs == PARAGRAPHS
    said = reading.metadata
    assert (said.title, said.section, said.publisher) == ("Harga Beras Naik Lagi", "Ekonomi", "KORAN.COM")
    assert (said.authors, said.editors) == (("Sari Dewi",), ("Budi Santoso",))
    assert said.published == datetime(2026, 11, 21, 7, 5, tzinfo=UTC)


def test_hints_fill_what_a_text_does_not_say() -> None:
    hints = Hints(title="Harga beras naik", published=NOW, section="Ekonomi", authors=("Sari Dewi",))
    said = read_text("\n\n".join(PARAGRAPHS), hints=hints).metadata
    assert (said.title, said.title_source) == ("Harga beras naik", "feed")
    assert (said.published, said.section, said.authors) == (NOW, "Ekonomi", ("Sari Dewi",))


def test_an_empty_text_has_no_paragraphs() -> None:
    assert read_text(" \n ").paragraphs == ()
