"""Names: from what a byline says to people, organisations set aside."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache

from warta.transforms.dates import parse_instant
from warta.transforms.extract.lexicon import Phrases, phrases, starts_with_phrase
from warta.transforms.text import fold, word_key

MAX_NAMES = 12
MAX_NAME_CHARS = 60
MAX_NAME_WORDS = 6
MAX_BYLINE_CHARS = 400
"""A longer byline is a sentence or a biography."""

_NOISE = re.compile(
    r"[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,30}){1,4}|https?://\S+|(?<!\w)@\w+|\S+\.(?:com|de|net|org|co\.\w\w|id)/\S*"
)
_BRACKETS = re.compile(r"[(\[（【<＜][^()\[\]（）【】<>＜＞]{0,80}[)\]）】>＞]")
_SPLIT = re.compile(r"\s*(?:[;|•·●/／、＆&+\n\t]|,(?=\s)|，|\s[-–—]\s|\s\*\s)\s*")
_FIRST_DIGIT = re.compile(r"\s*[-–—|,(]?\s*\d.*$")
_ON_A_DAY = re.compile(r"(?<=\w)\s+(?:pada|on|am|at)\s+(?=\S).*$")
_DATE_WORDS = re.compile(r"[\s,|·]+(?:on|am|le|el|il|op|den|pada)$")
_USERNAME = re.compile(r"[a-z]{2,20}\.[a-z]{2,20}")
_TITLE = re.compile(
    r"^(?:(?:dr|prof|mr|mrs|ms|ir|drs|dra|hj|h|sir|dame|dipl|ing|mag)\.\s*(?:-\s*)?){1,4}", re.IGNORECASE
)
_DEGREE = re.compile(
    r",?\s+(?:ph\.?\s?d|m\.?\s?d|r\.?\s?d|m\.?\s?sc|b\.?\s?sc|m\.?\s?a|mph|mba|s\.\w{1,3}|esq|j\.?d)\.?$",
    re.IGNORECASE,
)
_INITIALS = frozenset({"jr", "jr.", "sr", "sr.", "ii", "iii", "iv"})
_DOMAIN = re.compile(
    r"\w\.(?:com|net|org|de|at|ch|uk|id|co|tv|info|news|fr|it|es|nl|be|tr|cz|pl|eu|ca|au|in|za|no|se|dk|io|us|media|online)(?:\.\w\w)?\b",
    re.IGNORECASE,
)
_LETTER = re.compile(r"[^\W\d_]")
_LATIN = re.compile(r"^[\W\d_]*[a-zA-ZÀ-ɏ]")
_NAME_LIKE = re.compile(r"[^\W\d_][\w.'’`´-]*")
_PARTICLES = frozenset(
    [
        "van",
        "von",
        "de",
        "der",
        "den",
        "del",
        "della",
        "di",
        "da",
        "dos",
        "das",
        "do",
        "bin",
        "binti",
        "al",
        "el",
        "la",
        "le",
        "ten",
        "ter",
        "zu",
        "zum",
        "af",
        "av",
        "y",
        "e",
        "i",
        "abu",
        "ibn",
        "st",
    ]
)


class Trust(Enum):
    """How much a text promises to hold names."""

    FIELD = auto()
    """A field made for authors (JSON-LD, meta): anything not known to be no person."""
    LABEL = auto()
    """Visible text behind a byline label: one word, or two and more with capitals."""
    TEXT = auto()
    """Other visible text: two to five words with capitals."""


@dataclass(frozen=True, slots=True)
class Names:
    """Who a byline names."""

    people: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()


class NameReader:
    """Reads bylines of one page; knows the names that the house goes by."""

    def __init__(self, houses: Iterable[str]) -> None:
        self.words: Phrases = phrases()
        self.houses = {key for house in houses if (key := word_key(house))}

    def read(self, texts: Iterable[str], *, trust: Trust = Trust.FIELD) -> Names:
        """Return the people and the organisations that `texts` name, in order, without repeats.

        Args:
          texts: author fields or bylines.
          trust: where the texts come from; decides what may pass for a name.
        """
        people: dict[str, str] = {}
        others: dict[str, str] = {}
        for text in texts:
            for name in self._settled(self.split(text), trust):
                kept = people if self.is_person(name, trust=trust) else others
                kept.setdefault(word_key(name), name)
                if len(people) >= MAX_NAMES:
                    break
        return Names(tuple(people.values()), tuple(name for key, name in others.items() if key))

    def is_house(self, text: str) -> bool:
        """Does `text` name the site or a part of it ("contohHealth" on contoh.co.id)?"""
        key = word_key(text)
        return any(key == house or (len(house) > 3 and key.startswith(house)) for house in self.houses)

    def split(self, text: str) -> list[str]:
        """Cut a byline into bare names: labels, roles, addresses, degrees and dates are dropped."""
        text = " ".join(text[:MAX_BYLINE_CHARS].split())
        text = _BRACKETS.sub(" ", _NOISE.sub(" ", text))
        text = _ON_A_DAY.sub("", self._without_label(text))
        names: list[str] = []
        for part in _SPLIT.split(text):
            for piece in self.words.joiner.split(part):
                if self._is_role(piece, after=bool(names)):
                    continue
                name = self._clean(piece)
                if not name or (names and fold(name) in _INITIALS):
                    if name:
                        names[-1] = f"{names[-1]} {name}"
                    continue
                if fold(name) not in self.words.roles:
                    names.append(name)
        return names

    def _settled(self, names: list[str], trust: Trust) -> list[str]:
        """Drop what follows a name within one byline and is none: a town, an agency's initials, the house."""
        if trust is not Trust.FIELD:
            names = [self._without_house(name) for name in names]
        if len(names) > 1 and (len(names[0].split()) > 1 or not self.is_person(names[0])):
            names = [
                names[0],
                *(name for name in names[1:] if len(name.split()) > 1 or not _LATIN.match(name)),
            ]
        return [_spelled_out(name) for name in names]

    def _without_house(self, name: str) -> str:
        """Cut an affiliation off a visible byline: "Jane Doe Contoh Staff" on Contoh's own page."""
        words = name.split()
        if fold(name) in self.words.nobodies or words[:1] == ["The"]:
            return name
        for size in range(2, len(words)):
            tail = word_key(" ".join(words[size:]))
            if (
                tail in self.houses
                or fold(words[-1]).strip(".,") in self.words.companies
                or self.is_house(tail)
            ):
                return " ".join(words[:size])
        return name

    def _without_label(self, text: str) -> str:
        for _ in range(2):
            head, colon, rest = text.partition(":")
            if colon and fold(head.strip(" -–—|")) in self.words.labels:
                text = rest.strip()
                continue
            bare = starts_with_phrase(text, self.words.bare)
            if not bare or bare == len(text):
                return text
            text = text[bare:].lstrip(" :")
        return text

    def _clean(self, name: str) -> str:
        name = without_date(name)
        name = name.strip(" \t-–—,.:;|*\"“”„»«<>()[]‘’'")
        name = self._without_label(name)
        name = _DEGREE.sub("", _TITLE.sub("", name)).strip(" -–—,:;|")
        words = name.split()
        for size in (3, 2, 1):
            least = size if len(words) > 1 and not _LATIN.match(name) else size + 1
            if len(words) > least and fold(" ".join(words[-size:])) in self.words.roles:
                words = words[:-size]
                break
            if len(words) > size + 1 and fold(" ".join(words[:size])) in self.words.roles:
                words = words[size:]
                break
        return " ".join(words)

    def _is_role(self, name: str, *, after: bool) -> bool:
        """Is this part of a byline a job ("Senior Reporter in Berlin") rather than a name?"""
        if not after:
            return False
        words = [fold(word).strip(".,") for word in name.split()]
        return any(word in self.words.roles for word in words)

    def is_person(self, name: str, *, trust: Trust = Trust.FIELD) -> bool:
        """Can `name` be a person's, by its looks and by the lists of those that are none?"""
        if not 2 <= len(name) <= MAX_NAME_CHARS or not _LETTER.search(name):
            return False
        folded, key = fold(name), word_key(name)
        words = [word.strip(".,") for word in folded.split()]
        if len(words) > MAX_NAME_WORDS or folded in self.words.nobodies or words[0] == "the":
            return False
        if key in self.houses or key.removeprefix("the") in self.houses:
            return False
        if _DOMAIN.search(name) or any(char.isdigit() or char in "!?=_{}%#:" for char in name):
            return False
        if any(word in self.words.companies for word in words):
            return False
        return trust is Trust.FIELD or self._looks_named(name, trust)

    def _looks_named(self, name: str, trust: Trust) -> bool:
        words = name.split()
        folded = [fold(word).strip(".,") for word in words]
        if folded[0] in self.houses or self.is_house(name) or fold(name) in self.words.labels:
            return False
        if folded[0] in self.words.labels or any(word in self.words.nobodies for word in folded):
            return False
        if trust is Trust.TEXT and any(word in self.words.rubrics for word in folded):
            return False
        if not _LATIN.match(name):
            return trust is Trust.LABEL and len(name) <= 20
        if len(words) == 1:
            return trust is Trust.LABEL and (name[0].isupper() or len(name) > 3)
        rest = [word for word in words if not word[0].isupper()]
        return (
            len(words) <= 5 and len(words) - len(rest) >= 2 and all(fold(word) in _PARTICLES for word in rest)
        )


def without_date(name: str) -> str:
    """Cut a date off the end of a name: "Jane Doe 21 May 2020", "Jane Doe May 21", "Jane Doe on 21.5."."""
    shorter = _FIRST_DIGIT.sub("", name)
    if shorter == name:
        return name
    head, _, last = shorter.rpartition(" ")
    if head and is_month(last):
        shorter = head
    return _DATE_WORDS.sub("", shorter)


@lru_cache(maxsize=2_000)
def is_month(word: str) -> bool:
    """Does `word` name a month, in any language that dates are read in?"""
    return parse_instant(f"1 {word.strip('.,')} 2000") is not None


def _spelled_out(name: str) -> str:
    """Make a name of an account's ("jane.doe") and of one in capitals ("JANE DOE"): "Jane Doe"."""
    if _USERNAME.fullmatch(name) and not _DOMAIN.search(name):
        return name.replace(".", " ").title()
    return name.title() if name.isupper() and len(name) > 6 and " " in name else name
