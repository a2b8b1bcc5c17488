"""The synthetic world of furniture that no lexicon knows."""

from tests.gate.furniture import main, measure


def test_learning_removes_boxes_and_loses_nothing() -> None:
    assert main() == 0


def test_rules_alone_leave_every_box() -> None:
    before, after = measure("large.test", 60)
    assert before.left == 1.0
    assert after.left < before.left
