"""Rules: what one line is held against, sorted so that most lines are held against little."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from warta.transforms.clean.clues import clues, lowered

_NAMED = re.compile(r"\(\?P<\w+>")
_WORD = re.compile(r"\w+")
_HEAD = r"^\W*"
"""How most patterns begin that a line must start with."""


@dataclass(frozen=True, slots=True)
class Match:
    """Which rule fired on a line."""

    kind: str
    name: str
    role: str = ""
    captured: str = ""
    """What follows a `starts` phrase or stands in a pattern's group `name`."""
    within: bool = False
    """The phrase stands somewhere in the line (`has`): a sentence may hold it by chance."""
    opens: bool = False
    """A short phrase begins the line (`starts`): so may a sentence, or a step of a list."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A folded phrase that begins a line or stands in it."""

    text: str
    match: Match
    max_chars: int
    short: bool = False


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression on a line as written."""

    regex: re.Pattern[str]
    match: Match
    max_chars: int
    find: Callable[[str], re.Match[str] | None]
    is_anchored: bool
    clues: frozenset[str]

    def captured(self, found: re.Match[str]) -> Match:
        """Return the match with what the pattern's group `name` holds."""
        name = found.groupdict().get("name") or ""
        return Match(self.match.kind, self.match.name, self.match.role, name.strip())


def pattern_of(source: str, match: Match, max_chars: int) -> Pattern:
    """Compile a pattern. An anchored search tries its anchor at every character; `match` gives up at once."""
    regex = re.compile(source, re.IGNORECASE)
    is_anchored = source.startswith("^")
    return Pattern(
        regex, match, max_chars, regex.match if is_anchored else regex.search, is_anchored, clues(regex)
    )


class Rules:
    """The rules for what stands in lines of one range of lengths."""

    def __init__(self, has: Sequence[Phrase], patterns: Sequence[Pattern]) -> None:
        self._has = has
        self._patterns = patterns
        self._by_word: dict[str, list[int]] = {}
        self._alone: list[int] = []
        for place, phrase in enumerate(has):
            first = _WORD.match(phrase.text)
            if first is not None and phrase.text[first.end() :].startswith(" "):
                self._by_word.setdefault(first[0], []).append(place)
            else:
                self._alone.append(place)
        self._words = frozenset(self._by_word)
        self._anchored: list[int] = []
        self._by_clue: dict[str, list[int]] = {}
        for place, pattern in enumerate(patterns):
            if pattern.is_anchored and not _are_marks(pattern.clues):
                self._anchored.append(place)
                continue
            for clue in pattern.clues or ("",):
                self._by_clue.setdefault(clue, []).append(place)
        self._anchor = _any_of([patterns[place].regex.pattern for place in self._anchored])

    def match(self, line: str, folded: str) -> Match | None:
        """Return the first rule that fires on `line`: phrases before patterns, each in their order."""
        for phrase in self._phrases_for(folded):
            if has_phrase(folded, phrase.text):
                return phrase.match
        for pattern in self._patterns_for(line):
            if found := pattern.find(line):
                return pattern.captured(found)
        return None

    def _phrases_for(self, folded: str) -> list[Phrase]:
        """Return the phrases whose first word stands in a line."""
        if not self._has:
            return []
        words = self._words.intersection(_WORD.findall(folded))
        places = [place for word in words for place in self._by_word[word]]
        return [self._has[place] for place in sorted(places + self._alone)]

    def _patterns_for(self, line: str) -> list[Pattern]:
        """Return the patterns that may match: for most lines none."""
        small = lowered(line)
        places = {place for clue, some in self._by_clue.items() if clue in small for place in some}
        if self._anchor is not None and self._anchor.match(line):
            places.update(self._anchored)
        return [self._patterns[place] for place in sorted(places)]


def has_phrase(folded: str, phrase: str) -> bool:
    """Tell whether a phrase stands in a line where a word begins."""
    at = folded.find(phrase)
    while at > 0 and folded[at - 1].isalnum() and phrase[0].isascii():
        at = folded.find(phrase, at + 1)
    return at >= 0


def _are_marks(clues: Collection[str]) -> bool:
    """Tell whether all clues are marks such as ":" or "©", which few lines hold; most hold a full stop."""
    return bool(clues) and all(len(clue) == 1 and not clue.isalnum() and clue != "." for clue in clues)


def _any_of(sources: Sequence[str]) -> re.Pattern[str] | None:
    """Return one pattern for all: where it fails at the start of a line, each of them does.

    Their common head is tried once, not once for each.
    """
    if not sources:
        return None
    plain = [_NAMED.sub("(?:", source) for source in sources]
    headed = [f"(?:{source.removeprefix(_HEAD)})" for source in plain if source.startswith(_HEAD)]
    others = [f"(?:{source})" for source in plain if not source.startswith(_HEAD)]
    heads = [f"{_HEAD}(?:{'|'.join(headed)})"] if headed else []
    return re.compile("|".join([*heads, *others]), re.IGNORECASE)
