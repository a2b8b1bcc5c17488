"""Counting what happened, in the graph itself: exact under retries and on every engine, unlike counters."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import apache_beam as beam

from warta.transforms.store.files import files_at
from warta.transforms.store.layout import join

TALLY = "tally"
TALLY_FILE = "tally.json"

Count = tuple[str, str, str]
"""(what, detail, feed_url), e.g. ("rejected", "not_found", "https://…/rss")."""

Counted = dict[tuple[str, str], tuple[beam.PCollection, ...]]
"""What is counted of which collections, by (what, attribute of an item that is its detail or "")."""


@dataclass(frozen=True)
class Tally:
    """How many elements each part of the graph saw, by detail and feed_url."""

    counts: Mapping[Count, int] = field(default_factory=dict)

    def total(self, what: str) -> int:
        """Return how often `what` was counted, over every detail and feed_url."""
        return sum(count for (name, _, _), count in self.counts.items() if name == what)

    def by_detail(self, what: str) -> dict[str, int]:
        """Return counts of `what` by detail, most first."""
        found: Counter[str] = Counter()
        for (name, detail, _), count in self.counts.items():
            if name == what:
                found[detail] += count
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))

    def by_feed(self, *whats: str) -> dict[str, int]:
        """Return how often any of `whats` was counted, by feed_url."""
        found: Counter[str] = Counter()
        for (name, _, feed_url), count in self.counts.items():
            if name in whats:
                found[feed_url] += count
        return dict(found)

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(dict(Counter(self.counts) + Counter(other.counts)))


def count_of(item: Any, what: str, detail: str) -> Count:
    """Return how an item is counted: as what, with which attribute as detail, of which feed."""
    said = getattr(item, detail) if detail else ""
    item = getattr(item, "entry", None) or getattr(item, "article", None) or item
    return what, str(said), item.feed_url


def write_tally(folder: str, pairs: Iterable[tuple[Count, int]]) -> str:
    """Write counts as one JSON file into `folder`; those of one (what, detail, feed_url) are added up."""
    sums: Counter[Count] = Counter()
    for key, count in pairs:
        sums[key] += count
    rows = [[*key, count] for key, count in sorted(sums.items())]
    path = join(folder, TALLY_FILE)
    files_at(path).write(path, json.dumps(rows).encode())
    return path


def read_tally(folder: str) -> Tally:
    """Read what `write_tally` wrote; empty when the graph counted nothing."""
    path = join(folder, TALLY_FILE)
    files = files_at(path)
    if not files.exists(path):
        return Tally()
    rows = json.loads(files.read(path))
    return Tally({(what, detail, feed_url): count for what, detail, feed_url, count in rows})
