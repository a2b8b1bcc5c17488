"""Join small files per partition, let old days go, bring old files to the present schema.

A partition's new files are written beside the dataset, together with second names (links) of the files that
stay, and the whole folder then changes places with the live one: a reader that lists at any moment sees all
the old files or all the new ones. Old files stay in `retired/` for an hour: a query by `warta.read` that was
already running goes on with them, one by plain paths may meet "no such file" once and is to be asked again.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

import pyarrow as pa

from warta.schemas.tables import PARTITIONS, SCHEMA_VERSION, TABLES
from warta.transforms.store.commit import Change, Staging, Store
from warta.transforms.store.layout import join, parent, parse_partition
from warta.transforms.store.manifest import live_files
from warta.transforms.store.migrate import STEPS, Step, upgraded
from warta.transforms.store.parquet import (
    DataFile,
    data_file,
    footer,
    read_columns,
    schema_version,
    write_rows,
)
from warta.transforms.store.rows import sort_rows
from warta.transforms.text import digest

TARGET_BYTES = 64 * 2**20
"""Size that files grow to, compressed. Joining holds one file's rows in memory, about five times its size."""

FULL_SHARE = 0.5
"""A file of this share of the target is left alone; lower rewrites less often and leaves smaller files."""

BATCH_BYTES = 16 * TARGET_BYTES
"""Input of one commit: bounds the disk that compaction needs on top of the dataset."""


@dataclass(frozen=True, slots=True)
class Compaction:
    """What was done."""

    files_before: int = 0
    files_after: int = 0
    rows: int = 0
    """Rows that were rewritten."""
    rows_let_go: int = 0
    commits: int = 0


@dataclass(frozen=True, slots=True)
class _Job:
    """One partition to rewrite: groups of files that become one file each, and files that stay."""

    table: str
    folder: str
    groups: tuple[tuple[DataFile, ...], ...]
    kept: tuple[DataFile, ...]

    @property
    def size_bytes(self) -> int:
        return sum(one.size_bytes for group in self.groups for one in group)


def compact(
    store: Store,
    *,
    target_bytes: int = TARGET_BYTES,
    keep_since: date | None = None,
    upgrade: bool = False,
    steps: Mapping[int, Step] = STEPS,
) -> Compaction:
    """Compact all tables of an open store.

    Args:
      target_bytes: size that files grow to.
      keep_since: partitions of earlier days are let go, in every table.
      upgrade: rewrite files of older schema versions too, however large.
      steps: migrations to apply; the present ones unless a test looks ahead.

    Returns:
      What was done; called again it does less, and soon nothing.
    """
    live = live_files(store.files, store.layout)
    done = Compaction(files_before=len(live))
    if keep_since:
        done = _let_go(store, live, keep_since, done)
    jobs = _jobs(store, live.values(), target_bytes, upgrade)
    for batch in _batches(jobs):
        done = _rewrite(store, batch, done, steps)
    return replace(done, files_after=len(live_files(store.files, store.layout)))


def _let_go(store: Store, live: dict[str, DataFile], keep_since: date, done: Compaction) -> Compaction:
    """Commit the departure of all partitions before `keep_since`."""
    old = [one for one in live.values() if _day(one) < keep_since]
    if not old:
        return done
    staging = store.begin(f"retain-{store.manifest.number + 1:010d}")
    gone = tuple(one.path for one in old)
    store.commit(staging, change=Change(removed=gone, since=keep_since.isoformat()))
    for path in gone:
        del live[path]
    return replace(done, rows_let_go=sum(one.rows for one in old), commits=done.commits + 1)


def _day(file: DataFile) -> date:
    day = parse_partition(file.table, file.path.partition("/")[2])["date"]
    assert isinstance(day, date)
    return day


def _jobs(store: Store, live: Iterable[DataFile], target_bytes: int, upgrade: bool) -> Iterator[_Job]:
    """Yield the partitions where something can be joined or upgraded."""
    ordered = sorted(live, key=lambda one: one.path)
    for folder, group in groupby(ordered, key=lambda one: parent(one.path)):
        files = list(group)
        old = {one.path for one in files if upgrade and _is_old(store, one)}
        full = [one for one in files if one.size_bytes >= FULL_SHARE * target_bytes and one.path not in old]
        rest = [one for one in files if one not in full]
        groups = [one for one in _bins(rest, target_bytes) if len(one) > 1 or one[0].path in old]
        chosen = {one.path for group in groups for one in group}
        kept = tuple(one for one in files if one.path not in chosen)
        if groups:
            yield _Job(files[0].table, folder, tuple(groups), kept)


def _is_old(store: Store, file: DataFile) -> bool:
    return schema_version(footer(store.files, store.layout.path(file.path))) < SCHEMA_VERSION


def _bins(files: Iterable[DataFile], target_bytes: int) -> list[tuple[DataFile, ...]]:
    """Return neighbours by path joined up to the target size."""
    bins: list[list[DataFile]] = []
    filled = target_bytes
    for file in files:
        if not bins or filled + file.size_bytes > target_bytes:
            bins.append([])
            filled = 0
        bins[-1].append(file)
        filled += file.size_bytes
    return [tuple(one) for one in bins]


def _batches(jobs: Iterable[_Job]) -> Iterator[list[_Job]]:
    batch: list[_Job] = []
    for job in jobs:
        batch.append(job)
        if sum(one.size_bytes for one in batch) >= BATCH_BYTES:
            yield batch
            batch = []
    if batch:
        yield batch


def _rewrite(store: Store, batch: list[_Job], done: Compaction, steps: Mapping[int, Step]) -> Compaction:
    """Commit one batch of partitions."""
    staging = store.begin(f"compact-{store.manifest.number + 1:010d}")
    added = [_joined(store, staging, job, group, steps) for job in batch for group in job.groups]
    removed = tuple(one.path for job in batch for group in job.groups for one in group)
    if store.files.local:
        for job in batch:
            for file in job.kept:
                store.files.link(store.layout.path(file.path), join(staging.path, "swap", file.path))
        swaps = tuple((_staged(store, staging, job), job.folder) for job in batch)
        store.commit(staging, change=Change(tuple(added), removed, swaps))
    else:
        store.commit(staging, change=Change(removed=removed))
    rows = sum(one.rows for one in added)
    return replace(done, rows=done.rows + rows, commits=done.commits + 1)


def _staged(store: Store, staging: Staging, job: _Job) -> str:
    return store.layout.relative(join(staging.path, "swap", job.folder))


def _joined(
    store: Store, staging: Staging, job: _Job, group: tuple[DataFile, ...], steps: Mapping[int, Step]
) -> DataFile:
    """Write the rows of `group` as one sorted file below `staging`."""
    name = f"part-{digest(staging.cycle, *(one.path for one in group))[:16]}.parquet"
    place = "swap" if store.files.local else "data"
    path = join(staging.path, place, job.folder, name)
    columns = pa.concat_tables(_present(store, file, steps) for file in group)
    write_rows(store.files, path, job.table, sort_rows(job.table, columns))
    return data_file(store.files, path, job.table, join(job.folder, name))


def _present(store: Store, file: DataFile, steps: Mapping[int, Step]) -> pa.Table:
    """Return a file's rows in the present schema, partition columns filled in."""
    path = store.layout.path(file.path)
    columns = read_columns(store.files, path)
    values = parse_partition(file.table, file.path.partition("/")[2])
    for name in PARTITIONS[file.table]:
        type_ = TABLES[file.table].field(name).type
        columns = columns.append_column(name, pa.array([values[name]] * columns.num_rows, type_))
    return upgraded(file.table, columns, schema_version(footer(store.files, path)), steps=steps)
