"""The shared leaf: folding, paragraphs, words and shingles. No I/O, no language rules."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

_WORD = re.compile(r"\w+")
_SPACES = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r"\n\s*\n")

MOST_MARKS = 30
"""Combining marks on one letter; as in Unicode's Stream-Safe Text Format (UAX #15), no language has more."""
MOST_REMEMBERED = 1_000
"""Characters up to which a folded text is remembered."""
_PILE = b"?" * (MOST_MARKS + 1)
"""What more of them become in ASCII; a paragraph of Chinese does, too, and is looked at more closely."""


@lru_cache(maxsize=1)  # an article is signed three times: all of its words, samples of them, its paragraphs
def nfkc(text: str) -> str:
    """Return `text` in Unicode's normal form KC: one spelling of what looks alike; piles of marks are cut."""
    if unicodedata.is_normalized("NFKC", text):
        return text
    return unicodedata.normalize("NFKC", _unpiled(text))


def _unpiled(text: str) -> str:
    """Return `text` with at most `MOST_MARKS` combining marks in a row.

    Python sorts them in the square of their number: 80,000 on one letter take 10 s.
    """
    if _PILE not in text.encode("ascii", "replace"):
        return text
    kept: list[str] = []
    pile = 0
    for char in text:
        pile = pile + 1 if unicodedata.combining(char) else 0
        if pile <= MOST_MARKS:
            kept.append(char)
    return "".join(kept)


def fold(text: str) -> str:
    """Return `text` for comparison: NFKC, case folded, white space as single blanks."""
    return _folded(text) if len(text) <= MOST_REMEMBERED else _folded.__wrapped__(text)


@lru_cache(maxsize=1_000)  # a page's lines are compared three times each, its labels on all pages of a site
def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def paragraphs(text: str) -> list[str]:
    """Split `text` at blank lines; white space inside a paragraph becomes single blanks.

    >>> paragraphs("Satu  dua.\\n\\n\\n Tiga.\\n")
    ['Satu dua.', 'Tiga.']
    """
    parts = (part if _is_tidy(part) else " ".join(part.split()) for part in _BLANK_LINES.split(text))
    return [part for part in parts if part]


def _is_tidy(part: str) -> bool:
    """Tell whether all white space of `part` is single blanks inside: quicker seen than made so."""
    return part.isprintable() and "  " not in part and part[:1] != " " != part[-1:]


def join_paragraphs(parts: Sequence[str]) -> str:
    """Join paragraphs with one blank line; the inverse of `paragraphs`."""
    return "\n\n".join(part for part in parts if part)


def words(text: str) -> list[str]:
    r"""Return the lower-case words (`\w+`) of `text`, in order."""
    return _WORD.findall(text.lower())


@lru_cache(maxsize=256)
def folded_words(text: str) -> tuple[str, ...]:
    """Return the words of `text`, folded, in order.

    Kept for the last texts: a page's title, names and section ask 110 times for the same thirty texts.
    """
    return tuple(_WORD.findall(fold(text)))


def word_key(text: str) -> str:
    """Return the folded words of `text` without anything between: what the spellings of one name share.

    >>> word_key("Kabar Contoh") == word_key("kabar-contoh")
    True
    """
    return "".join(folded_words(text))


def shingles(tokens: Sequence[str], size: int) -> Iterator[str]:
    """Yield the word n-grams of `tokens`, in order, repeats included, joined by one blank.

    A text shorter than `size` yields itself once; an empty one nothing.
    """
    if not tokens:
        return
    if len(tokens) < size:
        yield " ".join(tokens)
        return
    for start in range(len(tokens) - size + 1):
        yield " ".join(tokens[start : start + size])


def digest(*parts: str) -> str:
    """Return 32 hex characters that identify `parts`: the first half of their SHA-256."""
    joined = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(joined).hexdigest()[:32]
