"""`warta status DIR`: how the last runs went, how the feeds are, what was refused, how much disk it takes.

Reads run reports and two small tables, no article. `pyarrow.parquet` alone is imported: `pyarrow.dataset`
would take a second more wherever pandas is installed.
"""

import argparse
import heapq
import json
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console

from warta.pipelines.look.doubts import doubts
from warta.pipelines.look.feed_health import FeedLine, feed_lines
from warta.pipelines.look.status_view import print_status
from warta.pipelines.look.stored_columns import Columns, codes, numbers, read_since
from warta.pipelines.options import UsageError
from warta.transforms.store.layout import Layout

RUNS_SHOWN = 5
FEED_DAYS = 7
"""Days of polls and rejections that are looked at: a week shows every feed's own rhythm once."""
EXAMPLES = 3
"""Addresses shown for each reason."""


@dataclass(frozen=True)
class Refusal:
    """Everything rejected for one reason."""

    reason: str
    count: int
    examples: tuple[tuple[str, str], ...]
    """(url, detail), newest first."""


@dataclass(frozen=True)
class Status:
    """What there is to know at nine in the morning."""

    output: str
    runs: tuple[dict[str, Any], ...]
    """Run reports, newest first."""
    feeds: tuple[FeedLine, ...]
    refusals: tuple[Refusal, ...]
    disk_bytes: dict[str, int]
    """By folder."""
    since: date | None
    """First day of polls and rejections that were looked at."""
    doubts: tuple[str, ...]
    """What needs a look; empty when the last night was good."""


def status(args: argparse.Namespace, _: list[str]) -> int:
    """Print the status of a dataset."""
    found = look(args.dataset, datetime.now(UTC), days=args.days)
    if args.json:
        print(json.dumps(asdict(found), ensure_ascii=False, indent=2, default=_plain))
    else:
        print_status(found, datetime.now(UTC), Console(), all_feeds=args.all)
    return 0


def look(output: str, now: datetime, *, days: int = FEED_DAYS) -> Status:
    """Return the status of the dataset in `output`.

    Raises:
      UsageError: when no dataset is there.
    """
    layout = Layout(str(Path(output).expanduser().resolve()))
    if not Path(layout.manifests).is_dir() and not Path(layout.runs).is_dir():
        raise UsageError(f"{output}: no dataset here; name the folder that `warta run --output` was given")
    runs = last_runs(layout)
    last = datetime.fromisoformat(runs[0]["started_at"]).date() if runs else now.date()
    since = last - timedelta(days=days - 1)
    feeds = feed_lines(read_since(layout, "feeds", since), days)
    failing = sum(feed.failing_since is not None for feed in feeds)
    return Status(
        output=output,
        runs=tuple(runs[:RUNS_SHOWN]),
        feeds=tuple(feeds),
        refusals=tuple(refusals(read_since(layout, "rejections", since))),
        disk_bytes=disk_bytes(layout.root),
        since=since,
        doubts=tuple(one.sentence for one in doubts(runs[0] if runs else None, len(feeds), failing, now)),
    )


def last_runs(layout: Layout) -> list[dict[str, Any]]:
    """Return the reports of the last runs, newest first; what cannot be read is left out."""
    reports = []
    paths = sorted(Path(layout.runs).glob("*.json"), reverse=True)
    for path in paths[:RUNS_SHOWN]:
        try:
            reports.append(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            continue
    return reports


def refusals(rows: Columns) -> list[Refusal]:
    """Return what was rejected, by reason, most first."""
    if not rows:
        return []
    reasons, code = codes(rows["reason"])
    times = numbers(rows["rejected_at"])
    found = []
    for at_reason, reason in enumerate(reasons):
        places = [int(place) for place in (code == at_reason).nonzero()[0]]
        newest = heapq.nlargest(EXAMPLES, places, key=lambda at: (times[at], at))
        examples = tuple((rows["url"][at].as_py(), rows["detail"][at].as_py()) for at in newest)
        found.append(Refusal(reason, len(places), examples))
    return sorted(found, key=lambda one: (-one.count, one.reason))


def disk_bytes(root: str) -> dict[str, int]:
    """Return the bytes below each folder of `root`, most first; plain files count as ".".

    Files that vanish meanwhile count nothing.
    """
    sizes: dict[str, int] = {}
    for path in Path(root).iterdir():
        name = path.name if path.is_dir() else "."
        sizes[name] = sizes.get(name, 0) + _tree_bytes(path)
    return dict(sorted(sizes.items(), key=lambda one: (-one[1], one[0])))


def _tree_bytes(path: Path) -> int:
    total = 0
    for file in path.rglob("*") if path.is_dir() else (path,):
        try:
            total += file.stat().st_size if file.is_file() else 0
        except FileNotFoundError:
            continue
    return total


def _plain(value: object) -> str:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    raise TypeError(type(value).__name__)
