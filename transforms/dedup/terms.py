"""What an article is about, as a list of weighted words. Pure.

Rarity is counted over the articles at hand and a list of usual words beside them, so that five articles are
weighed as well as five thousand.
"""

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Final

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

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def vectors(ordered: Sequence[tuple[str, str]]) -> tuple[Ints, Ints, Floats]:
    """Return (place, word number, weight) of the weightiest words of each (title, text); unit length."""
    vocabulary = _Vocabulary()
    read = [vocabulary.numbers(title, text) for title, text in ordered]
    if not vocabulary.words:
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)
    owner, term, weight = _weights(read, vocabulary)
    documents = np.bincount(term, minlength=len(vocabulary.words))
    usual = np.array([usual_words().get(word, 0.0) for word in vocabulary.words])
    weight *= np.log((len(ordered) + USUAL_DOCUMENTS) / (documents + usual * USUAL_DOCUMENTS + 1))[term]
    order = np.lexsort((term, -weight, owner))
    starts = np.searchsorted(owner, np.arange(len(ordered)))
    chosen = np.sort(order[np.arange(len(order)) - starts[owner[order]] < TERMS])
    owner, term, weight = owner[chosen], term[chosen], weight[chosen]
    lengths = np.sqrt(np.bincount(owner, weight**2, minlength=len(ordered)))
    return owner, term, weight / np.maximum(lengths[owner], 1e-9)


def _weights(read: Sequence[Sequence[int]], vocabulary: "_Vocabulary") -> tuple[Ints, Ints, Floats]:
    """Return how often each word of each article counts: logarithmic; names and figures more."""
    owners = np.repeat(np.arange(len(read)), [len(one) for one in read])
    forms = np.array([number for one in read for number in one], np.int64)
    lower, capital = np.array(vocabulary.lower), np.array(vocabulary.capital)
    used = lower[forms] >= 0
    owners, forms = owners[used], forms[used]
    cells = owners * len(vocabulary.words) + lower[forms]
    found, inverse, counts = np.unique(cells, return_inverse=True, return_counts=True)
    capitals = np.bincount(inverse, capital[forms], minlength=len(found))
    weights = (1.0 + np.log(counts)) * np.where(2 * capitals > counts, NAME_WEIGHT, 1.0)
    return found // len(vocabulary.words), found % len(vocabulary.words), weights


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
