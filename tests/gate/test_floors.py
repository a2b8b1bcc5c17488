"""Floors rise freely and fall only with a reason."""

from pathlib import Path

import pytest

from tests.gate.floors import GROUPS, Floor, broken, check, read
from tests.gate.score import Scores


def scores(f1: float = 0.97, leak: float = 0.06, loss: float = 0.03) -> Scores:
    return Scores(pages=10, bodies=10, f1=f1, precision=f1, recall=f1, leak=leak, loss=loss)


def table(of: Scores) -> dict[str, tuple[Scores, Scores]]:
    return dict.fromkeys(GROUPS, (of, of))


@pytest.fixture
def pinned(tmp_path: Path) -> Path:
    path = tmp_path / "floors.toml"
    assert check("corpus-1", table(scores()), pin=True, path=path) == 0
    return path


def test_equal_figures_hold_the_floor(pinned: Path) -> None:
    assert check("corpus-1", table(scores()), path=pinned) == 0


@pytest.mark.parametrize(
    ("worse", "named"),
    [(scores(f1=0.95), "F1"), (scores(leak=0.09), "leak"), (scores(loss=0.05), "loss")],
    ids=["f1", "leak", "loss"],
)
def test_a_worse_figure_breaks_the_floor_by_name(
    worse: Scores, named: str, pinned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check("corpus-1", table(worse), path=pinned) == 1
    assert f"FLOOR BROKEN all: {named}" in capsys.readouterr().out


def test_pinning_lower_floors_is_refused_without_a_reason(pinned: Path) -> None:
    before = pinned.read_text()
    assert check("corpus-1", table(scores(f1=0.9)), pin=True, path=pinned) == 1
    assert pinned.read_text() == before


def test_a_reason_for_lower_floors_stays_in_the_file(pinned: Path) -> None:
    lower = table(scores(f1=0.9))
    assert check("corpus-1", lower, pin=True, reason="upstream changed", path=pinned) == 0
    assert 'lowered = "upstream changed"' in pinned.read_text()
    assert read(pinned)[1]["all"].f1 == 0.9


def test_floors_of_another_corpus_are_not_compared(pinned: Path) -> None:
    assert check("corpus-2", table(scores()), path=pinned) == 1


def test_a_figure_within_the_slack_is_not_worse() -> None:
    assert broken(Floor(0.97, 0.06, 0.03), scores(f1=0.9685)) == []
