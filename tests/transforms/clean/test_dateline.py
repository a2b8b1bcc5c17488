"""Heads of first paragraphs, told from sentences."""

import pytest

from warta.transforms.clean.dateline import split_dateline
from warta.transforms.text import fold

AGENCIES = {fold(name) for name in ("ANTARA", "AP", "Reuters", "dpa", "ANTARA News")}


@pytest.mark.parametrize(
    ("text", "place", "publisher", "rest"),
    [
        ("Jakarta - Presiden tiba.", "Jakarta", "", "Presiden tiba."),
        ("JAKARTA — Presiden tiba.", "JAKARTA", "", "Presiden tiba."),
        ("Jakarta (ANTARA) - Presiden tiba.", "Jakarta", "ANTARA", "Presiden tiba."),
        ("Mataram, NTB (ANTARA News) - Hujan turun.", "Mataram, NTB", "ANTARA News", "Hujan turun."),
        ("ASHGABAT, KORAN.TV – Presiden tiba.", "ASHGABAT", "KORAN.TV", "Presiden tiba."),
        ("Moskow | KABAR.COM — Presiden tiba.", "Moskow", "KABAR.COM", "Presiden tiba."),
        (
            "Koran.com - Sekretaris Dewan Keamanan, Sergei, tiba.",
            "",
            "Koran.com",
            "Sekretaris Dewan Keamanan, Sergei, tiba.",
        ),
        ("INDIANAPOLIS (AP) — A budget deal passed.", "INDIANAPOLIS", "AP", "A budget deal passed."),
        (
            "Frankfurt/Main (dpa) - Der Preis geht an einen Roman.",
            "Frankfurt, Main",
            "dpa",
            "Der Preis geht an einen Roman.",
        ),
    ],
)
def test_place_and_source_come_off(text: str, place: str, publisher: str, rest: str) -> None:
    split = split_dateline(text, agencies=AGENCIES)
    assert (split.place, split.publisher, split.rest) == (place, publisher, rest)


def test_a_section_between_publisher_and_text_is_no_place() -> None:
    split = split_dateline("Kabar.co.id – News – Presiden baru-baru ini tiba.")
    assert (split.publisher, split.section, split.place) == ("Kabar.co.id", "News", "")


def test_a_known_publisher_needs_no_domain() -> None:
    split = split_dateline("JAKARTA, Harian Pagi - Presiden tiba.", publishers=("Harian Pagi",))
    assert (split.place, split.publisher) == ("JAKARTA", "Harian Pagi")


@pytest.mark.parametrize(
    "text",
    [
        "Manchester United - the champions - lost again.",
        "Presiden, yang baru tiba di Jakarta, menolak menjawab.",
        "Baru-baru ini harga beras naik di seluruh Jawa.",
        "Dia berkata: harga beras naik.",
        "Sekretaris Dewan, Sergei Shoigu, tiba di Teheran.",
        "",
    ],
)
def test_sentences_stay_whole(text: str) -> None:
    assert split_dateline(text, agencies=AGENCIES).rest == text
