"""The words of an article as evidence: each distinct word once, headline words more, lexicon terms beside."""

import itertools
import re
import tomllib
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from warta.schemas.topic import QCODES, UNKNOWN

TOPICS = tuple(sorted(set(QCODES) - {UNKNOWN}))
"""Order of the columns of every table of this room."""
LEXICONS = Path(__file__).parent / "topics"

BITS = 16
"""Slots of the hash table, as a power of two (65,536)."""
READ_CHARS = 2_000
"""Characters of the body that are read; the time is nearly proportional. Each site left out: .834 of articles
right at 800, .837 at 1,200, .840 at 2,000, .839 at 2,500."""
TITLE_WEIGHT = 2.0
STRENGTHS = {"strong": 2.0, "weak": 1.0}

_WORD = re.compile(r"[^\W\d_][\w-]*[^\W_]")


def tokens(text: str) -> list[str]:
    """Return the lower-case words of `text` that begin with a letter, in order."""
    return _WORD.findall(text.lower())


def slots_of(words: Iterable[str]) -> npt.NDArray[np.int64]:
    """Return the slot of each word: CRC-32, the same on every machine. A table of words is no quicker."""
    codes = [zlib.crc32(word.encode("utf-8", "replace")) for word in words]
    return np.array(codes, np.int64) & ((1 << BITS) - 1)


@dataclass(frozen=True, slots=True)
class Words:
    """What is read of one article."""

    weights: dict[str, float]
    """Distinct words: 1 in the body, `TITLE_WEIGHT` more in the headline."""
    head: list[str]
    """All words of the headline, in order; neighbours may be a term of the lexicon."""
    body: list[str]


def read_words(title: str, text: str) -> Words:
    """Read headline and lead. Without a headline the first words of the body are not counted twice."""
    head, body = tokens(title), tokens(text[:READ_CHARS])
    weights = dict.fromkeys(body, 1.0)
    for word in dict.fromkeys(head):
        weights[word] = weights.get(word, 0.0) + TITLE_WEIGHT
    return Words(weights, head, body)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Terms with the topics they speak for; build with `load_lexicon`."""

    terms: dict[str, tuple[tuple[int, float], ...]]
    """Term to (column, strength)."""
    openers: frozenset[str]
    """First words of the terms that are pairs: only behind these a pair is made of two neighbours."""

    def met(self, words: Words) -> dict[str, float]:
        """Return the terms among the words and pairs of an article, weighted as words are."""
        terms = self.terms
        found = {word: weight for word, weight in words.weights.items() if word in terms}
        for part, weight in ((words.body, 1.0), (words.head, 1.0 + TITLE_WEIGHT)):
            for word, following in itertools.pairwise(part):
                if word in self.openers and (pair := f"{word} {following}") in terms:
                    found[pair] = weight
        return found

    def evidence(self, met: dict[str, float]) -> tuple[list[float], dict[int, list[str]]]:
        """Return points by topic column, and the terms found by column."""
        points = [0.0] * len(TOPICS)
        found: dict[int, list[str]] = {}
        for term, weight in met.items():
            for column, strength in self.terms[term]:
                points[column] += strength * weight
                found.setdefault(column, []).append(term)
        return points, found


def load_lexicon(paths: Iterable[Path] = ()) -> Lexicon:
    """Read every `lexicon_*.toml`. Raises `ValueError` on a topic outside the vocabulary."""
    terms: dict[str, tuple[tuple[int, float], ...]] = {}
    for path in paths or sorted(LEXICONS.glob("lexicon_*.toml")):
        for topic, groups in tomllib.loads(path.read_text(encoding="utf-8")).items():
            if topic not in TOPICS:
                raise ValueError(f"{path.name}: {topic!r} is not a topic")
            for group, listed in groups.items():
                entry = (TOPICS.index(topic), STRENGTHS[group])
                for term in listed:
                    terms[term] = (*(old for old in terms.get(term, ()) if old[0] != entry[0]), entry)
    return Lexicon(terms, frozenset(term.partition(" ")[0] for term in terms if " " in term))
