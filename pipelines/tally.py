"""Counting what happened, in the graph itself: exact under retries and on every engine, unlike counters."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import apache_beam as beam

TALLY_FILE = "tally.json"

Count = tuple[str, str, str]
"""(what, detail, publisher), e.g. ("rejected", "not_found", "Harian Kota")."""


@dataclass(frozen=True)
class Tally:
    """How many elements each part of the graph saw, by detail and publisher."""

    counts: Mapping[Count, int] = field(default_factory=dict)

    def total(self, what: str) -> int:
        """Return how often `what` was counted, over every detail and publisher."""
        return sum(count for (name, _, _), count in self.counts.items() if name == what)

    def by_detail(self, what: str) -> dict[str, int]:
        """Return counts of `what` by detail, most first."""
        found: Counter[str] = Counter()
        for (name, detail, _), count in self.counts.items():
            if name == what:
                found[detail] += count
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))

    def by_publisher(self) -> dict[str, dict[str, int]]:
        """Return counts of everything by publisher, then by what."""
        found: dict[str, Counter[str]] = {}
        for (name, _, publisher), count in sorted(self.counts.items()):
            if publisher:
                found.setdefault(publisher, Counter())[name] += count
        return {publisher: dict(counts) for publisher, counts in found.items()}

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(dict(Counter(self.counts) + Counter(other.counts)))


class StageTally(beam.PTransform):
    """Count (what, detail, publisher) triples and write one JSON file into `folder`. Bounded input."""

    def __init__(self, folder: str) -> None:
        super().__init__()
        self.folder = folder

    def expand(self, counts: beam.PCollection) -> beam.PCollection:
        return (
            counts
            | "CountEach" >> beam.combiners.Count.PerElement()
            | "ToList" >> beam.combiners.ToList()
            | "WriteTally" >> beam.Map(_write, self.folder)
        )


def read_tally(folder: str) -> Tally:
    """Read what `StageTally` wrote; empty when the graph counted nothing."""
    path = Path(folder) / TALLY_FILE
    if not path.exists():
        return Tally()
    rows = json.loads(path.read_text(encoding="utf-8"))
    return Tally({(what, detail, publisher): count for what, detail, publisher, count in rows})


def _write(pairs: Iterable[tuple[Count, int]], folder: str) -> str:
    rows = sorted([*key, count] for key, count in pairs)
    path = Path(folder) / TALLY_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(rows), encoding="utf-8")
    return str(path)
