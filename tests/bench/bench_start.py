"""How long a user waits for the first word: `python -m tests.bench.bench_start`.

Each figure is the median of new processes of an installation as users have it. `explain` reads a page of
150 kB with every model it needs; the first reading on a machine, which also prepares the language model's
table, is printed beside it.
"""

import argparse
import os
import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median

from tests.bench.bench_speed import installed_warta
from tests.bench.world_pages import page_body

ROUNDS = 7
HELP_S = 0.3
EXPLAIN_S = 2.5


def main() -> int:
    """Print the waits; exit code 1 when one is longer than asked for."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    rounds = parser.parse_args().rounds
    warta = [installed_warta(), "-m", "warta"]
    with tempfile.TemporaryDirectory(prefix="warta-start-") as scratch:
        page = Path(scratch) / "page.html"
        page.write_bytes(page_body(3, 1, "id"))
        first_s = seconds([*warta, "explain", str(page)], Path(scratch))
        help_s = median(seconds([*warta, "--help"], Path(scratch)) for _ in range(rounds))
        explain_s = median(seconds([*warta, "explain", str(page)], Path(scratch)) for _ in range(rounds))
    print(f"warta --help: {help_s:.2f} s (goal at most {HELP_S} s)")
    print(
        f"warta explain FILE: {explain_s:.2f} s (goal at most {EXPLAIN_S} s), the first time {first_s:.2f} s"
    )
    return int(help_s > HELP_S or explain_s > EXPLAIN_S)


def seconds(command: list[str], scratch: Path) -> float:
    """Return how long a command takes that must succeed; what it keeps for the user is kept in `scratch`."""
    began = time.perf_counter()
    caches = os.environ | {"XDG_CACHE_HOME": str(scratch / "cache")}
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=scratch, env=caches)
    return time.perf_counter() - began


if __name__ == "__main__":
    raise SystemExit(main())
