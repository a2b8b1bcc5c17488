"""The unbounded graph on an engine, over a newsroom that publishes: windows, rows, what is lost or twice.

python -m tests.flink.unbounded                              Prism, twelve windows, workers in this process
python -m tests.flink.unbounded --engine flink --external    Flink, workers from a pool
python -m tests.flink.unbounded --kill                       the engine and its driver killed, started again
python -m tests.flink.unbounded --engine flink --cluster --kill
                                    a session cluster with checkpoints: a task manager killed, another started

A week of the sample newsroom passes in the windows; the newsroom's clock runs ahead, warta's does not.
"""

import argparse
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.bench.stream_week import Week
from tests.flink.programs import EXIT_MISSING, Missing
from tests.flink.run import (
    EXIT_DIFFERENT,
    EXIT_DONE,
    Engine,
    set_up,
)
from warta.newsroom import WEEK_END, WEEK_START, serve
from warta.transforms.store.files import files_at
from warta.transforms.store.layout import Layout
from warta.transforms.store.manifest import numbers, read_manifest

WINDOW_S = 30.0
WINDOWS = 12
QUIET = 2
"""Windows at the end in which the newsroom publishes nothing new, so that everything can come to its end."""


class FastClock:
    """The newsroom's clock: from the next full window on a week in so many seconds; then it stands still."""

    def __init__(self, length_s: float, window_s: float) -> None:
        self.began = math.ceil(time.time() / window_s) * window_s
        self.speed = (WEEK_END - WEEK_START).total_seconds() / length_s

    def __call__(self) -> datetime:
        ahead = timedelta(seconds=max(time.time() - self.began, 0.0) * self.speed)
        return min(WEEK_START + ahead, WEEK_END).astimezone(UTC)


def main() -> int:
    """Run the stream and count."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--engine", choices=("prism", "flink"), default="prism")
    parser.add_argument("--external", action="store_true", help="workers from a pool")
    parser.add_argument("--cluster", action="store_true", help="a session cluster; workers from a pool")
    parser.add_argument("--kill", action="store_true", help="kill in the middle and start again")
    parser.add_argument("--windows", type=int, default=WINDOWS)
    parser.add_argument("--window-s", type=float, default=WINDOW_S)
    parser.add_argument("--output", type=Path, help="keep the dataset there")
    args = parser.parse_args()
    with ExitStack() as stack:
        try:
            scratch, engine, workers = set_up(parser, args, stack)
        except Missing as missing:
            print(f"{args.engine}: not run. {missing}", file=sys.stderr)
            return EXIT_MISSING
        engine = replace(engine, options=[*engine.options, *workers.options])
        return run(args.output or scratch / "data", engine, args.windows, args.window_s, kill=args.kill)


def run(output: Path, engine: Engine, windows: int, window_s: float, *, kill: bool) -> int:
    """Stream `windows` windows of the newsroom into `output`; print the count; return the exit code."""
    clock = FastClock((windows - QUIET) * window_s, window_s)
    with serve(clock=clock) as newsroom:
        options = [
            "--feeds",
            str(newsroom.feeds_file),
            "--output",
            str(output),
            "--interval",
            f"{window_s:g}s",
        ]
        options += ["--min-delay-s", "0.02", "--poll-all", "--allow-network", "127.0.0.0/8"]
        for pattern, address in newsroom.connect_to:
            options += ["--connect-to", f"{pattern}={address}"]
        options += engine.options
        half = windows // 2
        if kill and engine.cluster:
            with streaming([*options, "--windows", str(windows)]) as stream:
                await_commits(output, half - 1, stream)
                engine.cluster.kill_task_manager()
                engine.cluster.add_task_manager()
                print(f"killed one of two task managers after {half - 1} windows", flush=True)
                stream.wait(timeout=(windows + 20) * window_s)
            restored = engine.cluster.checkpoints_that("restored")
            print(f"the job went on from a checkpoint: {restored or 'never'}")
            if not restored:
                return EXIT_DIFFERENT
        elif kill:
            with streaming([*options, "--windows", str(half)]) as stream:
                await_commits(output, half - 1, stream)
                os.killpg(stream.pid, signal.SIGKILL)
                print(f"killed driver, workers and engine after {half - 1} windows", flush=True)
            go_through(options, windows - half, window_s)
        else:
            go_through(options, windows, window_s)
        problems = newsroom.problems
    return count(output, clock, problems, window_s)


def go_through(options: list[str], windows: int, window_s: float) -> None:
    """Stream so many windows to their end."""
    with streaming([*options, "--windows", str(windows)]) as stream:
        stream.wait(timeout=(windows + 20) * window_s)


@contextmanager
def streaming(options: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run `warta stream` with an engine as its child, in a group of their own."""
    command = [sys.executable, "-m", "warta", "stream", *options]
    with subprocess.Popen(command, start_new_session=True) as stream:
        try:
            yield stream
        finally:
            with suppress(ProcessLookupError):
                os.killpg(stream.pid, signal.SIGKILL)


def await_commits(output: Path, least: int, stream: subprocess.Popen[bytes]) -> None:
    """Wait until `least` windows are committed."""
    while len(windows_of(output)) < least:
        assert stream.poll() is None, "the stream ended early"
        time.sleep(0.2)


def windows_of(output: Path) -> list[str]:
    """Return the names of the windows that were committed, in order."""
    layout, files = Layout(str(output)), files_at(str(output))
    found = [read_manifest(files, layout, number).cycle for number in numbers(files, layout)]
    return [name for name in found if not name.endswith("-stories")]


def count(output: Path, clock: FastClock, problems: list[BaseException], window_s: float) -> int:
    """Print what the stream stored of what was announced; return the exit code."""
    week = Week(output, WEEK_START, min(clock(), WEEK_END), (), window_s * clock.speed)
    windows = windows_of(output)
    if not windows:
        print("no window was committed")
        return EXIT_DIFFERENT
    tables = {table: len(week.rows(table)) for table in ("articles", "duplicates", "rejections", "feeds")}
    print(f"{len(windows)} windows committed: {windows[0][:16]} to {windows[-1][:16]}")
    print("rows: " + ", ".join(f"{rows} {table}" for table, rows in tables.items()))
    print(f"announced {len(week.announced)}: lost {len(week.lost())}, twice {len(week.twice())}")
    for address in (*week.lost(), *week.twice()):
        print(f"  {address}")
    verified = subprocess.run(
        [sys.executable, "-m", "warta", "verify", str(output)], capture_output=True, text=True
    )
    print(f"verify: {verified.stdout.strip().splitlines()[-1] if verified.stdout else verified.stderr}")
    fine = not (week.lost() or week.twice() or verified.returncode or problems)
    return EXIT_DONE if fine else EXIT_DIFFERENT


if __name__ == "__main__":
    sys.exit(main())
