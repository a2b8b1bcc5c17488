"""Lexicons: what newsrooms write around an article, as data; this module only matches it.

A lexicon file holds `language` and a list of `[[rule]]`s. Each rule has a `kind`, a `name`, a `source`
(where the phrase was seen or is documented) and one or more of

- `lines`: the whole line is the phrase, case, outer punctuation and counters aside;
- `starts`: the line begins with the phrase, and a word ends there;
- `has`: the line contains the phrase, and a word begins there;
- `patterns`: regular expressions on the line as written, case ignored (group `name` captures a person).

`role` says whom a byline names (author, editor, photographer, source), `max_chars` how long a line may
be for `starts` and `has`. All languages are matched on every page: declarations are often wrong, and a
phrase of four words hardly means something else in the next language.
"""

import re
import tomllib
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from warta.transforms.text import fold

KINDS = frozenset(
    {
        "ad",
        "byline",
        "caption",
        "comment",
        "dateline",
        "heading",
        "inline_link",
        "label",
        "legal",
        "newsletter",
        "share",
        "tail",
    }
)

MAX_LINE_CHARS = 240
"""Longer lines are prose for `starts` and `has` unless the rule says otherwise: the longest "Baca juga" line
of the Indonesian development pages has 148 characters; twice as much begins to eat first paragraphs."""

CERTAIN_WORDS = 5
"""A phrase of so many words begins no sentence by chance: "To view the full story"."""

MEMO_LINES = 2_000
"""Lines whose match is remembered: the longest page has some 900."""

REPLY = "reply"
"""Name of the rules whose lines stand below readers' comments."""

_EDGES = " \t\u00a0\u200b\ufeff-–—−_|/\\:;.,…!?*#•·»«›‹>><<→←↓↑▶►▼+()[]{}\"'“”‘’„=~^&"
_COUNTER = re.compile(r"\s*[(\[]?\d{1,4}[)\]]?$")
_FIRST_WORD = re.compile(r"\w+")
_NAMED = re.compile(r"\(\?P<\w+>")


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


_Find = Callable[[str], re.Match[str] | None]


@dataclass(frozen=True, slots=True)
class _Start:
    phrase: str
    match: Match
    max_chars: int
    short: bool = False


class _Rules:
    """What lines of one range of lengths are held against, so that most lines are held against little."""

    def __init__(self, has: list[_Start], patterns: list[tuple[_Find, Match]]) -> None:
        self.has = has
        self.patterns = patterns
        self.searches = [(find, match) for find, match in patterns if find.__name__ == "search"]
        anchored = [find.__self__.pattern for find, _ in patterns if find.__name__ == "match"]  # type: ignore[attr-defined]
        self.starts = _any_of(anchored)
        self._by_word: dict[str, list[int]] = {}
        self._alone: list[int] = []
        for place, one in enumerate(has):
            first = _FIRST_WORD.match(one.phrase)
            if first is not None and one.phrase[first.end() :].startswith(" "):
                self._by_word.setdefault(first[0], []).append(place)
            else:
                self._alone.append(place)

    def has_of(self, folded: str) -> list[_Start]:
        """Return the phrases whose first word stands in a line, in the order of the rules."""
        words = self._by_word.keys() & set(_FIRST_WORD.findall(folded))
        places = [place for word in words for place in self._by_word[word]]
        return [self.has[place] for place in sorted(places + self._alone)]


def _any_of(sources: list[str]) -> re.Pattern[str] | None:
    """Return one pattern for all: where it fails at the start of a line, each of them does."""
    if not sources:
        return None
    return re.compile("|".join(f"(?:{_NAMED.sub('(?:', source)})" for source in sources), re.IGNORECASE)


class Lexicon:
    """Compiled rules of any number of languages."""

    def __init__(self, rules: Iterable[dict[str, object]]) -> None:
        self._lines: dict[str, list[Match]] = {}
        self._starts: dict[str, list[_Start]] = {}
        self._has: list[_Start] = []
        self._patterns: list[tuple[_Find, Match, int]] = []
        self._memo: dict[str, Match | None] = {}
        self._rules: dict[int, _Rules] = {}
        self.agencies: frozenset[str] = frozenset()
        for rule in rules:
            self._add(rule)
        for starts in self._starts.values():
            starts.sort(key=lambda start: -len(start.phrase))
        limits = {has.max_chars for has in self._has} | {max_chars for _, _, max_chars in self._patterns}
        self._limits = sorted(limits)

    def match(self, line: str, kinds: Sequence[str] = ()) -> Match | None:
        """Return the first rule that fires on `line`, of `kinds` when given."""
        if kinds:
            return self._matched(line, kinds)
        # Cleaning runs until nothing changes, so every line is asked for at least twice.
        if line not in self._memo:
            if len(self._memo) >= MEMO_LINES:
                self._memo.clear()
            self._memo[line] = self._matched(line, ())
        return self._memo[line]

    def _matched(self, line: str, kinds: Sequence[str]) -> Match | None:
        for match in self._lines.get(line_key(line), ()):
            if not kinds or match.kind in kinds:
                return match
        if len(line) > MAX_LINE_CHARS * 4:
            return None
        return self._match_start(line, kinds) or self._match_rest(line, kinds)

    def is_heading(self, line: str) -> Match | None:
        """Return the rule by which `line` heads a block of boilerplate."""
        for match in self._lines.get(line_key(line), ()):
            if match.kind in {"heading", "comment", "newsletter"}:
                return match
        return None

    def is_reply(self, line: str) -> bool:
        """Tell whether `line` is what a reader clicks to answer a comment."""
        return any(match.name == REPLY for match in self._lines.get(line_key(line), ()))

    def bylines(self, line: str) -> list[Match]:
        """Return every byline rule that fires on `line`: one line may name author and editor."""
        return [
            Match(match.kind, match.name, match.role, (found.groupdict().get("name") or "").strip())
            for find, match, max_chars in self._patterns
            if match.kind == "byline" and len(line) <= max_chars and (found := find(line))
        ]

    def _match_start(self, line: str, kinds: Sequence[str]) -> Match | None:
        folded = fold(line).lstrip(_EDGES)
        first = _FIRST_WORD.match(folded)
        if first is None:
            return None
        for start in self._starts.get(first.group(), ()):
            if kinds and start.match.kind not in kinds:
                continue
            if len(line) > start.max_chars or not folded.startswith(start.phrase):
                continue
            rest = folded[len(start.phrase) :]
            if rest and (rest[0].isalnum() and start.phrase[-1].isalnum()):
                continue
            captured = line[len(line) - len(rest) :].strip() if rest else ""
            opens = start.short and not captured.startswith(":")  # "Baca juga: ..." is never a sentence
            return Match(start.match.kind, start.match.name, start.match.role, captured, opens=opens)
        return None

    def _match_rest(self, line: str, kinds: Sequence[str]) -> Match | None:
        rules = self._rules_for(len(line))
        if rules.has:
            folded = fold(line)
            for has in rules.has_of(folded):
                if (not kinds or has.match.kind in kinds) and _has_phrase(folded, has.phrase):
                    return has.match
        starts = rules.starts is not None and rules.starts.match(line) is not None
        for find, match in rules.patterns if starts else rules.searches:
            if kinds and match.kind not in kinds:
                continue
            found = find(line)
            if found:
                name = found.groupdict().get("name") or ""
                return Match(match.kind, match.name, match.role, name.strip())
        return None

    def _rules_for(self, chars: int) -> "_Rules":
        """Return the rules that a line of so many characters may fall under."""
        place = bisect_left(self._limits, chars)
        if place not in self._rules:
            self._rules[place] = _Rules(
                [has for has in self._has if chars <= has.max_chars],
                [(find, match) for find, match, max_chars in self._patterns if chars <= max_chars],
            )
        return self._rules[place]

    def _add(self, rule: dict[str, object]) -> None:
        kind, name = str(rule["kind"]), str(rule["name"])
        match = Match(kind, name, str(rule.get("role", "")))
        given = rule.get("max_chars")
        max_chars = given if isinstance(given, int) else MAX_LINE_CHARS
        for phrase in _strings(rule, "lines"):
            self._lines.setdefault(line_key(phrase), []).append(match)
        for phrase in _strings(rule, "starts"):
            folded = fold(phrase)
            first = _FIRST_WORD.match(folded)
            if first:
                self._starts.setdefault(first.group(), []).append(
                    _Start(folded, match, max_chars, len(folded.split()) < CERTAIN_WORDS)
                )
        within = Match(kind, name, match.role, within=True)
        self._has += [_Start(fold(phrase), within, max_chars) for phrase in _strings(rule, "has")]
        for source in _strings(rule, "patterns"):
            pattern = re.compile(source, re.IGNORECASE)
            # An anchored search tries its anchor at every character; `match` gives up at the first.
            find = pattern.match if source.startswith("^") else pattern.search
            self._patterns.append((find, match, max_chars))
        if kind == "dateline":
            self.agencies |= {fold(agency) for agency in _strings(rule, "agencies")}


def line_key(line: str) -> str:
    """Return what of a short line is compared: folded, without outer punctuation or a trailing counter."""
    if len(line) > MAX_LINE_CHARS:
        return ""
    key = fold(line).strip(_EDGES)
    return _COUNTER.sub("", key).rstrip(_EDGES) if key[-1:].isdigit() or key[-1:] in ")]" else key


def _has_phrase(folded: str, phrase: str) -> bool:
    at = folded.find(phrase)
    while at > 0 and folded[at - 1].isalnum() and phrase[0].isascii():
        at = folded.find(phrase, at + 1)
    return at >= 0


def parse_rules(text: str, origin: str) -> list[dict[str, object]]:
    """Return the rules of one lexicon file. Raises ValueError with the file and rule that is wrong."""
    rules = tomllib.loads(text).get("rule", [])
    for at, rule in enumerate(rules, start=1):
        where = f"{origin}: rule {at} ({rule.get('name', '?')})"
        if rule.get("kind") not in KINDS:
            raise ValueError(f"{where}: kind {rule.get('kind')!r} is not one of {', '.join(sorted(KINDS))}")
        if not rule.get("name") or not rule.get("source"):
            raise ValueError(f"{where}: needs a name and a source")
        unknown = set(rule) - {
            "kind", "name", "source", "role", "max_chars", "lines", "starts", "has", "patterns", "agencies"
        }  # fmt: skip
        if unknown:
            raise ValueError(f"{where}: unknown key {', '.join(sorted(unknown))}")
    return list(rules)


@cache
def load_lexicon() -> Lexicon:
    """Return the lexicon of all languages that ship with the package, compiled once."""
    folder = files("warta.transforms.clean") / "lexicons"
    rules: list[dict[str, object]] = []
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".toml"):
            rules += parse_rules(entry.read_text(encoding="utf-8"), entry.name)
    return Lexicon(rules)


def _strings(rule: dict[str, object], key: str) -> list[str]:
    value = rule.get(key, [])
    return [str(one) for one in value] if isinstance(value, list) else []
