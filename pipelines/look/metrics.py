"""A run's figures for Prometheus, as a file for node exporter's textfile collector.

The file holds the last run, not a history: Prometheus keeps that. Every figure is a gauge with the label
`dataset`, so that several datasets of one machine can stand side by side. `deploy/METRICS.md` is made from
`METRICS` (`python -m warta.pipelines.look.metrics > deploy/METRICS.md`); `deploy/alerts.yaml` uses these
names.

Beam's own counters are an engine's view of a run: they count again when work is retried. What this file
says is counted from what was committed.
"""

import contextlib
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path

from warta.pipelines.options import UsageError
from warta.schemas.outcome import Books, RunReport

Sample = tuple[str, Mapping[str, str], float]


@dataclass(frozen=True)
class Metric:
    """One name of the file."""

    name: str
    labels: tuple[str, ...]
    about: str


LAST_SUCCESS = "warta_last_success_timestamp_seconds"

METRICS = (
    Metric("warta_run_success", (), "1 when the last run came to its end, 0 when it failed."),
    Metric("warta_run_finished_timestamp_seconds", (), "When the last run ended, in Unix time."),
    Metric(LAST_SUCCESS, (), "When the last run without failure ended; kept through failed runs."),
    Metric("warta_run_duration_seconds", (), "Wall time of the last run."),
    Metric("warta_run_cpu_seconds", (), "CPU time of the last run, its reader processes included."),
    Metric("warta_run_peak_memory_bytes", (), "Most memory that the main process held in the last run."),
    Metric("warta_run_received_bytes", (), "Bytes received over the network in the last run."),
    Metric("warta_run_cycles", (), "Commits of the last run."),
    Metric("warta_run_stopped", ("why",), "1 when the last run ended early: by deadline or by signal."),
    Metric("warta_feeds", ("status",), "Feeds of the last run by how their poll ended."),
    Metric("warta_entries_listed", (), "Entries that feeds listed, known and repeated ones included."),
    Metric("warta_entries_known", (), "Listed entries that an earlier run had settled."),
    Metric("warta_entries_announced", (), "Entries that the last run had to settle."),
    Metric(
        "warta_entries", ("ending",), "Announced entries by ending: kept, duplicates, rejected, deferred."
    ),
    Metric("warta_entries_rejected", ("reason",), "Rejected entries by reason code."),
    Metric("warta_entries_deferred", ("reason",), "Entries that wait for a later run, by reason code."),
    Metric("warta_publisher_entries", ("publisher", "ending"), "Announced entries by publisher and ending."),
)

BEAM_COUNTERS = (
    ("dedup:known", "listed entries that an earlier run had settled, unchanged"),
    ("dedup:changed", "listed entries that an earlier run had settled and whose feed item changed since"),
    ("dedup:repeated", "entries listed again within one cycle"),
    ("dedup:texts_missing", "stored texts that a comparison wanted and did not find"),
    ("dedup:records", "articles that were kept, revisions included"),
    ("dedup:revisions", "changed texts of stored articles"),
    ("dedup:duplicates_url", "duplicates under another address of the same article"),
    ("dedup:duplicates_exact", "duplicates with the same text"),
    ("dedup:duplicates_near", "duplicates that are copies of another length"),
    ("furniture:articles_changed", "articles from which learnt boilerplate was cut"),
    ("furniture:blocks_cut", "blocks of learnt boilerplate that were cut"),
    ("store:rows_TABLE", "rows staged for a table, by its name"),
    ("store:rows_invalid", "rows that do not fit their table's schema, refused"),
)
"""Beam's counters as `namespace:name`: what `result.metrics().query()` and an engine's pages show."""

PAGE = """# What a run measures

`warta run … --metrics-file FILE.prom` writes the figures of the run for the textfile collector of Prometheus'
node exporter. The file is replaced in one step at the end of each run. All are gauges, and all carry the
label `dataset` besides those named here. `alerts.yaml` beside this page has rules to begin with.

`warta run … --otel`, or a collector named in `OTEL_EXPORTER_OTLP_ENDPOINT`, sends the same figures under the
same names to OpenTelemetry (OTLP over HTTP), and a span `warta run` for each run, or each cycle of
`warta stream`, with its books as attributes. It needs the extra: `pip install 'warta[otel]'`. A collector
that does not answer costs a warning, never a run.

| name | labels | meaning |
| --- | --- | --- |
{rows}

## Beam's counters

What an engine shows while it works. They count again when work is retried; the figures above, like the
summary and `warta status`, count what was committed.

| namespace:name | counts |
| --- | --- |
{counters}
"""

ENDINGS = ("kept", "duplicates", "rejected", "deferred")


class MetricsFile:
    """The file that one dataset's runs replace."""

    def __init__(self, path: str, dataset: str) -> None:
        """Check, before any work is done, that the file can be written.

        Raises:
          UsageError: when its folder is not there or not writable.
        """
        self.path = Path(path)
        self.dataset = dataset
        folder = self.path.absolute().parent
        if not folder.is_dir():
            raise UsageError(f"--metrics-file {path}: there is no folder {folder}; make it first")
        if not os.access(folder, os.W_OK):
            raise UsageError(f"--metrics-file {path}: {folder} is not writable for this user")
        if self.path.suffix != ".prom":
            raise UsageError(f"--metrics-file {path}: node exporter reads names that end in .prom only")

    def write(self, report: RunReport) -> None:
        """Replace the file by the figures of a finished run, in one step."""
        self._replace(samples(report))

    def write_failure(self, at: datetime) -> None:
        """Replace the file by the news that a run failed; the time of the last good one is kept."""
        last = last_success(self.path)
        kept: list[Sample] = [(LAST_SUCCESS, {}, last)] if last is not None else []
        self._replace(
            [
                ("warta_run_success", {}, 0),
                ("warta_run_finished_timestamp_seconds", {}, at.timestamp()),
                *kept,
            ]
        )

    def _replace(self, figures: list[Sample]) -> None:
        # Not ending in .prom, or the collector might read it half written.
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=self.path.absolute().parent, prefix=".warta-", delete=False
        ) as file:
            try:
                file.write(exposition(figures, self.dataset))
                file.flush()
                os.fchmod(file.fileno(), 0o644)  # the collector is another user
                os.replace(file.name, self.path)
            except BaseException:
                with contextlib.suppress(OSError):
                    os.unlink(file.name)
                raise


def samples(report: RunReport) -> list[Sample]:
    """Return the figures of a finished run, in the order of `METRICS`."""
    books: dict[str, float] = {one.name: getattr(report.books, one.name) for one in fields(Books)}
    found: list[Sample] = [
        ("warta_run_success", {}, 1),
        ("warta_run_finished_timestamp_seconds", {}, report.finished_at.timestamp()),
        (LAST_SUCCESS, {}, report.finished_at.timestamp()),
        ("warta_run_duration_seconds", {}, report.wall_s),
        ("warta_run_cpu_seconds", {}, report.cpu_s),
        ("warta_run_peak_memory_bytes", {}, report.peak_rss_mb * 2**20),
        ("warta_run_received_bytes", {}, report.wire_bytes),
        ("warta_run_cycles", {}, report.cycles),
    ]
    for why in ("deadline", "signal"):
        found.append(("warta_run_stopped", {"why": why}, report.stopped == why))
    found += _by("warta_feeds", "status", report.feeds)
    found.append(("warta_entries_listed", {}, report.listed))
    found.append(("warta_entries_known", {}, report.known))
    found.append(("warta_entries_announced", {}, books["announced"]))
    found += _by("warta_entries", "ending", {ending: books[ending] for ending in ENDINGS})
    found += _by("warta_entries_rejected", "reason", report.rejected_by_reason)
    found += _by("warta_entries_deferred", "reason", report.deferred_by_reason)
    for publisher, counts in report.publishers.items():
        for ending in ENDINGS:
            labels = {"publisher": publisher, "ending": ending}
            found.append(("warta_publisher_entries", labels, counts.get(ending, 0)))
    return found


def exposition(figures: list[Sample], dataset: str) -> str:
    """Return figures in Prometheus' text format (version 0.0.4)."""
    return "".join(line + "\n" for line in _lines(figures, dataset))


def last_success(path: Path) -> float | None:
    """Return the time of the last good run that an earlier file names; None when there is none."""
    with contextlib.suppress(OSError, ValueError):
        found = re.search(rf"^{LAST_SUCCESS}\{{.*\}} (\S+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
        return float(found[1]) if found else None
    return None


def document() -> str:
    """Return `deploy/METRICS.md`."""
    rows = [f"| `{one.name}` | {', '.join(one.labels)} | {one.about} |" for one in METRICS]
    counters = [f"| `{name}` | {about} |" for name, about in BEAM_COUNTERS]
    return PAGE.format(rows="\n".join(rows), counters="\n".join(counters))


def _by(name: str, label: str, counts: Mapping[str, float]) -> list[Sample]:
    return [(name, {label: value}, count) for value, count in counts.items()]


def _lines(figures: list[Sample], dataset: str) -> Iterator[str]:
    for metric in METRICS:
        own = [(labels, value) for name, labels, value in figures if name == metric.name]
        if own:
            yield f"# HELP {metric.name} {metric.about}"
            yield f"# TYPE {metric.name} gauge"
        for labels, value in own:
            said = {"dataset": dataset, **labels}
            inside = ",".join(f'{label}="{_escaped(text)}"' for label, text in said.items())
            yield f"{metric.name}{{{inside}}} {float(value)!r}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


if __name__ == "__main__":
    print(document(), end="")
