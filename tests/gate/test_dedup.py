"""The shared pairs hold the goals; skipped where the shared folder is absent."""

import pytest

from tests.gate import dedup

pytestmark = pytest.mark.corpus("dedup", "seeds")


def test_the_shared_pairs_are_found(capsys: pytest.CaptureFixture[str]) -> None:
    assert dedup.check_pairs() == []
    assert "through originals" in capsys.readouterr().out


def test_the_seeds_of_one_event_are_one_story() -> None:
    assert dedup.check_seeds() == []
