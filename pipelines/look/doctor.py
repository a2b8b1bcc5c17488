"""`warta doctor`: whether this machine can run warta, before a run has to find out.

Each check gives one finding: fine, a warning (a run works, but look at it) or a fault (a run cannot work).
The network only tells: many a machine reaches its publishers by ways that a test request does not know.
"""

import argparse
import importlib
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from importlib import metadata
from pathlib import Path

from rich.console import Console
from rich.text import Text

from warta.pipelines.options import UsageError, checked_connections

EXIT_DONE, EXIT_FAILED = 0, 1
MIN_FREE_BYTES = 200 * 2**20
"""Below, a run may not end: a slice of 2,000 pages stages some 20 MB, and compaction doubles a partition."""
GOOD_FREE_BYTES = 2 * 2**30
"""Below, a warning: about two months of 5,000 articles a day."""
MIN_OPEN_FILES = 1024
"""512 connections, as many files of the store, and what Beam holds."""
MAX_CLOCK_OFF_S = 120.0
"""Retry-After and feed dates are compared with our clock; two minutes do no harm, a wrong zone does."""
BORN = datetime(2026, 11, 1, tzinfo=UTC)
"""Before this warta was not written: a clock that says so is wrong."""
PYTHONS = ((3, 11), (3, 12), (3, 13))
EXTRAS = {
    "warcio": "raw pages kept as WARC (`pip install 'warta[archive]'`)",
    "duckdb": "SQL over the dataset (`pip install duckdb`)",
    "polars": "data frames (`pip install polars`)",
    "pandas": "data frames (`pip install pandas`)",
}
ASKED = "https://example.com/"
"""Whom to ask when no feed list is given: a name kept for examples, which answers."""


class Verdict(StrEnum):
    FINE = "fine"
    WARNING = "warning"
    FAULT = "fault"
    TOLD = "told"


@dataclass(frozen=True)
class Finding:
    """The result of one check."""

    what: str
    verdict: Verdict
    said: str


def doctor(args: argparse.Namespace, _: list[str]) -> int:
    """Print every finding; 1 when one of them blocks a run."""
    console = Console()
    blocked = False
    for finding in findings(args):
        mark, style = _MARKS[finding.verdict]
        console.print(Text(f"{mark} {finding.what}: {finding.said}", style=style), soft_wrap=True)
        blocked |= finding.verdict is Verdict.FAULT
    console.print(
        Text("a run would fail; mend what is marked FAULT", style="bold red")
        if blocked
        else Text("ready to run", style="bold green")
    )
    return EXIT_FAILED if blocked else EXIT_DONE


_MARKS = {
    Verdict.FINE: ("ok     ", ""),
    Verdict.WARNING: ("warning", "yellow"),
    Verdict.FAULT: ("FAULT  ", "bold red"),
    Verdict.TOLD: ("note   ", "dim"),
}


def findings(args: argparse.Namespace) -> Iterator[Finding]:
    """Yield findings in the order in which a run would meet them."""
    yield python(sys.version_info[:2])
    yield from packages()
    yield zones()
    yield open_files(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    yield readers()
    yield free_space(shutil.disk_usage(existing(args.dataset)).free, args.dataset)
    yield writable(args.dataset)
    yield clock(time.time(), None)
    yield from network(args)
    yield from extras()


def python(version: tuple[int, ...]) -> Finding:
    """Whether this Python is one that warta and Beam are made for."""
    said = ".".join(map(str, version))
    if version in PYTHONS:
        return Finding("Python", Verdict.FINE, said)
    wanted = ", ".join(".".join(map(str, one)) for one in PYTHONS)
    return Finding("Python", Verdict.FAULT, f"{said}; install one of {wanted}")


def packages() -> Iterator[Finding]:
    """Whether what warta requires is there, in the versions that it was tested with."""
    from packaging.requirements import Requirement

    wrong, count = [], 0
    for line in metadata.requires("warta") or ():
        wanted = Requirement(line)
        if wanted.marker is not None and not wanted.marker.evaluate({"extra": ""}):
            continue
        count += 1
        try:
            found = metadata.version(wanted.name)
        except metadata.PackageNotFoundError:
            wrong.append(f"{wanted.name} is missing")
            continue
        if not wanted.specifier.contains(found, prereleases=True):
            wrong.append(f"{wanted.name} is {found}, wanted {wanted.specifier}")
    if wrong:
        yield Finding("packages", Verdict.FAULT, f"{'; '.join(wrong)}; install warta again with pip")
    else:
        yield Finding("packages", Verdict.FINE, f"all {count} there")


def zones() -> Finding:
    """Whether the time zones that feeds name can be looked up."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo("Asia/Jakarta")
    except ZoneInfoNotFoundError:
        return Finding("time zones", Verdict.FAULT, "Asia/Jakarta is unknown; pip install tzdata")
    return Finding("time zones", Verdict.FINE, "known")


def open_files(limit: int) -> Finding:
    """Whether enough sockets and files may be open at a time."""
    if limit == resource.RLIM_INFINITY or limit >= MIN_OPEN_FILES:
        return Finding("open files", Verdict.FINE, f"{limit} allowed")
    return Finding("open files", Verdict.WARNING, f"only {limit} allowed; `ulimit -n {MIN_OPEN_FILES}` first")


def readers() -> Finding:
    """Whether reader processes can be started: needs the parsers and their models."""
    try:
        importlib.import_module("warta.pipelines.reading.worker").labeller()
    except Exception as error:  # whatever a broken installation does, it is the finding
        said = f"{type(error).__name__}: {error}; install warta again with pip"
        return Finding("parsers and models", Verdict.FAULT, said)
    return Finding("parsers and models", Verdict.FINE, f"load; {os.cpu_count()} cores for reading")


def existing(path: str) -> Path:
    """Return the folder, or the nearest one above it that is there."""
    place = Path(path).expanduser().absolute()
    while not place.exists():
        place = place.parent
    return place


def free_space(free_bytes: int, path: str) -> Finding:
    """Whether the disk has room for a run."""
    said = f"{free_bytes / 2**30:.1f} GB free for {path}"
    if free_bytes < MIN_FREE_BYTES:
        return Finding("disk space", Verdict.FAULT, f"{said}; free {MIN_FREE_BYTES >> 20} MB at least")
    verdict = Verdict.FINE if free_bytes >= GOOD_FREE_BYTES else Verdict.WARNING
    return Finding("disk space", verdict, said)


def writable(path: str) -> Finding:
    """Whether files can be written, synced, renamed and locked where the dataset is to be."""
    import fcntl

    place = existing(path)
    if not place.is_dir():
        return Finding("output", Verdict.FAULT, f"{place} is a file; choose another folder")
    try:
        with tempfile.TemporaryDirectory(prefix=".warta-doctor-", dir=place) as folder:
            probe = Path(folder) / "probe"
            with probe.open("wb") as file:
                file.write(b"x")
                os.fsync(file.fileno())
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            probe.rename(probe.with_suffix(".renamed"))
    except OSError as error:
        said = f"{place}: {error.strerror}; make it writable for this user, or choose another folder"
        return Finding("output", Verdict.FAULT, said)
    made = "" if place == Path(path).expanduser().absolute() else f", {path} would be made"
    return Finding("output", Verdict.FINE, f"{place} can be written{made}")


def clock(now: float, server_now: float | None) -> Finding:
    """Whether the clock can be right: later than warta itself, and close to a server's if one is known."""
    if now < BORN.timestamp():
        said = f"says {datetime.fromtimestamp(now, UTC):%Y-%m-%d}; set it"
        return Finding("clock", Verdict.FAULT, said)
    if server_now is None:
        return Finding("clock", Verdict.FINE, f"{datetime.fromtimestamp(now, UTC):%Y-%m-%d %H:%M} UTC")
    off_s = now - server_now
    if abs(off_s) > MAX_CLOCK_OFF_S:
        return Finding("clock", Verdict.WARNING, f"{off_s:+.0f} s off a server's clock; switch on NTP")
    return Finding("clock", Verdict.FINE, f"agrees with a server's to {abs(off_s):.0f} s")


def network(args: argparse.Namespace) -> Iterator[Finding]:
    """One request to the first host of the feed list: does it answer, and what time does it have?"""
    from warta.transforms.fetch.http import fetch_one
    from warta.transforms.fetch.model import FetchError
    from warta.transforms.fetch.politeness import http_date

    url = _asked(args.feeds) if args.feeds else ASKED
    try:
        page = fetch_one(url, replace(checked_connections(args), timeout_s=10.0))
    except FetchError as error:
        yield Finding("network", Verdict.TOLD, f"{url} gives no page: {error.reason}: {error.detail}")
        return
    yield Finding("network", Verdict.TOLD, f"{url} answers in {page.elapsed_s:.1f} s")
    server_now = http_date(page.headers.get("date", ""))
    if server_now is not None:
        yield clock(page.fetched_at.timestamp(), server_now)


def extras() -> Iterator[Finding]:
    """What can be had besides."""
    for name, use in EXTRAS.items():
        try:
            yield Finding(name, Verdict.TOLD, f"{metadata.version(name)} is there")
        except metadata.PackageNotFoundError:
            yield Finding(name, Verdict.TOLD, f"not installed; for {use}")


def _asked(feed_list: str) -> str:
    from warta.transforms.parse.feed_list import FeedListError, read_feed_list

    try:
        return read_feed_list(feed_list)[0].url
    except FeedListError as error:
        raise UsageError(str(error)) from error
