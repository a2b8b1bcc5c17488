"""Rebuild `transforms/label/languages/malayic.npz`: `python -m tests.train.language`.

Rows: `langid/langid_dev.parquet` (SIB-200 sentences, news headlines and bodies) without the quarter held
aside by hash of its id, and Indonesian headlines and paragraphs of the duplicate and topic sets. Balinese,
Banjar, Minang and Acehnese rows are left out: langid has no name for them.
"""

import argparse
import hashlib
import re
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from tests.gate.corpus import corpus_dir
from tests.train.logistic import Floats, Sparse, fit, stack
from warta.transforms.label.langid_model import LangidModel, load_langid
from warta.transforms.label.malayic import BITS, LANGUAGES, MODEL, ngram_slots

TEMPER = 0.3
"""Of langid's nats; .2 to .3 measured equal, 1 loses four points of Malay headlines."""
STRENGTH = 1e-4
NAMELESS = ("ban", "bjn", "min", "ace")
WEIGHTS = {"msnews_title": 4.0, "idnews_title": 2.0, "idnews_body": 2.0, "extra": 0.02}
"""Row weights by set: as many nats of headline as of sentence; `extra` is large and Indonesian only."""
FAR_WEIGHT = 0.1
"""Of sentences in languages that nobody takes for a Malayic one."""
SNIPPET = 30


def is_held_aside(row_id: str) -> bool:
    """Tell whether a row belongs to the quarter that training never sees."""
    return int(hashlib.sha256(row_id.encode()).hexdigest(), 16) % 4 == 3


def langid_rows(shared: Path) -> pd.DataFrame:
    """Return the labelled rows with the column `aside`."""
    rows = pd.read_parquet(shared / "langid" / "langid_dev.parquet")
    rows["aside"] = [is_held_aside(str(row_id)) for row_id in rows.id]
    return rows


def extra_rows(shared: Path, aside: pd.DataFrame) -> pd.DataFrame:
    """Return more Indonesian news, without any article that stands in the quarter held aside."""
    topics = pd.read_parquet(shared / "topics" / "id_news_dev.parquet")[["title", "body"]]
    twins = pd.read_parquet(shared / "dedup" / "clickid_docs_dev.parquet")[["title", "txt"]]
    news = pd.concat([topics, twins.rename(columns={"txt": "body"})]).drop_duplicates("title").fillna("")
    titles = set(aside.text.str.strip())
    marks = {re.sub(r"\W+", "", text)[at : at + SNIPPET] for text in aside.text for at in (200, 350)}
    kept = [
        title.strip() not in titles and not _holds(re.sub(r"\W+", "", body)[:2500], marks)
        for title, body in zip(news.title, news.body, strict=True)
    ]
    news = news[kept]
    texts = [*news.title, *(body[300:700] for body in news.body[::3])]
    return pd.DataFrame({"set": "extra", "lang": "id", "text": texts, "aside": False})


def _holds(text: str, marks: set[str]) -> bool:
    return any(text[at : at + SNIPPET] in marks for at in range(max(0, len(text) - SNIPPET)))


def offsets(model: LangidModel, texts: list[str]) -> Floats:
    """Return tempered langid scores of the four languages and of the best other one."""
    scores = np.stack([model.scores(text) for text in texts])
    near = [model.languages.index(code) for code in LANGUAGES[:3]]
    far = np.delete(scores, near, axis=1).max(axis=1)
    four = np.column_stack([scores[:, near], scores[:, near].max(axis=1), far])
    return np.asarray(TEMPER * (four - four.max(axis=1, keepdims=True)))


def features(texts: list[str]) -> Sparse:
    """Return counts of n-gram slots, one row a text."""
    counted = (np.unique(ngram_slots(text), return_counts=True) for text in texts)
    return stack([(slots, counts.astype(np.float64)) for slots, counts in counted], 1 << BITS)


def row_weights(rows: pd.DataFrame) -> Floats:
    """Return how much each row counts."""
    far = (rows.set == "sib200") & ~rows.lang.isin({*LANGUAGES, "tl", "en"})
    weights = rows.set.map(WEIGHTS).fillna(1.0).to_numpy(dtype=float, copy=True)
    weights[far.to_numpy()] = FAR_WEIGHT
    return weights


def train(rows: pd.DataFrame, model: LangidModel, steps: int) -> Floats:
    """Return [slots + 1, 5] weights; the fifth class, any other language, has none."""
    codes = [*LANGUAGES, ""]
    classes = [codes.index(code) if code in LANGUAGES else 4 for code in rows.lang]
    texts = rows.text.tolist()
    return fit(
        features(texts),
        np.eye(5)[classes],
        row_weights(rows),
        strength=STRENGTH,
        offsets=offsets(model, texts),
        free=np.array([True] * 4 + [False]),
        steps=steps,
    )


def save(weights: Floats, path: Path) -> None:
    """Write int8 weights with one scale."""
    body: npt.NDArray[np.float64] = weights[:-1, :4]
    scale = np.abs(body).max() / 127
    np.savez_compressed(
        path,
        weights=np.round(body / scale).astype(np.int8),
        scale=np.float32(scale),
        bias=weights[-1, :4].astype(np.float32),
        temper=np.float32(TEMPER),
    )


def main() -> None:
    """Train and write the model file."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--steps", type=int, default=120, help="of L-BFGS")
    parser.add_argument("--output", type=Path, default=MODEL)
    options = parser.parse_args()
    shared = corpus_dir().parent
    rows = langid_rows(shared)
    seen = rows[~rows.aside & ~rows.lang.isin(NAMELESS)]
    used = pd.concat([seen, extra_rows(shared, rows[rows.aside])], ignore_index=True)
    save(train(used, load_langid(), options.steps), options.output)
    print(f"{options.output.name}: {len(used)} rows, {options.output.stat().st_size} bytes")


if __name__ == "__main__":
    main()
