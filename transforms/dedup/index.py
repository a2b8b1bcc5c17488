"""The duplicate index: what was met before, on disk, in append-only segments.

Two kinds of files. `urls` segments, for ever: URL or article id -> what became of it, and content hash ->
article. `prints` segments, for `near.WINDOW_DAYS`: sampled 5-gram hash -> article. A cycle appends one of
each (`write_segment`); `merging` joins them, so that a look-up opens few. The store keeps lists of paths,
oldest first, and knows nothing else.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

from warta.transforms.dedup import postings
from warta.transforms.dedup.model import IndexRow, Kind, Known
from warta.transforms.dedup.near import (
    COMMON_DOCUMENTS,
    MOST_SAMPLES,
    SHARED_SAMPLES,
    WINDOW_DAYS,
    Hashes,
    least_shared,
    samples_of,
    spread,
)
from warta.transforms.dedup.postings import Rows, bucket_counts, buckets_of, compose, pack, shape_for
from warta.transforms.dedup.rows import (
    DOCUMENT,
    ROW,
    RowArray,
    Strings,
    collapse,
    day_number,
    halves,
    key_hash,
    to_array,
    to_known,
)
from warta.transforms.dedup.segment import Segment, SegmentWriter, directory_of

Number = TypeVar("Number", bound=np.generic)

URLS: Final = "dedup_urls"
PRINTS: Final = "dedup_prints"

IndexFiles = Mapping[str, Sequence[str]]
"""`URLS` and `PRINTS` -> paths, oldest first."""

LOOK_UP_ROWS: Final = 4_096
"""Hashes looked up at a time; memory follows it (about 32 postings are compared for each)."""


def write_segment(rows: Iterable[IndexRow], directory: str, name: str) -> dict[str, list[str]]:
    """Write what one cycle learnt; return the new files by state name (append them).

    The bytes follow from the set of rows alone. No rows, no files.
    """
    ordered = sorted(rows, key=lambda row: (row.key, row.kind, row.revision, row.digest, row.feed_url))
    if not ordered:
        return {}
    base = f"{directory.rstrip('/')}/{name}"
    strings = Strings(
        ["", *sorted({row.publisher for row in ordered} - {""})],
        ["", *sorted({row.topic for row in ordered} - {""})],
    )
    files = {URLS: [write_urls(f"{base}.urls", [collapse(to_array(ordered, strings))], strings)]}
    signed = {row.key: row for row in ordered if row.fingerprint}
    if signed:
        files[PRINTS] = [_write_prints(f"{base}.prints", list(signed.values()))]
    return files


def write_urls(path: str, parts: Iterable[RowArray], strings: Strings, rows: int | None = None) -> str:
    """Write a `urls` segment from parts that are sorted by key, each key once; return its path."""
    ready = list(parts) if rows is None else parts
    total = sum(len(part) for part in ready) if rows is None else rows
    shape = shape_for(total, max(total, 2))
    counts, contents, numbers, written = np.zeros(shape.buckets, np.int64), [], [], 0
    with SegmentWriter(path, URLS) as file:
        file.begin("rows")
        for part in ready:
            file.add(part.tobytes())
            counts += np.bincount(buckets_of(part["key"], shape), minlength=shape.buckets)
            is_record = (part["kind"] == Kind.RECORD) & (part["value"] != 0)
            contents.append(part["value"][is_record])
            numbers.append(np.flatnonzero(is_record) + written)
            written += len(part)
        file.section("directory", directory_of([counts]))
        _add_contents(file, np.concatenate(contents), np.concatenate(numbers), max(written, 2))
        file.meta(
            shape=shape_numbers(shape), rows=written, publishers=strings.publishers, topics=strings.topics
        )
    return path


def _add_contents(
    file: SegmentWriter, hashes: npt.NDArray[np.uint64], numbers: npt.NDArray[np.intp], rows: int
) -> None:
    shape = shape_for(len(hashes), rows)
    composed = np.sort(compose(hashes, numbers.astype(np.uint64), shape))
    file.section("contents", pack(composed))
    file.section("content_directory", directory_of([bucket_counts(composed, shape, 0, shape.buckets)]))
    file.meta(contents=shape_numbers(shape))


def _write_prints(path: str, rows: Sequence[IndexRow]) -> str:
    """Write a `prints` segment of records sorted by key."""
    samples = [samples_of(row.fingerprint) for row in rows]
    documents = np.array(
        [
            (
                key_hash(row.key),
                day_number(row.day),
                max(day_number(row.day), day_number(row.seen)),
                min(len(found), MOST_SAMPLES),
            )
            for row, found in zip(rows, samples, strict=True)
        ],
        DOCUMENT,
    )
    hashes = spread(np.concatenate(samples))
    owners = np.repeat(np.arange(len(rows), dtype=np.uint64), [len(found) for found in samples])
    shape = shape_for(len(hashes), len(rows))
    composed = np.sort(compose(hashes, owners, shape))
    with SegmentWriter(path, PRINTS) as file:
        file.section("postings", pack(composed))
        file.section("directory", directory_of([bucket_counts(composed, shape, 0, shape.buckets)]))
        file.section("documents", documents.tobytes())
        file.meta(shape=shape_numbers(shape), rows=len(rows), postings=len(hashes), **day_span(documents))
    return path


def day_span(documents: RowArray) -> dict[str, int]:
    """Return first and last day of a segment's documents, and the last from which one is remembered."""
    return {
        "first_day": int(documents["day"].min()),
        "last_day": int(documents["day"].max()),
        "last_seen": int(documents["seen"].max()),
    }


def shape_numbers(shape: postings.Shape) -> list[int]:
    return [shape.bucket_bits, shape.row_bits, shape.hash_bits]


class Index:
    """The segments of one moment, open for look-ups. Picklable; memory does not follow their size."""

    def __init__(self, files: IndexFiles) -> None:
        self._urls = [Segment(path) for path in files.get(URLS, ())]
        self._prints = [Segment(path) for path in files.get(PRINTS, ())]
        self._strings = Strings()

    def known(self, keys: Iterable[str]) -> dict[str, Known]:
        """Return what is known of URLs or article ids, by key; unknown ones are absent."""
        wanted = sorted(set(keys) - {""})
        rows = self._rows(np.array([key_hash(key) for key in wanted], np.uint64))
        found = {row.key: row for row in (to_known(row, self._strings) for row in rows)}
        return {key: found[key] for key in wanted if key in found}

    def by_content(self, hashes: Iterable[str]) -> dict[str, Known]:
        """Return the stored article of each content hash; of several, that with the smallest id."""
        wanted = sorted(set(hashes) - {""})
        pairs = np.array([halves(hash_) for hash_ in wanted], np.uint64).reshape(-1, 2)
        keys: set[str] = set()
        for segment in self._urls:
            rows = self._content_rows(segment, pairs[:, 0])
            keys |= {to_known(row, self._strings).key for row in rows}
        current = sorted(self.known(keys).values(), key=lambda row: row.key, reverse=True)
        found = {row.content_hash: row for row in current if row.kind is Kind.RECORD}
        return {hash_: found[hash_] for hash_ in wanted if hash_ in found}

    def near(
        self,
        prints: Sequence[Hashes],
        days: Sequence[date | None],
        *,
        window_days: int = WINDOW_DAYS,
    ) -> list[tuple[int, Known, int]]:
        """Return (place in `prints`, stored article, shared samples), for those within the window."""
        found: list[tuple[int, int, int]] = []
        numbers = np.array([day_number(day) for day in days], np.int64)
        for segment in self._prints:
            if len(numbers) and _overlaps(segment, numbers, window_days):
                found += _near_in(segment, prints, numbers, window_days)
        keys = np.unique(np.array([key for _, key, _ in found], np.uint64))
        rows = (to_known(row, self._strings) for row in self._rows(keys))
        by_hash = {key_hash(row.key): row for row in rows if row.kind is Kind.RECORD}
        best: dict[tuple[int, int], int] = {}
        for place, key, shared in found:
            best[place, key] = max(shared, best.get((place, key), 0))
        return [
            (place, by_hash[key], shared) for (place, key), shared in sorted(best.items()) if key in by_hash
        ]

    def close(self) -> None:
        for segment in (*self._urls, *self._prints):
            segment.close()

    def _rows(self, keys: npt.NDArray[np.uint64]) -> RowArray:
        """Return the row that speaks for each of some ascending key hashes."""
        parts = [np.empty(0, ROW)]
        for segment in self._urls:
            for some in _slices(keys):
                parts.append(self._renumbered(segment, rows_of_keys(segment, some)))
        return collapse(np.concatenate(parts))

    def _content_rows(self, segment: Segment, hashes: npt.NDArray[np.uint64]) -> RowArray:
        shape = segment.shape("contents")
        parts = [np.empty(0, ROW)]
        for some in _slices(hashes):
            starts, ends = segment.directory("content_directory", buckets_of(some, shape))
            _, numbers = postings.find(some, shape, starts, ends, _reader(segment, "contents"))
            numbers = np.unique(numbers)
            records, _ = segment.ranges("rows", ROW.itemsize, numbers, numbers + 1)
            parts.append(np.frombuffer(records.tobytes(), ROW))
        return self._renumbered(segment, np.concatenate(parts))

    def _renumbered(self, segment: Segment, rows: RowArray) -> RowArray:
        return self._strings.renumber(rows, segment.meta["publishers"], segment.meta["topics"])


def rows_of_keys(segment: Segment, keys: npt.NDArray[np.uint64]) -> RowArray:
    """Return the rows of a `urls` segment whose key hash is among some ascending ones."""
    buckets = np.unique(buckets_of(keys, segment.shape("shape")))
    starts, ends = segment.directory("directory", buckets)
    records, _ = segment.ranges("rows", ROW.itemsize, starts, ends)
    rows = np.frombuffer(records.tobytes(), ROW)
    return rows[np.isin(rows["key"], keys)]


def _near_in(
    segment: Segment,
    prints: Sequence[Hashes],
    days: npt.NDArray[np.int64],
    window_days: int,
) -> list[tuple[int, int, int]]:
    """Return (place, half of the id, shared) of one segment's documents that share enough samples."""
    if not prints:
        return []
    shape = segment.shape("shape")
    owners = np.repeat(np.arange(len(prints)), [len(one) for one in prints])
    hashes = spread(np.concatenate(prints))
    order = np.argsort(hashes, kind="stable")
    hits = []
    for some in _slices(order):
        asked = hashes[some]
        starts, ends = segment.directory("directory", buckets_of(asked, shape))
        places, rows = postings.find(asked, shape, starts, ends, _reader(segment, "postings"))
        usual = np.bincount(places, minlength=len(asked))[places] <= COMMON_DOCUMENTS
        hits.append((owners[some[places[usual]]] << 32) | rows[usual])
    pairs, shared = np.unique(np.concatenate(hits), return_counts=True) if hits else (np.empty(0, int),) * 2
    pairs, shared = pairs[shared >= SHARED_SAMPLES], shared[shared >= SHARED_SAMPLES]
    sizes = np.array([len(one) for one in prints])
    return _within(segment, pairs >> 32, pairs & 0xFFFFFFFF, shared, sizes, days, window_days)


def _within(
    segment: Segment,
    places: Rows,
    rows: Rows,
    shared: Rows,
    sizes: Rows,
    days: npt.NDArray[np.int64],
    window_days: int,
) -> list[tuple[int, int, int]]:
    """Return those hits that share enough for their size and lie within the window."""
    wanted, where = np.unique(rows, return_inverse=True)
    records, _ = segment.ranges("documents", DOCUMENT.itemsize, wanted, wanted + 1)
    documents = np.frombuffer(records.tobytes(), DOCUMENT)[where]
    mine, theirs = days[places], documents["day"].astype(np.int64)
    close = (abs(mine - theirs) <= window_days) | (mine == 0) | (theirs == 0)
    close &= shared >= least_shared(np.minimum(sizes[places], documents["samples"]))
    return [
        (int(place), int(key), int(count))
        for place, key, count in zip(places[close], documents["key"][close], shared[close], strict=True)
    ]


def _overlaps(segment: Segment, days: npt.NDArray[np.int64], window_days: int) -> bool:
    """Return whether a segment can hold anything within the window of some days."""
    first, last = segment.meta["first_day"], segment.meta["last_day"]
    if not first or not days.min():
        return True
    return bool(first - window_days <= days.max() and days.min() <= last + window_days)


def _reader(segment: Segment, section: str) -> postings.Read:
    return lambda starts, ends: segment.postings(section, starts, ends)


def _slices(values: npt.NDArray[Number]) -> Iterator[npt.NDArray[Number]]:
    for start in range(0, len(values), LOOK_UP_ROWS):
        yield values[start : start + LOOK_UP_ROWS]
