"""What a reader asks for, read from the address of the page and written into one. Pure."""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date
from urllib.parse import parse_qs, urlencode

PAGE_ROWS = 30
MOST_WORDS = 12
_WORDS = re.compile(r'"([^"]+)"|(\S+)')


@dataclass(frozen=True, slots=True)
class Word:
    """A word or phrase to find, in lower case."""

    text: str
    ends: bool = False
    """Whether more letters may come before it."""
    begins: bool = False
    """Whether more letters may follow."""

    @property
    def re2(self) -> str:
        """Return a pattern for DuckDB's engine, whose own word boundary knows ASCII only."""
        before = "" if self.ends else r"(^|[^\p{L}\p{N}])"
        after = "" if self.begins else r"([^\p{L}\p{N}]|$)"
        return before + re.escape(self.text) + after

    @property
    def pattern(self) -> str:
        """Return a pattern for Python's engine."""
        before = "" if self.ends else r"(?<![^\W_])"
        after = "" if self.begins else r"(?![^\W_])"
        return before + re.escape(self.text) + after


def spotter(words: Iterable[Word]) -> re.Pattern[str] | None:
    """Return what finds any of `words` in a text; None when there are none."""
    patterns = [word.pattern for word in words]
    return re.compile("|".join(patterns), re.IGNORECASE) if patterns else None


@dataclass(frozen=True, slots=True)
class Query:
    """Filters of the search page; empty means "any"."""

    q: str = ""
    """Words that must all occur in title or text; "quoted words" stand together, `hujan*` and `*hujan` are
    beginnings and ends of words."""
    publisher: str = ""
    topic: str = ""
    language: str = ""
    since: str = ""
    """First day, ISO 8601."""
    until: str = ""
    """Last day."""
    page: int = 1

    @property
    def words(self) -> tuple[Word, ...]:
        """The words and phrases of `q`, in lower case."""
        found = ((phrase or word).strip(' "').lower() for phrase, word in _WORDS.findall(self.q))
        words = (Word(one.strip("*"), one.startswith("*"), one.endswith("*")) for one in found)
        return tuple(word for word in words if word.text)[:MOST_WORDS]

    def address(self, *, page: int = 1) -> str:
        """Return the address of this search."""
        said = {name: value for name, value in asdict(replace(self, page=page)).items() if value}
        if page == 1:
            said.pop("page")
        return "/?" + urlencode(said) if said else "/"


def read_query(text: str) -> Query:
    """Read the query part of an address; what makes no sense is left out."""
    said = {name: values[-1][:300] for name, values in parse_qs(text).items()}
    days = {name: said[name] for name in ("since", "until") if _is_day(said.get(name, ""))}
    names = {name: said[name] for name in ("q", "publisher", "topic", "language") if name in said}
    page = int(said["page"]) if re.fullmatch(r"[1-9]\d{0,5}", said.get("page", "")) else 1
    return Query(**names, **days, page=page)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == 10
