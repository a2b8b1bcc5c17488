"""What a scheduled run costs that finds nothing new: `python -m tests.bench.bench_idle [--stored 1000000]`.

Runs over a generated world, then again while every feed answers 304, and prints the CPU seconds of the second
run; then the same with so many articles stored beforehand as in a year. A run must pay for what is new, not
for what is stored.
"""

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median

from tests.bench.bench_speed import installed_warta, measured, warta
from tests.bench.speed_world import World
from tests.bench.world import WorldSpec, serve_world
from tests.transforms.store.stages import cycle
from tests.transforms.store.worlds import NOON, record
from warta.transforms.store.commit import Store

MOST_CPU_S = 6.0
"""CPU seconds that an idle run over 500 feeds may take."""
MOST_SHARE = 1.1
"""Of that with nothing stored."""
A_DAY = 10_000
A_COMMIT = 20_000
ROUNDS = 5


def main() -> int:
    """Print what idle runs cost; exit code 1 when it is too much."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--feeds", type=int, default=500)
    parser.add_argument("--pages", type=int, default=500)
    parser.add_argument("--stored", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    args = parser.parse_args()
    python = installed_warta()
    spec = WorldSpec(hosts=min(args.feeds, 200), feeds=args.feeds, pages=args.pages)
    with ready(spec, python, 0) as empty, ready(spec, python, args.stored) as full:
        costs: dict[int, list[float]] = {0: [], args.stored: []}
        for _ in range(args.rounds):
            for stored, (command, place) in ((0, empty), (args.stored, full)):
                cost = measured(command, place, place.with_suffix(".log"))
                if cost is None:
                    return 1
                costs[stored].append(cost.cpu_s)
    for stored, found in costs.items():
        print(f"idle run over {args.feeds} feeds, {stored} stored: {median(found):.1f} CPU-s ({_all(found)})")
    share = median(costs[args.stored]) / median(costs[0])
    print(f"with {args.stored} stored {share:.2f} of that with none", end=" ")
    print(f"(goals at most {MOST_CPU_S} CPU-s, and {MOST_SHARE} of it)")
    return int(median(costs[args.stored]) > MOST_CPU_S or share > MOST_SHARE)


@contextmanager
def ready(spec: WorldSpec, python: str, stored: int) -> Iterator[tuple[list[str], Path]]:
    """Serve a world, read once into a dataset of `stored` articles; yield a run's command and its place."""
    with serve_world(spec) as served, tempfile.TemporaryDirectory(prefix="warta-idle-") as scratch:
        place = Path(scratch) / "data"
        store_articles(place, stored)
        command = [*warta(World(served, (), "generated"), place, python), "--poll-all"]
        cost = measured(command, place, Path(scratch) / "first.log")
        assert cost is not None, "the first run failed"
        print(f"first run, {stored} stored: {cost.wall_s:.1f} s, {cost.cpu_s:.1f} CPU-s", flush=True)
        yield command, place


def store_articles(place: Path, count: int) -> None:
    """Store `count` made-up articles, so many a day, the last ones of today."""
    if not count:
        return
    with Store.open(str(place), owner="bench") as store:
        for start in range(0, count, A_COMMIT):
            numbers = range(start, min(start + A_COMMIT, count))
            days = {number: NOON - timedelta(days=(count - 1 - number) // A_DAY) for number in numbers}
            items = [record(number, published=at, date=at.date()) for number, at in days.items()]
            store.commit(cycle(store, f"c{start:09}", items))


def _all(found: list[float]) -> str:
    return ", ".join(f"{cost:.1f}" for cost in sorted(found))


if __name__ == "__main__":
    raise SystemExit(main())
