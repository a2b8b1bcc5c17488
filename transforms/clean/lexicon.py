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
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files

from warta.transforms.clean.rules import Match, Pattern, Phrase, Rules, pattern_of
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

REPLY = "reply"
"""Name of the rules whose lines stand below readers' comments."""

_EDGES = " \t\u00a0\u200b\ufeff-–—−_|/\\:;.,…!?*#•·»«›‹>><<→←↓↑▶►▼+()[]{}\"'“”‘’„=~^&"
_COUNTER = re.compile(r"\s*[(\[]?\d{1,4}[)\]]?$")
_FIRST_WORD = re.compile(r"\w+")


class Lexicon:
    """Compiled rules of any number of languages."""

    def __init__(self, rules: Iterable[dict[str, object]]) -> None:
        self._given = list(rules)
        self._lines: dict[str, list[Match]] = {}
        self._starts: dict[str, list[Phrase]] = {}
        self._has: list[Phrase] = []
        self._patterns: list[Pattern] = []
        self._parts: dict[str, Lexicon] = {}
        self.agencies: frozenset[str] = frozenset()
        for rule in self._given:
            self._add(rule)
        for starts in self._starts.values():
            starts.sort(key=lambda start: -len(start.text))
        limits = {phrase.max_chars for phrase in self._has} | {one.max_chars for one in self._patterns}
        self._limits = sorted(limits)
        self._rules = [self._rules_for(chars) for chars in self._limits]

    def of(self, kind: str) -> "Lexicon":
        """Return the lexicon of the rules of one kind."""
        if kind not in self._parts:
            self._parts[kind] = Lexicon(rule for rule in self._given if rule["kind"] == kind)
        return self._parts[kind]

    def match(self, line: str, folded: str | None = None) -> Match | None:
        """Return the first rule that fires on `line`; `folded` spares folding it again."""
        if len(line) > MAX_LINE_CHARS * 4:
            return None
        if folded is None:
            folded = fold(line)
        for match in self._whole(line, folded):
            return match
        return self._match_start(line, folded) or self._match_rest(line, folded)

    def is_heading(self, line: str, folded: str | None = None) -> Match | None:
        """Return the rule by which `line` heads a block of boilerplate."""
        for match in self._whole(line, folded):
            if match.kind in {"heading", "comment", "newsletter"}:
                return match
        return None

    def is_reply(self, line: str) -> bool:
        """Tell whether `line` is what a reader clicks to answer a comment."""
        return any(match.name == REPLY for match in self._whole(line))

    def bylines(self, line: str) -> list[Match]:
        """Return every byline rule that fires on `line`: one line may name author and editor."""
        return [
            pattern.captured(found)
            for pattern in self._patterns
            if pattern.match.kind == "byline"
            and len(line) <= pattern.max_chars
            and (found := pattern.find(line))
        ]

    def _whole(self, line: str, folded: str | None = None) -> Sequence[Match]:
        """Return the rules of which a whole line is the phrase."""
        if len(line) > MAX_LINE_CHARS:
            return ()
        return self._lines.get(_key(fold(line) if folded is None else folded), ())

    def _match_start(self, line: str, folded: str) -> Match | None:
        folded = folded.lstrip(_EDGES)
        first = _FIRST_WORD.match(folded)
        if first is None:
            return None
        for start in self._starts.get(first.group(), ()):
            if len(line) > start.max_chars or not folded.startswith(start.text):
                continue
            rest = folded[len(start.text) :]
            if rest and (rest[0].isalnum() and start.text[-1].isalnum()):
                continue
            captured = line[len(line) - len(rest) :].strip() if rest else ""
            opens = start.short and not captured.startswith(":")  # "Baca juga: ..." is never a sentence
            return Match(start.match.kind, start.match.name, start.match.role, captured, opens=opens)
        return None

    def _match_rest(self, line: str, folded: str) -> Match | None:
        place = bisect_left(self._limits, len(line))
        return self._rules[place].match(line, folded) if place < len(self._rules) else None

    def _rules_for(self, chars: int) -> Rules:
        """Return the rules that a line of so many characters may fall under."""
        return Rules(
            [phrase for phrase in self._has if chars <= phrase.max_chars],
            [pattern for pattern in self._patterns if chars <= pattern.max_chars],
        )

    def _add(self, rule: dict[str, object]) -> None:
        kind, name = str(rule["kind"]), str(rule["name"])
        match = Match(kind, name, str(rule.get("role", "")))
        given = rule.get("max_chars")
        max_chars = given if isinstance(given, int) else MAX_LINE_CHARS
        for phrase in _strings(rule, "lines"):
            self._lines.setdefault(_key(fold(phrase)), []).append(match)
        for phrase in _strings(rule, "starts"):
            folded = fold(phrase)
            first = _FIRST_WORD.match(folded)
            if first:
                self._starts.setdefault(first.group(), []).append(
                    Phrase(folded, match, max_chars, len(folded.split()) < CERTAIN_WORDS)
                )
        within = Match(kind, name, match.role, within=True)
        self._has += [Phrase(fold(phrase), within, max_chars) for phrase in _strings(rule, "has")]
        self._patterns += [pattern_of(source, match, max_chars) for source in _strings(rule, "patterns")]
        if kind == "dateline":
            self.agencies |= {fold(agency) for agency in _strings(rule, "agencies")}


def _key(folded: str) -> str:
    """Return what of a short line is compared: without outer punctuation or a trailing counter."""
    key = folded.strip(_EDGES)
    return _COUNTER.sub("", key).rstrip(_EDGES) if key[-1:].isdigit() or key[-1:] in ")]" else key


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
