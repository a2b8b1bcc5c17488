"""Cleaning lines: what goes, what becomes a field, and the laws of cleaning."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warta.transforms.clean.boilerplate import Cleaned, strip_boilerplate
from warta.transforms.clean.lexicon import load_lexicon

LEXICON = load_lexicon()
PROSE = (
    "Harga beras di pasar induk naik lagi pekan ini, kata seorang pedagang yang lama berjualan di sana.",
    "Pemerintah menyiapkan operasi pasar di sepuluh kota sampai akhir bulan, dan menambah stok dari gudang.",
    "Petani berharap harga gabah ikut naik, sebab biaya pupuk sudah lebih dahulu melonjak sejak musim lalu.",
)
FURNITURE = (
    "Baca juga: Harga cabai naik dua kali lipat",
    "ADVERTISEMENT",
    "Penulis : Sari Dewi Editor : Budi Santoso",
    "Editor: Budi Santoso",
    "Bagikan",
    "(abc/def)",
    "Terpopuler",
    "COPYRIGHT © KORAN 2026",
    "21 November 2026, 14:05 WIB",
    "> >",
    "- ",
)


def clean(*lines: str, kind: str = "paragraph", title: str = "", authors: tuple[str, ...] = ()) -> Cleaned:
    return strip_boilerplate([(line, kind) for line in lines], LEXICON, title=title, authors=authors)


def texts(cleaned: Cleaned) -> list[str]:
    return [text for text, _ in cleaned.lines]


@pytest.mark.parametrize("line", FURNITURE)
def test_a_line_of_furniture_goes_and_prose_stays(line: str) -> None:
    assert texts(clean(PROSE[0], line, PROSE[1])) == [PROSE[0], PROSE[1]]


def test_every_cut_names_its_rule_and_keeps_its_text() -> None:
    cleaned = clean(PROSE[0], "Baca juga: Harga cabai naik", PROSE[1])
    assert [(cut.text, cut.rule) for cut in cleaned.removed] == [
        ("Baca juga: Harga cabai naik", "inline_link:baca_juga")
    ]


def test_bylines_become_fields() -> None:
    cleaned = clean(*PROSE, "Penulis : Sari Dewi Editor : Budi Santoso")
    assert (cleaned.authors, cleaned.editors) == (("Sari Dewi",), ("Budi Santoso",))


def test_a_byline_found_in_the_text_takes_the_bare_name_with_it() -> None:
    assert texts(clean("Sari Dewi", "By Sari Dewi", *PROSE)) == list(PROSE)


@pytest.mark.parametrize(
    ("told", "later"),
    [
        ("Pengguna baru belum bisa mengunduh aplikasi itu lewat toko resmi, kata juru bicaranya.", 0),
        ("Siaran di saluran WhatsApp kini dapat dijadwalkan, menurut pengumuman perusahaan itu.", 7),
        ('"Maaf, pelanggan tidak bisa unduh aplikasi kami sejak pagi," kata juru bicara perusahaan itu.', 0),
    ],
    ids=["inside a word", "far from the end", "quoted"],
)
def test_a_sentence_that_holds_a_tails_phrase_by_chance_stays(told: str, later: int) -> None:
    rest = [f"{PROSE[1]} Bagian {number} dari laporan itu." for number in range(later)]
    assert texts(clean(PROSE[0], told, *rest)) == [PROSE[0], told, *rest]


@pytest.mark.parametrize(
    "told",
    [
        "Live streaming pertandingan itu dapat disaksikan di televisi nasional mulai pukul 19.00 WIB.",
        "Konten ini telah ditonton lebih dari tiga juta kali sejak diunggah pada Minggu malam.",
        "Dapatkan informasi yang benar dari sumber resmi, kata dokter itu mengingatkan para orang tua.",
        "Unduh aplikasi resmi, lalu daftar dengan nomor induk kependudukan, kata petugas itu.",
        "Masuk untuk pertama kali ke semifinal, tim putri Indonesia menang dua gim langsung.",
        "Simak video klarifikasi itu, polisi menyimpulkan tidak ada unsur pidana dalam peristiwa tersebut.",
        "Your support means everything to us, the coach told the fans after the match on Sunday.",
        "Contact the police immediately if a stranger asks for your code, the ministry warned.",
    ],
)
def test_a_sentence_that_begins_like_furniture_stays_where_the_article_goes_on(told: str) -> None:
    assert texts(clean(told, *PROSE)) == [told, *PROSE]
    assert texts(
        clean(*PROSE, "Unduh aplikasi kami untuk membaca berita pilihan setiap hari dengan mudah.")
    ) == [*PROSE]


def test_a_pointer_with_a_colon_goes_however_long_and_wherever_it_stands() -> None:
    pointer = f"Baca juga: {PROSE[0][:-1]}, Apa yang Harus Disiapkan Warga dan Pedagang Menjelang Lebaran?"
    assert texts(clean(PROSE[0], pointer, *PROSE[1:], PROSE[0] + " Lagi.")) == [*PROSE, PROSE[0] + " Lagi."]


def test_steps_that_hold_the_words_of_furniture_stay() -> None:
    steps = [
        "Buka laman resmi kementerian",
        "Unduh aplikasi Cek Bansos di Play Store",
        "Daftar",
        "Masukkan email dan kata sandi",
        "Tekan tombol hijau di bawah formulir",
    ]
    lines = [(PROSE[0], "paragraph"), *((step, "item") for step in steps), (PROSE[1], "paragraph")]
    assert strip_boilerplate(lines, load_lexicon()).lines == tuple(lines)


def test_a_list_that_is_mostly_furniture_goes() -> None:
    items = ["Ikuti kami di Google News", "Unduh aplikasi kami", "Bagikan", "Redaksi Kabar"]
    lines = [(PROSE[0], "paragraph"), *((item, "item") for item in items)]
    assert texts(strip_boilerplate(lines, load_lexicon())) == [PROSE[0], "Redaksi Kabar"]


def test_a_line_that_introduces_a_table_ends_what_a_heading_covers() -> None:
    lines = [
        PROSE[0],
        "Baca Juga",
        "Jadwal Lengkap Liga Pekan Ini",
        "Jadwal imsakiyah hari ini:",
        "Subuh 04.42",
    ]
    assert texts(clean(*lines, PROSE[1])) == [PROSE[0], *lines[3:], PROSE[1]]


def test_a_paragraph_with_a_credit_glued_to_its_end_is_no_caption() -> None:
    glued = " ".join(PROSE) + " Foto: Sari Dewi"
    assert texts(clean(PROSE[0], glued)) == [PROSE[0], glued]


def test_a_caption_becomes_a_field() -> None:
    caption = "Pedagang beras melayani pembeli di pasar induk. (Foto: Budi Santoso/Koran)"
    cleaned = clean(caption, *PROSE)
    assert cleaned.caption == caption
    assert texts(cleaned) == list(PROSE)


def test_a_dateline_becomes_a_field() -> None:
    cleaned = clean(f"JAKARTA, KORAN.COM – {PROSE[0]}", PROSE[1])
    assert (cleaned.dateline, cleaned.publisher) == ("JAKARTA", "KORAN.COM")
    assert texts(cleaned)[0] == PROSE[0]


def test_initials_at_the_end_go() -> None:
    assert texts(clean(PROSE[0], f"{PROSE[1]} (fyk/ash)")) == [PROSE[0], PROSE[1]]


def test_an_abbreviation_at_the_end_of_a_sentence_stays() -> None:
    line = "Parlemen mempertimbangkan untuk keluar dari Perjanjian Non-Proliferasi Senjata Nuklir (NPT)"
    assert texts(clean(PROSE[0], line))[-1] == line


def test_the_title_above_the_text_goes() -> None:
    assert texts(clean("Harga Beras Naik", *PROSE, title="Harga beras naik")) == list(PROSE)


def test_what_stands_under_a_boilerplate_heading_goes_to_the_end() -> None:
    cleaned = clean(*PROSE, "Berita Terkait", "Harga cabai naik dua kali", "Penuh risiko? Ini kata petani")
    assert texts(cleaned) == list(PROSE)


def test_prose_after_a_boilerplate_heading_stays() -> None:
    assert texts(clean(PROSE[0], "Baca Juga", "Harga cabai naik dua kali", PROSE[1])) == list(PROSE[:2])


def test_a_biography_at_the_end_goes() -> None:
    bio = "Sari Dewi menulis tentang pangan dan pertanian sejak 2009."
    assert texts(clean(*PROSE, bio, authors=("Sari Dewi",))) == list(PROSE)


def test_an_author_who_is_quoted_in_the_text_stays() -> None:
    quote = "Sari Dewi sendiri melihat antrean pembeli sejak pukul lima pagi di depan pasar."
    assert quote in texts(clean(quote, *PROSE, PROSE[0] + " Lagi.", authors=("Sari Dewi",)))


def test_a_caption_shown_twice_in_a_row_stands_once() -> None:
    assert texts(clean(PROSE[0], PROSE[0], PROSE[1])) == list(PROSE[:2])


def test_a_question_repeated_in_an_interview_stays() -> None:
    question = "Apa yang mendorong Anda menjadi petani padi di desa ini?"
    lines = [question, *PROSE, PROSE[0] + " Ya.", question, PROSE[1] + " Ya."]
    assert texts(clean(*lines)).count(question) == 2


def test_a_single_heading_at_the_end_goes() -> None:
    lines = [(PROSE[0], "paragraph"), ("Video", "heading")]
    assert strip_boilerplate(lines, LEXICON).lines == ((PROSE[0], "paragraph"),)


line_strategy = st.one_of(
    st.sampled_from(PROSE + FURNITURE),
    st.text(alphabet=st.sampled_from("abc ABC.,:()-–|/\"'0159é\u200b"), max_size=60),
)
lines_strategy = st.lists(
    st.tuples(line_strategy, st.sampled_from(["paragraph", "heading", "item"])), max_size=12
)


@settings(max_examples=200, deadline=None)
@given(lines=lines_strategy, title=st.sampled_from(["", PROSE[0], "Bagikan"]))
def test_cleaning_twice_equals_cleaning_once(lines: list[tuple[str, str]], title: str) -> None:
    once = strip_boilerplate(lines, LEXICON, title=title, authors=("Sari Dewi",)).lines
    assert strip_boilerplate(once, LEXICON, title=title, authors=("Sari Dewi",)).lines == once


@settings(max_examples=200, deadline=None)
@given(lines=lines_strategy)
def test_cleaning_never_invents_text(lines: list[tuple[str, str]]) -> None:
    kept = list(strip_boilerplate(lines, LEXICON).lines)
    at = 0
    for text, kind in kept:
        while at < len(lines) and not (lines[at][1] == kind and text in lines[at][0]):
            at += 1
        assert at < len(lines)
        at += 1


@given(parts=st.lists(st.sampled_from(PROSE), min_size=1, max_size=3, unique=True))
def test_a_text_without_furniture_stays_as_it_is(parts: list[str]) -> None:
    assert texts(clean(*parts)) == parts


def test_the_line_that_says_the_caption_goes_with_its_credit() -> None:
    caption = "Layar pergerakan harga saham di gedung bursa."
    lines = [(f"Kantor Berita/Sari Dewi {caption}", "paragraph"), (PROSE[0], "paragraph")]
    cleaned = strip_boilerplate(lines, LEXICON, caption=caption)
    assert cleaned.lines == ((PROSE[0], "paragraph"),)
    assert [cut.rule for cut in cleaned.removed] == ["caption:lead"]


def test_a_lead_that_the_caption_repeats_stays() -> None:
    lead = PROSE[0] if len(PROSE[0]) >= 120 else f"{PROSE[0]} {PROSE[0]}"
    assert strip_boilerplate([(lead, "paragraph")], LEXICON, caption=lead).lines == ((lead, "paragraph"),)
