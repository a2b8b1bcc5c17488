import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warta.transforms.dedup.tokens import BLOCK_CHARS, blocks, is_figure, lower_case, tokenise
from warta.transforms.text import words


def words_of(texts: list[str]) -> list[list[str]]:
    found = tokenise(tuple(texts))
    joined = found.points.tobytes().decode("utf-32-le", "surrogatepass")
    all_ = [joined[start:end] for start, end in zip(found.starts, found.ends, strict=True)]
    return [all_[first:last] for first, last in zip(found.first, found.first[1:], strict=False)]


@given(st.lists(st.text(), min_size=1, max_size=5))
def test_words_are_those_of_the_regular_expression(texts: list[str]) -> None:
    assert words_of(texts) == [words(text) for text in texts]


@pytest.mark.parametrize(
    "text", ["", " ", "a", " a", "İstanbul Σίσυφος", "\ud800x", "१२ ½ _x-y", "a\nb\r\nc"]
)
def test_odd_texts_keep_their_words(text: str) -> None:
    assert words_of([text, "tail"]) == [words(text), ["tail"]]


def test_every_code_point_is_judged_as_by_the_regular_expression() -> None:
    every = "".join(f"{chr(point)}\n" for point in range(0, sys.maxunicode + 1, 7))
    assert words_of([every])[0] == words(every)


def test_blocks_hold_whole_texts() -> None:
    long = "kata " * BLOCK_CHARS
    counts = [len(found.first) - 1 for found in blocks(["a", "b", long, "c", *["d " * 100] * 1_000])]
    assert sum(counts) == 1_004
    assert counts[:2] == [2, 1]
    assert list(blocks([])) == []


def test_every_code_point_has_its_lower_case() -> None:
    lower = lower_case()
    for point in range(sys.maxunicode + 1):
        wanted = chr(point).lower().replace("ς", "σ")
        assert chr(lower[point]) == (wanted if len(wanted) == 1 else "i"), hex(point)


def test_figures_are_those_of_the_regular_expression() -> None:
    assert [chr(point) for point in (ord("7"), ord("١"), ord("²"), ord("a")) if is_figure()[point]] == [
        "7",
        "١",
    ]
