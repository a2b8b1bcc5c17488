"""A job of Flink's own on the session cluster, through the death of a task manager: `make flink-test`.

It needs neither Beam's job server nor warta, and shows what both rely on: two task managers with their slots,
a job that takes checkpoints, one of its task managers killed and seen to leave, another that joins, the job
that goes on from its last checkpoint, and an end without leftovers.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.flink.cluster import JAVA, TASK_MANAGERS, Cluster, cluster
from tests.flink.programs import EXIT_MISSING, Missing

SOURCE = Path(__file__).with_name("Sums.java")
SUBMIT_S = 120


def submit(running: Cluster) -> None:
    """Start the job; `java` compiles it on the way, which takes a development kit.

    Raises:
      Missing: without one.
    """
    if not shutil.which("javac"):
        raise Missing("no `javac` on the path: install a Java development kit (openjdk-17-jdk-headless)")
    command = [*JAVA, "-Xmx512m", "-cp", running.classes, str(SOURCE)]
    said = os.environ | {"FLINK_CONF_DIR": str(running.conf)}
    subprocess.run(command, env=said, check=True, timeout=SUBMIT_S)
    running.await_that(lambda: running.states() == {"RUNNING"}, "running job")


def outlive(running: Cluster, told: Callable[[str], None]) -> None:
    """Kill a task manager once the job has a checkpoint, start another, and wait until the job goes on."""
    running.await_that(lambda: running.checkpoints_that("completed") > 0, "checkpoint")
    told(f"checkpoints {running.checkpoints_that('completed')}")
    running.kill_task_manager()
    running.await_seen(TASK_MANAGERS - 1)
    told("one killed, it is gone")
    running.add_task_manager()
    running.await_seen(TASK_MANAGERS)
    running.await_that(lambda: running.checkpoints_that("restored") > 0, "restored checkpoint")
    running.await_that(lambda: running.states() == {"RUNNING"}, "job that goes on")
    told("another started, the job went on from its checkpoint")


def main() -> int:
    """Show it, with the seconds since the start."""
    began = time.monotonic()

    def told(what: str) -> None:
        print(f"{time.monotonic() - began:5.1f} s  {what}", flush=True)

    try:
        with tempfile.TemporaryDirectory() as scratch, cluster(Path(scratch) / "flink") as running:
            told("task managers {}, slots {}".format(*running.seen()))
            submit(running)
            told("a job runs")
            outlive(running, told)
    except Missing as missing:
        print(f"cluster: not run. {missing}", file=sys.stderr)
        return EXIT_MISSING
    told("stopped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
