"""A Flink session cluster on this machine: a job manager and task managers as processes on loopback.

Flink's own start scripts open ssh and write below their folder, so the processes are started here as they
would be there: the same classes, a configuration folder of the cluster's own, every address 127.0.0.1, free
ports.
"""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from tests.flink.programs import flink_distribution

LOOPBACK = "127.0.0.1"
JOB_MANAGER = "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint"
TASK_MANAGER = "org.apache.flink.runtime.taskexecutor.TaskManagerRunner"
TASK_MANAGERS, SLOTS = 2, 2
EXPORTED = (
    "java.base/sun.net.util",
    "java.rmi/sun.rmi.registry",
    "java.security.jgss/sun.security.krb5",
)
OPENED = ("lang", "net", "io", "nio", "lang.reflect", "text", "time", "util")
OPENED += ("util.concurrent", "util.concurrent.atomic", "util.concurrent.locks")
"""What Flink asks Java 17 for (its own conf/config.yaml says so)."""
JAVA = (
    "java",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    *(f"--add-exports={name}=ALL-UNNAMED" for name in EXPORTED),
    *(f"--add-opens=java.base/java.{name}=ALL-UNNAMED" for name in OPENED),
)
JOB_MANAGER_HEAP, TASK_MANAGER_HEAP = "-Xmx512m", "-Xmx512m"
MEMORY = {
    "taskmanager.cpu.cores": 1.0,
    "taskmanager.memory.framework.heap.size": "128m",
    "taskmanager.memory.framework.off-heap.size": "64m",
    "taskmanager.memory.task.heap.size": "384m",
    "taskmanager.memory.task.off-heap.size": "0m",
    "taskmanager.memory.network.min": "64m",
    "taskmanager.memory.network.max": "64m",
    "taskmanager.memory.managed.size": "128m",
    "taskmanager.memory.jvm-metaspace.size": "256m",
    "taskmanager.memory.jvm-overhead.min": "64m",
    "taskmanager.memory.jvm-overhead.max": "64m",
}
"""Without the start scripts nobody divides a total, so every part is said."""
START_S, STOP_S, LOOK_S = 120.0, 20.0, 0.2


class Cluster:
    """A running session cluster. `cluster` starts and stops it.

    Args:
      home: of the distribution; `lib` is in it.
      scratch: where configuration, logs, checkpoints and temporary files go.
    """

    def __init__(self, home: Path, scratch: Path) -> None:
        self.conf, checkpoints, self._logs = scratch / "conf", scratch / "checkpoints", scratch / "logs"
        self.classes = f"{home}/lib/*"
        """A class path with all of Flink."""
        rest_port, rpc_port = free_ports(2)
        self.rest = f"{LOOPBACK}:{rest_port}"
        for folder in (self.conf, checkpoints, self._logs, scratch / "tmp"):
            folder.mkdir(parents=True)
        said = configuration(rest_port, rpc_port, checkpoints, scratch / "tmp")
        (self.conf / "config.yaml").write_text(yaml.safe_dump(said), encoding="utf-8")
        self.processes = [self._start("jobmanager", JOB_MANAGER_HEAP, JOB_MANAGER)]

    @property
    def task_managers(self) -> list["subprocess.Popen[bytes]"]:
        """The task managers that live, oldest first."""
        return [process for process in self.processes[1:] if process.poll() is None]

    def add_task_manager(self) -> None:
        """Start one more; it is there once `await_seen` says so."""
        name = f"taskmanager-{len(self.processes)}"
        self.processes.append(self._start(name, TASK_MANAGER_HEAP, TASK_MANAGER))

    def kill_task_manager(self) -> None:
        """Kill the oldest as a machine dies: no word to anybody."""
        oldest = self.task_managers[0]
        oldest.send_signal(signal.SIGKILL)
        oldest.wait()

    def asked(self, path: str) -> Any:
        """Return what the job manager's REST interface answers."""
        with urllib.request.urlopen(f"http://{self.rest}{path}", timeout=10) as answer:
            return json.load(answer)

    def seen(self) -> tuple[int, int]:
        """Return how many task managers the job manager knows, and their slots; none before it answers."""
        try:
            told = self.asked("/overview")
        except OSError:
            return 0, 0
        return told["taskmanagers"], told["slots-total"]

    def await_seen(self, task_managers: int) -> None:
        """Wait until the job manager knows exactly so many task managers, with all their slots.

        Raises:
          TimeoutError: with the last words of the logs.
        """
        wanted = (task_managers, task_managers * SLOTS)
        self.await_that(lambda: self.seen() == wanted, f"{task_managers} task managers")

    def await_that(self, happened: Callable[[], bool], what: str, within_s: float = START_S) -> None:
        """Wait until something `happened`.

        Raises:
          TimeoutError: with the last words of the logs.
        """
        ends = time.monotonic() + within_s
        while not happened():
            ended = {process.poll() for process in self.processes} - {None, -signal.SIGKILL}
            if time.monotonic() > ends or ended:
                raise TimeoutError(f"no {what} within {within_s:g} s: {self.last_words()}")
            time.sleep(LOOK_S)

    def checkpoints_that(self, ended: str) -> int:
        """Return how many checkpoints of all jobs were "completed", or gone on from ("restored")."""
        jobs = [job["id"] for job in self.asked("/jobs")["jobs"]]
        return sum(self.asked(f"/jobs/{job}/checkpoints")["counts"][ended] for job in jobs)

    def states(self) -> set[str]:
        """Return the states that jobs are in."""
        return {job["status"] for job in self.asked("/jobs")["jobs"]}

    def last_words(self) -> str:
        """Return the last line of each process's output."""
        texts = {path.stem: path.read_text(errors="replace").strip() for path in sorted(self._logs.iterdir())}
        return "; ".join(f"{name}: {text.rpartition(chr(10))[2][:200]}" for name, text in texts.items())

    def stop(self) -> None:
        """Stop task managers, then the job manager; kill who does not stop."""
        for process in (*self.task_managers, self.processes[0]):
            process.terminate()
        for process in self.processes:
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _start(self, name: str, heap: str, main_class: str) -> "subprocess.Popen[bytes]":
        command = [*JAVA, heap, "-cp", self.classes, main_class, "--configDir", str(self.conf)]
        with (self._logs / f"{name}.log").open("wb") as log:
            return subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd=self._logs)


def configuration(rest_port: int, rpc_port: int, checkpoints: Path, scratch: Path) -> dict[str, object]:
    """Return the cluster's `config.yaml`: loopback only, deaths noticed in seconds, checkpoints each five."""
    everywhere = (
        "jobmanager.rpc.address",
        "jobmanager.bind-host",
        "rest.address",
        "rest.bind-address",
        "taskmanager.host",
        "taskmanager.bind-host",
    )
    return {
        **dict.fromkeys(everywhere, LOOPBACK),
        **MEMORY,
        "jobmanager.rpc.port": rpc_port,
        "rest.port": rest_port,
        "rest.bind-port": str(rest_port),
        "taskmanager.numberOfTaskSlots": SLOTS,
        "taskmanager.load-balance.mode": "SLOTS",  # or a job may sit on one, and the other dies unnoticed
        "parallelism.default": TASK_MANAGERS,
        "heartbeat.interval": 1000,
        "heartbeat.timeout": 8000,
        "restart-strategy.type": "fixed-delay",
        "restart-strategy.fixed-delay.attempts": 20,
        "restart-strategy.fixed-delay.delay": "1 s",
        "execution.checkpointing.interval": "5 s",
        "execution.checkpointing.dir": checkpoints.as_uri(),
        "io.tmp.dirs": str(scratch),
        "web.tmpdir": str(scratch),
    }


@contextmanager
def cluster(scratch: Path, task_managers: int = TASK_MANAGERS) -> Iterator[Cluster]:
    """Run a session cluster below `scratch`; it is ready, and stopped afterwards.

    Raises:
      Missing: without Java or the distribution.
      TimeoutError: when it does not come up.
    """
    running = Cluster(flink_distribution(), scratch)
    try:
        for _ in range(task_managers):
            running.add_task_manager()
        running.await_seen(task_managers)
        yield running
    finally:
        running.stop()


@contextmanager
def environment_of(running: Cluster) -> Iterator[None]:
    """Let what is started meanwhile read the cluster's configuration.

    A job brings its checkpoints and restarts along, from the configuration of who submits it: Beam's job
    server reads the folder that FLINK_CONF_DIR names, and its Python options have no word for them.
    """
    before = os.environ.get("FLINK_CONF_DIR")
    os.environ["FLINK_CONF_DIR"] = str(running.conf)
    try:
        yield
    finally:
        if before is None:
            del os.environ["FLINK_CONF_DIR"]
        else:
            os.environ["FLINK_CONF_DIR"] = before


def free_ports(count: int) -> list[int]:
    """Return ports of loopback that nobody listens on, all different."""
    probes = [socket.create_server((LOOPBACK, 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports
