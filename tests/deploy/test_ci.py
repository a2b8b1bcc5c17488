"""What `.ci/run` makes of an engine that does well, is not to be had, or fails; nothing real is started."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

RUN = Path(__file__).parents[2] / ".ci" / "run"
CLOSING = "7 passed in 1.00s"


def program(path: Path, does: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{does}\n", encoding="utf-8")
    path.chmod(0o755)


@pytest.mark.parametrize(
    ("engine_ends", "ended"), [(0, 0), (3, 0), (1, 1)], ids=["well", "not to be had", "failed"]
)
def test_only_an_engine_that_fails_fails_the_run(engine_ends: int, ended: int, tmp_path: Path) -> None:
    (tmp_path / ".ci").mkdir()
    shutil.copy(RUN, tmp_path / ".ci" / "run")
    for installed in ("chromium", "zsh", "fish"):
        program(tmp_path / "bin" / installed, "true")
    program(tmp_path / "bin" / "make", f"echo '{CLOSING}'")
    program(tmp_path / ".venv" / "bin" / "python", f'echo "$@"; exit {engine_ends}')
    path = os.pathsep.join([str(tmp_path / "bin"), os.environ["PATH"]])
    run = subprocess.run([tmp_path / ".ci" / "run"], env={"PATH": path}, capture_output=True, text=True)
    assert run.returncode == ended
    assert "-m tests.flink.run --engine prism --external" in run.stdout
    assert (run.stdout.splitlines()[-1] == CLOSING) is (ended == 0)
