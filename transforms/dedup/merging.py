"""Fewer, larger segments with the same content; and the index anew from the stored rows.

Segments merge in tiers of size, like to like, so that a row is rewritten once per tier, not once per cycle,
and a look-up opens a handful of files whatever the history. Merging reads and writes slice by slice along the
hashes: memory follows the slice, and four bytes per document to renumber them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from warta.transforms.dedup import postings
from warta.transforms.dedup.exact import content_hash
from warta.transforms.dedup.index import PRINTS, URLS, IndexFiles, day_span, shape_numbers, write_urls
from warta.transforms.dedup.model import IndexRow, Kind
from warta.transforms.dedup.near import WINDOW_DAYS, fingerprint
from warta.transforms.dedup.rows import DOCUMENT, ROW, RowArray, Strings, collapse, day_number
from warta.transforms.dedup.segment import Segment, SegmentWriter, directory_of
from warta.transforms.urls import article_id

MERGE_AT: Final = 6
"""Neighbouring segments that are merged, at least half of them of the largest tier among them. Over 5,000
cycles of 2,000 articles there are at most 14 segments, and a row is rewritten 6 times; with 4 it is 8
segments and 12 times."""

SLICE_ROWS: Final = 1 << 20
"""Rows or postings merged at a time: some 100 MB at work."""

Hashes = npt.NDArray[np.uint64]


def compact_index(
    files: IndexFiles, directory: str, name: str, today: date, *, window_days: int = WINDOW_DAYS
) -> dict[str, list[str]]:
    """Merge what is due; return the complete new lists of the state names that changed (replace them).

    New files lie in `directory` under `name`; the old ones are left to the store. Fingerprints of articles
    published and fetched longer ago than the window, counted from `today`, are dropped.
    """
    horizon = day_number(today) - window_days
    changed: dict[str, list[str]] = {}
    for kind, merge in ((URLS, merge_urls), (PRINTS, merge_prints)):
        paths = _unexpired(list(files.get(kind, ())), kind, horizon)
        runs = due_runs([Segment(path).meta["rows"] for path in paths])
        for number, (start, end) in reversed(list(enumerate(runs))):
            target = f"{directory.rstrip('/')}/{name}-{number}.{kind.removeprefix('dedup_')}"
            merged = merge(paths[start:end], target, horizon)
            paths[start:end] = [merged] if merged else []
        if paths != list(files.get(kind, ())):
            changed[kind] = paths
    return changed


def merge_segments(files: IndexFiles, directory: str, name: str, *, horizon: int = 0) -> dict[str, list[str]]:
    """Merge everything into one segment of each kind; return the new files (replace all with them)."""
    merged: dict[str, list[str]] = {}
    for kind, merge in ((URLS, merge_urls), (PRINTS, merge_prints)):
        paths = list(files.get(kind, ()))
        if paths:
            path = merge(paths, f"{directory.rstrip('/')}/{name}.{kind.removeprefix('dedup_')}", horizon)
            merged[kind] = [path] if path else []
    return merged


def due_runs(sizes: Sequence[int]) -> list[tuple[int, int]]:
    """Return the runs (start, end) of neighbouring segments to merge, oldest first.

    >>> due_runs([90_000, 2_000, 1_900, 2_100, 1_800, 2_000, 1_700])
    [(1, 7)]
    """
    tiers = [max(size, 1).bit_length() * 2 // 5 for size in sizes]  # a tier spans a factor of about 6
    for tier in sorted(set(tiers)):
        start = len(sizes)
        while start and tiers[start - 1] <= tier:
            start -= 1
        run = tiers[start:]
        if len(run) >= MERGE_AT and 2 * run.count(tier) >= MERGE_AT:
            return [(start, len(sizes))]
    return []


def merge_urls(paths: Sequence[str], target: str, horizon: int = 0) -> str:
    """Merge `urls` segments, oldest first, into one; return its path. `horizon` does not concern them."""
    segments = [Segment(path) for path in paths]
    strings = Strings()
    total = sum(int(segment.meta["rows"]) for segment in segments)
    slices = max(1, total // SLICE_ROWS)
    edges = [number * ((1 << 64) // slices) for number in range(slices)] + [1 << 64]

    def parts() -> Iterator[RowArray]:
        for low, high in pairwise(edges):
            found = [_rows_between(segment, low, high, strings) for segment in segments]
            yield collapse(np.concatenate(found))

    return write_urls(target, parts(), strings, total)


def _rows_between(segment: Segment, low: int, high: int, strings: Strings) -> RowArray:
    """Return the rows with low <= key < high."""
    shape = segment.shape("shape")
    start, end = _bucket_bounds(segment, "directory", shape, low, high)
    rows = np.frombuffer(segment.part("rows", ROW.itemsize, start, end), ROW)
    keep = (rows["key"] >= np.uint64(low)) & (rows["key"] <= np.uint64(high - 1))
    return strings.renumber(rows[keep], segment.meta["publishers"], segment.meta["topics"])


def _bucket_bounds(
    segment: Segment, directory: str, shape: postings.Shape, low: int, high: int
) -> tuple[int, int]:
    """Return where the records of the buckets that hold hashes from `low` to below `high` start and end."""
    ends = postings.buckets_of(np.array([low, high - 1], np.uint64), shape)
    starts, stops = segment.directory(directory, ends)
    return int(starts[0]), int(stops[1])


@dataclass(frozen=True)
class _Renumbered:
    """The documents that stay, and where each old row went (-1: dropped)."""

    documents: RowArray
    places: list[npt.NDArray[np.int64]]


def merge_prints(paths: Sequence[str], target: str, horizon: int = 0) -> str:
    """Merge `prints` segments, oldest first, into one; return its path, empty when nothing stays.

    Documents remembered from days before `horizon` go. Of several fingerprints of one article the newest
    stays.
    """
    segments = [Segment(path) for path in paths]
    renumbered = _renumber(segments, horizon)
    if not len(renumbered.documents):
        return ""
    total = sum(int(segment.meta["postings"]) for segment in segments)
    known = min(segment.shape("shape").hash_bits for segment in segments)
    shape = postings.shape_for(total, len(renumbered.documents), known)
    counts: list[npt.NDArray[np.int64]] = []
    written = 0
    with SegmentWriter(target, PRINTS) as file:
        file.begin("postings")
        for first, buckets in _bucket_slices(shape, total):
            composed = _postings_between(segments, renumbered, shape, first, buckets)
            counts.append(postings.bucket_counts(composed, shape, first, buckets))
            file.add(postings.pack(composed))
            written += len(composed)
        file.section("directory", directory_of(counts))
        file.section("documents", renumbered.documents.tobytes())
        file.meta(
            shape=shape_numbers(shape),
            rows=len(renumbered.documents),
            postings=written,
            **day_span(renumbered.documents),
        )
    return target


def _bucket_slices(shape: postings.Shape, total: int) -> Iterator[tuple[int, int]]:
    step = max(1, shape.buckets * SLICE_ROWS // max(total, 1))
    for first in range(0, shape.buckets, step):
        yield first, min(step, shape.buckets - first)


def _renumber(segments: Sequence[Segment], horizon: int) -> _Renumbered:
    tables = [np.frombuffer(segment.whole("documents"), DOCUMENT) for segment in segments]
    documents = np.concatenate(tables)
    age = np.arange(len(documents), 0, -1)
    order = np.lexsort((age, documents["key"]))
    keys = documents["key"][order]
    newest = order[np.concatenate([[True], keys[1:] != keys[:-1]])] if len(order) else order
    seen = documents["seen"][newest].astype(np.int64)
    kept = newest[(seen >= horizon) | (seen == 0)]
    places = np.full(len(documents), -1, np.int64)
    places[kept] = np.arange(len(kept))
    bounds = np.cumsum([len(table) for table in tables])[:-1]
    return _Renumbered(documents[kept], np.split(places, bounds))


def _postings_between(
    segments: Sequence[Segment], renumbered: _Renumbered, shape: postings.Shape, first: int, buckets: int
) -> Hashes:
    """Return the sorted postings of some buckets of the new shape."""
    width = 64 - shape.bucket_bits
    low, high = first << width, (first + buckets) << width
    found = [np.empty(0, np.uint64)]
    for segment, places in zip(segments, renumbered.places, strict=True):
        hashes, rows = _hashes_between(segment, low, high)
        new = places[rows.astype(np.int64)]
        found.append(postings.compose(hashes[new >= 0], new[new >= 0].astype(np.uint64), shape))
    return np.sort(np.concatenate(found))


def _hashes_between(segment: Segment, low: int, high: int) -> tuple[Hashes, Hashes]:
    shape = segment.shape("shape")
    edges = postings.buckets_of(np.array([low, high - 1], np.uint64), shape)
    buckets = np.arange(edges[0], edges[1] + 1)
    starts, stops = segment.directory("directory", buckets)
    entries = postings.unpack(
        segment.part("postings", postings.POSTING_BYTES, int(starts[0]), int(stops[-1]))
    )
    hashes, rows = postings.hashes_in(entries, np.repeat(buckets, stops - starts), shape)
    keep = (hashes >= np.uint64(low)) & (hashes <= np.uint64(high - 1))
    return hashes[keep], rows[keep]


def _unexpired(paths: list[str], kind: str, horizon: int) -> list[str]:
    """Return the segments that still have a document within the window; URLs stay for ever."""
    if kind == URLS:
        return paths
    spans = [Segment(path).meta for path in paths]
    return [
        path
        for path, meta in zip(paths, spans, strict=True)
        if meta["last_seen"] >= horizon or not meta["last_seen"]
    ]


def rows_of_stored(
    articles: Iterable[Mapping[str, Any]],
    duplicates: Iterable[Mapping[str, Any]] = (),
    rejections: Iterable[Mapping[str, Any]] = (),
) -> Iterator[IndexRow]:
    """Yield the index rows that stored rows stand for: `write_segment` makes the index anew from them.

    Rows are those of the stored tables, columns by name. What tables do not hold, the words of the feed, is
    left unknown; an entry whose earlier words are unknown counts as unchanged.
    """
    for row in articles:
        yield IndexRow(
            key=row["id"],
            kind=Kind.RECORD,
            content_hash=row["content_hash"] or content_hash(row["text"]),
            revision=row["revision"],
            day=row["date"],
            seen=row["fetched_at"].date() if row.get("fetched_at") else None,
            topic=row["topic"],
            publisher=row["publisher"],
            fingerprint=fingerprint(row["text"]),
        )
        yield from _address_rows(row["url"], Kind.ADDRESS, row["id"])
    for row in duplicates:
        yield from _address_rows(row["url"], Kind.COPY, row["dup_of"])
    for row in rejections:
        if row["url_id"]:
            yield IndexRow(key=row["url_id"], kind=Kind.REJECTED)


def _address_rows(url: str, kind: Kind, target: str) -> Iterator[IndexRow]:
    try:
        key = article_id(url)
    except ValueError:
        return
    if key != target:
        yield IndexRow(key=key, kind=kind, target=target)
