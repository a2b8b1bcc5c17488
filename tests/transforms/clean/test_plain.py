"""Plain text from other tools: lines, and the head above the first prose."""

from datetime import UTC, datetime

import pytest

from warta.transforms.clean.lexicon import load_lexicon
from warta.transforms.clean.plain import read_head, split_lines

PROSE = (
    "Harga beras di pasar induk naik lagi pekan ini, kata seorang pedagang yang sudah lama berjualan, "
    "dan stok di gudang menipis menjelang akhir tahun."
)


def head(*lines: str, title: str = ""):
    return read_head([(line, "paragraph") for line in lines], load_lexicon(), title=title)


def test_blank_lines_and_single_line_ends_both_end_a_paragraph() -> None:
    assert [text for text, _ in split_lines("Satu  dua.\nTiga.\n\n\nEmpat.\r\n")] == [
        "Satu dua.",
        "Tiga.",
        "Empat.",
    ]


def test_hard_wrapped_paragraphs_are_joined() -> None:
    words = "kata demi kata yang disusun menjadi baris pendek tanpa henti dan tanpa"
    block = "\n".join([words] * 4 + ["akhir kalimat."])
    assert len(split_lines(block + "\n\n" + block)) == 2


def test_the_first_line_without_a_full_stop_is_the_title() -> None:
    found = head("Harga Beras Naik Lagi di Pasar", PROSE)
    assert (found.title, found.lines) == ("Harga Beras Naik Lagi di Pasar", ((PROSE, "paragraph"),))


def test_a_text_that_begins_with_prose_has_no_title() -> None:
    assert head(PROSE, "Kalimat kedua.").title == ""


def test_a_known_title_is_not_looked_for_again() -> None:
    found = head("Harga Beras Naik", "Stok menipis di gudang kota", PROSE, title="Harga beras naik")
    assert [text for text, _ in found.lines] == ["Stok menipis di gudang kota", PROSE]


def test_section_and_time_stand_on_one_line() -> None:
    found = head("Harga Beras Naik Lagi", "Koran ekonomi | 21 November 2026, 20:41 WIB", PROSE)
    assert found.section == "Koran ekonomi"
    assert found.published == datetime(2026, 11, 21, 13, 41, tzinfo=UTC)


@pytest.mark.parametrize("line", ["> >", "—", "Baca juga: Harga cabai naik", "Terpopuler"])
def test_marks_and_furniture_are_no_title(line: str) -> None:
    assert head(line, PROSE).title == ""


def test_a_text_without_prose_keeps_its_lines() -> None:
    found = head("Foto: banjir di Medan", "Galeri foto")
    assert found.title == ""
    assert len(found.lines) == 2
