"""What an article is about, as a list of weighted words. Pure.

Rarity is counted over the articles at hand and a list of usual words beside them, so that five articles are
weighed as well as five thousand.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

import numpy as np
import numpy.typing as npt

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

WORD: Final = re.compile(r"\w+")

BLOCK: Final = 512
"""Articles whose words are counted together; what is kept of each after that is a kilobyte or two."""

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.integer[Any]]

_NONE = np.zeros(0, np.int32)


@dataclass(frozen=True, slots=True)
class Vectors:
    """Weighted words of some articles, by article, then by word: three arrays of one length."""

    owners: Ints
    """Places of the articles, ascending."""
    terms: Ints
    """Numbers of the words, ascending within an article."""
    weights: Floats
    """Of unit length in each article."""


def vectors(ordered: Sequence[tuple[str, str]]) -> Vectors:
    """Return the weightiest words of each (title, text)."""
    vocabulary = _Vocabulary()
    blocks = [
        _counted(ordered[start : start + BLOCK], start, vocabulary) for start in range(0, len(ordered), BLOCK)
    ]
    documents = np.zeros(len(vocabulary.words), np.int64)
    for block in blocks:
        documents += np.bincount(block.terms, minlength=len(documents))
    usual = np.array([usual_words().get(word, 0.0) for word in vocabulary.words])
    rarity = np.log((len(ordered) + USUAL_DOCUMENTS) / (documents + usual * USUAL_DOCUMENTS + 1))
    chosen = [_weightiest(block, rarity) for block in blocks]
    return Vectors(
        np.concatenate([_NONE, *(one.owners for one in chosen)]),
        np.concatenate([_NONE, *(one.terms for one in chosen)]),
        np.concatenate([np.zeros(0), *(one.weights for one in chosen)]),
    )


def _counted(texts: Sequence[tuple[str, str]], first: int, vocabulary: "_Vocabulary") -> Vectors:
    """Return how often each word of each article counts: logarithmic; names and figures more."""
    read = [vocabulary.numbers(title, text) for title, text in texts]
    owners = np.repeat(np.arange(len(read)), [len(one) for one in read])
    forms = np.array([number for one in read for number in one], np.int64)
    lower, capital = vocabulary.columns()
    used = lower[forms] >= 0
    owners, forms = owners[used], forms[used]
    size = max(1, len(vocabulary.words))
    found, inverse, counts = np.unique(owners * size + lower[forms], return_inverse=True, return_counts=True)
    capitals = np.bincount(inverse, capital[forms], minlength=len(found))
    weights = (1.0 + np.log(counts)) * np.where(2 * capitals > counts, NAME_WEIGHT, 1.0)
    return Vectors((found // size + first).astype(np.int32), (found % size).astype(np.int32), weights)


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


class _Vocabulary(dict[str, int]):
    """Numbers for the forms of words as they are met; what depends on a form alone is found out once."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.lower: list[int] = []
        """Form -> number of its lower-case word; -1 where it does not count."""
        self.capital: list[int] = []
        """Form -> 1 for capitals and figures, which make names."""
        self._numbers: dict[str, int] = {}

    def columns(self) -> tuple[Ints, Ints]:
        """Return `lower` and `capital` as arrays."""
        return np.array(self.lower, np.int64), np.array(self.capital, np.int64)

    def numbers(self, title: str, text: str) -> list[int]:
        """Return the forms in title and lead by number, in order."""
        tokens = WORD.findall(title) * TITLE_COUNT + WORD.findall(text[:LEAD_CHARS])
        return [self[token] for token in tokens]

    def __missing__(self, form: str) -> int:
        number = self[form] = len(self.lower)
        word = form.lower()
        if len(word) < 2 or (word.isdecimal() and _is_of_date(word)):
            self.lower.append(-1)
        else:
            if word not in self._numbers:
                self._numbers[word] = len(self.words)
                self.words.append(word)
            self.lower.append(self._numbers[word])
        self.capital.append(int(form[0].isupper() or form[0].isdecimal()))
        return number


def _is_of_date(word: str) -> bool:
    return len(word) <= 4 and (int(word) <= 31 or 1900 <= int(word) <= 2100)


@cache
def usual_words() -> Mapping[str, float]:
    """Return the share of news articles that each usual word is in; from `tests.train.story_words`."""
    text = files("warta.transforms.dedup").joinpath("words.json").read_text(encoding="utf-8")
    shares: dict[str, float] = json.loads(text)
    return shares
