"""Rebuild `transforms/label/topics/words.npz`: `python -m tests.train.topic`.

`python -m tests.gate.label` leaves each site out and prints the figures.

Rows: the sites' own sections (`topics/id_news_dev.parquet`, automotive counted as economy, its place in the
IPTC tree); articles of general sections labelled by reading (`hand_labels.txt`, of which half is never
trained on, and `hand_labels_chosen.txt`); and every other article of the duplicate set, with the topic that a
model of the rows above is sure of (self-training). A site that is left out is left out of all of them.
"""

import argparse
import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from tests.gate.corpus import corpus_dir
from tests.train.logistic import softmax
from warta.transforms.label.topic import lexicon_nats
from warta.transforms.label.words import BITS, TOPICS, Lexicon, load_lexicon, read_words, slots_of

Floats = npt.NDArray[np.float64]
Slots = npt.NDArray[np.int64]

HAND_LABELS = Path(__file__).with_name("hand_labels.txt")
CHOSEN_LABELS = Path(__file__).with_name("hand_labels_chosen.txt")
ENGLISH_LABELS = Path(__file__).with_name("hand_labels_en.txt")
OUTPUT = Path(__file__).parents[2] / "transforms" / "label" / "topics" / "words.npz"
EPOCHS = 6
RATE = 0.25
"""Of AdaGrad. Half of it loses .008 of accuracy with each site left out, double .002."""
BALANCE = 0.5
"""Power of a class's rarity that its section rows are weighted with."""
HAND_WEIGHT = 4.0
TAUGHT_WEIGHT = 0.5
TAUGHT_SHARE = 0.6
"""An unlabelled article is used when a first model gives its best topic this share. Each site left out:
.840 accuracy and .914 at 80 % coverage without them, .842 and .917 from .8 on, .844 and .917 from .6."""
ASIDE = 4
"""One site in four, by hash of its name, has no say in the temper."""
TEMPERS = np.arange(0.3, 1.55, 0.05)
NEWTON_STEPS = 12
"""Two numbers from thousands of rows: the sixth step already changes nothing."""


@dataclass(slots=True)
class Row:
    """One training or test article, already read."""

    slots: Slots
    values: Floats
    offset: Floats
    target: int
    weight: float
    site: str
    kind: str
    """section | hand | chosen | silent (nobody labelled it)."""
    also: int = -1
    key: str = ""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A linear model over hashed words."""

    weights: npt.NDArray[np.float32]
    """[slots, topics]."""
    frequency: Floats
    """Inverse document frequency by slot."""
    bias: Floats


def row_hash(url: str) -> str:
    """Return the name under which a hand label is kept."""
    return hashlib.sha256(url.encode()).hexdigest()[:16]


def is_check_half(key: str) -> bool:
    """Tell whether a hand-labelled row is never trained on."""
    return int(key[-1], 16) % 2 == 1


def hand_labels(path: Path = HAND_LABELS) -> dict[str, tuple[int, int]]:
    """Return topic and second defensible topic (or -1) by row hash."""
    labels = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            key, topic, *also = line.split()
            labels[key] = (TOPICS.index(topic), TOPICS.index(also[0]) if also else -1)
    return labels


def read(title: str, text: str, lexicon: Lexicon) -> tuple[Slots, Floats, Floats, list[float]]:
    """Return slots, values, offset and lexicon points of one article."""
    words = read_words(title, text)
    points, _ = lexicon.evidence(lexicon.met(words))
    slots = slots_of(words.weights)
    values = np.fromiter(words.weights.values(), dtype=float, count=len(slots))
    return slots, values, lexicon_nats(points), points


def section_rows(shared: Path, lexicon: Lexicon) -> list[Row]:
    """Return the rows labelled by the sites' own sections."""
    news = pd.read_parquet(shared / "topics" / "id_news_dev.parquet")
    rows = []
    columns = (news.site, news.url, news.title, news.body, news.label)
    for site, url, title, body, label in zip(*columns, strict=True):
        slots, values, offset, _ = read(title or "", body or "", lexicon)
        topic = "economy" if label == "automotive" else label
        rows.append(Row(slots, values, offset, TOPICS.index(topic), 1.0, site, "section", key=row_hash(url)))
    return rows


def general_rows(shared: Path, lexicon: Lexicon) -> list[Row]:
    """Return the articles outside the topic set: labelled by reading, and silent ones."""
    known = set(pd.read_parquet(shared / "topics" / "id_news_dev.parquet", columns=["url"]).url)
    news = pd.read_parquet(
        shared / "dedup" / "clickid_docs_dev.parquet", columns=["site", "url", "title", "txt"]
    )
    news = news[~news.url.isin(known)].fillna("")
    labels, chosen, rows = hand_labels(), hand_labels(CHOSEN_LABELS), []
    for site, url, title, text in zip(news.site, news.url, news.title, news.txt, strict=True):
        slots, values, offset, _ = read(title, text, lexicon)
        key = row_hash(url or title)  # sites held out of the topic set have no addresses
        if key in labels or key in chosen:
            kind, weight = ("hand" if key in labels else "chosen"), HAND_WEIGHT
            target, also = labels.get(key) or chosen[key]
        else:
            kind, weight, target, also = "silent", TAUGHT_WEIGHT, -1, -1
        rows.append(Row(slots, values, offset, target, weight, site, kind, also, key))
    return rows


def document_frequency(rows: Sequence[Row]) -> Floats:
    """Return the inverse document frequency by slot."""
    seen = np.bincount(np.concatenate([row.slots for row in rows]), minlength=1 << BITS)
    return np.maximum(np.log((len(rows) + 1.0) / (seen + 1.0)), 0.0)


def weighed(row: Row, frequency: Floats) -> Floats:
    """Return the values of a row with inverse document frequency, at unit length."""
    values = row.values * frequency[row.slots]
    return np.asarray(values / (np.sqrt((values**2).sum()) or 1.0))


def fit(rows: Sequence[Row], frequency: Floats) -> Fitted:
    """Return a model of labelled rows: softmax regression, one row at a time, AdaGrad.

    Rows come in an order that hangs on their hash and the epoch only, so the same data give the same file.
    """
    common = Counter(row.target for row in rows if row.kind == "section")
    most = max(common.values())
    pull = {topic: (most / count) ** BALANCE for topic, count in common.items()}
    weights = np.zeros((1 << BITS, len(TOPICS)), dtype=np.float32)
    squares = np.full_like(weights, 1e-3)
    bias, bias_squares = np.zeros(len(TOPICS)), np.full(len(TOPICS), 1e-2)
    ready = [(row, weighed(row, frequency)) for row in rows]
    for epoch in range(EPOCHS):
        for row, values in sorted(
            ready, key=lambda pair: hashlib.md5(f"{epoch}{pair[0].key}".encode()).digest()
        ):
            slope = values @ weights[row.slots] + bias + row.offset
            slope = np.exp(slope - slope.max())
            slope /= slope.sum()
            slope[row.target] -= 1.0
            slope *= row.weight * (pull[row.target] if row.kind == "section" else 1.0)
            step = np.outer(values, slope).astype(np.float32)
            squares[row.slots] += step**2
            weights[row.slots] -= RATE * step / np.sqrt(squares[row.slots])
            bias_squares += slope**2
            bias -= 0.1 * RATE * slope / np.sqrt(bias_squares)
    return Fitted(weights, frequency, bias)


def learn(rows: Sequence[Row]) -> Fitted:
    """Return a model of all rows: fit the labelled ones, let it label silent ones, fit again."""
    rows = [row for row in rows if trainable(row)]
    frequency = document_frequency(rows)
    labelled = [row for row in rows if row.target >= 0]
    silent = [row for row in rows if row.target < 0]
    if not silent:
        return fit(labelled, frequency)
    shares = softmax(scores(silent, fit(labelled, frequency)))
    taught = [
        replace(row, target=int(share.argmax()))
        for row, share in zip(silent, shares, strict=True)
        if share.max() >= TAUGHT_SHARE
    ]
    return fit(labelled + taught, frequency)


def scores(rows: Sequence[Row], model: Fitted) -> Floats:
    """Return log odds, [rows, topics]."""
    return np.stack(
        [weighed(row, model.frequency) @ model.weights[row.slots] + model.bias + row.offset for row in rows]
    )


def trainable(row: Row) -> bool:
    """Tell whether a row may be trained on: the check half of the hand labels may not."""
    return not (row.kind == "hand" and is_check_half(row.key))


def leave_one_site_out(rows: Sequence[Row]) -> dict[str, Fitted]:
    """Return a model by site with section rows, which never saw that site."""
    sites = sorted({row.site for row in rows if row.kind == "section"})
    return {site: learn([row for row in rows if row.site != site]) for site in sites}


def blind_scores(rows: Sequence[Row], models: Mapping[str, Fitted]) -> tuple[list[Row], Floats]:
    """Return the section rows, and what models that never saw their site say of them, [rows, topics]."""
    held = [[row for row in rows if row.site == site and row.kind == "section"] for site in models]
    said = [scores(some, model) for some, model in zip(held, models.values(), strict=True)]
    return [row for some in held for row in some], np.concatenate(said)


def is_aside(site: str) -> bool:
    """Tell whether a site belongs to the quarter that sets nothing."""
    return int(hashlib.sha256(site.encode()).hexdigest(), 16) % ASIDE == ASIDE - 1


def calibrate(
    rows: Sequence[Row], said: Floats, aside: Callable[[str], bool] = is_aside
) -> tuple[float, tuple[float, float]]:
    """Return temper and trust that suit what blind models say of all sites but those `aside`."""
    chosen = np.array([not aside(row.site) for row in rows])
    targets = np.array([row.target for row in rows])[chosen]
    temper = best_temper(said[chosen], targets)
    return temper, best_trust(said[chosen] * temper, targets)


def best_temper(said: Floats, targets: Slots) -> float:
    """Return what to multiply log odds with so that the true topics are most likely."""

    def loss(temper: float) -> float:
        return -float(np.log(softmax(said * temper)[np.arange(len(targets)), targets]).mean())

    return min(map(float, TEMPERS), key=loss)


def best_trust(logs: Floats, targets: Slots) -> tuple[float, float]:
    """Return slope and shift in log odds that make the best topic's share as likely as it is right.

    Source: Platt, "Probabilistic outputs for support vector machines", 1999; by Newton's method.
    """
    shares = np.clip(softmax(logs).max(axis=1), 1e-9, 1 - 1e-9)
    right = logs.argmax(axis=1) == targets
    odds = np.column_stack([np.log(shares / (1.0 - shares)), np.ones(len(shares))])
    line = np.array([1.0, 0.0])
    for _ in range(NEWTON_STEPS):
        sure = 1.0 / (1.0 + np.exp(-(odds @ line)))
        curve = (odds * (sure * (1.0 - sure))[:, None]).T @ odds
        line = line - np.linalg.solve(curve, odds.T @ (sure - right))
    return float(line[0]), float(line[1])


@dataclass(frozen=True, slots=True)
class Trained:
    """Everything the model file holds."""

    words: Fitted
    temper: float
    trust: tuple[float, float]


def save(model: Trained, path: Path) -> None:
    """Write int8 weights and uint8 frequencies, each with its scale."""
    words = model.words
    scale = np.abs(words.weights).max(axis=0) / 127
    steps = words.frequency.max() / 255
    np.savez_compressed(
        path,
        weights=np.round(words.weights / scale).astype(np.int8),
        scale=scale.astype(np.float32),
        frequency=np.round(words.frequency / steps).astype(np.uint8),
        frequency_scale=np.float32(steps),
        bias=words.bias.astype(np.float32),
        temper=np.float32(model.temper),
        trust=np.array(model.trust, dtype=np.float32),
        topics=np.array(TOPICS),
    )


def load_rows(shared: Path) -> list[Row]:
    """Return every row."""
    lexicon = load_lexicon()
    return section_rows(shared, lexicon) + general_rows(shared, lexicon)


def main() -> None:
    """Set the temper with each site left out, train on all sites, write the model file."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--output", type=Path, default=OUTPUT)
    options = parser.parse_args()
    rows = load_rows(corpus_dir().parent)
    temper, trust = calibrate(*blind_scores(rows, leave_one_site_out(rows)))
    save(Trained(learn(rows), temper, trust), options.output)
    kinds = dict(Counter(row.kind for row in rows))
    size = options.output.stat().st_size
    print(f"{options.output.name}: {kinds}, {size} bytes")
    print(f"temper {temper:.2f}, trust {trust[0]:.2f} {trust[1]:+.2f}")


if __name__ == "__main__":
    main()
