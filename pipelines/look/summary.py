"""The end of a run on the screen: where the data is, what became of every announced URL, three rows."""

from textwrap import shorten

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from warta.schemas.outcome import RunReport

MOST_PUBLISHERS = 25
"""Lines of the table; the rest are added up in one. All of them are in the run report."""
ANSWERED = {"ok", "not_modified", "unchanged"}
COLUMNS = ("announced", "fetched", "kept", "duplicates", "rejected", "deferred")


def print_summary(report: RunReport, output: str, console: Console) -> None:
    """Print the summary of one run. Every number comes from the stored run report."""
    if report.books.announced:
        console.print(publishers_table(report))
        for title, reasons in (
            ("rejected", report.rejected_by_reason),
            ("deferred", report.deferred_by_reason),
        ):
            if reasons:
                listed = ", ".join(f"{reason} {count}" for reason, count in reasons.items())
                console.print(f"[bold]{title}[/]: {listed}")
        print_rows(output, report.run_id, console)
    else:
        console.print("Nothing new.", style="bold")
    feeds = ", ".join(f"{count} {status.replace('_', ' ')}" for status, count in report.feeds.items())
    console.print(
        f"feeds: {feeds or 'none'}; {report.known} entries known already, {report.repeated} listed twice"
    )
    console.print(
        f"{report.wall_s:.1f} s, {report.cpu_s:.1f} CPU-s, {report.peak_rss_mb:.0f} MB at most, "
        f"{report.wire_bytes / 1e6:.1f} MB received"
    )
    if report.feeds.get("failed") and not report.feeds.keys() & ANSWERED:
        console.print(
            "No feed answered: `warta doctor` looks at this machine, `warta feeds check` at the list.",
            style="yellow",
        )
    if report.stopped:
        console.print(
            f"Stopped early ({report.stopped}); what is deferred comes first next time.", style="yellow"
        )
    root = output.rstrip("/")
    places = f"data: {root}/articles   report: {root}/runs/{report.run_id}.json"
    console.print(places, soft_wrap=True)  # paths stay whole, to be copied


def publishers_table(report: RunReport) -> Table:
    """Return the table of publishers: what each announced and what became of it."""
    table = Table(title=f"run {report.run_id}", title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("publisher", no_wrap=True, max_width=24)
    for column in COLUMNS:
        table.add_column(column, justify="right", min_width=len(column))
    ranked = sorted(report.publishers.items(), key=lambda one: (-one[1].get("announced", 0), one[0]))
    for publisher, counts in ranked[:MOST_PUBLISHERS]:
        table.add_row(publisher, *(str(counts.get(column, 0) or "·") for column in COLUMNS))
    if rest := ranked[MOST_PUBLISHERS:]:
        sums = (sum(counts.get(column, 0) for _, counts in rest) for column in COLUMNS)
        table.add_row(f"{len(rest)} more", *(str(total) for total in sums))
    books = report.books
    totals = (books.announced, report.fetched, books.kept, books.duplicates, books.rejected, books.deferred)
    table.add_section()
    table.add_row("all", *(str(total) for total in totals), style="bold")
    return table


def print_rows(output: str, run_id: str, console: Console, *, rows: int = 3) -> None:
    """Print a few rows of what the run stored, read back from the files that it added."""
    from warta.transforms.store.files import absolute, files_at
    from warta.transforms.store.layout import Layout, parse_partition
    from warta.transforms.store.manifest import added_by
    from warta.transforms.store.parquet import read_columns

    layout = Layout(absolute(output))
    files = files_at(layout.root)
    left = rows
    for path in added_by(files, layout, run_id, "articles"):
        place = parse_partition("articles", path.partition("/")[2])
        for row in read_columns(files, layout.path(path)).slice(0, left).to_pylist():
            about = f"[bold]{place['date']} {place['topic']}[/] {row['publisher']} ({row['language']})"
            console.print(about, highlight=False)
            console.print(f"  {row['title']}", highlight=False, markup=False)
            console.print(f"  {shorten(row['text'], 150)}", style="dim", highlight=False, markup=False)
            left -= 1
        if not left:
            return
