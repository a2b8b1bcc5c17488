"""The whole program under `kill -9`: `warta run` on the sample newsroom, main process, readers and all.

    python -m tests.chaos.runs --kills 40

Each death hits, by turns, the process group, the main process alone, or one of its reader processes. The
last must cost nothing at all: the run goes on. After some deaths the run is let go to its end, and every
announced address must have the one ending that it has in an undisturbed run. Exits 1 otherwise.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb

from tests.chaos.outcome import Outcome, moment, report
from tests.chaos.readers import Watch
from warta.newsroom import Newsroom, serve, truth
from warta.transforms.store.verify import verify

DEATHS_A_DATASET = 3
"""Kills before a dataset is finished and compared; more make odder states, fewer compare more often."""

SLICE_PAGES = "12"
"""Pages a commit, so that a run over sixty pages has several."""

RUN_TIMEOUT_S = 300.0
"""A run takes 15 s on an idle machine; one that takes twenty times as long hangs."""

ENDINGS = {
    "articles": "url, revision, title, authors, published, topic, md5(text)",
    "duplicates": "url, dup_kind",
    "rejections": "url, stage, reason",
}
"""What of each row is not a matter of time."""


def chaos_runs(folder: Path, *, kills: int, seed: int) -> Outcome:
    """Interrupt whole runs `kills` times; return what was seen."""
    chance = random.Random(seed)
    outcome = Outcome()
    with serve(edition=1) as newsroom:
        started = time.monotonic()
        _finish(newsroom, folder / "undisturbed")
        span_s = time.monotonic() - started
        expected = _endings(folder / "undisturbed")
        root = folder / "disturbed"
        watch = Watch(root)
        while outcome.kills < kills:
            for _ in range(min(DEATHS_A_DATASET, kills - outcome.kills)):
                _interrupt(newsroom, root, chance, span_s, outcome)
                watch.look(busy=False)
            _finish(newsroom, root)
            watch.look(busy=False)
            _compare(root, expected, outcome)
            shutil.rmtree(root)
        outcome.add_watch(watch)
    return outcome


def _command(newsroom: Newsroom, root: Path) -> list[str]:
    connect = [f"--connect-to={host}={address}" for host, address in newsroom.connect_to]
    options = ["--slice-pages", SLICE_PAGES, "--min-delay-s", "0.02", "--allow-network", "127.0.0.0/8"]
    where = ["--feeds", str(newsroom.feeds_file), "--output", str(root)]
    return [sys.executable, "-m", "warta", "run", *where, "--poll-all", *options, *connect]


def _finish(newsroom: Newsroom, root: Path) -> None:
    """Run to the end, undisturbed."""
    done = subprocess.run(_command(newsroom, root), capture_output=True, text=True, timeout=RUN_TIMEOUT_S)
    if done.returncode:
        raise RuntimeError(f"an undisturbed run failed: {done.stderr[-2000:]}")


def _interrupt(
    newsroom: Newsroom, root: Path, chance: random.Random, span_s: float, outcome: Outcome
) -> None:
    """Start a run and kill some of it at a random moment; wait for the rest of it to be gone."""
    whom = ("group", "main process", "reader")[outcome.kills % 3]
    with subprocess.Popen(
        _command(newsroom, root),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as run:
        time.sleep(chance.uniform(0.1, span_s))  # the moment of death itself, not a wait for something
        outcome.moments[f"{whom} killed while {moment(root)}"] += 1
        outcome.kills += 1
        if whom == "reader":
            _kill_one_reader(run.pid, chance)
            if ended := run.wait(timeout=RUN_TIMEOUT_S):
                outcome.faults.append(f"a run died of its reader's death, exit code {ended}")
        elif whom == "main process":
            run.kill()
            run.wait()
        with suppress(ProcessLookupError):
            os.killpg(run.pid, signal.SIGKILL)


def _kill_one_reader(main: int, chance: random.Random) -> None:
    if below := sorted(_descendants(main)):
        with suppress(ProcessLookupError):
            os.kill(chance.choice(below), signal.SIGKILL)


def _descendants(process: int) -> Iterator[int]:
    """Yield the processes below one, as /proc tells them; none where there is no /proc."""
    for path in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(OSError):
            for child in path.read_text().split():
                yield int(child)
                yield from _descendants(int(child))


def _compare(root: Path, expected: Mapping[str, Any], outcome: Outcome) -> None:
    """Hold the endings of a finished dataset against those of an undisturbed run."""
    outcome.faults += [str(fault) for fault in verify(str(root)).faults]
    endings = _endings(root)
    outcome.rows["endings"] = outcome.rows.get("endings", 0) + len(endings)
    for url in sorted(expected.keys() | endings.keys()):
        if expected.get(url) != endings.get(url):
            outcome.faults.append(f"{url}: {endings.get(url)} instead of {expected.get(url)}")


def _endings(root: Path) -> dict[str, Any]:
    """Return how each announced address ended: the rows it has, by what of them is not a matter of time."""
    found: dict[str, list[Any]] = {}
    for table, columns in ENDINGS.items():
        if any((root / table).rglob("*.parquet")):
            rows = f"read_parquet('{root}/{table}/**/*.parquet', hive_partitioning=true)"
            for url, *rest in duckdb.sql(f"select {columns} from {rows}").fetchall():
                found.setdefault(url, []).append((table, *map(str, rest)))
    return _by_story({url: sorted(rows) for url, rows in found.items()})


def _by_story(endings: dict[str, Any]) -> dict[str, Any]:
    """Put copies of one text together: which of them an earlier commit stored is a matter of time."""
    groups = {row.url: row.copy_group for row in truth() if row.copy_group}
    found: dict[str, Any] = {}
    for url, rows in endings.items():
        if group := groups.get(url):
            found.setdefault(group, []).extend(table for table, *_ in rows)
        else:
            found[url] = rows
    return {name: sorted(rows) for name, rows in found.items()}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        started = time.monotonic()
        outcome = chaos_runs(Path(folder), kills=options.kills, seed=options.seed)
        print(report("whole runs", outcome, time.monotonic() - started))
    return 1 if outcome.faults else 0


if __name__ == "__main__":
    sys.exit(main())
