"""Count how usual words are in news: `python -m tests.train.story_words` writes `dedup/words.json`.

Shares of documents, not texts: of 10,991 Indonesian articles (shared/dedup) and of the English and German
pages of the shared corpus. Run it again when a corpus grows; `tests.bench.bench_dedup` shows what moves.
"""

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pyarrow.parquet as pq

from tests.gate.dedup import shared
from warta.transforms.text import words

TARGET = Path(__file__).parents[2] / "transforms" / "dedup" / "words.json"

LEAST_SHARE = {"id": 0.01, "en": 0.05, "de": 0.1}
"""Words in fewer documents are left out: for Indonesian one in a hundred; the other corpora are 50 to 200
times smaller, and half a dozen documents are the fewest that make a share."""


def shares(texts: Iterable[str], least: float) -> dict[str, float]:
    """Return the share of texts that each usual word is in."""
    found: Counter[str] = Counter()
    total = 0
    for text in texts:
        total += 1
        found.update(set(words(text)))
    return {word: round(count / total, 3) for word, count in found.items() if count / total >= least}


def main() -> None:
    articles = pq.read_table(shared("dedup", "clickid_docs_dev.parquet"), columns=["title", "txt"])
    texts = {"id": [f"{row['title']} {row['txt']}" for row in articles.to_pylist()]}
    for line in shared("corpus", "dev.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["lang"] in ("en", "de") and row["body"]:
            texts.setdefault(row["lang"], []).append(f"{row['title']} {row['body']}")
    merged: dict[str, float] = {}
    for language, some in texts.items():
        for word, share in shares(some, LEAST_SHARE[language]).items():
            merged[word] = max(share, merged.get(word, 0.0))
        print(f"{language}: {len(some)} documents")
    TARGET.write_text(
        json.dumps(dict(sorted(merged.items())), ensure_ascii=False, indent=0, separators=(",", ":")) + "\n",
        encoding="utf-8",
    )
    print(f"{len(merged)} words, {TARGET.stat().st_size / 1024:.0f} kB")


if __name__ == "__main__":
    main()
