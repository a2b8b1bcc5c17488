"""Whole runs killed with everything in them."""

from pathlib import Path

from tests.chaos.whole import compare


def test_runs_killed_anywhere_end_with_the_rows_of_a_run_left_in_peace(tmp_path: Path) -> None:
    assert compare(tmp_path, kills=3, seed=7) == []
