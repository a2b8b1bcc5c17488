"""Clues: strings one of which stands in every line that a pattern matches, read off the pattern itself.

Some 30 patterns may match anywhere in a line, and trying them all took half the time of cleaning. Whether a
line holds "(", "©" or "getty images" is known in a twentieth of that, and most lines hold no clue at all.
"""

import re
from collections.abc import Iterable
from re import _parser  # type: ignore[attr-defined]  # no public module reads patterns
from typing import Any


def clues(pattern: re.Pattern[str]) -> frozenset[str]:
    """Return strings one of which is in `lowered(line)` wherever `pattern` matches in a line.

    The fewest that are certain, of as few the rarest; none when nothing is certain.

    >>> sorted(clues(re.compile(r"[(\\[](?:foto|bild)[^)]{0,9}[)\\]]", re.IGNORECASE)))
    ['(', '[']
    >>> sorted(clues(re.compile(r"\\b(?:Getty Images|AP photo)s?\\b")))
    ['ap photo', 'getty images']
    """
    return _sequence(_parser.parse(pattern.pattern, pattern.flags))


def lowered(text: str) -> str:
    """Return `text` in small letters, with one letter for all that `re.IGNORECASE` takes for the same."""
    if text.isascii():
        return text.lower()
    return text.replace("İ", "i").lower().replace("ı", "i").replace("ſ", "s")


def _sequence(tree: Iterable[tuple[Any, Any]]) -> frozenset[str]:
    """Return the best clues of parts that follow each other: each part is in every match."""
    options: list[frozenset[str]] = []
    literal = ""
    for op, argument in tree:
        if op is _parser.LITERAL and _is_plain(chr(argument)):
            literal += chr(argument).lower()
            continue
        options += [frozenset({literal}), _part(op, argument)]
        literal = ""
    options.append(frozenset({literal}))
    certain = [option for option in options if option and "" not in option]
    return min(certain, key=_cost, default=frozenset())


def _part(op: Any, argument: Any) -> frozenset[str]:
    if op is _parser.SUBPATTERN:
        return _sequence(argument[-1])
    if op in (_parser.MAX_REPEAT, _parser.MIN_REPEAT) and argument[0] >= 1:
        return _sequence(argument[2])
    if op is _parser.BRANCH:
        return _any([_sequence(branch) for branch in argument[1]])
    if op is _parser.IN:
        return _any([_sequence([one]) for one in argument])
    return frozenset()


def _any(parts: list[frozenset[str]]) -> frozenset[str]:
    """Return the clues of alternatives: of all or of none; "foto" makes "antara foto" needless."""
    if not all(parts):
        return frozenset()
    every = frozenset().union(*parts)
    return frozenset(one for one in every if not any(other in one for other in every - {one}))


def _cost(option: frozenset[str]) -> tuple[int, int, list[str]]:
    rarity = min(sum(3 * (not char.isalnum()) or 1 for char in clue.replace(" ", "")) for clue in option)
    return len(option), -rarity, sorted(option)


def _is_plain(char: str) -> bool:
    """Tell whether `lowered` finds a character in all its cases; other alphabets have final and old forms."""
    return char.isascii() or not char.isalpha() or char.lower() == char.upper()
