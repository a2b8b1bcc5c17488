import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.dedup.conftest import prose
from warta.transforms.dedup.near import (
    SAMPLE_RATE,
    SHINGLE_WORDS,
    containment,
    fingerprint,
    fingerprints,
    least_shared,
    samples_of,
    shared_pairs,
    shingle_hashes,
    spread,
)
from warta.transforms.text import shingles, words

ROOT = Path(__file__).parents[3]
WORDS = st.lists(st.sampled_from(["beras", "naik", "turun", "é", "1", "kota", "𝒜b"]), max_size=40)


@given(WORDS)
def test_there_is_one_hash_for_each_distinct_shingle(tokens: list[str]) -> None:
    text = " ".join(tokens)
    assert len(shingle_hashes(text)) == len(set(shingles(words(text), SHINGLE_WORDS)))


@given(WORDS, WORDS)
def test_containment_is_that_of_the_shingle_sets(one: list[str], other: list[str]) -> None:
    sets = [set(shingles(words(" ".join(tokens)), SHINGLE_WORDS)) for tokens in (one, other)]
    smaller = min(len(found) for found in sets)
    expected = len(sets[0] & sets[1]) / smaller if smaller else 0.0
    assert containment(shingle_hashes(" ".join(one)), shingle_hashes(" ".join(other))) == expected


@given(st.lists(WORDS, max_size=5))
def test_texts_together_have_the_fingerprints_of_each_alone(texts: list[list[str]]) -> None:
    joined = [" ".join(tokens) for tokens in texts]
    assert fingerprints(joined) == [fingerprint(text) for text in joined]


def test_a_hash_depends_on_word_order_and_boundaries() -> None:
    texts = ("satu dua tiga empat lima", "lima empat tiga dua satu", "satu duat iga empat lima")
    assert len({shingle_hashes(text).tobytes() for text in texts}) == 3


def test_a_fingerprint_is_the_same_in_another_process() -> None:
    text = prose(1)
    code = (
        "from tests.transforms.dedup.conftest import prose;"
        "from warta.transforms.dedup.near import fingerprint;"
        "print(fingerprint(prose(1)).hex())"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert answer.stdout.strip() == fingerprint(text).hex()


def test_a_fingerprint_is_the_same_for_ever() -> None:
    assert fingerprint(prose(1)).hex()[:16] == "b17cb9e07a240f02"


def test_about_one_hash_in_ten_is_sampled_by_its_value_alone() -> None:
    hashes = shingle_hashes(prose(2, 20_000))
    chosen = samples_of(fingerprint(prose(2, 20_000)))
    assert len(chosen) == pytest.approx(len(hashes) / SAMPLE_RATE, rel=0.1)
    assert set(chosen) == {value for value in hashes if value < (1 << 64) // SAMPLE_RATE}


def test_samples_spread_over_the_whole_range() -> None:
    spread_out = spread(samples_of(fingerprint(prose(3, 20_000))))
    assert spread_out.max() > 0.99 * 2**64
    assert np.all(np.diff(spread_out.astype(float)) >= 0)


@pytest.mark.parametrize("text", ["", "...", "satu", "satu dua tiga"])
def test_short_texts_have_a_fingerprint_that_can_be_read_back(text: str) -> None:
    assert samples_of(fingerprint(text)).tobytes() == fingerprint(text)


def test_an_empty_text_resembles_nothing() -> None:
    assert containment(shingle_hashes(""), shingle_hashes(prose(1))) == 0.0


@given(st.lists(st.sets(st.integers(0, 30)), max_size=12))
def test_shared_pairs_are_those_that_share(sets: list[set[int]]) -> None:
    prints = [np.array(sorted(one), np.uint64) for one in sets]
    expected = [
        (a, b, len(sets[a] & sets[b]))
        for a in range(len(sets))
        for b in range(a + 1, len(sets))
        if sets[a] & sets[b]
    ]
    assert shared_pairs(prints) == expected
    enough = [one for one in expected if one[2] >= least_shared(min(len(sets[one[0]]), len(sets[one[1]])))]
    assert shared_pairs(prints, whole=True) == enough


def test_what_too_many_texts_have_says_nothing() -> None:
    prints = [np.array([1, 2 + number // 2], np.uint64) for number in range(6)]
    assert shared_pairs(prints, most=5) == [(0, 1, 1), (2, 3, 1), (4, 5, 1)]
