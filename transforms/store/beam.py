"""Stage rows as Parquet: one finished file per table, partition and shard, below a cycle's staging folder."""

import pickle
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import apache_beam as beam
from apache_beam.metrics import Metrics

from warta.schemas.feed import FeedHealth
from warta.schemas.outcome import Duplicate, Rejection
from warta.schemas.record import Record
from warta.transforms.store.files import files_at
from warta.transforms.store.layout import join, partition_path
from warta.transforms.store.parquet import write_rows
from warta.transforms.store.rows import RowInvalid, Stamp, partition_of, refusal, to_arrow, to_row
from warta.transforms.text import digest

FileKey = tuple[str, str, int]
"""(table, partition path, shard)."""


class StagedFile(NamedTuple):
    """A finished file and how many rows it holds."""

    table: str
    path: str
    rows: int


@dataclass
class StageTables(beam.PTransform):
    """Write records, duplicates, rejections and feed health where `Store.commit` will find them.

    Bounded input (or one firing per window). A row that does not fit its table becomes a row of
    `rejections`, reason `row_invalid`, so that the sum of rows is the sum of elements. A retried bundle
    writes the same bytes to the same name. Applied to a tuple of collections.

    Args:
      staging: `Staging.path`.
      cycle: the cycle's id; goes into file names.
      run_id: goes into each row.
      at: aware; stands in where an element has no instant of its own. Fix it once per cycle.
      shards: files per partition. One holds a cycle of a laptop; on an engine with workers choose so that
        a shard's rows fit a worker's memory (about 30 kB an article while they are grouped).

    Returns:
      One `StagedFile` per file. Counts `store/rows_TABLE` and `store/rows_invalid`.
    """

    staging: str
    cycle: str
    run_id: str
    at: datetime
    shards: int = 1

    def expand(self, collections):  # a tuple of collections: Beam knows no annotation for one
        to_rows = _ToRows(Stamp(self.run_id, self.at), self.shards)
        rows = tuple(
            items | f"ToRows {number}" >> beam.ParDo(to_rows).with_output_types(tuple[FileKey, bytes])
            for number, items in enumerate(collections)
        )
        return (
            rows
            | "Rows" >> beam.Flatten()
            | "GroupByFile" >> beam.GroupByKey()
            | "WriteFiles" >> beam.ParDo(_WriteFile(self.staging, self.cycle))
        )


class _ToRows(beam.DoFn):
    def __init__(self, stamp: Stamp, shards: int) -> None:
        self._stamp = stamp
        self._shards = shards
        self._invalid = Metrics.counter("store", "rows_invalid")

    def process(
        self, item: Record | Duplicate | Rejection | FeedHealth
    ) -> Iterator[tuple[tuple[str, str, int], bytes]]:
        try:
            table, row = to_row(item, self._stamp)
        except RowInvalid as error:
            self._invalid.inc()
            table, row = to_row(refusal(item, error, self._stamp), self._stamp)
        Metrics.counter("store", f"rows_{table}").inc()
        key = (table, partition_path(table, partition_of(table, row)), self._shard(row))
        yield key, pickle.dumps(row, pickle.HIGHEST_PROTOCOL)

    def _shard(self, row: dict) -> int:
        return int(digest(row.get("id") or row.get("url") or row["feed_url"])[:8], 16) % self._shards


class _WriteFile(beam.DoFn):
    def __init__(self, staging: str, cycle: str) -> None:
        self._staging = staging
        self._cycle = cycle

    def process(self, group: tuple[tuple[str, str, int], Iterable[bytes]]) -> Iterator[StagedFile]:
        (table, partition, shard), pickled = group
        name = f"part-{digest(self._cycle, table, partition, str(shard))[:16]}.parquet"
        path = join(self._staging, "data", table, partition, name)
        columns = to_arrow(table, (pickle.loads(row) for row in pickled))
        yield StagedFile(table, path, write_rows(files_at(path), path, table, columns))
