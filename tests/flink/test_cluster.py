"""The session cluster on loopback: it comes up, loses a task manager, gets another, is gone afterwards."""

import shutil
from pathlib import Path

import pytest

from tests.flink.cluster import LOOPBACK, SLOTS, TASK_MANAGERS, Cluster, cluster, configuration, free_ports
from tests.flink.plain_job import main, outlive, submit
from tests.flink.programs import CACHE, EXIT_MISSING

FETCHED = (CACHE / "flink" / "distribution" / "installed").is_file()
needs_flink = pytest.mark.skipif(
    not (FETCHED and shutil.which("java")),
    reason="no Flink here: `make flink-test` fetches the distribution (313 MB); Java 17 runs it",
)


def test_every_address_is_of_this_machine(tmp_path: Path) -> None:
    said = configuration(1, 2, tmp_path / "checkpoints", tmp_path)
    named = {name for name in said if name.endswith(("address", "host"))}
    assert {"jobmanager.rpc.address", "rest.bind-address", "taskmanager.bind-host"} < named
    assert {said[name] for name in named} == {LOOPBACK}


def test_free_ports_are_different() -> None:
    assert len(set(free_ports(20))) == 20


def test_what_to_install_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main() == EXIT_MISSING
    assert "cluster: not run. no `java` on the path" in capsys.readouterr().err


@needs_flink
def test_a_killed_task_manager_leaves_and_a_new_one_joins(tmp_path: Path) -> None:
    with cluster(tmp_path / "flink") as running:
        assert running.seen() == (TASK_MANAGERS, TASK_MANAGERS * SLOTS)
        known = {one["id"] for one in running.asked("/taskmanagers")["taskmanagers"]}
        running.kill_task_manager()
        running.await_seen(TASK_MANAGERS - 1)
        running.add_task_manager()
        running.await_seen(TASK_MANAGERS)
        now = {one["id"] for one in running.asked("/taskmanagers")["taskmanagers"]}
        assert len(now & known) == TASK_MANAGERS - 1
        assert all(name.startswith(f"{LOOPBACK}:") for name in now)
    assert {process.poll() is None for process in running.processes} == {False}


@needs_flink
@pytest.mark.skipif(not shutil.which("javac"), reason="no `javac` on the path to compile a job with")
def test_a_job_goes_on_from_its_checkpoint_when_a_task_manager_dies(tmp_path: Path) -> None:
    said: list[str] = []
    with cluster(tmp_path / "flink") as running:
        submit(running)
        assert running.checkpoints_that("restored") == 0
        outlive(running, said.append)
    assert said[1:] == ["one killed, it is gone", "another started, the job went on from its checkpoint"]


@pytest.mark.skipif(not shutil.which("java"), reason="no `java` on the path")
def test_a_cluster_that_cannot_start_says_why_at_once(tmp_path: Path) -> None:
    broken = Cluster(tmp_path / "no distribution", tmp_path / "flink")
    try:
        with pytest.raises(TimeoutError, match=r"no 1 task managers within .* s: jobmanager: .*NotFound"):
            broken.await_seen(1)
    finally:
        broken.stop()
