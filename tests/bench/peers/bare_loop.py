"""The bare loop: aiohttp, a process pool of trafilatura, exact and MinHash duplicates, one Parquet file.

`--lean` is the same with `fast=True` and no metadata: the least that still yields texts.
"""

import asyncio
import hashlib
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import aiohttp
import pyarrow as pa
import pyarrow.parquet as pq
import trafilatura
from common import AT_ONCE, WORKERS, peer_options, read_urls
from datasketch import MinHash, MinHashLSH

NEAR = 0.8
SHINGLE_WORDS = 5


def read(url: str, page: bytes, lean: bool) -> tuple[dict[str, Any], MinHash] | None:
    """Return one article and its signature; None when there is none."""
    document = trafilatura.bare_extraction(
        page, url=url, with_metadata=not lean, fast=lean, include_comments=False
    )
    if document is None or not document.text:
        return None
    words = document.text.lower().split()
    count = max(1, len(words) - SHINGLE_WORDS + 1)
    shingles = {" ".join(words[n : n + SHINGLE_WORDS]).encode() for n in range(count)}
    signature = MinHash(num_perm=128)
    signature.update_batch(shingles)
    row = {
        "url": url,
        "title": document.title,
        "author": document.author,
        "date": document.date,
        "text": document.text,
    }
    return row, signature


async def work(args: Any) -> list[dict[str, Any]]:
    """Fetch and read every address; return the articles that no earlier one repeats."""
    loop = asyncio.get_running_loop()
    places = asyncio.Semaphore(AT_ONCE)
    hashes: set[bytes] = set()
    near = MinHashLSH(threshold=NEAR, num_perm=128)
    rows: list[dict[str, Any]] = []

    async def one(url: str) -> None:
        async with places:
            async with session.get(url, proxy=f"http://127.0.0.1:{args.port}") as answer:
                page = await answer.read()
            found = await loop.run_in_executor(pool, read, url, page, args.lean)
        if found is None:
            return
        row, signature = found
        digest = hashlib.sha256(row["text"].encode()).digest()
        if digest in hashes or near.query(signature):
            return
        hashes.add(digest)
        near.insert(url, signature)
        rows.append(row)

    with ProcessPoolExecutor(WORKERS) as pool:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            await asyncio.gather(*map(one, read_urls(args.urls)))
    return rows


def main() -> None:
    """Run the loop and write its rows."""
    args = peer_options(__doc__ or "", "--lean")
    rows = asyncio.run(work(args))
    pq.write_table(pa.Table.from_pylist(rows), args.output / "articles.parquet", compression="zstd")
    print(f"{len(rows)} rows")


if __name__ == "__main__":
    main()
