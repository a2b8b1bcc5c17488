"""Floors of language and topic that the committed models must hold; `make bench-label` prints all figures.

Leaving each site out takes a minute and stays there; what is checked here would fall with the model files.
"""

import pytest

from tests.gate import label, label_topic
from tests.shared import SHARED
from tests.train.language import langid_rows
from warta.transforms.label.language import load_language

pytestmark = pytest.mark.corpus("corpus", "langid", "topics", "seeds")


def test_languages_hold_their_floors() -> None:
    rows = langid_rows(SHARED)
    assert label.language_table(load_language(), rows[rows.aside]) == []


@pytest.mark.parametrize("figures", ["hand", "english"])
def test_topics_read_by_eye_hold_their_floors(figures: str) -> None:
    found = label_topic.hand_labels(SHARED) if figures == "hand" else label_topic.english_labels()
    assert {name: value for name, value in found.items() if value < label_topic.FLOORS[name]} == {}


def test_the_seed_stories_end_as_politics_or_conflict() -> None:
    assert label_topic.seeds(SHARED) == []
