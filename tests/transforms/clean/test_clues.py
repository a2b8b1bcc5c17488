"""The shortcut through a lexicon's patterns, against trying every one of them."""

import random
import re
from re import _parser  # type: ignore[attr-defined]
from typing import Any

import pytest

from warta.transforms.clean.clues import clues, lowered
from warta.transforms.clean.lexicon import load_lexicon
from warta.transforms.clean.rules import Match, Pattern, Rules, pattern_of

PATTERNS = load_lexicon()._patterns
SAMPLES = 40
OTHER_CASES = {"i": "I\u0131\u0130", "s": "S\u017f", "k": "K\u212a"}
"""What `re.IGNORECASE` takes for the same letter; a test below says that these are all."""
CATEGORIES = {
    _parser.CATEGORY_DIGIT: "7",
    _parser.CATEGORY_SPACE: " ",
    _parser.CATEGORY_WORD: "aZé",
    _parser.CATEGORY_NOT_WORD: " -»",
    _parser.CATEGORY_NOT_SPACE: "x",
}


def example(tree: Any, rng: random.Random) -> str:
    """Write a line that a pattern is likely to match."""
    return "".join(part(op, argument, rng) for op, argument in tree)


def part(op: Any, argument: Any, rng: random.Random) -> str:
    if op in (_parser.LITERAL, _parser.RANGE):
        char = chr(argument if op is _parser.LITERAL else rng.randint(*argument))
        return rng.choice([char, char, char.upper(), *OTHER_CASES.get(char, "")])
    if op is _parser.IN:
        return "x" if argument[0][0] is _parser.NEGATE else part(*rng.choice(argument), rng)
    if op is _parser.CATEGORY:
        return rng.choice(CATEGORIES[argument])
    if op in (_parser.MAX_REPEAT, _parser.MIN_REPEAT):
        low, high, inner = argument
        return "".join(example(inner, rng) for _ in range(rng.randint(low, min(high, low + 2))))
    if op is _parser.BRANCH:
        return example(rng.choice(argument[1]), rng)
    if op is _parser.SUBPATTERN:
        return example(argument[-1], rng)
    return rng.choice("x ") if op in (_parser.ANY, _parser.NOT_LITERAL) else ""


def examples(pattern: Pattern) -> list[str]:
    tree = _parser.parse(pattern.regex.pattern, pattern.regex.flags)
    rng = random.Random(pattern.regex.pattern)
    lines = [example(tree, rng) for _ in range(SAMPLES)]
    return [line for one in lines for line in (one, f"Kata orang {one}", f"{one} kata orang.")]


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda one: f"{one.match.kind}-{one.match.name}")
def test_every_line_that_a_shipped_pattern_matches_holds_one_of_its_clues(pattern: Pattern) -> None:
    matched = [line for line in examples(pattern) if pattern.regex.search(line)]
    assert matched
    assert pattern.clues
    for line in matched:
        assert any(clue in lowered(line) for clue in pattern.clues), line


def test_the_first_rule_that_fires_is_the_same_as_by_trying_all_in_order() -> None:
    rules = Rules([], PATTERNS)
    fired = 0
    for line in (line for pattern in PATTERNS for line in examples(pattern)):
        tried = ((one, re.search(one.regex.pattern, line, re.IGNORECASE)) for one in PATTERNS)
        plain = next((one.captured(found) for one, found in tried if found), None)
        assert rules.match(line, "") == plain, line
        fired += plain is not None
    assert fired > 1_000


def test_small_letters_are_the_same_wherever_case_is_ignored() -> None:
    letters = sorted({char for pattern in PATTERNS for clue in pattern.clues for char in clue})
    known = re.compile(f"[{re.escape(''.join(letters))}]", re.IGNORECASE)
    others = [chr(code) for code in range(0x110000) if known.match(chr(code))]
    for letter in letters:
        same = re.compile(re.escape(letter), re.IGNORECASE)
        assert {lowered(f"a{other}z") for other in others if same.match(other)} == {f"a{letter}z"}
    ascii_cases = {other for other in others if not other.isascii() and other.lower()[0] in "ıiſsk"}
    assert ascii_cases == {case for cases in OTHER_CASES.values() for case in cases if not case.isascii()}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (r"(?:a|bc)?\d+", set()),
        (r"kata(?:kan|i)", {"kata"}),
        (r"(?:satu|dua|\d)x?", set()),
        (r"(?:antara foto|foto|dok\.)", {"foto", "dok."}),
        (r"[(\[]x", {"x"}),
        (r"(?=kunci)\w+", set()),
        (r"(?:ab){0,3}", set()),
        (r"(?:ab){2,3}", {"ab"}),
        (r"[^a]", set()),
        (r"σσς", set()),
    ],
)
def test_clues_are_only_what_is_certain(source: str, expected: set[str]) -> None:
    assert clues(re.compile(source, re.IGNORECASE)) == expected


def test_a_pattern_without_a_clue_is_tried_on_every_line() -> None:
    rules = Rules([], [pattern_of(r"\d{4}\W*$", Match("label", "year"), 240)])
    match = rules.match("Tahun 2026.", "")
    assert match is not None
    assert match.name == "year"
