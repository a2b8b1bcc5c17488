import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warta.transforms.dedup import postings
from warta.transforms.dedup.postings import Rows, compose, pack, shape_for, unpack


@given(st.lists(st.integers(0, 2**40 - 1), max_size=50))
def test_packed_numbers_come_back(numbers: list[int]) -> None:
    assert unpack(pack(np.array(numbers, np.uint64))).tolist() == numbers


@pytest.mark.parametrize(("count", "rows"), [(1, 1), (31, 2), (1_000, 40), (264_000, 11_000), (2_000, 2_000)])
def test_every_posting_is_found_and_hardly_another(count: int, rows: int) -> None:
    chance = np.random.default_rng(count)
    hashes = chance.integers(0, 2**64, count, dtype=np.uint64)
    owners = chance.integers(0, rows, count).astype(np.uint64)
    shape = shape_for(count, rows)
    composed = np.sort(compose(hashes, owners, shape))
    starts = np.concatenate([[0], np.cumsum(postings.bucket_counts(composed, shape, 0, shape.buckets))])
    entries = unpack(pack(composed))

    def read(low: Rows, high: Rows) -> tuple[np.ndarray, Rows]:
        parts = [entries[start:end] for start, end in zip(low, high, strict=True)]
        return np.concatenate([*parts, np.empty(0, np.uint64)]), high - low

    asked = np.sort(np.concatenate([hashes, chance.integers(0, 2**64, 5_000, dtype=np.uint64)]))
    buckets = postings.buckets_of(asked, shape)
    places, found = postings.find(asked, shape, starts[buckets], starts[buckets + 1], read)
    hits = set(zip(asked[places].tolist(), found.tolist(), strict=True))
    assert set(zip(hashes.tolist(), owners.astype(int).tolist(), strict=True)) <= hits
    assert len(hits) <= count + 3


def test_a_posting_keeps_about_forty_bits_of_its_hash_at_any_size() -> None:
    kept = [shape_for(24 * documents, documents).hash_bits for documents in (10, 1_000, 100_000, 10_000_000)]
    assert all(38 <= bits <= 42 for bits in kept)


def test_too_many_rows_for_a_segment_are_refused() -> None:
    with pytest.raises(ValueError, match="at most"):
        shape_for(10, 2**33)


def test_hashes_come_back_as_far_as_they_are_known() -> None:
    hashes = np.sort(np.random.default_rng(1).integers(0, 2**64, 5_000, dtype=np.uint64))
    shape = shape_for(len(hashes), 100)
    composed = compose(hashes, np.arange(5_000, dtype=np.uint64) % np.uint64(100), shape)
    back, rows = postings.hashes_in(unpack(pack(composed)), postings.buckets_of(hashes, shape), shape)
    assert np.array_equal(back >> np.uint64(64 - shape.hash_bits), hashes >> np.uint64(64 - shape.hash_bits))
    assert rows.tolist() == [number % 100 for number in range(5_000)]
