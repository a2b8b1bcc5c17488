"""The phrases of `phrases/*.toml`, loaded once: byline labels, roles, names of nobody, home zones."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from itertools import islice
from urllib.parse import urlsplit

from warta.transforms.text import fold


@dataclass(frozen=True, slots=True)
class Phrases:
    """All languages together. Words are folded; patterns ignore case."""

    labels: dict[str, str]
    """Folded label, as it stands before a colon -> author | editor | also (another label: ends a name)."""
    credits: frozenset[str]
    """The labels of authors and editors alone."""
    bare: frozenset[str]
    """Folded phrases that introduce a name without a colon ("by", "ditulis oleh")."""
    edits: tuple[str, ...]
    """Phrases that introduce an editor without a colon, as they are written ("Editing by")."""
    edited: re.Pattern[str]
    """Any of `edits`: one search is half the time of one search for each."""
    joiner: re.Pattern[str]
    roles: frozenset[str]
    nobodies: frozenset[str]
    companies: frozenset[str]
    rubrics: frozenset[str]
    """Words of sections and places, which stand below headlines as lonely as names do."""
    credit: re.Pattern[str]
    """The start of a picture's credit: "Foto: ", "Photo by ", "(Dok. "."""
    modified: frozenset[str]
    """Folded phrases that introduce the time of a change."""


@lru_cache(maxsize=1)
def phrases() -> Phrases:
    """Return the phrases of all languages."""
    rows: dict[str, set[str]] = {}
    for file in sorted(resources.files("warta.transforms.extract.phrases").iterdir(), key=lambda f: f.name):
        if file.name.endswith(".toml") and file.name != "zones.toml":
            data = tomllib.loads(file.read_text("utf-8"))
            for part in ("byline", "date", "caption"):
                for kind, words in data.get(part, {}).items():
                    rows.setdefault(kind, set()).update(words)
    labels = {fold(word): kind for kind in ("also", "author", "editor") for word in rows[kind]}
    labels |= {fold(word): "also" for kind in ("published", "modified") for word in rows[kind]}
    return Phrases(
        labels=labels,
        credits=frozenset(label for label, kind in labels.items() if kind != "also"),
        bare=frozenset(map(fold, rows["bare"])),
        edits=tuple(sorted(rows["edits"])),
        edited=re.compile("|".join(map(re.escape, sorted(rows["edits"])))),
        joiner=re.compile(rf"\s+(?:{_any(rows['joiner'])})\s+", re.IGNORECASE),
        roles=frozenset(map(fold, rows["role"])),
        nobodies=frozenset(map(fold, rows["nobody"])),
        companies=frozenset(fold(word).strip(".,") for word in rows["company"]),
        rubrics=frozenset(map(fold, rows["rubric"])),
        credit=re.compile(
            rf"(?:{_any(rows['credit'])})(?:\s*[:/|]|\.\s|(?<=\bby)\s|(?<=\bof)\s|(?<=copyright)\s|$)",
            re.IGNORECASE,
        ),
        modified=frozenset(map(fold, rows["modified"])),
    )


def _any(words: Iterable[str]) -> str:
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in longest_first)


def starts_with_phrase(text: str, known: frozenset[str]) -> int:
    """Return the length of the longest of the `known` phrases that `text` begins with; 0 if none.

    >>> starts_with_phrase("Ditulis oleh: Sri Wahyuni", frozenset({"ditulis oleh"}))
    13
    """
    found = 0
    for match in islice(re.finditer(r"\S+", text[:60]), 5):
        if fold(text[: match.end()]).strip("-–—|·:(* ") in known:
            found = match.end()
    return found


@lru_cache(maxsize=1)
def _zones() -> dict[str, dict[str, str]]:
    file = resources.files("warta.transforms.extract.phrases").joinpath("zones.toml")
    return tomllib.loads(file.read_text("utf-8"))


def home_zone(url: str) -> str:
    """Return the IANA zone of the country that an address belongs to; "" when it belongs to none.

    >>> home_zone("https://berita.contoh.co.id/1")
    'Asia/Jakarta'
    """
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        host = ""
    return _zones()["country"].get(host.rpartition(".")[2], "")


def zone_of_language(tag: str) -> str:
    """Return the IANA zone that a language tag makes likely: its region's, else the language's; else "".

    >>> zone_of_language("en-IN"), zone_of_language("en")
    ('Asia/Kolkata', '')
    """
    language, _, region = tag.replace("_", "-").lower().partition("-")
    return _zones()["country"].get(region) or _zones()["language"].get(language, "")
