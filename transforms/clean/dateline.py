"""The head of a first paragraph: place, agency and publisher before the dash, told from a sentence."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from warta.transforms.text import fold

MAX_HEAD_CHARS = 90
"""Longest head seen: "Mataram, NTB (ANTARA News) - "; a sentence's first clause is longer or lower case."""
MAX_PLACE_WORDS = 4

_HEAD = re.compile(
    r"""^(?P<head>[^.!?]{1,80}?(?:\.[A-Za-z]{2,12})*\)?)\s*(?P<mark>\s[-–—|]{1,3}|[–—]|--|\s?:|,)\s*(?=["“”'‘„(]?\w)"""
)
_PARTS = re.compile(r"\s*(?:[-–—|/,()\[\]:]|\s-\s)\s*")
_DOMAIN = re.compile(
    r"^[\w-]+(?:\.[\w-]+)*\.(?:com|co|id|net|org|tv|news|info|my|sg|au|uk|de|at|ch|es|fr|it|in|ph|us|me|go|ac|web|online|media)(?:\.\w{2})?$",
    re.IGNORECASE,
)
_CAPITALISED = re.compile(
    r"^(?:[A-ZÀ-ÞĀ-Ž][\w.'’-]*|d[aeiou]s?|al|el|la|le|los|las|of|the|und|van|von|di|del|der|den|y|e)$"
)
_SECTIONS = frozenset(
    {"news", "berita", "nasional", "internasional", "national", "international", "politik", "sport"}
)
_DATE = re.compile(
    r"^\d{1,2}[./]\d{1,2}(?:[./]\d{2,4})?$|^(?:\w+\s)?\d{1,2}\s\w{3,9}(?:\s\d{4})?$|^\w{3,9}\.?\s\d{1,2}(?:,?\s\d{4})?$|^\d{4}$"
)


@dataclass(frozen=True, slots=True)
class Split:
    """A paragraph without its head, and what the head said."""

    rest: str
    place: str = ""
    publisher: str = ""
    section: str = ""


def split_dateline(text: str, *, agencies: Collection[str] = (), publishers: Sequence[str] = ()) -> Split:
    """Take place, agency and publisher off the head of a first paragraph.

    >>> split_dateline("ASHGABAT, KOMPAS.TV – Presiden Rusia tiba.").place
    'ASHGABAT'
    >>> split_dateline("Manchester United - the champions - lost.").rest
    'Manchester United - the champions - lost.'
    """
    names = {fold(name) for name in publishers if name}
    rest = text
    places: list[str] = []
    sources: list[str] = []
    for _ in range(4):
        step = _step(rest, agencies, names, bool(places))
        if step is None:
            break
        rest, place, source = step
        places += place
        sources += source
    # "Internationalmedia.co.id – News – Presiden ...": after a publisher stands a section, not a place.
    section = places.pop(0) if sources and places and fold(places[0]) in _SECTIONS else ""
    return Split(rest, ", ".join(places), sources[0] if sources else "", section)


def _step(
    text: str, agencies: Collection[str], names: Collection[str], started: bool
) -> tuple[str, list[str], list[str]] | None:
    found = _HEAD.match(text[: MAX_HEAD_CHARS + 12])
    if found is None:
        return None
    head, mark, rest = found.group("head").strip(), found.group("mark").strip(), text[found.end() :]
    parts = [part for part in _PARTS.split(head) if part]
    if not parts or len(parts) > 4:
        return None
    places: list[str] = []
    sources: list[str] = []
    for part in parts:
        if _is_source(part, agencies, names):
            sources.append(part)
        elif _DATE.match(part):
            continue
        elif _is_place(part):
            places.append(part)
        else:
            return None
    if mark == "," and not _leads_on(rest, agencies, names):
        return None
    # A comma or colon ends a head only where the head names its source: "Kompas.com: ..." hardly else.
    if mark == ":" and not sources:
        return None
    opens = rest[:1].isupper() or rest.startswith(('"', "“", "'", "‘", "„", "("))
    if not sources and not opens and not all(place.isupper() for place in places):
        return None
    if started and not sources and len(places) > 1:
        return None
    return rest, places, sources


def _leads_on(rest: str, agencies: Collection[str], names: Collection[str]) -> bool:
    """Tell whether what follows a comma is the rest of a head: "Jakarta, CNN Indonesia -- "."""
    found = _HEAD.match(rest[:MAX_HEAD_CHARS])
    if found is None or found.group("mark").strip() in {",", ":"}:
        return False
    parts = [part for part in _PARTS.split(found.group("head").strip()) if part]
    return bool(parts) and all(
        _is_source(p, agencies, names) or _is_place(p) or _DATE.match(p) for p in parts
    )


def _is_source(part: str, agencies: Collection[str], names: Collection[str]) -> bool:
    folded = fold(part)
    return bool(_DOMAIN.match(part)) or folded in agencies or folded in names


def _is_place(part: str) -> bool:
    words = part.split()
    if not 1 <= len(words) <= MAX_PLACE_WORDS or not words[0][:1].isupper():
        return False
    return all(_CAPITALISED.match(word) for word in words) and any(len(word) > 2 for word in words)
