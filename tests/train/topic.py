"""Rebuild `transforms/label/topics/words.npz`: `python -m tests.train.topic`.

`python -m tests.gate.label` leaves each site out and prints the figures.

Rows: the sites' own sections (`topics/id_news_dev.parquet`, automotive counted as economy, its place in the
IPTC tree), the training half of the hand labels (`hand_labels.txt`), and unlabelled articles of general
sections that the lexicon names clearly. Only sites of the topic set are read: the others stay unseen.
"""

import argparse
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from tests.gate.corpus import corpus_dir
from warta.transforms.label.topic import lexicon_nats
from warta.transforms.label.words import BITS, TOPICS, Lexicon, load_lexicon, read_words, slot

Floats = npt.NDArray[np.float64]
Slots = npt.NDArray[np.int64]

HAND_LABELS = Path(__file__).with_name("hand_labels.txt")
OUTPUT = Path(__file__).parents[2] / "transforms" / "label" / "topics" / "words.npz"
EPOCHS = 6
RATE = 0.25
"""Of AdaGrad. Half of it loses .008 of accuracy with each site left out, double .002."""
BALANCE = 0.5
"""Power of a class's rarity that its section rows are weighted with."""
HAND_WEIGHT = 4.0
WEAK_WEIGHT = 1.0
WEAK_POINTS = 6.0
WEAK_LEAD = 1.3
"""A general article is used when the lexicon gives one topic 6 points and 1.3 times the second's."""
ASIDE = 4
"""One site in four, by hash of its name, has no say in the temper."""
TEMPERS = np.arange(0.3, 1.55, 0.05)


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
    """section | hand | weak."""
    also: int = -1
    key: str = ""


def row_hash(url: str) -> str:
    """Return the name under which a hand label is kept."""
    return hashlib.sha256(url.encode()).hexdigest()[:16]


def is_check_half(key: str) -> bool:
    """Tell whether a hand-labelled row is never trained on."""
    return int(key[-1], 16) % 2 == 1


def hand_labels() -> dict[str, tuple[int, int]]:
    """Return topic and second defensible topic (or -1) by row hash."""
    labels = {}
    for line in HAND_LABELS.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            key, topic, *also = line.split()
            labels[key] = (TOPICS.index(topic), TOPICS.index(also[0]) if also else -1)
    return labels


def read(title: str, text: str, lexicon: Lexicon) -> tuple[Slots, Floats, Floats, list[float]]:
    """Return slots, values, offset and lexicon points of one article."""
    words = read_words(title, text)
    points, _ = lexicon.evidence(words)
    slots = np.array([slot(word) for word in words.weights], dtype=np.int64)
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
    """Return hand-labelled rows and rows that the lexicon names clearly, from the same sites."""
    topics = pd.read_parquet(shared / "topics" / "id_news_dev.parquet", columns=["site", "url"])
    news = pd.read_parquet(shared / "dedup" / "clickid_docs_dev.parquet")
    news = news[news.site.isin(set(topics.site)) & news.url.notna() & ~news.url.isin(set(topics.url))]
    labels, rows = hand_labels(), []
    for site, url, title, text in zip(news.site, news.url, news.title, news.txt, strict=True):
        slots, values, offset, points = read(title or "", text or "", lexicon)
        key = row_hash(url)
        if key in labels:
            target, also = labels[key]
            rows.append(Row(slots, values, offset, target, HAND_WEIGHT, site, "hand", also, key))
            continue
        second, first = np.sort(points)[-2:]
        if first >= WEAK_POINTS and first >= WEAK_LEAD * second:
            best = int(np.argmax(points))
            rows.append(Row(slots, values, offset, best, WEAK_WEIGHT, site, "weak", key=key))
    return rows


def weigh(rows: Sequence[Row]) -> Floats:
    """Fold inverse document frequency into the rows' values, to unit length; return it by slot."""
    seen = Counter(int(slot_) for row in rows for slot_ in row.slots)
    frequency = np.full(1 << BITS, np.log(len(rows) + 1.0))
    for slot_, count in seen.items():
        frequency[slot_] = np.log((len(rows) + 1) / (count + 1))
    frequency = np.maximum(frequency, 0.0)
    for row in rows:
        row.values = row.values * frequency[row.slots]
        row.values /= np.sqrt((row.values**2).sum()) or 1.0
    return frequency


def fit(rows: Sequence[Row]) -> tuple[npt.NDArray[np.float32], Floats]:
    """Return weights [slots, topics] and bias: softmax regression, one row at a time, AdaGrad.

    Rows come in an order that hangs on their hash and the epoch only, so the same data give the same file.
    """
    common = Counter(row.target for row in rows if row.kind == "section")
    most = max(common.values())
    pull = {topic: (most / count) ** BALANCE for topic, count in common.items()}
    weights = np.zeros((1 << BITS, len(TOPICS)), dtype=np.float32)
    squares = np.full_like(weights, 1e-3)
    bias, bias_squares = np.zeros(len(TOPICS)), np.full(len(TOPICS), 1e-2)
    for epoch in range(EPOCHS):
        for row in sorted(rows, key=lambda row: hashlib.md5(f"{epoch}{row.key}".encode()).digest()):
            scores = row.values @ weights[row.slots] + bias + row.offset
            slope = np.exp(scores - scores.max())
            slope /= slope.sum()
            slope[row.target] -= 1.0
            slope *= row.weight * (pull[row.target] if row.kind == "section" else 1.0)
            step = np.outer(row.values, slope).astype(np.float32)
            squares[row.slots] += step**2
            weights[row.slots] -= RATE * step / np.sqrt(squares[row.slots])
            bias_squares += slope**2
            bias -= 0.1 * RATE * slope / np.sqrt(bias_squares)
    return weights, bias


def scores(rows: Sequence[Row], weights: npt.NDArray[np.float32], bias: Floats) -> Floats:
    """Return log odds, [rows, topics]."""
    return np.stack([row.values @ weights[row.slots] + bias + row.offset for row in rows])


def trainable(row: Row) -> bool:
    """Tell whether a row may be trained on: the check half of the hand labels may not."""
    return not (row.kind == "hand" and is_check_half(row.key))


def leave_one_site_out(rows: Sequence[Row]) -> tuple[list[Row], Floats]:
    """Return the section rows and what a model without their site says of them, [rows, topics]."""
    tested, said = [], []
    for site in sorted({row.site for row in rows if row.kind == "section"}):
        held = [row for row in rows if row.site == site and row.kind == "section"]
        weights, bias = fit([row for row in rows if row.site != site and trainable(row)])
        tested += held
        said.append(scores(held, weights, bias))
    return tested, np.concatenate(said)


def is_aside(site: str) -> bool:
    """Tell whether a site belongs to the quarter that sets nothing."""
    return int(hashlib.sha256(site.encode()).hexdigest(), 16) % ASIDE == ASIDE - 1


def best_temper(rows: Sequence[Row], said: Floats) -> float:
    """Return what to multiply log odds with so that left-out sites find them most likely."""
    chosen = [i for i, row in enumerate(rows) if not is_aside(row.site)]
    targets = [rows[i].target for i in chosen]

    def loss(temper: float) -> float:
        logs = said[chosen] * temper
        logs = logs - logs.max(axis=1, keepdims=True)
        logs = logs - np.log(np.exp(logs).sum(axis=1, keepdims=True))
        return -float(logs[np.arange(len(targets)), targets].mean())

    return min(map(float, TEMPERS), key=loss)


def best_trust(rows: Sequence[Row], said: Floats, temper: float) -> tuple[float, float]:
    """Return slope and shift in log odds that make the best topic's share as likely as it is right.

    Source: Platt, "Probabilistic outputs for support vector machines", 1999; by grid, on sites not aside.
    """
    chosen = [i for i, row in enumerate(rows) if not is_aside(row.site)]
    logs = said[chosen] * temper
    shares = np.clip(1.0 / np.exp(logs - logs.max(axis=1, keepdims=True)).sum(axis=1), 1e-9, 1 - 1e-9)
    right = logs.argmax(axis=1) == np.array([rows[i].target for i in chosen])
    odds = np.log(shares / (1.0 - shares))

    def loss(line: tuple[float, float]) -> float:
        signed = (line[0] * odds + line[1]) * np.where(right, 1.0, -1.0)
        return float(np.logaddexp(0.0, -signed).mean())

    lines = [(slope, shift) for slope in np.arange(0.4, 1.31, 0.05) for shift in np.arange(-0.6, 0.85, 0.05)]
    slope, shift = min(lines, key=loss)
    return float(slope), float(shift)


@dataclass(frozen=True, slots=True)
class Trained:
    """Everything the model file holds."""

    weights: npt.NDArray[np.float32]
    frequency: Floats
    bias: Floats
    temper: float
    trust: tuple[float, float]


def save(model: Trained, path: Path) -> None:
    """Write int8 weights and uint8 frequencies, each with its scale."""
    scale = np.abs(model.weights).max(axis=0) / 127
    steps = model.frequency.max() / 255
    np.savez_compressed(
        path,
        weights=np.round(model.weights / scale).astype(np.int8),
        scale=scale.astype(np.float32),
        frequency=np.round(model.frequency / steps).astype(np.uint8),
        frequency_scale=np.float32(steps),
        bias=model.bias.astype(np.float32),
        temper=np.float32(model.temper),
        trust=np.array(model.trust, dtype=np.float32),
        topics=np.array(TOPICS),
    )


def load_rows(shared: Path) -> list[Row]:
    """Return every row, read but not yet weighed."""
    lexicon = load_lexicon()
    return section_rows(shared, lexicon) + general_rows(shared, lexicon)


def main() -> None:
    """Set the temper with each site left out, train on all sites, write the model file."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--output", type=Path, default=OUTPUT)
    options = parser.parse_args()
    rows = load_rows(corpus_dir().parent)
    frequency = weigh(rows)
    tested, said = leave_one_site_out(rows)
    temper = best_temper(tested, said)
    trust = best_trust(tested, said, temper)
    weights, bias = fit([row for row in rows if trainable(row)])
    save(Trained(weights, frequency, bias, temper, trust), options.output)
    kinds = dict(Counter(row.kind for row in rows))
    size = options.output.stat().st_size
    print(f"{options.output.name}: {kinds}, {size} bytes")
    print(f"temper {temper:.2f}, trust {trust[0]:.2f} {trust[1]:+.2f}")


if __name__ == "__main__":
    main()
