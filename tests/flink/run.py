"""The batch graph on Flink (or Prism) over the sample newsroom: the same rows as the local engine's.

python -m tests.flink.run                    Flink, at parallelism 1, 2 and 4
python -m tests.flink.run --engine prism     Beam's own portable engine
python -m tests.flink.run --external         workers in processes of their own, from a worker pool
python -m tests.flink.run --cluster          Flink as a session cluster: job manager, two task managers, pool
python -m tests.flink.run … --kill-worker    a worker of the pool killed while it writes
"""

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.flink.cluster import Cluster, cluster, environment_of
from tests.flink.programs import EXIT_MISSING, Missing, flink_job_server, prism
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
EXIT_DONE, EXIT_DIFFERENT = 0, 1

Rows = set[tuple[object, ...]]


@dataclass(frozen=True)
class Workers:
    """Where the graph's Python runs."""

    options: list[str]
    """Beam's, for them."""
    pool: "subprocess.Popen[bytes] | None" = None

    def kill_one(self) -> bool:
        """Kill the oldest worker of the pool as the kernel would; return whether there was one."""
        assert self.pool is not None
        listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(self.pool.pid)], capture_output=True)
        for pid in listed.stdout.split()[:1]:
            os.kill(int(pid), signal.SIGKILL)
        return bool(listed.stdout.split())


@dataclass(frozen=True)
class Engine:
    """What runs the graph."""

    options: list[str]
    """Beam's, for it."""
    cluster: Cluster | None = None


LOOPBACK_WORKERS = Workers(["--environment_type=LOOPBACK"])


def main() -> int:
    """Run the sample locally and on an engine; print and compare the rows."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--engine", choices=("flink", "prism"), default="flink")
    parser.add_argument("--parallelism", type=int, action="append", help="default: 1, 2 and 4")
    parser.add_argument("--external", action="store_true", help="workers from a pool, not from the driver")
    parser.add_argument(
        "--cluster", action="store_true", help="Flink as a session cluster; workers from a pool"
    )
    parser.add_argument("--kill-worker", action="store_true", help="kill a worker of the pool in the middle")
    args = parser.parse_args()
    if args.kill_worker and not (args.external or args.cluster):
        parser.error("--kill-worker: takes one of a pool; add --external or --cluster")
    parallelisms = args.parallelism or (PARALLELISMS if args.engine == "flink" else (1,))
    with ExitStack() as stack:
        try:
            scratch, engine, workers = set_up(parser, args, stack)
        except Missing as missing:
            print(f"{args.engine}: not run. {missing}", file=sys.stderr)
            return EXIT_MISSING
        wanted = run(scratch / "local", "local", [])
        kill = workers.kill_one if args.kill_worker else None
        options = [*engine.options, *workers.options]
        alike = [same(wanted, found) for found in on_engine(scratch, options, parallelisms, kill)]
        return EXIT_DONE if all(alike) else EXIT_DIFFERENT


def set_up(
    parser: argparse.ArgumentParser, args: argparse.Namespace, stack: ExitStack
) -> tuple[Path, Engine, Workers]:
    """Return a scratch folder, the engine and the workers that a command line asks for; `stack` ends them.

    Raises:
      Missing: when there is no such engine.
    """
    if args.cluster and args.engine != "flink":
        parser.error("--cluster: is Flink's; add --engine flink")
    scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    engine = started(args.engine, stack, scratch if args.cluster else None)
    pooled = args.external or args.cluster
    return scratch, engine, stack.enter_context(external_workers()) if pooled else LOOPBACK_WORKERS


def started(engine: str, stack: ExitStack, scratch: Path | None = None) -> Engine:
    """Return an engine that is ready.

    Args:
      scratch: where a session cluster lives; `stack` stops it. None: Flink lives as long as the job.

    Raises:
      Missing: when there is none.
    """
    if engine == "prism":
        return Engine(prism_options())
    options = flink_options()
    if scratch is None:
        return Engine(options)
    running = stack.enter_context(cluster(scratch / "flink"))
    stack.enter_context(environment_of(running))
    return Engine([*options, f"--flink_master={running.rest}"], running)


def on_engine(
    scratch: Path, engine: list[str], parallelisms: Iterable[int], kill: Callable[[], bool] | None
) -> Iterable[Rows]:
    """Yield the rows of a run at each parallelism."""
    for parallelism in parallelisms:
        options = [*engine, f"--parallelism={parallelism}"]
        yield run(scratch / f"parallel-{parallelism}", f"parallelism {parallelism}", options, kill)


def flink_options() -> list[str]:
    """Return Beam's options for a Flink that lives as long as the job."""
    return ["--runner=FlinkRunner", "--flink_master=[local]", f"--flink_job_server_jar={flink_job_server()}"]


def prism_options() -> list[str]:
    """Return Beam's options for Prism."""
    return ["--runner=PrismRunner", f"--prism_location={prism()}"]


@contextmanager
def external_workers() -> Iterator[Workers]:
    """Run a worker pool, as it runs beside each task manager of a cluster."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    # The pool starts workers as `python`, whichever comes first on the path.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    command = [sys.executable, "-m", POOL, f"--service_port={port}"]
    with subprocess.Popen(command, env=os.environ | {"PATH": path}, stderr=subprocess.DEVNULL) as pool:
        try:
            await_port(port)
            where = ["--environment_type=EXTERNAL", f"--environment_config=127.0.0.1:{port}"]
            yield Workers(where, pool)
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


def run(output: Path, name: str, options: list[str], kill: Callable[[], bool] | None = None) -> Rows:
    """Run `warta sample` until nothing waits, print what it took, and return all rows.

    Args:
      kill: kills a worker; it is called once, when the first run writes. That run may fail, if its engine
        does not try again: the next has to make up for it.
    """
    command = [sys.executable, "-m", "warta", "sample", "--output", str(output), "--quiet", "--no-report"]
    began, cpu_s, waiting, runs = time.monotonic(), 0.0, 1, 0
    while waiting and runs < MOST_RUNS:
        with subprocess.Popen([*command, *options]) as running:
            failed = interrupted(running, output, kill) if kill and not runs else running.wait(RUN_S)
        runs += 1
        if failed and not (kill and runs == 1):
            raise subprocess.CalledProcessError(failed, command)
        if not failed:
            report = json.loads(max((output / "runs").glob("*.json")).read_text())
            cpu_s, waiting = cpu_s + report["cpu_s"], report["books"]["deferred"]
    found, wall_s = rows(output), time.monotonic() - began
    print(f"{name}: {len(found)} rows, {waiting} waiting, {runs} runs, {wall_s:.1f} s, {cpu_s:.1f} CPU-s")
    return found


def interrupted(running: "subprocess.Popen[bytes]", output: Path, kill: Callable[[], bool]) -> int:
    """Kill a worker as soon as something is staged; return how the run ended."""
    while not any(path.is_file() for path in (output / "staging").rglob("*")):
        assert running.poll() is None, "the run ended before anything was staged"
        time.sleep(0.01)
    killed = kill()
    assert killed, "there was no worker to kill"
    failed = running.wait(RUN_S)
    print(f"  a worker killed while it wrote: the run {'failed' if failed else 'went on'}")
    return failed


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
