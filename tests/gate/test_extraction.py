"""The Indonesian pages of the shared corpus reach the goals; the whole corpus is for the command."""

import pytest

from tests.gate import corpus
from tests.gate.extraction import run, tabulate

pytestmark = pytest.mark.corpus("corpus")


def test_indonesian_pages_reach_the_goals() -> None:
    rows = [row for row in corpus.rows() if row["country"] == "ID"]
    ours, theirs = tabulate(rows, run(rows))["Indonesian"]
    assert ours.f1 >= 0.96
    assert ours.leak <= 0.10
    assert ours.loss <= 0.02
    assert ours.f1 > theirs.f1


def test_the_digest_changes_with_the_ground_truth() -> None:
    rows = corpus.rows()[:3]
    assert corpus.digest(rows) != corpus.digest([{**rows[0], "title": "another"}, *rows[1:]])


def test_about_a_quarter_of_the_sites_is_kept_aside() -> None:
    sites = {row["site"]: corpus.is_held_aside(row) for row in corpus.rows()}
    assert 0.15 < sum(sites.values()) / len(sites) < 0.35
