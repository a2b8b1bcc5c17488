"""What is left behind: everything that was said and asked for, and the exit code."""

import os
import subprocess
import sys

import pytest

LEAVING = """
import atexit, sys
from warta.pipelines.process.leaving import leave

class Tied:
    def __init__(self): self.self = self
    def __del__(self): print("taken apart")

tied = Tied()
atexit.register(print, "at exit")
print("said")
print("told", file=sys.stderr)
leave(int(sys.argv[1]))
"""


@pytest.mark.parametrize("code", [0, 2])
def test_all_that_was_said_is_written_out(code: int) -> None:
    left = subprocess.run(
        [sys.executable, "-c", LEAVING, str(code)], capture_output=True, text=True, check=False
    )
    assert (left.stdout, left.stderr, left.returncode) == ("said\nat exit\n", "told\n", code)


def test_what_nobody_reads_is_no_success() -> None:
    ours, theirs = os.pipe()
    os.close(ours)
    left = subprocess.run([sys.executable, "-c", LEAVING, "0"], stdout=theirs, stderr=subprocess.DEVNULL)
    os.close(theirs)
    assert left.returncode == 1


def test_who_has_no_output_leaves_too() -> None:
    command = ["bash", "-c", 'exec "$0" -c "$1" 2 >&-', sys.executable, LEAVING]
    left = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (left.stderr, left.returncode) == ("told\n", 2)
