"""Where the CPU of `warta run` goes, by stage: `python -m tests.bench.profile_split [--pages 500]`.

py-spy looks at every process of the run; a sample belongs to the innermost frame that a stage owns. Fetching
and reading (parse, metadata, prune, extract, clean) are what a run is for; the rest is held to `MAX_REST`.
"""

import argparse
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from tests.bench.bench_speed import ROOT, installed_warta, warta
from tests.bench.speed_world import serve_pages

MAX_REST = 0.15
"""Share of a run's CPU that may be neither fetching nor reading, at 5,000 pages."""
STAGES = (
    ("import", ("<frozen importlib",)),
    ("label", ("transforms/label/",)),
    ("dedup", ("transforms/dedup/",)),
    ("store", ("transforms/store/", "pipelines/cycle/staging", "pipelines/cycle/memory")),
    ("parse feeds", ("transforms/parse/",)),
    ("extract", ("transforms/extract/", "trafilatura/")),
    ("clean", ("transforms/clean/",)),
    ("fetch", ("transforms/fetch/", "aiohttp/", "pebble/", "asyncio/")),
    ("report page", ("pipelines/look/report/",)),
    ("stories", ("pipelines/stories",)),
    ("assemble", ("pipelines/reading",)),
    ("driver", ("warta/pipelines/", "pipelines/")),
    ("beam", ("apache_beam/",)),
)
"""A frame of a standard library, say of a pipe, belongs to who called it."""
WAITING = (
    *(
        "_sync (",
        "Connection._send (",
        "Connection._recv (",
        "Condition.wait (",
        "Event.wait (",
        "Thread.run (",
    ),
    *("_hear (", "select (", "unix_poll (", "pool_manager_loop (", "_worker (", "_rmtree_safe_fd ("),
)
"""Innermost frames that wait for a disk, a pipe or a lock: a busy machine makes them look awake."""
FETCH_AND_READ = {"fetch", "parse feeds", "extract", "clean", "assemble"}


def main() -> int:
    """Record one run and print the split; exit code 1 when the rest costs too much."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--pages", type=int, default=500)
    parser.add_argument("--generated", action="store_true")
    parser.add_argument("--raw", type=Path, help="read this recording instead of making one")
    parser.add_argument("--under", default="", help="print the costliest lines below frames of this text")
    args = parser.parse_args()
    if args.raw:
        return split(args.raw, args.under)
    spy = Path(sys.executable).with_name("py-spy")
    if not spy.exists():
        print("py-spy is not installed: no split")
        return 0
    with tempfile.TemporaryDirectory(prefix="warta-profile-") as scratch:
        raw = Path(scratch) / "stacks.raw"
        record = [str(spy), "record", "--subprocesses", "--nonblocking", "--rate", "50", "--format", "raw"]
        with serve_pages(args.pages, generated=args.generated) as world:
            command = [
                *record,
                "--output",
                str(raw),
                "--",
                *warta(world, Path(scratch) / "data", installed_warta()),
            ]
            subprocess.run(command, check=True, cwd=ROOT, capture_output=True)
        return split(raw, args.under)


def split(raw: Path, under: str) -> int:
    """Print the share of every stage in a recording of folded stacks."""
    shares: Counter[str] = Counter()
    lines: Counter[str] = Counter()
    for line in raw.read_text(encoding="utf-8").splitlines():
        stack, _, count = line.rpartition(" ")
        frames = stack.split(";")
        if any(mark in frames[-1] for mark in WAITING):
            continue
        shares[stage_of(reversed(frames))] += int(count)
        if under and any(under in frame for frame in frames):
            lines.update(dict.fromkeys(frames, int(count)))
    whole = sum(shares.values())
    for stage, samples in shares.most_common():
        print(f"{stage:12} {samples / whole:6.1%}")
    rest = 1 - sum(shares[stage] for stage in FETCH_AND_READ) / whole
    print(f"neither fetching nor reading: {rest:.1%} of {whole} samples (at most {MAX_REST:.0%} is asked)")
    for frame, samples in lines.most_common(60):
        print(f"  {samples / whole:6.1%} {frame}")
    return int(rest > MAX_REST)


def stage_of(frames: Iterable[str]) -> str:
    """Return the stage that owns the innermost frame anybody owns."""
    for frame in frames:
        for stage, marks in STAGES:
            if any(mark in frame for mark in marks):
                return stage
    return "other"


if __name__ == "__main__":
    raise SystemExit(main())
