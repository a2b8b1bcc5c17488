"""Engines outside of this process: what is missing is said before anything is fetched."""

import socket
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sample import warta
from warta.pipelines import engines
from warta.pipelines.engines import beam_version, check_engine, check_jar, jar_version, probe_workers
from warta.pipelines.options import Settings, UsageError


def settings(*beam_args: str) -> Settings:
    return Settings(feeds=(), output="data", beam_args=beam_args)


@pytest.fixture
def closed() -> str:
    """An address where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def open_() -> Iterator[str]:
    """An address where somebody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


def a_jar(path: Path, version: str) -> Path:
    with zipfile.ZipFile(path, "w") as jar:
        jar.writestr("META-INF/MANIFEST.MF", f"Manifest-Version: 1.0\nImplementation-Version: {version}\n")
        jar.writestr("org/apache/beam/runners/flink/FlinkJobServerDriver.class", b"")
    return path


def test_the_engine_of_this_process_needs_nothing() -> None:
    check_engine(settings("--runner=FnApiRunner"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--runner=FlinkRunner"], "also give --flink_job_server_jar=PATH"),
        (["--runner=FlinkRunner", "--flink_job_server_jar=gone.jar"], "gone.jar: no such file"),
        (["--runner=PrismRunner"], "also give --prism_location=PATH"),
        (["--runner=PrismRunner", "--prism_location=gone"], "gone: no such program"),
        (["--runner=PortableRunner", "--job_endpoint=nowhere"], "write HOST:PORT"),
    ],
    ids=["no jar", "jar is gone", "no prism", "prism is gone", "no address"],
)
def test_what_an_engine_lacks_is_named(given: list[str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        check_engine(settings(*given))


def test_a_job_server_that_does_not_listen_is_named(closed: str) -> None:
    with pytest.raises(UsageError, match=f"--job_endpoint {closed}: cannot be reached"):
        check_engine(settings("--runner=PortableRunner", f"--job_endpoint={closed}"))


def test_a_worker_pool_that_does_not_listen_is_named(closed: str, open_: str) -> None:
    pool = ("--environment_type=EXTERNAL", f"--environment_config={closed}")
    with pytest.raises(UsageError, match=f"--environment_config {closed}: cannot be reached"):
        check_engine(settings("--runner=PortableRunner", f"--job_endpoint={open_}", *pool))


def test_a_job_server_of_the_same_beam_is_fine(tmp_path: Path) -> None:
    check_jar(a_jar(tmp_path / "job.jar", beam_version()))


@pytest.mark.parametrize("version", ["2.60.0", "2.76.0"])
def test_a_job_server_of_another_beam_is_refused(tmp_path: Path, version: str) -> None:
    with pytest.raises(UsageError, match=rf"is of Beam {version}; this is Beam {beam_version()}"):
        check_jar(a_jar(tmp_path / "job.jar", version))


def test_a_file_that_is_no_jar_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "page.jar"
    path.write_text("<html>not found</html>")
    assert jar_version(path) == ""
    with pytest.raises(UsageError, match="is no Beam job server"):
        check_jar(path)


@pytest.mark.parametrize(
    ("output", "given", "said"),
    [
        (
            "gs://bucket/data",
            [],
            r"--output gs://bucket/data: needs google.*apache-beam\[gcp\]",
        ),
        ("data", ["--runner=DataflowRunner"], r"--runner=DataflowRunner: needs google.cloud.storage"),
    ],
    ids=["object store", "runner"],
)
def test_a_missing_extra_is_named(
    output: str, given: list[str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "google.cloud", None)
    with pytest.raises(UsageError, match=said):
        check_engine(Settings(feeds=(), output=output, beam_args=tuple(given)))


def test_workers_that_can_write_leave_nothing_behind(tmp_path: Path) -> None:
    probe_workers(Settings(feeds=(), output=str(tmp_path), beam_args=("--runner=FnApiRunner",)))
    assert list(tmp_path.iterdir()) == []


def test_workers_that_cannot_write_are_told_of(tmp_path: Path) -> None:
    gone = Settings(feeds=(), output=str(tmp_path / "gone"), beam_args=("--runner=FnApiRunner",))
    with pytest.raises(UsageError, match=r"the engine's workers cannot write there: .*No such file"):
        probe_workers(gone)


def test_workers_with_a_folder_of_their_own_are_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "write_probe", str)  # a worker whose writing stays with it
    with pytest.raises(UsageError, match=r"write into a folder of their own; share this one"):
        probe_workers(Settings(feeds=(), output=str(tmp_path), beam_args=("--runner=FnApiRunner",)))


def test_the_command_says_so_and_touches_nothing(tmp_path: Path) -> None:
    output = tmp_path / "data"
    ended = warta("sample", "--output", str(output), "--runner=FlinkRunner", check=False)
    assert ended.returncode == 2
    assert "--flink_job_server_jar" in ended.stderr
    assert not output.exists()
