"""What a cycle's graph leaves for its commit besides rows: state files, found again by their folder."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, TypeVar

import apache_beam as beam

from warta.transforms.dedup.index import write_segment
from warta.transforms.dedup.model import IndexRow
from warta.transforms.store import state
from warta.transforms.store.commit import Staging
from warta.transforms.store.files import files_at
from warta.transforms.store.layout import join

Noun = TypeVar("Noun")

LEARNT = "learnt"
"""Name of what the graph staged, apart from what the driver writes beside it."""
INDEX = "index"


Write = Callable[[list[Any]], object]


class StageTogether(beam.PTransform):
    """Hand each of several bounded collections, whole, to its writer: one shuffle for all of them.

    Applied to a dictionary of collections by name; a collection without elements is not written. Beam's
    `ToList` does the same in fifteen steps each, and every step costs each cycle milliseconds.
    """

    def __init__(self, writers: Mapping[str, Write]) -> None:
        super().__init__()
        self.writers = dict(writers)

    def expand(self, named):  # a dictionary of collections: Beam knows no annotation for one
        keyed = tuple(items | f"Key {name}" >> beam.Map(_keyed, name) for name, items in named.items())
        return (
            keyed
            | "Together" >> beam.Flatten()
            | "GroupByName" >> beam.GroupByKey()
            | "Write" >> beam.Map(_write, self.writers)
        )


def _keyed(item: Any, name: str) -> tuple[str, Any]:
    return name, item


def _write(grouped: tuple[str, Iterable[Any]], writers: dict[str, Write]) -> str:
    name, items = grouped
    writers[name](list(items))
    return name


def noun_writer(noun: type[Any], staging: Staging, name: str) -> Write:
    """Return what writes one dataclass's collection into one state file of the cycle."""
    return partial(_write_nouns, noun, staging.state_dir(f"{name}-{LEARNT}"))


def index_writer(staging: Staging) -> Write:
    """Return what writes `IndexRow`s as the cycle's segment of the duplicate index."""
    return partial(_write_segment, staging.state_dir(INDEX), staging.cycle)


def staged_nouns(noun: type[Noun], staging: Staging, name: str) -> list[Noun]:
    """Read what `noun_writer` wrote."""
    path = staged_file(staging, name)
    return state.read_nouns(noun, [path]) if path else []


def staged_file(staging: Staging, name: str) -> str | None:
    """Return the state file that `noun_writer` wrote; None when there was nothing to write."""
    path = learnt_path(staging, name)
    return path if files_at(path).exists(path) else None


def learnt_path(staging: Staging, name: str) -> str:
    """Return where the graph leaves what it learnt under `name`."""
    return join(staging.state_dir(f"{name}-{LEARNT}"), f"{LEARNT}.parquet")


def staged_index(staging: Staging) -> dict[str, list[str]]:
    """Return the index files that `index_writer` wrote, by state name."""
    files: dict[str, list[str]] = {}
    folder = staging.state_dir(INDEX)
    for name in files_at(folder).names(folder):
        files.setdefault(f"dedup_{name.rpartition('.')[2]}", []).append(join(folder, name))
    return files


def _write_nouns(noun: Any, folder: str, nouns: list[Any]) -> str:
    return state.write_nouns(noun, nouns, folder, LEARNT)


def _write_segment(folder: str, segment: str, rows: list[IndexRow]) -> dict[str, list[str]]:
    return write_segment(rows, folder, segment)
