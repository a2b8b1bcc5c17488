"""What a section name says of a topic: URL path and host, breadcrumb, feed category, through a map."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from warta.schemas.topic import QCODES, UNKNOWN

SECTIONS = Path(__file__).parent / "topics" / "sections.toml"
DEEPEST_SEGMENT = 4
"""Path segments that are read: sections stand in front, article names and numbers behind."""

_NOT_NAME = re.compile(r"[\W_]+")
_SEPARATORS = re.compile(r"[>/|»,›]")


@dataclass(frozen=True, slots=True)
class SectionEvidence:
    """What the section names of one article say."""

    topic: str = ""
    """The topic that a name decides; empty when none does, or two disagree."""
    name: str = ""
    source: str = ""
    """section | category | url."""
    hints: tuple[str, ...] = ()
    """Topics that an ambiguous name makes likelier."""


@dataclass(frozen=True, slots=True)
class SectionMap:
    """Names that decide and names that hint; build with `load_sections`."""

    decides: dict[str, str]
    hints: dict[str, tuple[str, ...]]

    def read(self, *, url: str = "", section: str = "", categories: Sequence[str] = ()) -> SectionEvidence:
        """Return the evidence of the most trusted place that has any: section, then URL, then category."""
        hints: dict[str, None] = {}
        for source, names in (
            ("section", names_of(section)),
            ("url", url_names(url)),
            ("category", [name for category in categories for name in names_of(category)]),
        ):
            found = self._decided(names)
            if found:
                return SectionEvidence(self.decides[found], found, source)
            hints.update(dict.fromkeys(topic for name in names for topic in self.hints.get(name, ())))
        return SectionEvidence(hints=tuple(hints))

    def _decided(self, names: Sequence[str]) -> str:
        """Return the last name that decides, or nothing when the names contradict each other."""
        known = [name for name in names if name in self.decides]
        topics = {self.decides[name] for name in known}
        return known[-1] if len(topics) == 1 else ""


def names_of(text: str) -> list[str]:
    """Split a breadcrumb or category into names.

    >>> names_of("News > Ekonomi & Bisnis")
    ['news', 'ekonomi-bisnis']
    """
    return [name for part in _SEPARATORS.split(text) if (name := _plain(part))]


def url_names(url: str) -> list[str]:
    """Return host labels in front of the site's name, then the first path segments but the last one.

    >>> url_names("https://otomotif.kompas.com/motogp/read/2019/judul-berita")
    ['otomotif', 'motogp', 'read', '2019']
    """
    parts = urlsplit(url) if url else None
    if not parts or not parts.hostname:
        return []
    segments = [segment for segment in parts.path.split("/") if segment]
    return [*_host_labels(parts.hostname), *(_plain(part) for part in segments[:-1][:DEEPEST_SEGMENT])]


def _host_labels(host: str) -> Iterator[str]:
    """Yield the labels in front of the registered name: two labels stay, three under `co.id` and the like."""
    labels = host.lower().split(".")
    kept = 3 if len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 3 else 2
    yield from labels[:-kept]


def _plain(name: str) -> str:
    return _NOT_NAME.sub("-", name.lower().replace("&", " ")).strip("-")


def load_sections(path: Path = SECTIONS) -> SectionMap:
    """Read the map. Raises `ValueError` when a topic is not in the vocabulary or a name stands twice."""
    data: dict[str, dict[str, list[str]]] = tomllib.loads(path.read_text(encoding="utf-8"))
    decides: dict[str, str] = {}
    hints: dict[str, tuple[str, ...]] = {}
    for topic, name in ((topic, name) for topic, names in data["decides"].items() for name in names):
        if topic not in QCODES or topic == UNKNOWN or decides.setdefault(name, topic) != topic:
            raise ValueError(f"{path.name}: {name!r} -> {topic!r}: unknown topic, or mapped twice")
    for topic, names in data["hints"].items():
        for name in names:
            hints[name] = (*hints.get(name, ()), topic)
    return SectionMap(decides, hints)
