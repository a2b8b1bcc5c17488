"""What a cycle's graph leaves for its commit besides rows: state files, found again by their folder."""

from pathlib import Path
from typing import Any, TypeVar

import apache_beam as beam

from warta.transforms.dedup.index import write_segment
from warta.transforms.dedup.model import IndexRow
from warta.transforms.store import state
from warta.transforms.store.commit import Staging

Noun = TypeVar("Noun")

LEARNT = "learnt"
"""Name of what the graph staged, apart from what the driver writes beside it."""
INDEX = "index"


class StageNouns(beam.PTransform):
    """Write a bounded collection of one dataclass into one state file of the cycle."""

    def __init__(self, noun: type[Any], staging: Staging, name: str) -> None:
        super().__init__()
        self.noun = noun
        self.folder = staging.state_dir(f"{name}-{LEARNT}")

    def expand(self, nouns: beam.PCollection) -> beam.PCollection:
        return (
            nouns
            | "ToList" >> beam.combiners.ToList()
            | "WriteState" >> beam.Map(_write_nouns, self.noun, self.folder)
        )


class StageIndex(beam.PTransform):
    """Write a bounded collection of `IndexRow`s as the cycle's segment of the duplicate index."""

    def __init__(self, staging: Staging) -> None:
        super().__init__()
        self.folder = staging.state_dir(INDEX)
        self.segment = staging.cycle

    def expand(self, rows: beam.PCollection) -> beam.PCollection:
        return (
            rows
            | "ToList" >> beam.combiners.ToList()
            | "WriteSegment" >> beam.Map(_write_segment, self.folder, self.segment)
        )


def staged_nouns(noun: type[Noun], staging: Staging, name: str) -> list[Noun]:
    """Read what `StageNouns` wrote."""
    path = Path(staging.state_dir(f"{name}-{LEARNT}")) / f"{LEARNT}.parquet"
    return state.read_nouns(noun, [str(path)]) if path.exists() else []


def staged_index(staging: Staging) -> dict[str, list[str]]:
    """Return the index files that `StageIndex` wrote, by state name."""
    files: dict[str, list[str]] = {}
    for path in sorted(Path(staging.state_dir(INDEX)).glob("*.*")):
        files.setdefault(f"dedup_{path.suffix.removeprefix('.')}", []).append(str(path))
    return files


def _write_nouns(nouns: list[Any], noun: Any, folder: str) -> str:
    return state.write_nouns(noun, nouns, folder, LEARNT)


def _write_segment(rows: list[IndexRow], folder: str, segment: str) -> dict[str, list[str]]:
    return write_segment(rows, folder, segment)
