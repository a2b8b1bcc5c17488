"""Learnt furniture between cycles: which paragraphs repeat on which host."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache, partial
from itertools import pairwise

import pyarrow as pa
import pyarrow.compute as pc

from warta.pipelines.cycle.staging import Write, learnt_path, staged_file
from warta.schemas.tables import TIMESTAMP
from warta.transforms.clean.furniture import HostCounts
from warta.transforms.store.commit import Staging
from warta.transforms.store.files import files_at
from warta.transforms.store.layout import join
from warta.transforms.store.parquet import read_columns, write_state

FURNITURE = "furniture"
SCHEMA = pa.schema(
    [
        pa.field("host", pa.string(), nullable=False),
        pa.field("block_hash", pa.string(), nullable=False),
        pa.field("articles", pa.int64(), nullable=False),
        pa.field("last_seen", TIMESTAMP, nullable=False),
    ]
)
"""A row for each paragraph of each host, sorted by host; see `HostCounts`."""


class EarlierCounts:
    """The counts of one host, from the state files of earlier cycles. Picklable; reads a file once."""

    def __init__(self, paths: Sequence[str]) -> None:
        self.paths = tuple(paths)

    def __call__(self, host: str) -> HostCounts:
        """Return what is remembered of `host`."""
        for path in self.paths:
            first, end = _places(path).get(host, (0, 0))
            if first < end:
                _, hashes, articles, last_seen = _read(path).slice(first, end - first).columns
                return HostCounts(
                    host, tuple(hashes.to_pylist()), tuple(articles.to_pylist()), _instants(last_seen)
                )
        return HostCounts(host)


def _instants(column: pa.ChunkedArray) -> tuple[datetime, ...]:
    """Return a column of few different instants: those of the cycles that a host was met in."""
    coded = column.combine_chunks().dictionary_encode()
    instants = coded.dictionary.to_pylist()
    return tuple([instants[place] for place in coded.indices.to_pylist()])


def counts_writer(staging: Staging) -> Write:
    """Return what writes the furniture that hosts have learnt."""
    return partial(_write_counts, learnt_path(staging, FURNITURE))


def _write_counts(path: str, hosts: list[HostCounts]) -> None:
    columns = [
        pa.array([host.host for host in hosts for _ in host.hashes], pa.string()),
        pa.array([key for host in hosts for key in host.hashes], pa.string()),
        pa.array([count for host in hosts for count in host.articles], pa.int64()),
        pa.array([seen for host in hosts for seen in host.last_seen], TIMESTAMP),
    ]
    write_state(files_at(path), path, pa.table(columns, schema=SCHEMA))


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


@lru_cache(maxsize=1)  # a cycle reads one file, and writes the next one's
def _places(path: str) -> dict[str, tuple[int, int]]:
    """Return where each host's rows begin and end; a file is sorted by host."""
    runs = pc.run_end_encode(_read(path).column("host").combine_chunks())
    ends = runs.run_ends.to_pylist()
    return dict(zip(runs.values.to_pylist(), pairwise([0, *ends]), strict=True))


@lru_cache(maxsize=1)  # a cycle reads one file, and writes the next one's
def _read(path: str) -> pa.Table:
    return _table(path)


def _table(path: str) -> pa.Table:
    return read_columns(files_at(path), path).select(SCHEMA.names).cast(SCHEMA)
