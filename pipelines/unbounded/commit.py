"""One window, one commit: rows, index and state together, all or nothing, however often it is asked for.

File names follow from the window and its content. A window that fires again, or a bundle that is tried again,
finds its own commit and adds what is new to it, which mostly is nothing.
"""

import fcntl
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import apache_beam as beam
import pyarrow.dataset as ds
from apache_beam.transforms.window import GlobalWindows

from warta.pipelines.articles import Yield
from warta.pipelines.batch import merged_index, report_of_window
from warta.pipelines.bounded import writers
from warta.pipelines.cycle import memory as remembered
from warta.pipelines.cycle.books import balance
from warta.pipelines.cycle.furniture import FURNITURE, merged_counts
from warta.pipelines.cycle.memory import recall
from warta.pipelines.cycle.plans import index_files
from warta.pipelines.cycle.staging import INDEX
from warta.pipelines.cycle.tally import TALLY, Tally, count_of
from warta.pipelines.options import Settings
from warta.pipelines.stories import tell_stories
from warta.pipelines.unbounded.crawl import key_of, run_id_of
from warta.pipelines.unbounded.stored import WINDOWS, Windows, read_windows, write_windows
from warta.schemas.entry import Entry
from warta.schemas.feed import FeedHealth
from warta.schemas.outcome import Books, RunReport
from warta.schemas.record import Record
from warta.transforms.dedup.index import Index
from warta.transforms.dedup.seen import is_settled
from warta.transforms.fetch.hosts import merge_states
from warta.transforms.store import lock as locks
from warta.transforms.store.commit import Staging, Store
from warta.transforms.store.errors import StoreError, naming
from warta.transforms.store.files import Files, files_at
from warta.transforms.store.layout import join, partition_path
from warta.transforms.store.manifest import Manifest, numbers, read_manifest
from warta.transforms.store.parquet import write_rows
from warta.transforms.store.read import read
from warta.transforms.store.rows import RowInvalid, Stamp, partition_of, refusal, to_arrow, to_row
from warta.transforms.text import digest
from warta.transforms.windows import SettleWindows

ROWS, COUNTS = "rows", "counts"
ORDER = 1
"""See `SettleWindows`: after the end, when furniture is counted, and before the next tick."""
SEARCHED = 64
"""Manifests among which the other commits of a window are looked for: more would be hours later."""
IDENTITY = {
    "articles": ("id", "revision"),
    "duplicates": ("id", "url", "dup_of"),
    "rejections": ("url", "stage", "feed_url"),
    "feeds": ("feed_url",),
}
"""What makes two rows of one window the same ending."""

Row = dict[str, Any]


class CommitWindows(beam.PTransform):
    """Commit each window once the watermark has passed it, in order, under one key.

    Args:
      settings: `output` is where; the other values go into reports.
      owner: who holds the output's lock (`DriverLock`).
    """

    def __init__(self, settings: Settings, owner: str) -> None:
        super().__init__()
        self.settings, self.owner = settings, owner

    def expand(self, got: Yield) -> Any:  # Beam knows no annotation for a tuple of collections
        counts = tuple(
            items | f"Count {what} {number}" >> beam.Map(count_of, what, detail)
            for (what, detail), collections in got.counts.items()
            for number, items in enumerate(collections)
        )
        parts = {ROWS: got.rows, COUNTS: counts, **got.learnt}
        together = (
            items
            | f"{name} {number} of all" >> beam.WindowInto(GlobalWindows())
            | f"Name {name} {number}" >> beam.Map(_named, name)
            for name, collections in parts.items()
            for number, items in enumerate(collections)
        )
        return (
            tuple(together)
            | "AllOfWindow" >> beam.Flatten()
            | "Commit" >> beam.ParDo(_CommitWindow(self.settings, self.owner))
        )


def _named(item: Any, name: str) -> tuple[int, tuple[str, Any]]:
    return 0, (name, item)


class _CommitWindow(SettleWindows):
    def __init__(self, settings: Settings, owner: str) -> None:
        assert settings.poll_every_s is not None
        super().__init__(settings.poll_every_s, ORDER)
        self._settings, self._owner = settings, owner

    def settle(self, key: Any, end_s: float, elements: list[Any], memory: dict[str, Any]) -> Iterator[Any]:
        got: dict[str, list[Any]] = {}
        for name, item in elements:
            got.setdefault(name, []).append(item)
        number = commit_window(self._settings, self._owner, end_s, got)
        if number:
            yield number


@dataclass(frozen=True)
class DriverLock:
    """The lock that the driver of a stream holds, in its workers: they look whether it still does."""

    files: Files
    path: str
    owner: str

    def check(self) -> None:
        """Raise `StoreError` when the driver has let go: nobody commits behind another's back."""
        held = json.loads(self.files.read(self.path) or b"{}") if self.files.exists(self.path) else {}
        if held.get("owner") != self.owner or (self.files.local and not _is_locked(self.path)):
            raise StoreError(f"{self.path}: the stream that this worker belongs to has ended")

    def release(self) -> None:
        """Do nothing: the lock is the driver's to give back."""


def _is_locked(path: str) -> bool:
    with naming(path), open(path, "rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def _driver_lock(files: Files, path: str, owner: str) -> locks.Lock:
    lock = DriverLock(files, path, owner)
    lock.check()
    return lock


def commit_window(settings: Settings, owner: str, end_s: float, got: dict[str, list[Any]]) -> int:
    """Commit what a window came to; return the number of its manifest, 0 when everything was stored before.

    Args:
      settings: output, interval, what is told in reports.
      owner: who holds the lock.
      end_s: end of the window, Unix seconds.
      got: rows, counts and what was learnt, by name, in any order.

    Raises:
      StoreError: when the output cannot be written, or the lock is somebody else's now.
      BooksUnbalanced: when something announced has no ending.
    """
    assert settings.poll_every_s is not None
    run_id = run_id_of(end_s - settings.poll_every_s)
    stamp = Stamp(run_id, datetime.fromtimestamp(end_s, UTC))
    with Store.open(settings.output, owner=owner, now=settings.clock.now, acquire=_driver_lock) as store:
        done = read_windows(store.files, store.state_files(WINDOWS))
        again = any(cycle.startswith(run_id) for cycle in done.cycles)
        rows = list(_rows(got.get(ROWS, ()), stamp))
        cycle = f"{run_id}-{_content(rows, got)}"
        if cycle in done.cycles:
            return 0
        if again:
            rows = _without_stored(rows, settings.output, run_id)
            got = {**got, remembered.PENDING: _unsettled(store, got.get(remembered.PENDING, []))}
        staging = store.begin(cycle)
        _write(rows, staging)
        tally = Tally(Counter(got.get(COUNTS, ())))
        manifest = _commit(store, staging, got, rows, tally, Windows(end_s, done.cycles), checks=not again)
        days = {row["date"] for table, row in rows if table == "articles"}
        if days and settings.tell_stories:
            tell_stories(store, cycle, days, settings.clock.now())
        store.write_run_report(_report(store, settings, run_id, stamp.at))
    return manifest.number


def _report(store: Store, settings: Settings, run_id: str, ended: datetime) -> RunReport:
    """Return the report of a window, over all its commits."""
    stored, tally = Counter[str](), Tally()
    for number in numbers(store.files, store.layout)[-SEARCHED:]:
        manifest = read_manifest(store.files, store.layout, number)
        if manifest.cycle.startswith(run_id) and "counts" in manifest.report:
            tally += Tally(
                {(what, detail, feed): count for what, detail, feed, count in manifest.report["counts"]}
            )
            for file in manifest.added:
                stored[file.table] += file.rows
    kept, duplicates = stored["articles"], stored["duplicates"]
    rejected = stored["rejections"] - tally.total("failed_feeds")
    deferred = len(recall(store).pending)
    books = Books(kept + duplicates + rejected + deferred, kept, duplicates, rejected, deferred)
    return report_of_window(settings, tally, books, run_id, ended)


def _unsettled(store: Store, entries: list[Entry]) -> list[Entry]:
    """Return the entries that no window has settled meanwhile."""
    index = Index(index_files(store))
    settled = index.known(entry.url_id for entry in entries)
    index.close()
    return [entry for entry in entries if not is_settled(entry, settled.get(entry.url_id))]


def _rows(items: Iterable[Any], stamp: Stamp) -> Iterator[tuple[str, Row]]:
    for item in items:
        try:
            yield to_row(item, stamp)
        except RowInvalid as error:
            yield to_row(refusal(item, error, stamp), stamp)


def _without_stored(rows: list[tuple[str, Row]], output: str, run_id: str) -> list[tuple[str, Row]]:
    """Return the rows that no earlier commit of the same window stored."""
    stored = {
        (table, *(row[name] for name in names))
        for table, names in IDENTITY.items()
        for row in read(output, table)
        .to_table(columns=list(names), filter=ds.field("run_id") == run_id)
        .to_pylist()
    }
    return [(table, row) for table, row in rows if _identity(table, row) not in stored]


def _identity(table: str, row: Row) -> tuple[Any, ...]:
    return (table, *(row.get(name) for name in IDENTITY[table]))


def _content(rows: list[tuple[str, Row]], got: dict[str, list[Any]]) -> str:
    """Return a name for what a window came to; its order does not matter."""
    endings = ["\x1f".join(map(str, _identity(*row))) for row in rows]
    waiting = [entry.url_id for entry in got.get(remembered.PENDING, ())]
    learnt = [row.key for row in got.get(INDEX, ())]
    return digest(*sorted(endings), "", *sorted(waiting), "", *sorted(learnt))[:16]


def _write(rows: list[tuple[str, Row]], staging: Staging) -> None:
    """Write each partition's rows as one file."""
    places: dict[tuple[str, str], list[Row]] = {}
    for table, row in rows:
        places.setdefault((table, partition_path(table, partition_of(table, row))), []).append(row)
    for (table, partition), some in sorted(places.items()):
        name = f"part-{digest(staging.cycle, table, partition)[:16]}.parquet"
        path = join(staging.path, "data", table, partition, name)
        write_rows(files_at(path), path, table, to_arrow(table, some))


def _commit(
    store: Store,
    staging: Staging,
    got: dict[str, list[Any]],
    rows: list[tuple[str, Row]],
    tally: Tally,
    windows: Windows,
    *,
    checks: bool,
) -> Manifest:
    before = recall(store)
    is_late = windows.until_s < read_windows(store.files, store.state_files(WINDOWS)).until_s
    write = writers(staging)
    for name in write.keys() - {TALLY}:
        learnt = got.get(name, [])
        if name == remembered.HOSTS:
            learnt = list(merge_states([*before.hosts.values(), *learnt]).values())
        if learnt and not (is_late and name == remembered.FEED_STATES):
            write[name](learnt)
    settled = _settled(got.get(ROWS, ()))
    after = before.learn(staging, [entry for key, entry in before.pending.items() if key in settled])
    stored = Counter(table for table, _ in rows)
    announced = tally.total("announced") + tally.total("unusable") + len(before.pending)
    announced -= tally.total("waited") + tally.total("replaced")
    endings = stored["articles"] + stored["duplicates"] + stored["rejections"] - tally.total("failed_feeds")
    if checks:
        balance(staging.cycle, announced, endings, len(after.pending))
    until_s = max(windows.until_s, read_windows(store.files, store.state_files(WINDOWS)).until_s)
    known = Windows(until_s, (*windows.cycles, staging.cycle))
    return store.commit(
        staging,
        replace={
            **after.stage(staging, store),
            **merged_index(index_files(store), staging, datetime.fromtimestamp(windows.until_s, UTC)),
            FURNITURE: merged_counts(store.state_files(FURNITURE), staging),
            WINDOWS: [write_windows(store.files, staging.state_dir(WINDOWS), known)],
        },
        report={
            "run_id": staging.cycle,
            "counts": [[*what, count] for what, count in sorted(tally.counts.items())],
        },
    )


def _settled(rows: Sequence[Any]) -> set[str]:
    """Return the keys of entries that came to their ending."""
    endings = (
        row.article if isinstance(row, Record) else row for row in rows if not isinstance(row, FeedHealth)
    )
    return {key_of(ending) for ending in endings} - {""}
