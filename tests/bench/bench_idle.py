"""What a scheduled run costs that finds nothing new: `python -m tests.bench.bench_idle [--feeds 500]`.

Runs once over a generated world, then again while every feed answers 304, and prints the CPU seconds of the
second run. Nothing is stored beforehand but the pages of the first.
"""

import argparse
import tempfile
from pathlib import Path

from tests.bench.bench_speed import installed_warta, measured, warta
from tests.bench.speed_world import World
from tests.bench.world import WorldSpec, serve_world

MOST_CPU_S = 6.0
"""CPU seconds that an idle run over 500 feeds may take."""


def main() -> int:
    """Run twice, print what the second run cost; exit code 1 when it is too much."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--feeds", type=int, default=500)
    parser.add_argument("--pages", type=int, default=500)
    args = parser.parse_args()
    python = installed_warta()
    spec = WorldSpec(hosts=min(args.feeds, 200), feeds=args.feeds, pages=args.pages)
    with serve_world(spec) as served, tempfile.TemporaryDirectory(prefix="warta-idle-") as scratch:
        command = [*warta(World(served, (), "generated"), Path(scratch) / "data", python), "--poll-all"]
        for name in ("first", "idle"):
            cost = measured(command, Path(scratch) / "data", Path(scratch) / f"{name}.log")
            if cost is None:
                return 1
            print(f"{name} run over {args.feeds} feeds: {cost.wall_s:.1f} s, {cost.cpu_s:.1f} CPU-s")
        print(f"(at most {MOST_CPU_S} CPU-s are asked of the idle one) {served.totals()['statuses']}")
    return int(cost.cpu_s > MOST_CPU_S)


if __name__ == "__main__":
    raise SystemExit(main())
