"""`make bench-corpus`: the real pages and feeds of the shared corpus through `warta run`, on loopback.

Prints where every page ended, the quality of the stored texts against the ground truth, time and memory.
Exit code 1 when a page has no ending or fewer than `LEAST_STORED` are rows or duplicates.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds

from tests.bench.corpus_world import corpus_folder, corpus_rows, serve_corpus, truth
from tests.gate.score import PageScore, score_page, total
from warta.transforms.urls import article_id

LEAST_STORED = 660
"""Of the 675 pages, how many must be rows or duplicates of rows."""


def main() -> int:
    """Serve, run, account for every page, score, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--keep", metavar="DIR", help="leave the dataset here")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    args = parser.parse_args()
    folder = corpus_folder()
    if folder is None:
        print("the shared corpus is absent: set WARTA_SHARED or put it beside the checkout as ../shared")
        return 0
    with tempfile.TemporaryDirectory(prefix="warta-corpus-") as scratch:
        output = Path(args.keep or scratch) / "data"
        with serve_corpus(folder) as world:
            report = warta_run(world.feeds_file, output, world.connect_to, args.workers)
        return account(folder, output, report)


def warta_run(
    feeds: Path, output: Path, connect_to: Iterable[tuple[str, str]], workers: int
) -> dict[str, Any]:
    """Run the command as a user does and return its report."""
    options = [f"--connect-to={host}={target}" for host, target in connect_to]
    command = [sys.executable, "-m", "warta", "run", "--feeds", str(feeds), "--output", str(output)]
    limits = ["--allow-network", "127.0.0.0/8", "--min-delay-s", "0", "--workers", str(workers)]
    subprocess.run([*command, *options, *limits], check=True)
    (path,) = (output / "runs").glob("*.json")
    return dict(json.loads(path.read_text(encoding="utf-8")))


def account(folder: Path, output: Path, report: dict[str, Any]) -> int:
    """Print what became of every page; return the exit code."""
    articles = rows_of(output, "articles", ["id", "url", "text"])
    duplicates = rows_of(output, "duplicates", ["id", "url", "dup_of", "dup_kind"])
    rejections = rows_of(output, "rejections", ["url", "reason", "detail"])
    endings: dict[str, tuple[str, str]] = {}
    texts = {}
    for kind, rows, label in (
        ("row", articles, "id"),
        ("duplicate", duplicates, "dup_kind"),
        ("rejection", rejections, "reason"),
    ):
        for row in rows:
            key = article_id(row["url"]) if "://" in row["url"] else row["url"]
            endings.setdefault(key, (kind, row[label]))
            if kind == "row":
                texts[key] = row["text"]
    pages = {corpus_id: article_id(url) for url, corpus_id in truth(folder).items()}
    lost = [corpus_id for corpus_id, key in pages.items() if key not in endings]
    ended = Counter(endings[key][0] for key in pages.values() if key in endings)
    print(f"pages: {len(pages)}; {dict(ended)}; without an ending: {len(lost)} {lost[:5]}")
    for corpus_id, key in pages.items():
        if endings.get(key, ("", ""))[0] == "rejection":
            print(f"  rejected {corpus_id}: {endings[key][1]}")
    print_quality(folder, pages, texts)
    books = report["books"]
    print(f"books: {books}; run as a whole rejected by reason: {report['rejected_by_reason']}")
    print(
        f"wall {report['wall_s']:.1f} s, CPU {report['cpu_s']:.1f} s, "
        f"peak memory of the main process {report['peak_rss_mb']:.0f} MB"
    )
    stored = ended["row"] + ended["duplicate"]
    print(f"rows or duplicates of rows: {stored} (at least {LEAST_STORED} are asked)")
    return int(bool(lost) or stored < LEAST_STORED)


def print_quality(folder: Path, pages: dict[str, str], texts: dict[str, str]) -> None:
    """Print F1, leak and loss of stored rows, the corpus's own definitions."""
    scores: dict[str, list[PageScore]] = {"Indonesian": [], "all": []}
    for row in corpus_rows(folder):
        text = texts.get(pages[row["id"]])
        if text is None:
            continue
        score = score_page(
            text,
            bodies=[body for body in (row["body"], *(row["body_alt"] or ())) if body],
            must=row["must"] or (),
            must_not=list(zip(row["must_not"] or (), row["must_not_kind"] or (), strict=True)),
        )
        scores["all"].append(score)
        if row["country"] == "ID" or row["lang"] == "id":
            scores["Indonesian"].append(score)
    for name, found in scores.items():
        sums = total(found)
        figures = f"F1 {sums.f1:.3f}, leak {sums.leak:.3f}, loss {sums.loss:.3f}"
        print(f"stored text, {name} ({sums.pages} rows): {figures}")


def rows_of(output: Path, table: str, columns: list[str]) -> list[dict[str, Any]]:
    """Return rows of a stored table; none when it is not there."""
    root = output / table
    if not root.exists():
        return []
    return list(ds.dataset(root, partitioning="hive").to_table(columns=columns).to_pylist())


if __name__ == "__main__":
    sys.exit(main())
