"""The parts of `bench_dedup` that run in a process of their own, one core each; prints one JSON line.

python -m tests.bench.dedup_jobs ours | rival | growth DIR
"""

import hashlib
import json
import os
import re
import resource
import sys
import time
from pathlib import Path
from typing import Any

JACCARD = 0.7
PERMUTATIONS = 128


def main() -> None:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    job, *rest = sys.argv[1:]
    started = time.perf_counter()
    told = {"ours": ours, "rival": rival, "growth": growth}[job](*rest)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    told |= {
        "wall_s": time.perf_counter() - started,
        "cpu_s": usage.ru_utime + usage.ru_stime,
        "peak_mb": peak_mb(),
    }
    print(json.dumps(told))


def peak_mb() -> float:
    """Return the most memory this process held; `ru_maxrss` would count its parent's at the fork."""
    found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def ours() -> dict[str, Any]:
    """Find all duplicates among the shared articles: the whole of `stage dedup` but the stories."""
    from tests.gate.dedup import documents
    from warta.transforms.dedup.documents import place_documents

    rows = documents()
    _, verdicts = place_documents(rows)
    return {"documents": len(rows), "links": sum(len(verdict.overlaps) for verdict in verdicts)}


def rival() -> dict[str, Any]:
    """Find all similar pairs with datasketch's MinHashLSH. Needs no package of this repository."""
    import pyarrow.parquet as pq
    from datasketch import MinHash, MinHashLSH

    path = Path(os.environ["WARTA_SHARED"], "dedup", "clickid_docs_dev.parquet")
    texts = pq.ParquetFile(path).read()["txt"].to_pylist()
    lsh, links = MinHashLSH(threshold=JACCARD, num_perm=PERMUTATIONS), 0
    for number, text in enumerate(texts):
        tokens = re.findall(r"\w+", text.lower())
        grams = {" ".join(tokens[at : at + 5]) for at in range(max(1, len(tokens) - 4))}
        minhash = MinHash(num_perm=PERMUTATIONS)
        minhash.update_batch([gram.encode() for gram in grams])
        links += len(lsh.query(minhash))
        lsh.insert(str(number), minhash)
    return {"documents": len(texts), "links": links}


def growth(folder: str) -> dict[str, Any]:
    """Settle 10,000 new articles against the index in `folder`, as one cycle of the pipeline does."""
    from tests.gate.dedup import documents
    from warta.transforms.dedup.index import PRINTS, URLS, Index
    from warta.transforms.dedup.model import Match
    from warta.transforms.dedup.place import join_arrivals, matches_with_stored, place
    from warta.transforms.dedup.resolve import arrival_of

    rows = documents()[:10_000]
    began, started = time.perf_counter(), time.process_time()
    articles = [article_of(row) for row in rows]
    arrivals = [arrival_of(article) for article in articles]
    signed = time.process_time()
    files = {name: sorted(map(str, Path(folder).glob(f"*.{name[6:]}"))) for name in (URLS, PRINTS)}
    index = Index(files)
    matches: list[Match] = [match for _, match in matches_with_stored(arrivals, index)]
    looked_up = time.process_time()
    matches += join_arrivals(arrivals)
    texts = {article.url_id: article.text for article in articles}
    verdicts = place(arrivals, matches, texts)
    done = time.process_time()
    return {
        "sign_s": signed - started,
        "look_up_s": looked_up - signed,
        "settle_s": done - looked_up,
        "total_s": done - started,
        "waited_s": time.perf_counter() - began,
        "kept": sum(not verdict.dup_kind for verdict in verdicts),
        "segments": len(files[PRINTS]),
    }


def article_of(row: dict[str, Any]) -> Any:
    """Return a shared article as the reader hands it over."""
    from datetime import UTC, datetime

    from warta.schemas.article import Article
    from warta.transforms.dedup.exact import content_hash
    from warta.transforms.dedup.near import fingerprint

    id_ = hashlib.sha256(f"doc {row['id']}".encode()).hexdigest()[:32]
    when = row["published"] or datetime(2019, 9, 15, tzinfo=UTC)
    return Article(
        id=id_,
        url=row["url"] or f"https://{row['publisher']}/{row['id']}",
        canonical_url=row["url"],
        publisher=row["publisher"],
        feed_url=f"https://{row['publisher']}/rss",
        title=row["title"],
        text=row["text"],
        fetched_at=when,
        date=when.date(),
        url_id=id_,
        published=when,
        topic="unknown",
        content_hash=content_hash(row["text"]),
        fingerprint=fingerprint(row["text"]),
    )


if __name__ == "__main__":
    main()
