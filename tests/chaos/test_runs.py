"""A few whole runs killed with everything in them; `make chaos` kills many."""

from pathlib import Path

from tests.chaos.runs import chaos_runs


def test_runs_killed_anywhere_end_with_the_rows_of_a_run_left_in_peace(tmp_path: Path) -> None:
    outcome = chaos_runs(tmp_path, kills=3, seed=7)
    assert outcome.faults == []
    assert outcome.kills == 3
