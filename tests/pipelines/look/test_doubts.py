"""Whether last night was good: what makes one doubt it, and that report and status doubt alike."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.pipelines.many import many
from warta.pipelines.look.doubts import SENTENCES, doubts
from warta.pipelines.look.report.gather import gather
from warta.pipelines.look.status import look

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
LABELS = json.loads(
    (Path(__file__).parents[3] / "pipelines/look/report/labels.json").read_text(encoding="utf-8")
)


def report(**facts: Any) -> dict[str, Any]:
    books = {"announced": 100, "kept": 80, "duplicates": 10, "rejected": 10, "deferred": 0}
    ended = (NOON - timedelta(hours=1)).isoformat()
    usual = {"finished_at": ended, "stopped": "", "books": books, "rejected_by_reason": {"gone": 10}}
    return usual | facts


@pytest.mark.parametrize(
    ("last", "feeds", "failing", "said"),
    [
        (report(), 1, 0, ""),
        (None, 0, 0, "no run has finished yet"),
        (report(finished_at=(NOON - timedelta(days=2)).isoformat()), 0, 0, "48 hours ago"),
        (report(stopped="deadline"), 0, 0, "ended early (deadline)"),
        (report(), 2, 1, "1 of 2 feeds fail"),
        (report(), 10, 1, ""),
        (
            report(books={"announced": 10, "rejected": 6}),
            0,
            0,
            "6 of 10 entries were rejected, most for gone",
        ),
    ],
    ids=["good", "no run", "old", "stopped", "feeds fail", "few feeds fail", "many rejected"],
)
def test_what_needs_a_look_is_said(last: Any, feeds: int, failing: int, said: str) -> None:
    found = doubts(last, feeds, failing, NOON)
    assert len(found) == bool(said)
    assert said in "".join(one.sentence for one in found)


@pytest.mark.parametrize("language", sorted(LABELS))
def test_the_report_has_words_for_every_doubt(language: str) -> None:
    assert {f"doubt_{kind}" for kind in SENTENCES} == {
        name for name in LABELS[language] if name.startswith("doubt_")
    }


def test_report_and_status_doubt_alike(tmp_path: Path) -> None:
    root = str(many(tmp_path / "data", 200, days=3))
    in_report = gather(root, now=NOON + timedelta(days=3))["doubts"]
    in_status = look(root, NOON + timedelta(days=3)).doubts
    assert [SENTENCES[one["kind"]].format(**one["values"]) for one in in_report] == list(in_status)
    assert [one["kind"] for one in in_report] == ["stale"]
