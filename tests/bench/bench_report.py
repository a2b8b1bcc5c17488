"""Size and speed of the report over a made-up dataset: `python -m tests.bench.bench_report [ARTICLES]`."""

import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from tests.pipelines.many import many
from warta.pipelines.look.report.gather import gather
from warta.pipelines.look.report.page import page

MOST_S, MOST_MB = 10, 5
"""What the page over 100,000 articles may take."""


def main(articles: int = 100_000, *, rounds: int = 3) -> None:
    """Print the best of a few rounds, in seconds of wall clock and of processor."""
    with tempfile.TemporaryDirectory() as folder:
        root = str(many(Path(folder) / "data", articles))
        files = sum(1 for _ in Path(root).glob("articles/**/*.parquet"))
        best_wall_s = best_cpu_s = float("inf")
        for _ in range(rounds):
            wall_s, cpu_s = time.perf_counter(), time.process_time()
            made = page(gather(root, now=datetime.now(UTC)))
            best_wall_s = min(best_wall_s, time.perf_counter() - wall_s)
            best_cpu_s = min(best_cpu_s, time.process_time() - cpu_s)
    size_mb = len(made.encode()) / 1e6
    print(f"report over {articles:,} articles in {files:,} files, best of {rounds} rounds")
    print(f"  seconds    {best_wall_s:5.2f}   goal: under {MOST_S}")
    print(f"  CPU-s      {best_cpu_s:5.2f}")
    print(f"  megabytes  {size_mb:5.2f}   goal: under {MOST_MB}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
