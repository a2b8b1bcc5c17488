"""The training of the topic model: label files, calibration, self-training; no shared rows are needed."""

import hashlib
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.train import topic
from tests.train.topic import CHOSEN_LABELS, ENGLISH_LABELS, HAND_LABELS, Row
from warta.transforms.label.words import TOPICS, load_lexicon

SPORT, ECONOMY = TOPICS.index("sport"), TOPICS.index("economy")
TEXTS = {
    SPORT: ("Timnas menang", "Pelatih memuji pemain setelah gol di babak kedua laga liga"),
    ECONOMY: ("Rupiah menguat", "Investor membeli saham perbankan dan harga komoditas naik"),
}


def row(target: int, number: int, site: str, kind: str = "section") -> Row:
    title, text = TEXTS[target]
    slots, values, offset, _ = topic.read(title, f"{text} {site} {number}", load_lexicon())
    key = hashlib.sha256(f"{site}{target}{number}".encode()).hexdigest()[:16]
    return Row(slots, values, offset, target, 1.0, site, kind, key=key)


ROWS = [row(target, number, site) for site in ("alpha", "beta") for target in TEXTS for number in range(6)]


@pytest.mark.parametrize("path", [HAND_LABELS, CHOSEN_LABELS, ENGLISH_LABELS], ids=lambda path: path.stem)
def test_a_label_file_holds_hashes_and_topics_once_each(path: Path) -> None:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert len(topic.hand_labels(path)) == len(lines) > 100
    assert all(re.fullmatch(r"[0-9a-f]{16}( [a-z_]+){1,2}", line) for line in lines)


def test_no_checked_article_is_among_the_chosen_ones() -> None:
    assert not topic.hand_labels(HAND_LABELS).keys() & topic.hand_labels(CHOSEN_LABELS).keys()


def test_half_of_the_read_articles_is_never_trained_on() -> None:
    keys = topic.hand_labels(HAND_LABELS)
    assert 0.4 < sum(map(topic.is_check_half, keys)) / len(keys) < 0.6
    checked = replace(ROWS[0], kind="hand", key="0" * 15 + "1")
    assert not topic.trainable(checked)
    assert topic.trainable(replace(checked, kind="chosen"))


def test_what_a_model_learns_does_not_depend_on_the_order_of_rows() -> None:
    forwards, backwards = topic.learn(with_silent(ROWS)), topic.learn(with_silent(ROWS)[::-1])
    assert np.array_equal(forwards.weights, backwards.weights)
    assert np.array_equal(forwards.bias, backwards.bias)


def with_silent(rows: list[Row]) -> list[Row]:
    return [*rows, *(replace(row(SPORT, number, "gamma", "silent"), target=-1) for number in range(3))]


def test_a_silent_article_teaches_words_that_only_it_has() -> None:
    rows = with_silent(ROWS)
    own = sorted(set(rows[-1].slots) - {slot for labelled in ROWS for slot in labelled.slots})
    assert own
    assert (topic.learn(rows).weights[own, SPORT] > 0).all()
    assert not topic.learn(ROWS).weights[own].any()


def test_a_blind_model_has_not_seen_its_site() -> None:
    models = topic.leave_one_site_out(ROWS)
    seen = {slot for other in ROWS if other.site == "beta" for slot in other.slots}
    only_here = sorted({slot for own in ROWS if own.site == "alpha" for slot in own.slots} - seen)
    assert only_here
    assert not models["alpha"].weights[only_here].any()
    tested, said = topic.blind_scores(ROWS, models)
    assert [one.site for one in tested] == sorted(one.site for one in ROWS)
    assert (said.argmax(axis=1) == [one.target for one in tested]).all()


def test_trust_recovers_how_often_a_share_is_right() -> None:
    """Two topics with even odds of 4 to 1, right 3 times in 4: a share of .8 must come to mean .75."""
    logs = np.tile([np.log(4.0), 0.0], (1000, 1))
    logs[::2] += [np.log(4.0), 0.0]
    right = np.array([*([0, 0, 0, 0, 0, 0, 1, 1] * 125)])
    slope, shift = topic.best_trust(logs, right)
    for share in (0.8, 16 / 17):
        score = 1 / (1 + np.exp(-(slope * np.log(share / (1 - share)) + shift)))
        assert score == pytest.approx(0.75, abs=0.01)


def test_the_site_aside_has_no_say_in_the_calibration() -> None:
    said = np.array([one.offset for one in ROWS]) + np.arange(len(ROWS))[:, None] % 3 * np.eye(17)[SPORT]
    wild = said.copy()
    wild[[one.site == "alpha" for one in ROWS]] *= -5
    assert topic.calibrate(ROWS, said, "alpha".__eq__) == topic.calibrate(ROWS, wild, "alpha".__eq__)
    assert topic.calibrate(ROWS, said, "beta".__eq__) != topic.calibrate(ROWS, wild, "beta".__eq__)
