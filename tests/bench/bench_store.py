"""What storing costs: CPU of writing, rows verified a second, compaction of many small files.

    python -m tests.bench.bench_store --articles 20000

Prints figures of one machine on one day; the goals are in the last column.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.transforms.store.stages import cycle
from tests.transforms.store.worlds import record
from warta.schemas.record import Record
from warta.transforms.store.commit import Store
from warta.transforms.store.compact import compact
from warta.transforms.store.manifest import live_files
from warta.transforms.store.verify import verify

CYCLE_ROWS = 2_000
"""Articles a commit, as in a local run."""

PAGE_CPU_S = 0.020
"""CPU of fetching and extracting one page, for the share of writing; the corpus run prints its own."""

WORDS_AN_ARTICLE = 400
"""Mean of the shared corpus, about 2.8 kB of text."""

SMALL_FILES = 1_000
VERIFY_GOAL_ROWS_S = 50_000
WRITE_GOAL_SHARE = 0.05


@dataclass
class Spent:
    """Time that a block took."""

    cpu_s: float = 0.0
    wall_s: float = 0.0


@contextmanager
def spent() -> Iterator[Spent]:
    """Measure a block."""
    told, cpu, wall = Spent(), time.process_time(), time.perf_counter()
    yield told
    told.cpu_s, told.wall_s = time.process_time() - cpu, time.perf_counter() - wall


def articles(count: int, seed: int = 1) -> list[Record]:
    """Return articles with texts of real length over a made-up vocabulary."""
    chance = random.Random(seed)
    letters = "aaabcdeefghiijklmnnoprstuuy"
    words = ["".join(chance.choices(letters, k=chance.randint(2, 11))) for _ in range(20_000)]
    weights = [1 / rank for rank in range(1, len(words) + 1)]
    texts = (" ".join(chance.choices(words, weights, k=WORDS_AN_ARTICLE)) for _ in range(count))
    return [record(number, text=text) for number, text in enumerate(texts)]


def write(root: Path, items: list[Record]) -> Spent:
    """Store the articles cycle by cycle."""
    with spent() as told, Store.open(str(root), owner="bench") as store:
        for start in range(0, len(items), CYCLE_ROWS):
            store.commit(cycle(store, f"c{start:07d}", items[start : start + CYCLE_ROWS]))
    return told


def best_of(rounds: int, action: Callable[[], object]) -> Spent:
    """Return the quickest of some rounds, by CPU: the machine is shared, the work is not."""
    seen = []
    for _ in range(rounds):
        with spent() as told:
            action()
        seen.append(told)
    return min(seen, key=lambda one: one.cpu_s)


def small_files(root: Path) -> None:
    """Store very small cycles until there are `SMALL_FILES` files."""
    with Store.open(str(root), owner="bench") as store:
        number = 0
        while len(live_files(store.files, store.layout)) < SMALL_FILES:
            items = [record(number * 60 + one) for one in range(60)]
            store.commit(cycle(store, f"s{number:05d}", items))
            number += 1


def line(what: str, value: str, goal: str, *, met: bool) -> str:
    """Return one row of the report."""
    return f"{what:<24}{value:>40}   {goal:<24}{'' if met else 'MISSED'}".rstrip()


def bench_write(root: Path, count: int) -> bool:
    """Print what storing `count` articles costs."""
    told = write(root, articles(count))
    share = told.cpu_s / (told.cpu_s + count * PAGE_CPU_S)
    met = share <= WRITE_GOAL_SHARE
    print(line(f"write {count} articles", f"{told.cpu_s:.1f} CPU-s, {share:.1%} of a run", "<= 5%", met=met))
    return met


def bench_verify(root: Path, count: int) -> bool:
    """Print how fast a dataset is verified; by CPU, for the machine is shared."""
    told = best_of(5, lambda: verify(str(root)))
    met = count / told.cpu_s >= VERIFY_GOAL_ROWS_S
    rates = f"{count / told.cpu_s:,.0f} rows/CPU-s, {count / told.wall_s:,.0f} rows/s"
    print(line("verify", rates, f">= {VERIFY_GOAL_ROWS_S:,} rows/CPU-s", met=met))
    return met


def bench_compact(root: Path) -> bool:
    """Print what the compaction of many small files costs and leaves."""
    small_files(root)
    before = verify(str(root))
    with spent() as told, Store.open(str(root), owner="bench") as store:
        done = compact(store)
        live = live_files(store.files, store.layout)
    after = verify(str(root))
    met = before.rows == after.rows and not before.faults and not after.faults
    partitions = {one.path.rpartition("/")[0] for one in live.values()}
    text = f"{done.files_before} -> {done.files_after} files, {told.cpu_s:.1f} CPU-s"
    print(line("compact small files", text, f"{len(partitions)} files, same rows", met=met))
    return met and len(live) == len(partitions)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--articles", type=int, default=20_000)
    count = parser.parse_args().articles
    with tempfile.TemporaryDirectory() as folder:
        root, small = Path(folder) / "out", Path(folder) / "small"
        met = [bench_write(root, count), bench_verify(root, count), bench_compact(small)]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
