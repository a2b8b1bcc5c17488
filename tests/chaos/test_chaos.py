"""A short chaos run; `make chaos` is the long one."""

from pathlib import Path

from tests.chaos.readers import READERS
from tests.chaos.run import chaos


def test_a_killed_writer_loses_nothing_and_no_reader_notices(tmp_path: Path) -> None:
    outcome = chaos(tmp_path, kills=4, cycles=7, seed=1)
    assert outcome.faults == []
    assert outcome.kills == 4
    assert outcome.rows["articles"] == 7 * 40 + 6
    assert set(outcome.looks) == set(READERS)
