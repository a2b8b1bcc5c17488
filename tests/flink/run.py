"""The batch graph on Flink (or Prism) over the sample newsroom: the same rows as the local engine's.

python -m tests.flink.run                    Flink, at parallelism 1, 2 and 4
python -m tests.flink.run --engine prism     Beam's own portable engine
python -m tests.flink.run --external         workers in processes of their own, from a worker pool
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from tests.flink.programs import Missing, flink_job_server, prism
from warta import read

PARALLELISMS = (1, 2, 4)
COLUMNS = {
    "articles": ("id", "revision", "url", "content_hash", "title", "topic", "language", "date", "published"),
    "duplicates": ("id", "url", "dup_of", "dup_kind", "date"),
    "rejections": ("url", "reason", "stage"),
}
"""What a row is, whoever wrote it: everything but times of fetching, run ids and how long it took."""
RUN_S = 900
START_S = 60
POOL = "apache_beam.runners.worker.worker_pool_main"
MOST_RUNS = 3
"""A page that did not answer in time on a busy machine waits for the next run."""
EXIT_DONE, EXIT_DIFFERENT, EXIT_MISSING = 0, 1, 3

Rows = set[tuple[object, ...]]


def main() -> int:
    """Run the sample locally and on an engine; print and compare the rows."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--engine", choices=("flink", "prism"), default="flink")
    parser.add_argument("--parallelism", type=int, action="append", help="default: 1, 2 and 4")
    parser.add_argument("--external", action="store_true", help="workers from a pool, not from the driver")
    args = parser.parse_args()
    try:
        engine = flink_options() if args.engine == "flink" else prism_options()
    except Missing as missing:
        print(f"{args.engine}: not run. {missing}", file=sys.stderr)
        return EXIT_MISSING
    parallelisms = args.parallelism or (PARALLELISMS if args.engine == "flink" else (1,))
    workers = external_workers() if args.external else nullcontext(["--environment_type=LOOPBACK"])
    with tempfile.TemporaryDirectory() as scratch, workers as where:
        wanted = run(Path(scratch) / "local", "local", [])
        alike = [same(wanted, found) for found in on_engine(Path(scratch), [*engine, *where], parallelisms)]
        return EXIT_DONE if all(alike) else EXIT_DIFFERENT


def on_engine(scratch: Path, engine: list[str], parallelisms: Iterable[int]) -> Iterable[Rows]:
    """Yield the rows of a run at each parallelism."""
    for parallelism in parallelisms:
        options = [*engine, f"--parallelism={parallelism}"]
        yield run(scratch / f"parallel-{parallelism}", f"parallelism {parallelism}", options)


def flink_options() -> list[str]:
    """Return Beam's options for a Flink that lives as long as the job."""
    return ["--runner=FlinkRunner", "--flink_master=[local]", f"--flink_job_server_jar={flink_job_server()}"]


def prism_options() -> list[str]:
    """Return Beam's options for Prism."""
    return ["--runner=PrismRunner", f"--prism_location={prism()}"]


@contextmanager
def external_workers() -> Iterator[list[str]]:
    """Run a worker pool, as it runs beside each task manager of a cluster; yield Beam's options for it."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    # The pool starts workers as `python`, whichever comes first on the path.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    command = [sys.executable, "-m", POOL, f"--service_port={port}"]
    with subprocess.Popen(command, env=os.environ | {"PATH": path}, stderr=subprocess.DEVNULL) as pool:
        try:
            await_port(port)
            yield ["--environment_type=EXTERNAL", f"--environment_config=127.0.0.1:{port}"]
        finally:
            pool.terminate()


def await_port(port: int) -> None:
    """Wait until somebody listens on `port`."""
    ends = time.monotonic() + START_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > ends:
                raise
            time.sleep(0.1)


def run(output: Path, name: str, options: list[str]) -> Rows:
    """Run `warta sample` until nothing waits, print what it took, and return all rows."""
    command = [sys.executable, "-m", "warta", "sample", "--output", str(output), "--quiet", "--no-report"]
    began, cpu_s, waiting, runs = time.monotonic(), 0.0, 1, 0
    while waiting and runs < MOST_RUNS:
        subprocess.run([*command, *options], check=True, timeout=RUN_S)
        report = json.loads(max((output / "runs").glob("*.json")).read_text())
        cpu_s, waiting, runs = cpu_s + report["cpu_s"], report["books"]["deferred"], runs + 1
    found, wall_s = rows(output), time.monotonic() - began
    print(f"{name}: {len(found)} rows, {waiting} waiting, {runs} runs, {wall_s:.1f} s, {cpu_s:.1f} CPU-s")
    return found


def rows(output: Path) -> Rows:
    """Return the rows of all tables as far as they do not depend on the time of day."""
    return {
        (table, *(row[name] for name in names))
        for table, names in COLUMNS.items()
        for row in read(str(output), table).to_table(columns=list(names)).to_pylist()
    }


def same(wanted: Rows, found: Rows) -> bool:
    """Print the difference; return whether there is none."""
    for row in sorted(map(str, wanted - found)):
        print(f"  missing  {row[:160]}")
    for row in sorted(map(str, found - wanted)):
        print(f"  other    {row[:160]}")
    if wanted == found:
        print("  the same rows")
    return wanted == found


if __name__ == "__main__":
    sys.exit(main())
