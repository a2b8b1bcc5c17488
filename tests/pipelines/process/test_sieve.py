"""The sieve: what Beam's own processes say unasked is dropped, everything else arrives."""

import subprocess
import sys

from tests.sample import Sample, warta

LINES = (
    "INFO:apache_beam.runners.worker.sdk_worker:Control channel established.",
    "WARNING:root:apitools not found",
    "ERROR:root:this counts",
    "Traceback (most recent call last):",
    "ValueError: INFO:a:b",
)
PROGRAM = """
import subprocess, sys
from warta.pipelines.process.sieve import sieved
with sieved() as direct:
    print("INFO:warta:ours, straight", file=direct)
    subprocess.run([sys.executable, "-c", f"import sys; sys.stderr.write({sys.argv[1]!r})"], check=True)
print("INFO:root:after", file=sys.stderr)
"""


def test_only_unasked_lines_of_child_processes_are_dropped() -> None:
    text = "".join(line + "\n" for line in LINES)
    done = subprocess.run([sys.executable, "-c", PROGRAM, text], capture_output=True, text=True, check=True)
    assert sorted(done.stderr.splitlines()) == sorted(
        ["INFO:warta:ours, straight", *LINES[2:], "INFO:root:after"]
    )


def test_every_local_mode_keeps_the_same_rows_and_shows_no_wall_of_logging(
    first_edition: Sample, tmp_path
) -> None:  # type: ignore[no-untyped-def]
    kept = sorted(row["id"] for row in first_edition.rows("articles"))
    for mode in ("in_memory", "multi_threading", "multi_processing"):
        folder = tmp_path / mode
        done = warta(
            *("sample", "--output", str(folder), "--no-report"),
            *("--direct_running_mode", mode, "--direct_num_workers", "2"),
        )
        stored = Sample(folder, done.stdout)
        assert sorted(row["id"] for row in stored.rows("articles")) == kept, mode
        assert [
            line for line in done.stderr.splitlines() if "apache_beam" in line or "apitools" in line
        ] == []
        assert 2 <= len(done.stderr.splitlines()) < 15, done.stderr
