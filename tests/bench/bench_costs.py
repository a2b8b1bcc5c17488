"""What one more page costs, and what that makes of many feeds: `python -m tests.bench.bench_costs`.

Two runs over pages on loopback, of different size: their difference is the price of a page, apart from
what every run costs. The table multiplies. It knows nothing of what an engine adds, nor of the network.
"""

import argparse
import json
import pickle
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.bench.speed_world import serve_pages
from warta import read

DAY_S = 86_400
BUSY = 0.6
"""Share of a core that is planned for: news comes in waves."""
WINDOW_S = 300.0
PARTITIONS = 40
"""Day and topic pairs that a window of a large crawl touches: two days and most topics."""
FILES_PER_PARTITION = 2
"""After compaction, a day's files of one topic: 64 MB each holds any day here."""
CORE_HOUR_USD, GB_MONTH_USD = 0.04, 0.023
"""List prices of large clouds, to multiply with; not quotes."""
SIZES = ((10_000, 50_000), (100_000, 500_000), (1_000_000, 5_000_000))
"""Feeds and articles a day."""


@dataclass(frozen=True)
class Costs:
    """Of one page."""

    cpu_s: float
    wire_bytes: float
    row_bytes: float
    index_bytes: float
    shuffled_bytes: float
    rss_mb: float
    """At most, in the larger run."""


def main() -> None:
    """Measure, multiply, print."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--pages", type=int, nargs=2, default=[100, 500])
    parser.add_argument("--generated", action="store_true", help="made-up pages instead of the shared corpus")
    args = parser.parse_args()
    small, large = (measured(pages, generated=args.generated) for pages in args.pages)
    more = args.pages[1] - args.pages[0]
    costs = Costs(
        cpu_s=(large["cpu_s"] - small["cpu_s"]) / more,
        wire_bytes=(large["wire_bytes"] - small["wire_bytes"]) / more,
        row_bytes=(large["row_bytes"] - small["row_bytes"]) / more,
        index_bytes=(large["index_bytes"] - small["index_bytes"]) / more,
        shuffled_bytes=large["shuffled_bytes"],
        rss_mb=large["peak_rss_mb"],
    )
    print(
        f"a page, from {args.pages[0]} and {args.pages[1]} of them: {costs.cpu_s * 1000:.0f} CPU-ms, ", end=""
    )
    print(f"{costs.wire_bytes:.0f} B received, {costs.row_bytes:.0f} B of Parquet, ", end="")
    print(f"{costs.index_bytes:.0f} B of index, {costs.shuffled_bytes:.0f} B a shuffle")
    print(f"memory at {args.pages[1]} pages: {costs.rss_mb:.0f} MB, readers included")
    print("feeds  articles/day  cores  GB shuffled/day  GB stored/day  index GB/year  files/day  USD/month")
    for feeds, articles in SIZES:
        print(row(costs, feeds, articles))


def row(costs: Costs, feeds: int, articles: int) -> str:
    """Return one line of the table."""
    cores = articles * costs.cpu_s / DAY_S / BUSY
    stored_gb = articles * costs.row_bytes / 1e9
    index_gb = articles * costs.index_bytes * 365 / 1e9
    shuffled_gb = 2 * articles * costs.shuffled_bytes / 1e9  # to its host and to its duplicates
    files = DAY_S / WINDOW_S * PARTITIONS
    usd = cores * 730 * CORE_HOUR_USD + (stored_gb * 30 + index_gb / 12) * GB_MONTH_USD
    return (
        f"{feeds:,}  {articles:,}  {cores:.1f}  {shuffled_gb:.1f}  {stored_gb:.2f}  {index_gb:.1f}  "
        f"{files:.0f}, {PARTITIONS * FILES_PER_PARTITION} compacted  {usd:.0f}"
    )


def measured(pages: int, *, generated: bool) -> dict[str, float]:
    """Run over `pages` pages; return what the run and its dataset weigh."""
    with tempfile.TemporaryDirectory() as scratch, serve_pages(pages, generated=generated) as world:
        output = Path(scratch) / "data"
        command = [sys.executable, "-m", "warta", "run", "--quiet", "--no-report", "--min-delay-s", "0"]
        command += ["--feeds", str(world.served.feeds_file), "--output", str(output)]
        command += ["--allow-network", "127.0.0.0/8"]
        command += [f"--connect-to={host}={target}" for host, target in world.served.connect_to]
        subprocess.run(command, check=True)
        report = json.loads(next((output / "runs").glob("*.json")).read_text())
        articles = read(str(output)).to_table(columns=["title", "text", "url", "publisher"]).to_pylist()
        return {
            "cpu_s": report["cpu_s"],
            "wire_bytes": report["wire_bytes"],
            "peak_rss_mb": report["peak_rss_mb"],
            "row_bytes": weight(output / "articles"),
            "index_bytes": sum(weight(path) for path in (output / "state").glob("dedup_*")),
            "shuffled_bytes": sum(len(pickle.dumps(one)) for one in articles) / max(len(articles), 1),
        }


def weight(folder: Path) -> int:
    """Return the bytes of the files below `folder`."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    main()
