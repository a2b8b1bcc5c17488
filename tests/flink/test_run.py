"""The comparison itself, and what is said where an engine cannot be had."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.flink import run, unbounded
from tests.flink.programs import EXIT_MISSING, Missing, flink_job_server
from tests.flink.run import Workers, rows, same

ROW = ("articles", "a" * 32, 0)


def test_what_to_install_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Missing, match="no `java` on the path: install Java 17"):
        flink_job_server()


def test_equal_rows_are_the_same() -> None:
    assert same({ROW}, {ROW})


@pytest.mark.parametrize(
    ("found", "said"), [(set(), "missing"), ({ROW, ("articles", "b" * 32, 0)}, "other")], ids=["less", "more"]
)
def test_a_row_too_few_or_too_many_is_shown(
    found: set[tuple[object, ...]], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not same({ROW}, found)
    assert said in capsys.readouterr().out


def test_an_output_without_data_has_no_rows(tmp_path: Path) -> None:
    assert rows(tmp_path / "nothing") == set()


def test_a_worker_of_the_pool_can_be_killed() -> None:
    with subprocess.Popen(["sh", "-c", "sleep 60 & wait; echo gone"], stdout=subprocess.PIPE) as pool:
        workers = Workers([], pool)
        while not workers.kill_one():
            time.sleep(0.01)
        assert pool.stdout is not None
        assert pool.stdout.read() == b"gone\n"


@pytest.mark.parametrize("main", [run.main, unbounded.main], ids=["bounded", "unbounded"])
@pytest.mark.parametrize("more", [[], ["--cluster"], ["--external"]], ids=["alone", "cluster", "pool"])
def test_where_there_is_no_job_server_one_line_says_what_is_missing(
    main: Callable[[], int],
    more: list[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.argv", ["flink", "--engine", "flink", *more])
    assert main() == EXIT_MISSING
    assert capsys.readouterr().err == (
        "flink: not run. no `java` on the path: install Java 17 (openjdk-17-jre-headless)\n"
    )
