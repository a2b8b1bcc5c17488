"""The metadata gate: floors hold on the corpus, and fall only with a reason."""

from pathlib import Path

import pytest

from tests.gate import metadata
from warta.transforms.extract.model import Metadata

ROW = {
    "title": "Banjir surut",
    "title_alt": ["Foto: Banjir surut"],
    "authors": ["Sri Wahyuni"],
    "published": "2026-11-20",
    "section": ["Nasional"],
}


def tallies(title: str) -> dict[str, metadata.Tally]:
    """Return the sums over one page that was given `title`."""
    tally = metadata.Tally()
    metadata.score(ROW, Metadata(title=title), tally)
    return dict.fromkeys(metadata.GATED, tally)


@pytest.mark.parametrize("title", ["Banjir surut", "BANJIR  SURUT", "foto: banjir surut"])
def test_case_and_blanks_do_not_make_a_title_wrong(title: str) -> None:
    assert tallies(title)["all"].titles == [True]


def test_every_field_that_misses_is_named() -> None:
    assert metadata.score(ROW, Metadata(title="x"), metadata.Tally()) == [
        "title",
        "authors",
        "day",
        "section",
    ]


def test_floors_hold_fall_loudly_and_fall_quietly_never(tmp_path: Path) -> None:
    path = tmp_path / "floors.toml"
    right, wrong = tallies("Banjir surut"), tallies("x")
    assert metadata.check("d", right, pin=True, reason="", path=path) == 0
    assert metadata.check("d", right, pin=False, reason="", path=path) == 0
    assert metadata.check("d", wrong, pin=False, reason="", path=path) == 1
    assert metadata.check("d", wrong, pin=True, reason="", path=path) == 1
    assert metadata.check("other", right, pin=False, reason="", path=path) == 1
    assert metadata.check("d", wrong, pin=True, reason="the ground truth changed", path=path) == 0
    assert metadata.check("d", wrong, pin=False, reason="", path=path) == 0


@pytest.mark.corpus("corpus")
def test_the_corpus_reaches_its_floors() -> None:
    assert metadata.main([]) == 0
