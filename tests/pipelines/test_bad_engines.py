"""Four mistakes about an engine, made on the command line: each is named, and no feed has been asked for."""

import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.pipelines.test_engines import a_jar
from warta.newsroom import Newsroom, serve
from warta.pipelines import engines
from warta.pipelines.cli.main import EXIT_USAGE, main
from warta.pipelines.engines import beam_version

Patch = pytest.MonkeyPatch
IN_MEMORY = "apache_beam.runners.portability.fn_api_runner.FnApiRunner"
"""By this name it is an engine like any other, whose workers happen to be at hand."""


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with serve() as running:
        yield running


def no_job_server(newsroom: Newsroom, path: Path, patch: Patch) -> list[str]:
    with socket.create_server(("127.0.0.1", 0)) as closed_soon:
        port = closed_soon.getsockname()[1]
    return ["--runner=PortableRunner", f"--job_endpoint=127.0.0.1:{port}"]


def another_version(newsroom: Newsroom, path: Path, patch: Patch) -> list[str]:
    return ["--runner=FlinkRunner", f"--flink_job_server_jar={a_jar(path / 'job.jar', '2.60.0')}"]


def no_extra(newsroom: Newsroom, path: Path, patch: Patch) -> list[str]:
    patch.setitem(sys.modules, "google.cloud", None)
    return ["--runner=DataflowRunner", "--project=some-project"]


def output_of_their_own(newsroom: Newsroom, path: Path, patch: Patch) -> list[str]:
    patch.setattr(engines, "write_probe", str)  # what a worker writes stays where it is
    pool = f"127.0.0.1:{newsroom.port}"  # somebody listens there, which is all that is looked at
    return [f"--runner={IN_MEMORY}", "--environment_type=EXTERNAL", f"--environment_config={pool}"]


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (
            no_job_server,
            "cannot be reached (",
        ),
        (another_version, f"is of Beam 2.60.0; this is Beam {beam_version()}, take the same version"),
        (no_extra, "needs google.cloud.storage, which is not installed: pip install 'apache-beam[gcp]'"),
        (output_of_their_own, "the engine's workers write into a folder of their own; share this one"),
    ],
    ids=["no job server", "jar of another version", "no extra", "output not shared"],
)
def test_a_mistake_about_an_engine_is_named_before_anything_is_fetched(
    made: Callable[[Newsroom, Path, Patch], list[str]],
    said: str,
    newsroom: Newsroom,
    tmp_path: Path,
    monkeypatch: Patch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    output = tmp_path / "data"
    reached = [f"--connect-to={pattern}={address}" for pattern, address in newsroom.connect_to]
    options = ["--feeds", str(newsroom.feeds_file), "--output", str(output), "--allow-network=127.0.0.0/8"]
    assert main(["run", *options, *reached, *made(newsroom, tmp_path, monkeypatch)]) == EXIT_USAGE
    told = capsys.readouterr().err
    assert told.startswith("warta: --")
    assert said in told
    assert newsroom.visits == []
    assert not output.exists() or list(output.iterdir()) == []
