"""What a reader asks for, read from the address of the page and written into one. Pure."""

import re
from dataclasses import asdict, dataclass, replace
from datetime import date
from urllib.parse import parse_qs, urlencode

PAGE_ROWS = 30
MOST_WORDS = 12
_WORDS = re.compile(r'"([^"]+)"|(\S+)')


@dataclass(frozen=True, slots=True)
class Query:
    """Filters of the search page; empty means "any"."""

    q: str = ""
    """Words that must all occur in title or text, inside longer words too (`hujan` finds `kehujanan`);
    "quoted words" must stand together."""
    publisher: str = ""
    topic: str = ""
    language: str = ""
    since: str = ""
    """First day, ISO 8601."""
    until: str = ""
    """Last day."""
    page: int = 1

    @property
    def words(self) -> tuple[str, ...]:
        """The words and phrases of `q`, in lower case."""
        found = [(phrase or word).strip().strip('"').lower() for phrase, word in _WORDS.findall(self.q)]
        return tuple(word for word in found if word)[:MOST_WORDS]

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
