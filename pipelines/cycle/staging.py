"""What a cycle's graph leaves for its commit besides rows: state files, found again by their folder."""

import pickle
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import chain
from typing import Any, TypeVar

import apache_beam as beam
from apache_beam.transforms.window import GlobalWindows

from warta.pipelines.cycle.tally import TALLY, Count, Counted, count_of
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
Batch = tuple[str, bytes]
"""(name, items). Pickled here and unpickled where they are written: what is more than bytes Beam pickles at
every step on the way, and once more to learn how large it is."""
BATCH = 1_000
"""Items a batch: a megabyte of the largest, entries with their summaries."""


class StageTogether(beam.PTransform):
    """Hand what a cycle learnt, whole, to its writer by name, and what is counted to that of `TALLY`.

    Applied to ({name: bounded collections}, `Counted`); a name without elements is not written. One shuffle
    serves all. Beam's `ToList` does the same in fifteen steps each, and every step costs each cycle
    milliseconds.
    """

    def __init__(self, writers: Mapping[str, Write]) -> None:
        super().__init__()
        self.writers = dict(writers)

    def expand(self, got):  # of collections in dictionaries: Beam knows no annotation for one
        learnt, counted = got
        return (
            (*_batches(learnt), *_sums(counted))
            | "Together" >> beam.Flatten()
            | "GroupByName" >> beam.GroupByKey()
            | "Write" >> beam.Map(_write, self.writers)
        )


def _batches(learnt: Mapping[str, Iterable[beam.PCollection]]) -> Iterator[beam.PCollection]:
    for name, collections in learnt.items():
        for number, items in enumerate(collections):
            yield items | f"Batch {name} {number}" >> beam.ParDo(_Batch(name)).with_output_types(Batch)


def _sums(counted: Counted) -> Iterator[beam.PCollection]:
    for (what, detail), collections in counted.items():
        for number, items in enumerate(collections):
            yield items | f"Count {what} {number}" >> beam.ParDo(_Sum(what, detail)).with_output_types(Batch)


class _Batch(beam.DoFn):
    """Elements of one bundle together, which are shuffled at a tenth of the cost; of the global window."""

    def __init__(self, name: str) -> None:
        self._name = name

    def start_bundle(self) -> None:
        self._items: list[Any] = []

    def process(self, item: Any) -> Iterator[Batch]:
        self._items.append(item)
        if len(self._items) >= BATCH:
            yield _batch(self._name, self._items)
            self._items = []

    def finish_bundle(self) -> Iterator[Any]:
        if self._items:
            yield GlobalWindows.windowed_value(_batch(self._name, self._items))


class _Sum(beam.DoFn):
    """Counts of one bundle, added up."""

    def __init__(self, what: str, detail: str) -> None:
        self._what, self._detail = what, detail

    def start_bundle(self) -> None:
        self._counts: Counter[Count] = Counter()

    def process(self, item: Any) -> None:
        self._counts[count_of(item, self._what, self._detail)] += 1

    def finish_bundle(self) -> Iterator[Any]:
        if self._counts:
            yield GlobalWindows.windowed_value(_batch(TALLY, list(self._counts.items())))


def _batch(name: str, items: list[Any]) -> Batch:
    return name, pickle.dumps(items, pickle.HIGHEST_PROTOCOL)


def _write(grouped: tuple[str, Iterable[bytes]], writers: dict[str, Write]) -> str:
    name, batches = grouped
    writers[name](list(chain.from_iterable(map(pickle.loads, batches))))
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
