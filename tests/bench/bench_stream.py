"""The simulated week in full, and the price of having nothing to do: `python -m tests.bench.bench_stream`."""

import argparse
import resource
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

from tests.bench.stream_week import Week, p95, simulate
from warta.newsroom import WEEK_END, WEEK_START
from warta.pipelines.process.clock import Clock
from warta.pipelines.stream.cycles import Finished
from warta.pipelines.stream.due import Agendas
from warta.schemas.feed import Feed

LOOKS = 200
"""Looks at an unchanged and at a changed output, for the price of an idle cycle."""


def idle_look_cpu_s(output: Path, feeds: tuple[Feed, ...]) -> float:
    """Return the CPU seconds of one look that finds nothing due, the state files read anew each time."""
    now = Clock().now()
    began = time.process_time()
    for _ in range(LOOKS):
        Agendas(str(output), feeds, 0.0).at(now)
    return (time.process_time() - began) / LOOKS


def told(number: int, finished: Finished, week: Week, now: datetime) -> None:
    """Show that something is going on."""
    if number % 50 == 0:
        line = f"{now:%d %b %H:%M}  {number} cycles, {finished.rss_mb:.0f} MB, {week.files[-1]} files"
        print(line, flush=True)


def show(week: Week, feeds: int, interval_s: float) -> None:
    """Print the figures of a week."""
    rss = [one.rss_mb for one in week.finished]
    own_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    cpu_s = sorted(one.report.cpu_s for one in week.finished)
    print(f"{len(rss)} cycles of {feeds} feeds in {week.wall_s:.0f} s, {len(week.failed)} failed")
    print(f"announced {len(week.announced)}: lost {len(week.lost())}, twice {len(week.twice())}, ", end="")
    print(f"given up though fine {len(week.refused())}")
    for address in (*week.lost(), *week.twice(), *week.refused()):
        print(f"  {address}")
    for name, healthy in (("of hosts in health", True), ("of all, faults included", False)):
        ages = week.freshness_s(healthy=healthy)
        if ages:
            print(f"freshness {name}: {len(ages)} articles, p50 {median(ages):.0f} s, p95 {p95(ages):.0f} s")
    print(f"  goal: p95 within the interval and 30 s: {interval_s + 30:.0f} s")
    early, late = max(rss[:10]), max(rss[-50:])
    print(f"cycle process after 10 cycles {early:.0f} MB, at the end {late:.0f} MB: {late / early:.2f} times")
    print(f"parent {own_mb:.0f} MB at most (the newsroom included)")
    print(f"cycle: {median(cpu_s):.2f} CPU-s in the median, {p95(cpu_s):.2f} at p95")
    print(f"files: {max(week.files)} at most, {week.files[-1]} at the end")


def main() -> None:
    """Run the week and print what it took."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--interval-s", type=float, default=4 * 3600.0, help="between two polls of a feed")
    parser.add_argument("--days", type=float, default=0.0, help="simulate less than the whole week")
    parser.add_argument("--output", type=Path, help="keep the dataset there")
    args = parser.parse_args()
    end = WEEK_START + timedelta(days=args.days) if args.days else WEEK_END
    with tempfile.TemporaryDirectory() as scratch:
        output = args.output or Path(scratch) / "data"
        week = simulate(output, interval_s=args.interval_s, end=end, told=told)
        feeds = {row["feed_url"] for row in week.rows("feeds")}
        show(week, len(feeds), args.interval_s)
        look_s = idle_look_cpu_s(output, tuple(Feed(url) for url in sorted(feeds)))
        print(f"a look that finds nothing due: {look_s * 1000:.1f} CPU-ms")


if __name__ == "__main__":
    main()
