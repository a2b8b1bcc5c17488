"""Copies of different length: sampled word 5-grams to find pairs, all 5-grams to be sure of them.

A 5-gram is hashed from its code points (of NFKC) with fixed arithmetic, so that a fingerprint means the same
in every process, on every machine, for ever. The hashes of a text are computed together in a few numpy calls.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from warta.transforms.dedup.tokens import Words, blocks

Hashes = npt.NDArray[np.uint64]

SHINGLE_WORDS: Final = 5
"""Words per shingle. FACTS §8 and the shared pairs are counted in 5-grams; 3 words meet by chance, 8 break at
every edited comma."""

SAMPLE_RATE: Final = 10
"""One 5-gram hash in ten is kept. On the shared pairs (570 with containment >= .5) three shared samples find
.993 of them; at 12 they find .981, at 16 .956. Index bytes per document go as 1 / rate (24 samples at 10)."""

SHARED_SAMPLES: Final = 3
"""Samples that two texts must share to be compared in full. 2 finds .9965 instead of .993 of the pairs and
doubles the comparisons (5,939 for 3,057 on 10,991 articles)."""

MOST_SAMPLES: Final = 255
"""What the index can say of a text's samples; longer ones count as if they had so many."""

SIMILAR: Final = 0.5
"""Least containment of `similar_to`. Given by the house: half of the smaller text is the other's."""

COPY: Final = 0.8
"""Least containment of a copy. Given by the house: between .4 and .6 pairs are often two rewrites of one
press release (FACTS §8); from .8 on the smaller text is the other's, cut or lightly edited."""

WINDOW_DAYS: Final = 30
"""Greatest distance in days of publication at which texts are compared. Reprints come within days. A
fingerprint leaves the index so long after the fetch; URLs and content hashes stay for ever."""

COMMON_DOCUMENTS: Final = 500
"""A sampled 5-gram found in more documents says nothing and is passed over: furniture that slipped through.
The most common one in 10,991 articles is in 200 of them. Memory grows with its square."""

_BASE = 0x9E3779B97F4A7C15
_INVERSE = pow(_BASE, -1, 1 << 64)
_WEIGHTS = np.array(
    [0xD6E8FEB86659FD93, 0xA0761D6478BD642F, 0xE7037ED1A0B428DB, 0x8EBC6AF09C88C6E3, 0x589965CC75374CC3],
    dtype=np.uint64,
)
_LIMIT = np.uint64((1 << 64) // SAMPLE_RATE)


def shingle_hashes(text: str) -> Hashes:
    """Return the hashes of all word 5-grams of `text`, sorted, each once.

    A text of fewer than five words is one shingle; one without words has none.
    """
    return shingle_sets([text])[0]


def shingle_sets(texts: Sequence[str]) -> list[Hashes]:
    """Return the 5-gram hashes of each text, computed together."""
    return [hashes for block in blocks(texts) for hashes in _sets(*_all_hashes(block), block)]


def fingerprint(text: str) -> bytes:
    """Return the sampled 5-gram hashes of `text`: sorted uint64, little endian, each once.

    Sampled are the hashes below a fixed limit, the same in every text.
    """
    return fingerprints([text])[0]


def fingerprints(texts: Sequence[str]) -> list[bytes]:
    """Return the fingerprint of each text, computed together."""
    return [print_ for block in blocks(texts) for print_ in _fingerprints(block)]


def _fingerprints(block: Words) -> list[bytes]:
    hashes, owners = _all_hashes(block)
    sampled = np.flatnonzero(hashes < _LIMIT)
    return [some.astype("<u8").tobytes() for some in _sets(hashes[sampled], owners[sampled], block)]


def _sets(hashes: Hashes, owners: npt.NDArray[np.int64], block: Words) -> list[Hashes]:
    """Return the hashes of each text of a block, sorted, each once."""
    order = np.lexsort((hashes, owners))
    hashes, owners = hashes[order], owners[order]
    keep = np.ones(len(hashes), bool)
    keep[1:] = (hashes[1:] != hashes[:-1]) | (owners[1:] != owners[:-1])
    hashes, owners = hashes[keep], owners[keep]
    bounds = np.searchsorted(owners, np.arange(len(block.first))).tolist()
    return [hashes[start:end] for start, end in pairwise(bounds)]


def samples_of(print_: bytes) -> Hashes:
    """Return the hashes in a fingerprint."""
    return np.frombuffer(print_, dtype="<u8")


def containment(one: Hashes, other: Hashes) -> float:
    """Return the share of the smaller set that is in the larger; 0 when either is empty.

    Source: Broder, "On the resemblance and containment of documents", 1997.
    """
    small, large = sorted((one, other), key=len)
    if not len(small):
        return 0.0
    places = np.searchsorted(large, small)
    places[places == len(large)] = 0
    return float(np.count_nonzero(large[places] == small)) / len(small)


def least_shared(smaller: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return how many samples two texts must share to be compared, when the smaller one has so many.

    Of `n` samples, a containment of `SIMILAR` gives n/2 on average with a standard deviation of sqrt(n)/2.
    Four of them below that miss 3 pairs in 100,000, and spare templates and rewrites that cannot count: of
    3,109 pairs among 10,991 articles with three samples in common 2,850 are compared, at the same recall.
    """
    counts = np.minimum(smaller, MOST_SAMPLES)
    return np.maximum(SHARED_SAMPLES, SIMILAR * counts - 2.0 * np.sqrt(counts))


def spread(samples: Hashes) -> Hashes:
    """Return sampled hashes over the whole range again: all of them lie below the sampling limit."""
    return samples * np.uint64(SAMPLE_RATE)


def shared_pairs(
    prints: Sequence[Hashes], *, whole: bool = False, most: int = COMMON_DOCUMENTS
) -> list[tuple[int, int, int]]:
    """Return (a, b, shared) for all pairs of sets that share hashes, a < b, in order.

    Hashes that more than `most` sets have are passed over; where the sets are `whole` fingerprints, so are
    pairs that share fewer than `least_shared`.
    """
    if len(prints) < 2:
        return []
    owners = np.repeat(np.arange(len(prints)), [len(one) for one in prints])
    hashes = np.concatenate(prints)
    order = np.argsort(hashes, kind="stable")  # stable: owners stay ascending within a hash
    hashes, owners = hashes[order], owners[order]
    starts = np.flatnonzero(np.concatenate([[True], hashes[1:] != hashes[:-1]]))
    lengths = np.diff(np.append(starts, len(hashes)))
    pairs = [_pairs_within(owners, starts[lengths == n], n) for n in np.unique(lengths) if 1 < n <= most]
    if not pairs:
        return []
    keys, counts = np.unique(np.concatenate(pairs), return_counts=True)
    if whole:
        sizes = np.array([len(one) for one in prints])
        keep = counts >= least_shared(np.minimum(sizes[keys // _PAIR], sizes[keys % _PAIR]))
        keys, counts = keys[keep], counts[keep]
    return [(int(key) // _PAIR, int(key) % _PAIR, int(n)) for key, n in zip(keys, counts, strict=True)]


_PAIR = 1 << 31


def _pairs_within(
    owners: npt.NDArray[np.intp], starts: npt.NDArray[np.intp], length: np.intp
) -> npt.NDArray[np.int64]:
    """Return all pairs of owners in the runs of one `length`, each as one number."""
    members = owners[starts[:, None] + np.arange(length)].astype(np.int64)
    left, right = np.triu_indices(int(length), 1)
    found: npt.NDArray[np.int64] = members[:, left] * _PAIR + members[:, right]
    return found.reshape(-1)


def _all_hashes(block: Words) -> tuple[Hashes, npt.NDArray[np.int64]]:
    """Return the hashes of all 5-grams of a block, in order, and which text each is of."""
    words = word_hashes(block)
    counts = np.diff(block.first)
    padded = np.concatenate([words, np.zeros(SHINGLE_WORDS - 1, np.uint64)])
    mixed = np.zeros(len(words), np.uint64)
    for place in range(SHINGLE_WORDS):
        mixed += padded[place : place + len(words)] * _WEIGHTS[place]
    owners = np.repeat(np.arange(len(counts)), counts)
    whole = np.arange(len(words)) + SHINGLE_WORDS <= block.first[1:][owners]
    for text in np.flatnonzero((counts > 0) & (counts < SHINGLE_WORDS)):  # one shingle of all its words
        first = block.first[text]
        mixed[first] = (words[first : first + counts[text]] * _WEIGHTS[: counts[text]]).sum()
        whole[first] = True
    return _scatter(mixed[whole]), owners[whole]


def word_hashes(block: Words) -> Hashes:
    """Return one hash per word: a polynomial over its code points, scattered.

    Prefix sums of the whole block give every word's polynomial at once; the inverse power moves it to zero.
    """
    points = block.points
    powers, inverses = _powers(len(points).bit_length())
    sums = np.zeros(len(points) + 1, np.uint64)
    np.cumsum(points * powers[: len(points)], out=sums[1:])
    return _scatter((sums[block.ends] - sums[block.starts]) * inverses[block.starts])


@lru_cache(maxsize=32)
def _powers(bits: int) -> tuple[Hashes, Hashes]:
    count = 1 << bits
    return _powers_of(_BASE, count), _powers_of(_INVERSE, count)


def _powers_of(base: int, count: int) -> Hashes:
    factors = np.full(count, base, np.uint64)
    factors[0] = 1
    return np.cumprod(factors, dtype=np.uint64)


def _scatter(values: Hashes) -> Hashes:
    """Return `values` with all bits mixed (the finaliser of SplitMix64; Steele, Lea, Flood 2014)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
