"""Duplicates by numbers: `python -m tests.bench.bench_dedup`, or `make bench-dedup`.

Quality (`tests.gate.dedup`), speed beside datasketch's MinHashLSH in the same run, bytes per document, the
growth curve against 0, 1 and 10 million indexed articles, and the same groups whatever the order, the workers
and the runs. Exit code 1 when a goal is missed. datasketch is looked for in `--rival-python` (this one by
default: `pip install datasketch`); without it the ratio is left out.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from tests.bench.dedup_jobs import article_of
from tests.gate import dedup as gate
from warta.schemas.article import Article
from warta.transforms.dedup import postings
from warta.transforms.dedup.documents import place_documents
from warta.transforms.dedup.index import PRINTS, Index, shape_numbers, write_segment, write_urls
from warta.transforms.dedup.merging import merge_segments
from warta.transforms.dedup.model import IndexRow, Kind, Verdict
from warta.transforms.dedup.place import join_arrivals, matches_with_stored, place
from warta.transforms.dedup.resolve import arrival_of
from warta.transforms.dedup.rows import DOCUMENT, ROW, RowArray, Strings, day_number
from warta.transforms.dedup.seen import rows_of_article
from warta.transforms.dedup.segment import SegmentWriter, directory_of

RATIO_GOAL = 3.0
BYTES_GOAL = 200
ROUNDS = 3
SAMPLES = 24
"""Samples of a synthetic document: the mean of the shared articles."""
TIERS = (0.7, 0.2, 0.07, 0.02, 0.01)
"""Shares of the segments of a synthetic index: what merging in tiers leaves."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rival-python", default=os.environ.get("WARTA_RIVAL_PYTHON", sys.executable))
    parser.add_argument("--millions", type=float, nargs="*", default=[0, 1, 10], help="indexed articles")
    parser.add_argument("--skip", nargs="*", default=[], choices=["pairs", "speed", "growth", "order"])
    args = parser.parse_args()
    if not gate.is_present():
        print(f"{gate.shared('dedup')} is not here: nothing to measure; set WARTA_SHARED")
        return 0
    missed: list[str] = []
    if "pairs" not in args.skip:
        missed += gate.check_pairs() + gate.check_stories()
    articles = [article_of(row) for row in gate.documents()]
    missed += check_bytes(articles)
    if "speed" not in args.skip:
        missed += check_speed(args.rival_python)
    if "growth" not in args.skip:
        missed += check_growth(args.millions)
    if "order" not in args.skip:
        missed += check_order(articles)
    for line in missed:
        print(f"MISSED {line}")
    return 1 if missed else 0


def check_speed(rival_python: str) -> list[str]:
    """Print documents per CPU second of both, whole processes in turn, one core each."""
    if subprocess.run([rival_python, "-c", "import datasketch"], capture_output=True).returncode:
        print("speed: datasketch is not installed here: pip install datasketch, or --rival-python")
        return []
    rates: dict[str, list[float]] = {"ours": [], "rival": []}
    for _ in range(ROUNDS):
        for job, python in (("ours", sys.executable), ("rival", rival_python)):
            told = _job(python, job)
            rates[job].append(told["documents"] / told["cpu_s"])
    ratios = [mine / theirs for mine, theirs in zip(*rates.values(), strict=True)]
    ratio = statistics.median(ratios)
    mine, theirs = statistics.median(rates["ours"]), statistics.median(rates["rival"])
    print(f"speed, one core, whole process, CPU: {mine:,.0f} documents/s; datasketch {theirs:,.0f}", end="; ")
    print(f"ratio {ratio:.2f} ({min(ratios):.2f} to {max(ratios):.2f})")
    return [f"speed: ratio {ratio:.2f} < {RATIO_GOAL}"] if ratio < RATIO_GOAL else []


def check_bytes(articles: Sequence[Article]) -> list[str]:
    """Print the bytes per document of the index, in one segment and merged from ten."""
    rows = [row for one in articles for row in rows_of_article(one, Verdict(one.url_id))]
    with tempfile.TemporaryDirectory() as folder:
        whole = write_segment(rows, folder, "whole")
        parts = [write_segment(rows[start::10], folder, f"part{start}") for start in range(10)]
        files = {name: [path for part in parts for path in part[name]] for name in whole}
        merged = merge_segments(files, folder, "merged")
        sizes = {
            name: sum(Path(path).stat().st_size for paths in some.values() for path in paths) / len(articles)
            for name, some in (("one segment", whole), ("ten segments", files), ("merged", merged))
        }
        prints = Path(whole[PRINTS][0]).stat().st_size / len(articles)
    told = ", ".join(f"{name} {size:.1f}" for name, size in sizes.items())
    print(f"index bytes per document: {told}; of these {prints:.1f} leave after the window")
    return [f"bytes: {name} {size:.1f} > {BYTES_GOAL}" for name, size in sizes.items() if size > BYTES_GOAL]


def check_growth(millions: Sequence[float]) -> list[str]:
    """Print what 10,000 new articles cost against ever larger indexes."""
    print("growth: 10,000 new articles against so many indexed, CPU seconds (median of 3)")
    totals: dict[float, float] = {}
    peaks: dict[float, float] = {}
    for count in millions:
        with tempfile.TemporaryDirectory() as folder:
            _synthetic(Path(folder), int(count * 1_000_000))
            size_mb = sum(path.stat().st_size for path in Path(folder).iterdir()) / 1e6
            told = sorted((_job(sys.executable, "growth", folder) for _ in range(ROUNDS)), key=_total)[1]
        totals[count], peaks[count] = told["total_s"], told["peak_mb"]
        print(
            f"  {count:4g} M, {told['segments']} segments, {size_mb:7,.0f} MB: total {told['total_s']:.2f} "
            f"(sign {told['sign_s']:.2f}, look up {told['look_up_s']:.2f}, settle {told['settle_s']:.2f}), "
            f"by the clock {told['waited_s']:.2f}, peak {told['peak_mb']:.0f} MB"
        )
    if not set(totals) >= {0, 1, 10}:
        return []
    print(
        f"  10 M / 1 M {totals[10] / totals[1]:.2f}, 10 M / 0 {totals[10] / totals[0]:.2f}, "
        f"memory 10 M / 1 M {peaks[10] / peaks[1]:.2f}"
    )
    missed = [] if totals[10] <= 1.5 * totals[1] else ["growth: 10 M costs more than 1.5 times 1 M"]
    return missed if totals[10] <= 2 * totals[0] else [*missed, "growth: 10 M costs more than twice nothing"]


def _total(told: dict[str, Any]) -> float:
    return float(told["total_s"])


def _job(python: str, *words: str) -> dict[str, Any]:
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    env = {**os.environ, **threads, "WARTA_SHARED": str(gate.shared())}
    run = [python, "-m", "tests.bench.dedup_jobs", *words]
    answer = subprocess.run(run, env=env, capture_output=True, text=True, check=False)
    if answer.returncode:
        raise SystemExit(f"{' '.join(run)} failed:\n{answer.stderr}")
    told: dict[str, Any] = json.loads(answer.stdout)
    return told


def _synthetic(folder: Path, count: int) -> None:
    """Write an index of `count` made-up articles, as segments of several tiers."""
    for tier, share in enumerate(TIERS if count else ()):
        rows = int(count * share)
        chance = np.random.default_rng(tier)
        write_urls(
            f"{folder}/{tier}.urls", _row_slices(rows, chance), Strings(["", "Kabar"], ["", "politics"]), rows
        )
        _write_prints(f"{folder}/{tier}.prints", rows, chance)


DAY = day_number(date(2019, 9, 12))


def _row_slices(count: int, chance: np.random.Generator) -> Iterator[RowArray]:
    """Yield records in ascending order of key."""
    slices = max(1, count // 1_000_000)
    width = (1 << 64) // slices
    for number in range(slices):
        rows = np.zeros(count // slices, ROW)
        rows["key"] = np.sort(chance.integers(number * width, (number + 1) * width, len(rows), np.uint64))
        for name in ("key_low", "value", "value_low"):
            rows[name] = chance.integers(1, 1 << 63, len(rows), np.uint64)
        rows["kind"], rows["revision"], rows["day"] = Kind.RECORD, 1, DAY
        yield rows


def _write_prints(path: str, count: int, chance: np.random.Generator) -> None:
    total = count * SAMPLES
    shape = postings.shape_for(total, count)
    slices = max(1, min(total // 2_000_000, shape.buckets))
    slices = 1 << (slices.bit_length() - 1)
    width, counts = (1 << 64) // slices, []
    with SegmentWriter(path, PRINTS) as file:
        file.begin("postings")
        for number in range(slices):
            hashes = chance.integers(number * width, number * width + (width - 1), total // slices, np.uint64)
            owners = chance.integers(0, count, len(hashes), np.uint64)
            composed = np.sort(postings.compose(hashes, owners, shape))
            buckets = shape.buckets // slices
            counts.append(postings.bucket_counts(composed, shape, number * buckets, buckets))
            file.add(postings.pack(composed))
        file.section("directory", directory_of(counts))
        documents = np.zeros(count, DOCUMENT)
        documents["key"] = np.sort(chance.integers(0, 1 << 63, count, np.uint64))
        documents["day"], documents["seen"], documents["samples"] = DAY, DAY, SAMPLES
        file.section("documents", documents.tobytes())
        file.meta(
            shape=shape_numbers(shape), rows=count, postings=total, first_day=DAY, last_day=DAY, last_seen=DAY
        )


def check_order(articles: Sequence[Article]) -> list[str]:
    """Check that order, workers and runs do not change the groups; say how runs out of order differ."""
    missed = []
    rows = gate.documents()
    expected = _groups_of_rows(rows)
    orders = 20
    for seed in range(orders):
        random.Random(seed).shuffle(rows)
        if _groups_of_rows(rows) != expected:
            missed.append(f"order: shuffle {seed} gives other groups")
    print(f"order: {orders} shuffles give the same {len(expected)} groups: {not missed}")
    some = sorted(articles[:10_000], key=lambda one: (one.published, one.id))
    once = settled_groups([some])
    tens = [some[start : start + 1_000] for start in range(0, len(some), 1_000)]
    same = settled_groups(tens) == once
    print(f"runs: one of 10,000 and ten of 1,000 give the same {len(once)} groups: {same}")
    if not same:
        missed.append("runs: ten runs give other groups than one")
    mixed = [some[start::10] for start in range(10)]
    agree = len(settled_groups(mixed) & once) / len(once)
    print(f"runs: articles in no order of time over ten runs: {agree:.3f} of the groups are the same")
    return missed + check_workers(
        some[:2_000], {frozenset(group) for group in settled_groups([some[:2_000]])}
    )


def check_workers(articles: Sequence[Article], expected: set[frozenset[str]]) -> list[str]:
    """Run the pipeline's step with 1, 2 and 4 workers; return what differs."""
    from tests.bench.dedup_pipeline import pipeline_groups

    missed = []
    for workers in (1, 2, 4):
        if pipeline_groups(articles, workers) != expected:
            missed.append(f"workers: {workers} give other groups")
    print(f"workers: 1, 2 and 4 give the groups of the bare functions ({len(expected)}): {not missed}")
    return missed


def _groups_of_rows(rows: Sequence[dict[str, Any]]) -> set[frozenset[Any]]:
    arrivals, verdicts = place_documents(rows)
    names = {arrival.id: rows[int(arrival.key)]["id"] for arrival in arrivals}
    links = [
        (rows[int(verdict.key)]["id"], names[id_]) for verdict in verdicts for id_, _ in verdict.overlaps
    ]
    return groups(links)


def settled_groups(runs: Sequence[Sequence[Article]]) -> set[frozenset[str]]:
    """Settle runs one after another against a growing index; return the groups of what is linked."""
    texts = {one.id: one.text for run in runs for one in run}
    links: list[tuple[str, str]] = []
    with tempfile.TemporaryDirectory() as folder:
        files: dict[str, list[str]] = {}
        for number, run in enumerate(runs):
            by_key = {one.url_id: one for one in run}
            arrivals = [arrival_of(one) for one in run]
            matches = [match for _, match in matches_with_stored(arrivals, Index(files))]
            matches += join_arrivals(arrivals)
            learnt: list[IndexRow] = []
            for verdict in place(arrivals, matches, texts):
                links += [(by_key[verdict.key].id, id_) for id_, _ in verdict.overlaps]
                learnt += rows_of_article(by_key[verdict.key], verdict)
            for name, paths in write_segment(learnt, folder, f"run{number}").items():
                files.setdefault(name, []).extend(paths)
    return groups(links)


def groups(links: Sequence[tuple[Any, Any]]) -> set[frozenset[Any]]:
    """Return the connected groups of some links."""
    group_of: dict[Any, set[Any]] = {}
    for one, other in links:
        joined_ = group_of.get(one, {one}) | group_of.get(other, {other})
        for member in joined_:
            group_of[member] = joined_
    return {frozenset(group) for group in group_of.values()}


if __name__ == "__main__":
    sys.exit(main())
