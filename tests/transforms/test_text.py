from unicodedata import combining, normalize

from hypothesis import given
from hypothesis import strategies as st

from warta.transforms.text import MOST_MARKS, nfkc, paragraphs

BLANKS = st.text(st.sampled_from("a b\n\t\u00a0\u2028\x1c\x85é½\u200b"))


@given(st.text())
def test_the_normal_form_is_unicode_s(text: str) -> None:
    assert nfkc(text) == normalize("NFKC", text)


def test_a_pile_of_marks_is_cut_before_it_is_sorted() -> None:
    pile = "a" + "\u0301" * 400_000 + "\u0316" * 400_000 + " b"  # an hour where it is sorted whole
    cut = nfkc(f"Harga… {pile} naik")
    assert cut.startswith("Harga... á")
    assert cut.endswith(" b naik")
    assert sum(map(bool, map(combining, cut))) <= MOST_MARKS


@given(BLANKS)
def test_paragraphs_have_single_blanks_only(text: str) -> None:
    parts = paragraphs(text)
    assert parts == [" ".join(part.split()) for part in parts]
    assert "".join("".join(parts).split()) == "".join(text.split())
