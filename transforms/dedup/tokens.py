"""Words of many texts at once: where they start and end, found with arrays instead of a regular expression.

The same words as `text.words` of `text.nfkc`: longest runs of what `\\w` matches, in lower case. Thirty
times fewer calls than one text at a time, and a third of the time.
"""

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from warta.transforms.text import nfkc

Ints = npt.NDArray[np.int64]

BLOCK_CHARS: Final = 1 << 16
"""Characters tokenised together; the arrays of one block fit the cache of a core."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of some texts, laid end to end with a line break between."""

    points: npt.NDArray[np.uint32]
    """Code points of all texts."""
    is_word: npt.NDArray[np.bool_]
    """Which of them belong to words; the last one does not."""
    starts: Ints
    ends: Ints
    first: Ints
    """Place of each text's first word, and at the end the number of words."""

    def spelled(self, place: int) -> str:
        """Return one of the words."""
        return self.points[self.starts[place] : self.ends[place]].tobytes().decode("utf-32-le")


def blocks(texts: Iterable[str]) -> Iterator[Words]:
    """Yield the words of `texts` in order, block by block; every block holds whole texts, at least one."""
    block: list[str] = []
    chars = 0
    for text in map(nfkc, texts):
        if block and chars + len(text) > BLOCK_CHARS:
            yield tokenise(tuple(block))
            block, chars = [], 0
        block.append(text)
        chars += len(text)
    if block:
        yield tokenise(tuple(block))


@lru_cache(maxsize=1)  # an article is signed twice, by all of its words and by samples of them
def tokenise(texts: tuple[str, ...]) -> Words:
    """Return where the words of `texts` are, in lower case."""
    return split_words([text.lower() for text in texts])


def split_words(texts: Sequence[str]) -> Words:
    """Return where the words of `texts` are, as they are spelled."""
    joined = "\n".join(texts) + "\n"
    points = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    is_word = _is_word()[points]
    edges = np.flatnonzero(is_word[1:] != is_word[:-1]) + 1
    if is_word[0]:
        edges = np.concatenate([[0], edges])
    bounds = np.cumsum([len(text) + 1 for text in texts])
    starts = edges[::2]
    first = np.concatenate([[0], np.searchsorted(starts, bounds)])
    return Words(points, is_word, starts, edges[1::2], first)


LETTERS_BELOW: Final = 0x40000
"""Of the 17 planes of Unicode the first four have letters and figures."""


@cache
def _is_word() -> npt.NDArray[np.bool_]:
    r"""Return, for every code point, whether `\w` matches it."""
    return _matches(r"\w+")


@cache
def is_figure() -> npt.NDArray[np.bool_]:
    r"""Return, for every code point, whether `\d` matches it."""
    return _matches(r"\d+")


@cache
def lower_case() -> npt.NDArray[np.uint32]:
    """Return the lower case of every code point, as one: İ becomes a plain i, and σ has one form wherever it
    stands."""
    table = np.arange(sys.maxunicode + 1, dtype="<u4")
    lower = _every().replace("\u0130", "I").lower()
    table[:LETTERS_BELOW] = np.frombuffer(lower.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    table[ord("ς")] = ord("σ")
    return table


def _matches(pattern: str) -> npt.NDArray[np.bool_]:
    table = np.zeros(sys.maxunicode + 1, bool)
    for found in re.finditer(pattern, _every()):
        table[found.start() : found.end()] = True
    return table


def _every() -> str:
    return np.arange(LETTERS_BELOW, dtype="<u4").tobytes().decode("utf-32-le", "surrogatepass")
