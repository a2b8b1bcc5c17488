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

MEMO_LINES = 2_000
"""Lines whose match is remembered: the longest page has some 900."""

REPLY = "reply"
"""Name of the rules whose lines stand below readers' comments."""

_EDGES = " \t\u00a0\u200b\ufeff-–—−_|/\\:;.,…!?*#•·»«›‹>><<→←↓↑▶►▼+()[]{}\"'“”‘’„=~^&"
_COUNTER = re.compile(r"\s*[(\[]?\d{1,4}[)\]]?$")
_FIRST_WORD = re.compile(r"\w+")


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


_Find = Callable[[str], re.Match[str] | None]


@dataclass(frozen=True, slots=True)
class _Start:
    phrase: str
    match: Match
    max_chars: int


class Lexicon:
    """Compiled rules of any number of languages."""

    def __init__(self, rules: Iterable[dict[str, object]]) -> None:
        self._lines: dict[str, list[Match]] = {}
        self._starts: dict[str, list[_Start]] = {}
        self._has: list[_Start] = []
        self._patterns: list[tuple[_Find, Match, int]] = []
        self._memo: dict[str, Match | None] = {}
        self.agencies: frozenset[str] = frozenset()
        for rule in rules:
            self._add(rule)
        for starts in self._starts.values():
            starts.sort(key=lambda start: -len(start.phrase))

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
            return Match(start.match.kind, start.match.name, start.match.role, captured)
        return None

    def _match_rest(self, line: str, kinds: Sequence[str]) -> Match | None:
        folded = ""
        for has in self._has:
            if len(line) > has.max_chars or (kinds and has.match.kind not in kinds):
                continue
            folded = folded or fold(line)
            if _has_phrase(folded, has.phrase):
                return has.match
        for find, match, max_chars in self._patterns:
            if len(line) > max_chars or (kinds and match.kind not in kinds):
                continue
            found = find(line)
            if found:
                name = found.groupdict().get("name") or ""
                return Match(match.kind, match.name, match.role, name.strip())
        return None

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
                self._starts.setdefault(first.group(), []).append(_Start(folded, match, max_chars))
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
