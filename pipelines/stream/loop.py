"""The stream: for ever, one bounded cycle after the other, each feed polled when it is due.

A cycle is what `warta run` does: data and state are committed together, all or nothing. This process imports
no Beam. It looks at the state files, sleeps until something is due, has a cycle run by a process that is
replaced from time to time, and tells how it went. Nothing due costs nothing but the look.
"""

import argparse
import logging
import re
import shlex
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from warta.pipelines.engines import check_engine, check_workers_write
from warta.pipelines.look.outlets import Outlet, outlets_from
from warta.pipelines.options import Settings, UsageError, make_output, settings_from
from warta.pipelines.process.clock import Clock
from warta.pipelines.process.logs import Voice, progress_console, said, set_up, voice_from
from warta.pipelines.process.signals import stop_on_signal
from warta.pipelines.stream.cycles import CycleFailed, Cycles, Finished
from warta.pipelines.stream.due import Agenda, Agendas
from warta.schemas.outcome import RunReport
from warta.transforms.fetch.progress import STOP
from warta.transforms.store import lock as locks
from warta.transforms.store.errors import StoreError, naming
from warta.transforms.store.files import absolute, files_at
from warta.transforms.store.layout import Layout
from warta.transforms.store.manifest import Manifest

log = logging.getLogger(__name__)

EXIT_DONE, EXIT_FAILED = 0, 1
TIDY_EVERY = 100
"""Cycles between two compactions. Each cycle adds a file to every partition it touches, some three to ten."""
LEAST_PAUSE_S = 5.0
"""Between two cycles at least, or a tenth of the interval: entries that cannot be settled must not spin."""
MOST_FAILURES = 10
"""Failed cycles in a row before the stream gives up, so that whoever supervises it takes notice: with pauses
that double from 5 s to the interval, about half an hour at five minutes."""
RELEASE_S = 600.0
"""A longer wait gives the cycle process back to the machine; starting the next one costs 3 CPU-s."""


class Time(Protocol):
    """How a stream meets time; simulations bring their own."""

    def clock(self) -> Clock:
        """Return the clock as it is set now."""

    def wait(self, seconds: float) -> bool:
        """Wait; return True when the stream shall end."""


class RealTime:
    """The machine's clock; the stop flag ends a wait."""

    def clock(self) -> Clock:
        return Clock()

    def wait(self, seconds: float) -> bool:
        return STOP.wait(seconds)


class RunsCycles(Protocol):
    """Who runs cycles: `Cycles`, or a test's own."""

    def run(self, settings: Settings) -> Finished: ...
    def tidy(self, settings: Settings, keep_days: int | None) -> str: ...
    def close(self) -> None: ...


@dataclass
class Stream:
    """One stream over one output.

    Args:
      settings: `poll_every_s` is the interval, `max_run_s` the length of a cycle.
      cycles: runs them.
      time: clock and waiting.
      told: hears of each committed cycle, with what is due afterwards.
      failed: hears of each cycle that was not committed.
    """

    settings: Settings
    cycles: RunsCycles
    time: Time
    told: Callable[[int, Finished, Agenda], None]
    failed: Callable[[str, float], None]
    keep_days: int | None = None
    tidy_every: int = TIDY_EVERY
    release_s: float = RELEASE_S
    done: int = 0
    """Cycles that were committed."""
    failures: int = 0
    """Cycles that failed since the last that did not."""

    def go(self) -> bool:
        """Run until `time.wait` says so; return False when it gave up instead."""
        agendas = Agendas(self.settings.output, self.settings.feeds, self.settings.early_s)
        stop = False
        while not stop and self.failures < MOST_FAILURES:
            now = self.time.clock().now()
            agenda = agendas.at(now)
            pause_s = self._cycle(agendas) if agenda.is_due(now) else self._rest_s(agenda, now)
            stop = self.time.wait(pause_s)
        return self.failures < MOST_FAILURES

    def _cycle(self, agendas: Agendas) -> float:
        """Run one cycle; return how long to pause."""
        try:
            settings = replace(self.settings, clock=self.time.clock())
            finished = self.cycles.run(settings)
        except CycleFailed as error:
            return self._after_failure(str(error))
        self.failures = 0
        self.done += 1
        self.told(self.done, finished, agendas.at(self.time.clock().now()))
        if self.done % self.tidy_every == 0 and finished.report.stopped != "signal":
            self._tidy()
        return self._pause_s(finished.report)

    def _tidy(self) -> None:
        try:
            done = self.cycles.tidy(replace(self.settings, clock=self.time.clock()), self.keep_days)
        except CycleFailed as error:
            log.warning("joining small files failed: %s", error)
        else:
            said(log, logging.INFO, "tidied", f"tidied: {done}")

    def _pause_s(self, report: RunReport) -> float:
        """Return the pause after a cycle: short, unless it could settle nothing at all."""
        moved = report.books.announced > report.books.deferred or report.feeds.keys() - {"deferred"}
        return self._least_pause_s if moved else self._interval_s

    def _after_failure(self, why: str) -> float:
        self.failures += 1
        pause_s = min(LEAST_PAUSE_S * 2.0 ** (self.failures - 1), self._interval_s)
        self.failed(why, pause_s)
        return pause_s

    def _rest_s(self, agenda: Agenda, now: datetime) -> float:
        """Return how long nothing is due."""
        left_s = (agenda.next_at - now).total_seconds() if agenda.next_at else self._interval_s
        if left_s > self.release_s:
            self.cycles.close()
        return left_s

    @property
    def _interval_s(self) -> float:
        assert self.settings.poll_every_s is not None
        return self.settings.poll_every_s

    @property
    def _least_pause_s(self) -> float:
        return min(LEAST_PAUSE_S, self._interval_s / 10)


def stream(args: argparse.Namespace, beam_args: list[str]) -> int:
    """`warta stream`."""
    settings = stream_settings(args, beam_args)
    check_engine(settings)
    if args.dry_run:
        from warta.pipelines.look.dry_run import show_plan

        return show_plan(settings, verbose=args.verbose)
    voice = voice_from(args)
    set_up(voice, progress_console())
    health = _Health(settings, voice, outlets_from(args, settings.output))
    command = shlex.join(["warta", *sys.argv[1:]])
    make_output(settings.output)
    check_workers_write(settings)
    if not settings.is_local:
        return _on_engine(settings, command, args.windows)
    try:
        lock = lock_output(settings.output, command)
    except StoreError as error:
        print(f"warta: {error}", file=sys.stderr)
        return EXIT_FAILED
    first = Agendas(settings.output, settings.feeds, settings.early_s).at(settings.clock.now())
    told = f"{len(settings.feeds)} feeds, each when it is due; next {_when(first.next_at, settings)}"
    said(log, logging.INFO, "started", told)
    with stop_on_signal():
        cycles = Cycles(voice, command, locks.share(lock), stopped=STOP.is_set)
        running = Stream(settings, cycles, RealTime(), health.told, health.failed, args.keep_days)
        try:
            fine = running.go()
        finally:
            cycles.close()
            lock.release()
    if not fine:
        print(f"warta: {MOST_FAILURES} cycles in a row failed; what was stored is intact", file=sys.stderr)
        return EXIT_FAILED
    said(log, logging.INFO, "stopped", f"stopped after {running.done} cycles; start again at any time")
    return EXIT_DONE


def _on_engine(settings: Settings, command: str, windows: int | None) -> int:
    """Hold the output's lock while an engine runs the unbounded graph."""
    from warta.pipelines.unbounded.command import check_window, owner_of, run_windows

    check_window(settings)
    owner = owner_of(command)
    try:
        lock = lock_output(settings.output, owner)
    except StoreError as error:
        print(f"warta: {error}", file=sys.stderr)
        return EXIT_FAILED
    with stop_on_signal():
        try:
            state = run_windows(settings, owner, windows=windows, stopped=STOP.wait, told=_told_window)
        except RuntimeError as error:
            state = f"FAILED: {str(error).strip().rpartition(chr(10))[2]}"
        finally:
            lock.release()
    if state != "DONE" and not STOP.is_set():
        print(f"warta: the engine ended the stream ({state}); what was stored is intact", file=sys.stderr)
        return EXIT_FAILED
    said(log, logging.INFO, "stopped", "stopped; start again at any time")
    return EXIT_DONE


def _told_window(manifest: Manifest) -> None:
    rows = Counter[str]()
    for file in manifest.added:
        rows[file.table] += file.rows
    line = ", ".join(f"{count} {table}" for table, count in sorted(rows.items()))
    said(log, logging.INFO, "window_stored", f"window {manifest.cycle[:16]}: {line}", cycle=manifest.cycle)


def stream_settings(args: argparse.Namespace, beam_args: Sequence[str] = ()) -> Settings:
    """Check the options of `warta stream`.

    Raises:
      UsageError: naming the option at fault.
    """
    interval_s = seconds(args.interval)
    if args.keep_days is not None and args.keep_days < 1:
        raise UsageError(f"--keep-days {args.keep_days}: must be at least 1")
    if args.windows is not None and args.windows < 1:
        raise UsageError(f"--windows {args.windows}: must be at least 1")
    settings = settings_from(args, beam_args)
    if settings.archive and not settings.is_local:
        raise UsageError("--archive: not with an engine; pages stay where they are fetched")
    if args.windows is not None and settings.is_local:
        raise UsageError("--windows: counts windows of an engine; name one with --runner")
    if settings.poll_all and args.windows is None:
        raise UsageError("--poll-all: a stream polls each feed when it is due; use `warta run --poll-all`")
    longest_s = settings.max_run_s if settings.max_run_s is not None else interval_s
    return replace(settings, poll_every_s=interval_s, max_run_s=longest_s)


def seconds(text: str) -> float:
    """Return a length of time such as 90, 30s, 5m or 1h in seconds.

    >>> seconds("5m"), seconds("90")
    (300.0, 90.0)

    Raises:
      UsageError: when it is none, or less than a second.
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd]?)", text.strip())
    length_s = float(found[1]) * {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}[found[2]] if found else 0.0
    if length_s < 1:
        raise UsageError(f"--interval {text}: write a length of time such as 30s, 5m or 1h")
    return length_s


def lock_output(output: str, owner: str) -> locks.Lock:
    """Make the output folder and take its lock for as long as the stream runs.

    Raises:
      StoreError: when it cannot be written, or somebody else writes there.
    """
    root = absolute(output)
    files = files_at(root)
    if files.local:
        with naming(root):
            files.make_folder(root)
    return locks.acquire(files, Layout(root).lock, owner)


class _Health:
    """Says after each cycle how things stand, and when a feed begins or ceases to fail."""

    def __init__(self, settings: Settings, voice: Voice, outlets: Sequence[Outlet]) -> None:
        self._settings, self._voice, self._outlets = settings, voice, outlets
        self._failing: set[str] = set()

    def told(self, number: int, finished: Finished, agenda: Agenda) -> None:
        report = finished.report
        for outlet in self._outlets:
            outlet.write(report)
        failing = {one.url: one for one in agenda.failing}
        for url in sorted(failing.keys() - self._failing):
            said(log, logging.WARNING, "feed_fails", f"{url} fails: {failing[url].last_reason}", feed=url)
        for url in sorted(self._failing - failing.keys()):
            said(log, logging.INFO, "feed_is_back", f"{url} is back", feed=url)
        self._failing = set(failing)
        books = report.books
        next_at = _when(agenda.next_at, self._settings)
        line = (
            f"cycle {number}: {sum(report.feeds.values())} of {len(self._settings.feeds)} feeds polled, "
            f"{len(failing)} failing; {books.kept} kept, {books.duplicates} duplicates, "
            f"{books.rejected} rejected, {agenda.waiting} waiting; {report.wall_s:.1f} s, "
            f"{report.cpu_s:.1f} CPU-s, {finished.rss_mb:.0f} MB; next {next_at}"
        )
        facts = {
            "cycle": number,
            "run_id": report.run_id,
            "feeds_failing": len(failing),
            "waiting": agenda.waiting,
            "kept": books.kept,
            "duplicates": books.duplicates,
            "rejected": books.rejected,
            "rss_mb": round(finished.rss_mb),
        }
        said(log, logging.INFO, "cycle_finished", line, **facts)

    def failed(self, why: str, pause_s: float) -> None:
        for outlet in self._outlets:
            outlet.write_failure(self._settings.clock.now())
        said(log, logging.ERROR, "cycle_failed", f"{why} (next try in {pause_s:.0f} s)")


def _when(next_at: datetime | None, settings: Settings) -> str:
    if next_at is None or next_at <= settings.clock.now():
        return "now"
    return f"{next_at.astimezone():%H:%M:%S}"
