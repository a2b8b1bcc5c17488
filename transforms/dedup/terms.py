"""What an article is about, as a list of weighted words. Pure.

Rarity is counted over the articles at hand and a list of usual words beside them, so that five articles are
weighed as well as five thousand.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from warta.transforms.dedup.near import Hashes, word_hashes
from warta.transforms.dedup.tokens import Words, is_figure, lower_case, split_words

TERMS: Final = 40
"""Words that stand for an article. The mean article of the shared set has 130 different ones; the rest weigh
little, and leaving them out makes the join of 10,000 articles a matter of half a second."""

LEAD_CHARS: Final = 2_000
"""Characters of the text that are read: what happened stands first, background and earlier affairs last."""

NAME_WEIGHT: Final = 2.0
"""Factor for names and figures. At 1 the least cosine of three articles on one event is .40 and the largest
to others .29; at 2 they are .55 and .34, at 3 .59 and .37."""

TITLE_COUNT: Final = 2
"""Times that a word of the title counts."""

USUAL_DOCUMENTS: Final = 2_000
"""Documents that the word list counts for beside the articles at hand. With fewer, a handful of articles
would decide what is rare."""

BLOCK: Final = 32
"""Articles whose words are counted together: the arrays of 64,000 characters fit the cache of a core."""

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.integer[Any]]

_NONE = np.zeros(0, np.int32)


@dataclass(frozen=True, slots=True)
class Vectors:
    """Weighted words of some articles, by article: three arrays of one length."""

    owners: Ints
    """Places of the articles, ascending."""
    terms: Ints
    """Numbers of the words."""
    weights: Floats
    """Of unit length in each article."""


@dataclass(frozen=True, slots=True)
class _Counted:
    """Different words of some articles, by article: three arrays of one length."""

    owners: Ints
    hashes: Hashes
    weights: Floats


def vectors(ordered: Sequence[tuple[str, str]]) -> Vectors:
    """Return the weightiest words of each (title, text)."""
    blocks = [_counted(ordered[start : start + BLOCK], start) for start in range(0, len(ordered), BLOCK)]
    if not blocks:
        return Vectors(_NONE, _NONE, np.zeros(0))
    words, documents = np.unique(np.concatenate([block.hashes for block in blocks]), return_counts=True)
    rarity = np.log(
        (len(ordered) + USUAL_DOCUMENTS) / (documents + usual_shares(words) * USUAL_DOCUMENTS + 1)
    )
    chosen = [
        _weightiest(Vectors(block.owners, np.searchsorted(words, block.hashes), block.weights), rarity)
        for block in blocks
    ]
    return Vectors(
        np.concatenate([one.owners for one in chosen]),
        np.concatenate([one.terms for one in chosen]).astype(np.int32),
        np.concatenate([one.weights for one in chosen]),
    )


def _counted(texts: Sequence[tuple[str, str]], first: int) -> _Counted:
    """Return how often each word of each article counts: logarithmic; names and figures more."""
    spelled = split_words([f"{title}\n" * TITLE_COUNT + text[:LEAD_CHARS] for title, text in texts])
    lower = replace(spelled, points=lower_case()[spelled.points])
    initials = spelled.points[spelled.starts]
    capital = is_figure()[initials] | (lower.points[spelled.starts] != initials)
    owners = np.repeat(np.arange(len(texts)), np.diff(spelled.first))
    hashes = word_hashes(lower)

    told_apart = hashes + owners.astype(np.uint64) * _BY_OWNER
    order = np.argsort(told_apart)
    starts = np.flatnonzero(np.diff(told_apart[order], prepend=~told_apart[order[:1]]))
    counts = np.diff(starts, append=len(order))
    if not len(order):
        return _Counted(_NONE, hashes, np.zeros(0))
    capitals = np.add.reduceat(capital[order].astype(np.int64), starts)
    weights = (1.0 + np.log(counts)) * np.where(2 * capitals > counts, NAME_WEIGHT, 1.0)

    found = np.minimum.reduceat(order, starts)  # the first of each: sorting leaves equal ones in any order
    used = _says_something(spelled, found)
    found, weights = found[used], weights[used]
    by_owner = np.argsort(found)  # words stand article by article
    found, weights = found[by_owner], weights[by_owner]
    return _Counted((owners[found] + first).astype(np.int32), hashes[found], weights)


_BY_OWNER = np.uint64(0x9FB21C651E98DF25)
"""Odd and large: what is added to a word's hash for each article, so that the sums tell both apart."""


def _says_something(words: Words, places: Ints) -> npt.NDArray[np.bool_]:
    """Return which words count: of two characters or more, and no days or years."""
    starts, ends = words.starts[places], words.ends[places]
    says = ends - starts >= 2
    for place in np.flatnonzero(says & (ends - starts <= 4) & is_figure()[words.points[starts]]):
        says[place] = not _is_of_date(words.spelled(places[place]))
    return says


def _weightiest(block: Vectors, rarity: Floats) -> Vectors:
    """Return the `TERMS` weightiest words of each article, at unit length."""
    owners, terms, weights = block.owners, block.terms, block.weights * rarity[block.terms]
    order = np.lexsort((terms, -weights, owners))
    rank = np.arange(len(order)) - np.searchsorted(owners, owners)[order]
    chosen = np.sort(order[rank < TERMS])
    owners, terms, weights = owners[chosen], terms[chosen], weights[chosen]
    first = int(owners[0]) if len(owners) else 0
    lengths = np.sqrt(np.bincount(owners - first, weights**2))
    return Vectors(owners, terms, weights / np.maximum(lengths[owners - first], 1e-9))


def _is_of_date(word: str) -> bool:
    return word.isdecimal() and (int(word) <= 31 or 1900 <= int(word) <= 2100)


def usual_shares(hashes: Hashes) -> Floats:
    """Return the share of news articles that each word is in; 0 for all that are not usual."""
    usual, shares = _usual()
    places = np.minimum(np.searchsorted(usual, hashes), len(usual) - 1)
    return np.where(usual[places] == hashes, shares[places], 0.0)


@cache
def _usual() -> tuple[Hashes, Floats]:
    words = usual_words()
    hashes = word_hashes(split_words(list(words)))
    order = np.argsort(hashes)
    return hashes[order], np.array(list(words.values()))[order]


@cache
def usual_words() -> Mapping[str, float]:
    """Return the share of news articles that each usual word is in; from `tests.train.story_words`."""
    text = files("warta.transforms.dedup").joinpath("words.json").read_text(encoding="utf-8")
    shares: dict[str, float] = json.loads(text)
    return shares
