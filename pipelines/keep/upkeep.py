"""Looking after an output folder: verify, compact, repair, reprocess, the index made anew from the rows."""

import argparse
import os
import sys
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from rich.console import Console

from warta.pipelines.options import Settings, UsageError, checked_archive
from warta.pipelines.process.logs import Voice, progress_console, set_up
from warta.pipelines.process.machine import choose_allocator
from warta.pipelines.reading.warm import warm_readers
from warta.transforms.dedup.index import PRINTS, URLS, Index, write_segment
from warta.transforms.dedup.merging import rows_of_stored
from warta.transforms.store.commit import Staging, Store
from warta.transforms.store.compact import compact as compact_store
from warta.transforms.store.errors import StoreError
from warta.transforms.store.files import absolute, files_at
from warta.transforms.store.layout import Layout
from warta.transforms.store.read import read
from warta.transforms.store.repair import repair as repair_store
from warta.transforms.store.verify import Fault, Verification, View
from warta.transforms.store.verify import Kind as FaultKind
from warta.transforms.store.verify import verify as verify_store

EXIT_DONE, EXIT_FAILED = 0, 1


def verify(args: argparse.Namespace, _: list[str]) -> int:
    """`warta verify DIR`."""
    try:
        seen = verify_store(args.dataset, checks=[index_agrees])
    except StoreError as error:
        return _failed(error)
    return _print_verification(seen)


def compact(args: argparse.Namespace, _: list[str]) -> int:
    """`warta compact DIR`."""
    if args.target_mb <= 0:
        raise UsageError(f"--target-mb {args.target_mb:g}: must be positive")
    if args.keep_days is not None and args.keep_days < 1:
        raise UsageError(f"--keep-days {args.keep_days}: must be at least 1")
    _known(args.dataset)
    keep_since = _today() - timedelta(days=args.keep_days) if args.keep_days else None
    try:
        with Store.open(args.dataset, owner="warta compact") as store:
            done = compact_store(
                store, target_bytes=int(args.target_mb * 2**20), keep_since=keep_since, upgrade=args.upgrade
            )
    except StoreError as error:
        return _failed(error)
    print(f"{done.files_before} files before, {done.files_after} after; {done.rows} rows rewritten")
    if done.rows_let_go:
        print(f"{done.rows_let_go} rows older than {args.keep_days} days were let go")
    return EXIT_DONE


def repair(args: argparse.Namespace, _: list[str]) -> int:
    """`warta repair DIR`."""
    _known(args.dataset)
    try:
        done = repair_store(args.dataset, owner="warta repair", rebuild=rebuild_index, checks=[index_agrees])
    except StoreError as error:
        return _failed(error)
    for fault in done.mended:
        print(f"mended: {fault}")
    if done.rebuilt_state:
        print("the duplicate index was made anew from the rows; feeds will be polled in full")
    return _print_verification(done.left)


def _known(output: str) -> None:
    """Refuse a folder that no run ever wrote to, instead of making an empty dataset of it."""
    layout = Layout(absolute(output))
    files = files_at(layout.root)
    if not any(map(files.names, (layout.manifests, layout.runs, layout.all_staging))):
        raise UsageError(f"{output}: no dataset here; name the folder that `warta run --output` was given")


def export(args: argparse.Namespace, _: list[str]) -> int:
    """`warta export DIR TARGET --form delta|iceberg`."""
    from warta.transforms.store.export import export as export_table

    _known(args.dataset)
    try:
        rows = export_table(args.dataset, args.target, form=args.form, table=args.table)
    except StoreError as error:
        return _failed(error)
    print(f"{rows} rows written to {args.target}" if rows else f"{args.target} shows the last commit already")
    return EXIT_DONE


def reprocess(args: argparse.Namespace, _: list[str]) -> int:
    """`warta reprocess DIR`."""
    checked_archive(True)
    since, until = _chosen_day("--from", args.since), _chosen_day("--until", args.until)
    set_up(Voice(), progress_console())
    choose_allocator()
    warm_readers()
    from warta.pipelines.reprocess import run  # with Beam

    settings = Settings((), args.output or args.dataset, workers=args.workers or os.cpu_count() or 1)
    try:
        done = run(args.dataset, settings, since=since, until=until)
    except StoreError as error:
        return _failed(error)
    print(f"{done.read} archived entries read: {done.new} new rows, {done.unchanged} as stored, ", end="")
    print(f"{done.older} older than stored, {done.unread} without a text, ", end="")
    print(f"{done.duplicates} duplicates, {done.rejected} rejected")
    return EXIT_DONE


def index_agrees(view: View) -> Iterable[Fault]:
    """Yield a fault for every stored article that the duplicate index does not know at its revision."""
    files = {name: view.state_files(name) for name in (URLS, PRINTS)}
    if not files[URLS]:
        return
    index = Index(files)
    keys = view.keys["articles"]
    latest: dict[str, int] = {}
    for id_, revision in zip(*(keys.column(name).to_pylist() for name in ("id", "revision")), strict=True):
        latest[id_] = max(revision, latest.get(id_, 0))
    known = index.known(latest)
    index.close()
    for id_, revision in latest.items():
        found = known.get(id_)
        if found is None or found.revision != revision:
            said = "does not know it" if found is None else f"says revision {found.revision}"
            yield Fault(
                FaultKind.STATE, "state", f"article {id_} is stored at revision {revision}, the index {said}"
            )


def rebuild_index(store: Store, staging: Staging) -> dict[str, list[str]]:
    """Make the duplicate index anew from the stored rows; return its files by state name."""
    root = store.layout.root
    rows = rows_of_stored(*(_rows(root, table) for table in ("articles", "duplicates", "rejections")))
    return write_segment(rows, staging.state_dir("index"), staging.cycle)


def _rows(root: str, table: str) -> Iterable[dict[str, Any]]:
    for batch in read(root, table).to_batches(cache_metadata=False):
        yield from batch.to_pylist()


def _print_verification(seen: Verification) -> int:
    rows = ", ".join(f"{count} {table}" for table, count in seen.rows.items())
    print(f"{seen.commits} commits, {seen.files} files, rows: {rows}")
    for fault in seen.faults:
        Console(stderr=True).print(f"FAULT {fault}", style="red", markup=False, highlight=False)
    print(
        "everything agrees"
        if not seen.faults
        else f"{len(seen.faults)} faults; `warta repair` mends what it can"
    )
    return EXIT_FAILED if seen.faults else EXIT_DONE


def _failed(error: StoreError) -> int:
    print(f"warta: {error}", file=sys.stderr)
    return EXIT_FAILED


def _today() -> date:
    return datetime.now(UTC).date()


def _chosen_day(option: str, text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise UsageError(f"{option} {text}: write a day such as 2026-11-27") from error
