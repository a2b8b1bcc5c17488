"""Size and speed of the report over a made-up dataset: `python -m tests.bench.bench_report [ARTICLES]`."""

import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from tests.pipelines.many import many
from warta.pipelines.look.report.gather import gather
from warta.pipelines.look.report.page import page


def main(articles: int = 100_000, *, rounds: int = 3) -> None:
    """Print the best of a few rounds, in seconds of wall clock and of processor."""
    with tempfile.TemporaryDirectory() as folder:
        root = str(many(Path(folder) / "data", articles))
        best_wall_s = best_cpu_s = float("inf")
        for _ in range(rounds):
            wall_s, cpu_s = time.perf_counter(), time.process_time()
            made = page(gather(root, now=datetime.now(UTC)))
            best_wall_s = min(best_wall_s, time.perf_counter() - wall_s)
            best_cpu_s = min(best_cpu_s, time.process_time() - cpu_s)
    size_mb = len(made.encode()) / 1e6
    print(f"report over {articles:,} articles: {best_wall_s:.1f} s, {best_cpu_s:.1f} CPU-s, {size_mb:.2f} MB")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
