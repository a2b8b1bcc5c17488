"""The status of a dataset on the screen."""

from datetime import datetime
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from warta.pipelines.look.feed_health import FeedLine

if TYPE_CHECKING:
    from warta.pipelines.look.status import Refusal, Status

MOST_FEEDS = 15
"""Feeds shown unless all are asked for; failing ones come first."""
FAR = 120
"""Columns below which details are left out."""


def print_status(status: "Status", now: datetime, console: Console, *, all_feeds: bool = False) -> None:
    """Print a status: the verdict first."""
    if status.doubts:
        console.print(Text(f"{status.output}: needs a look", style="bold yellow"))
        for doubt in status.doubts:
            console.print(Text(f"  - {doubt}"))
    else:
        console.print(Text(f"{status.output}: all is well", style="bold green"))
    console.print(_runs(status, now))
    shown = status.feeds if all_feeds else status.feeds[:MOST_FEEDS]
    if shown:
        console.print(_feeds(shown, status, now, wide=console.width >= FAR))
        if len(shown) < len(status.feeds):
            console.print(f"and {len(status.feeds) - len(shown)} feeds more (--all shows them)", style="dim")
    if status.refusals:
        console.print(Text(f"rejected since {status.since}", style="bold"))
        for refusal in status.refusals:
            _print_refusal(refusal, console)
    console.print(_disk(status))


def _runs(status: "Status", now: datetime) -> Table:
    table = Table(title="last runs", title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("ended")
    for column in ("took", "announced", "kept", "duplicates", "rejected", "deferred", "feeds failed"):
        table.add_column(column, justify="right")
    table.add_column("")
    for run in status.runs:
        books = run["books"]
        table.add_row(
            _ago(datetime.fromisoformat(run["finished_at"]), now),
            span(run["wall_s"]),
            *(str(books[name]) for name in ("announced", "kept", "duplicates", "rejected", "deferred")),
            str(run["feeds"].get("failed", 0) or "·"),
            f"stopped by {run['stopped']}" if run["stopped"] else "",
        )
    return table


def _feeds(feeds: tuple[FeedLine, ...], status: "Status", now: datetime, *, wide: bool) -> Table:
    failing = sum(feed.failing_since is not None for feed in status.feeds)
    title = f"feeds: {len(status.feeds) - failing} work, {failing} fail"
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("feed", overflow="ellipsis", no_wrap=True, max_width=40)
    table.add_column("last poll")
    table.add_column("new/day", justify="right")
    table.add_column("newest", justify="right", no_wrap=True)
    table.add_column("next poll", justify="right", no_wrap=True)
    if wide:
        table.add_column("failing", overflow="fold")
    for feed in feeds:
        why = ""
        if feed.failing_since:
            why = f"for {span((now - feed.failing_since).total_seconds())}: {feed.reason} {feed.detail}"
        cells: list[Text | str] = [
            Text(_short(feed.url)),
            Text(feed.status.replace("_", " "), style="red" if feed.status == "failed" else ""),
            f"{feed.new_per_day:g}",
            _ago(feed.newest, now),
            _until(feed.next_poll, now),
        ]
        table.add_row(*cells, *([Text(why)] if wide else []))
        if why and not wide:
            table.add_row(Text(f"  {why}", style="red"))
    return table


def _print_refusal(refusal: "Refusal", console: Console) -> None:
    console.print(Text(f"  {refusal.count:>6}  {refusal.reason}"))
    for url, detail in refusal.examples:
        shown = Text(f"          {url}", style="dim").append(f"  {detail}", style="dim italic")
        console.print(shown, no_wrap=True, overflow="ellipsis")


def _disk(status: "Status") -> str:
    parts = [f"{name} {_bytes(size)}" for name, size in status.disk_bytes.items() if size]
    return f"disk: {_bytes(sum(status.disk_bytes.values()))} ({', '.join(parts)})"


def _short(url: str) -> str:
    return url.partition("://")[2].removeprefix("www.") or url


def _ago(when: datetime | None, now: datetime) -> str:
    return f"{span((now - when).total_seconds())} ago" if when else "·"


def _until(when: datetime | None, now: datetime) -> str:
    if when is None:
        return "·"
    return f"in {span((when - now).total_seconds())}" if when > now else "due"


def span(seconds: float) -> str:
    """Return a length of time in one unit, for tables.

    >>> span(7), span(400), span(9000), span(9e5)
    ('7 s', '7 min', '2 h', '10 d')
    """
    for unit_s, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * unit_s or (unit == "min" and seconds >= unit_s):
            return f"{seconds / unit_s:.0f} {unit}"
    return f"{max(seconds, 0):.0f} s"


def _bytes(size: float) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"
