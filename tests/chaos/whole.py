"""Kill whole runs over the sample newsroom, readers and all, and compare with a run left in peace.

    python -m tests.chaos.whole --kills 20

After every kill DuckDB reads what is there. Prints what was seen; exits 1 on any loss or doubling.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

Row = tuple[object, ...]

COLUMNS = {
    "articles": "id, revision, url, title, content_hash, cast(date as varchar), topic, language",
    "duplicates": "id, url, dup_of, dup_kind",
    "rejections": "url, stage, reason",
}


def start(output: Path) -> "subprocess.Popen[bytes]":
    """Start a run in a process group of its own, so that its readers die with it."""
    command = [sys.executable, "-m", "warta", "sample", "--output", str(output)]
    return subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL)


def rows(output: Path) -> dict[str, list[Row]]:
    """Return what DuckDB reads of each table, sorted; raises when a table cannot be read."""
    found = {}
    for table, columns in COLUMNS.items():
        root = output / table
        files = f"read_parquet('{root}/**/*.parquet', hive_partitioning = true)"
        there = root.exists() and any(root.rglob("*.parquet"))
        found[table] = sorted(duckdb.sql(f"select {columns} from {files}").fetchall()) if there else []
    return found


def disturb(output: Path, kills: int, longest_s: float, chance: random.Random) -> int:
    """Kill `kills` runs at random moments of their life; return how many were still alive to be killed."""
    hit = 0
    for _ in range(kills):
        child = start(output)
        try:
            child.wait(timeout=chance.uniform(0.3, longest_s))
        except subprocess.TimeoutExpired:
            hit += 1
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        rows(output)
    return hit


def compare(folder: Path, kills: int, seed: int) -> list[str]:
    """Return the faults: tables that differ from an undisturbed run's."""
    began = time.monotonic()
    assert start(folder / "peace").wait() == 0, "the undisturbed run failed"
    longest_s = time.monotonic() - began
    hit = disturb(folder / "war", kills, longest_s, random.Random(seed))
    assert start(folder / "war").wait() == 0, "the run after the last kill failed"
    peace, war = rows(folder / "peace"), rows(folder / "war")
    counts = {table: len(found) for table, found in war.items()}
    print(f"{hit} of {kills} runs killed within {longest_s:.1f} s of life; rows in the end: {counts}")
    return [table for table in COLUMNS if peace[table] != war[table]]


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="warta-chaos-") as folder:
        faults = compare(Path(folder), args.kills, args.seed)
    print(f"differ from the undisturbed run: {', '.join(faults) or 'nothing'}")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
