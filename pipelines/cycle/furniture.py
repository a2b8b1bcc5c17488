"""Learnt furniture between cycles: which paragraphs repeat on which host."""

from collections.abc import Iterator, Sequence
from functools import lru_cache, partial
from itertools import pairwise

import pyarrow as pa
import pyarrow.compute as pc

from warta.pipelines.cycle.staging import Write, noun_writer, staged_file
from warta.transforms.clean.beam import HostCounts
from warta.transforms.clean.furniture import FurnitureCount
from warta.transforms.store.commit import Staging
from warta.transforms.store.files import files_at
from warta.transforms.store.layout import join
from warta.transforms.store.parquet import read_columns, write_state
from warta.transforms.store.state import schema_of

FURNITURE = "furniture"
SCHEMA = schema_of(FurnitureCount)


class EarlierCounts:
    """The counts of one host, from the state files of earlier cycles. Picklable; reads a file once."""

    def __init__(self, paths: Sequence[str]) -> None:
        self.paths = tuple(paths)

    def __call__(self, host: str) -> Iterator[FurnitureCount]:
        """Yield what is remembered of `host`."""
        for path in self.paths:
            first, end = _places(path).get(host, (0, 0))
            columns = _read(path).slice(first, end - first).columns
            for values in zip(*(column.to_pylist() for column in columns), strict=True):
                yield FurnitureCount(*values)


def counts_writer(staging: Staging) -> Write:
    """Return what writes the furniture that hosts have learnt."""
    return partial(_write_counts, noun_writer(FurnitureCount, staging, FURNITURE))


def _write_counts(write: Write, hosts: list[HostCounts]) -> None:
    write([row for host in hosts for row in host.rows])


def merged_counts(paths: Sequence[str], staging: Staging) -> list[str]:
    """Stage the state after a cycle: hosts it met have its rows, all others keep theirs.

    Returns:
      The complete new list of files; the old one when the cycle met nobody.
    """
    learnt = staged_file(staging, FURNITURE)
    if learnt is None:
        return list(paths)
    new = _table(learnt)
    met = pc.unique(new.column("host"))
    old = [_read(path).filter(~pc.field("host").isin(met)) for path in paths]
    path = join(staging.state_dir(FURNITURE), "furniture.parquet")
    write_state(files_at(path), path, pa.concat_tables([*old, new]).sort_by("host"))
    return [path]


@lru_cache(maxsize=2)
def _places(path: str) -> dict[str, tuple[int, int]]:
    """Return where each host's rows begin and end; a file is sorted by host."""
    runs = pc.run_end_encode(_read(path).column("host").combine_chunks())
    ends = runs.run_ends.to_pylist()
    return dict(zip(runs.values.to_pylist(), pairwise([0, *ends]), strict=True))


@lru_cache(maxsize=2)
def _read(path: str) -> pa.Table:
    return _table(path)


def _table(path: str) -> pa.Table:
    return read_columns(files_at(path), path).select(SCHEMA.names).cast(SCHEMA)
