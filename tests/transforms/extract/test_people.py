"""Names out of bylines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warta.transforms.extract.people import NameReader, Trust

READER = NameReader(["Kabar Warta", "kabarwarta.co.id", "kabarwarta"])

SPLITS = {
    "and": ("Sri Wahyuni dan Budi Hartono", ("Sri Wahyuni", "Budi Hartono")),
    "english_and": ("By Jane Doe, John Roe and Ann Poe", ("Jane Doe", "John Roe", "Ann Poe")),
    "ampersand": ("Jane Doe & John Roe", ("Jane Doe", "John Roe")),
    "slash": ("Sri Wahyuni/Budi Hartono", ("Sri Wahyuni", "Budi Hartono")),
    "semicolon": ("Jane Doe; John Roe", ("Jane Doe", "John Roe")),
    "mail": ("Jane Doe jane@contoh.test", ("Jane Doe",)),
    "handle": ("Jane Doe @janedoe", ("Jane Doe",)),
    "role": ("Jane Doe, Senior Political Reporter", ("Jane Doe",)),
    "role_without_comma": ("Jane Doe Staff Writer", ("Jane Doe",)),
    "korean_role": ("김철수 기자", ("김철수",)),
    "town": ("Jane Doe, London", ("Jane Doe",)),
    "agency": ("Jane Doe, AFP", ("Jane Doe",)),
    "degree": ("Dr. Jane Doe, PhD", ("Jane Doe",)),
    "junior": ("John Roe, Jr.", ("John Roe Jr",)),
    "label": ("Penulis : Sri Wahyuni", ("Sri Wahyuni",)),
    "two_labels": ("Oleh: Penulis: Sri Wahyuni", ("Sri Wahyuni",)),
    "date": ("Jane Doe May 21, 2026", ("Jane Doe",)),
    "date_in_words": ("Sri Wahyuni pada Jumat, 20 November 2026", ("Sri Wahyuni",)),
    "account": ("jane.doe", ("Jane Doe",)),
    "capitals": ("SRI WAHYUNI", ("Sri Wahyuni",)),
    "one_word": ("Monalisa", ("Monalisa",)),
    "brackets": ("Sri Wahyuni (Kontributor)", ("Sri Wahyuni",)),
    "twice": ("Jane Doe, Jane Doe", ("Jane Doe",)),
    "initials": ("J. R. Doe", ("J. R. Doe",)),
    "particles": ("Ludwig van den Berg", ("Ludwig van den Berg",)),
}


@pytest.mark.parametrize(("byline", "people"), SPLITS.values(), ids=SPLITS.keys())
def test_a_byline_is_cut_into_people(byline: str, people: tuple[str, ...]) -> None:
    assert READER.read([byline]).people == people


@pytest.mark.parametrize(
    "name",
    [
        "Redaksi",
        "Tim Redaksi",
        "PT Kabar Warta Tbk",
        "Kabar Warta",
        "kabarwarta.co.id",
        "contoh.com",
        "admin",
        "Reuters",
        "Associated Press",
        "The Evening Lamp",
        "Contoh News Network",
        "Redaktion",
        "Agencias",
        "12345",
        "",
        "—",
    ],
)
def test_houses_and_newsrooms_are_no_people(name: str) -> None:
    assert READER.read([name]).people == ()


def test_an_organisation_is_handed_on_by_name() -> None:
    assert READER.read(["PT Kabar Warta"]).organisations == ("PT Kabar Warta",)


@pytest.mark.parametrize(
    ("text", "trust", "people"),
    [
        ("Jane Doe Kabar Warta Staff", Trust.LABEL, ("Jane Doe",)),
        ("Banjir surut di kota", Trust.LABEL, ()),
        ("Monalisa", Trust.LABEL, ("Monalisa",)),
        ("Monalisa", Trust.TEXT, ()),
        ("Jawa Tengah", Trust.TEXT, ()),
        ("Share Facebook", Trust.TEXT, ()),
        ("Kabar Warta Bola", Trust.TEXT, ()),
        ("Last Updated", Trust.LABEL, ()),
    ],
)
def test_visible_text_has_to_look_like_a_name(text: str, trust: Trust, people: tuple[str, ...]) -> None:
    assert READER.read([text], trust=trust).people == people


@given(st.text(max_size=300), st.sampled_from(list(Trust)))
def test_any_text_gives_bounded_names_and_no_error(text: str, trust: Trust) -> None:
    for name in READER.read([text], trust=trust).people:
        assert 2 <= len(name) <= 60
        assert not any(char.isdigit() for char in name)


@given(st.text(max_size=120))
def test_people_read_again_stay_the_same(text: str) -> None:
    people = READER.read([text]).people
    assert READER.read(people).people == people
