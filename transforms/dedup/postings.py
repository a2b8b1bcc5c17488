"""Hash -> row number in five bytes. Pure: arrays in, arrays out.

Hashes are spread evenly, so a sorted list needs no tree: the top bits name a bucket of about 32, a directory
says where each bucket starts, and 40 bits hold the next bits of the hash beside the row number. As a segment
grows, the row number takes bits from the hash and the longer bucket number gives as many back: about 40 bits
of each hash are kept at any size, 2e-4 false hits per looked-up hash among 240 million.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.int64]
Read = Callable[[Rows, Rows], tuple[npt.NDArray[np.uint64], Rows]]
"""(starts, ends) of record ranges, ascending -> all their records in one array, and the length of each."""

BUCKET_ROWS: Final = 32
"""Postings per bucket, on average. 8 doubles the directory to half a byte a posting; 128 quadruples the
comparisons of a look-up."""

POSTING_BITS: Final = 40
POSTING_BYTES: Final = POSTING_BITS // 8


@dataclass(frozen=True, slots=True)
class Shape:
    """How one list of postings uses its bits. Hashes are compared by their top `hash_bits`."""

    bucket_bits: int
    row_bits: int
    hash_bits: int

    @property
    def buckets(self) -> int:
        return 1 << self.bucket_bits

    @property
    def stored_bits(self) -> int:
        """Bits of the hash that bucket and posting hold; `hash_bits` of them mean something."""
        return self.bucket_bits + POSTING_BITS - self.row_bits


def shape_for(postings: int, rows: int, hash_bits: int = 64) -> Shape:
    """Return the shape for so many postings of so many rows, from hashes of which `hash_bits` are known."""
    bucket_bits = min(max(0, (postings // BUCKET_ROWS).bit_length()), 24)
    row_bits = max(1, (rows - 1).bit_length())
    if row_bits > 32:
        raise ValueError(f"{rows} rows: a segment holds at most 2**32")
    return Shape(bucket_bits, row_bits, min(hash_bits, bucket_bits + POSTING_BITS - row_bits))


def compose(hashes: Hashes, rows: npt.NDArray[np.uint64], shape: Shape) -> Hashes:
    """Return sortable numbers: known bits of the hash, then the row."""
    prefix = (hashes >> _u(64 - shape.hash_bits)) << _u(shape.stored_bits - shape.hash_bits)
    return (prefix << _u(shape.row_bits)) | rows


def pack(composed: Hashes) -> bytes:
    """Return the low 40 bits of each number; the bucket says the rest."""
    wide = composed.astype("<u8").view(np.uint8).reshape(-1, 8)
    return wide[:, :POSTING_BYTES].tobytes()


def unpack(packed: bytes) -> Hashes:
    """Return 40-bit numbers."""
    narrow = np.frombuffer(packed, np.uint8).reshape(-1, POSTING_BYTES)
    wide = np.zeros((len(narrow), 8), np.uint8)
    wide[:, :POSTING_BYTES] = narrow
    return wide.view("<u8").reshape(-1)


def bucket_counts(composed: Hashes, shape: Shape, first: int, buckets: int) -> npt.NDArray[np.int64]:
    """Return the postings of each of `buckets` buckets from `first` on."""
    found = (composed >> _u(POSTING_BITS)).astype(np.int64) - first
    return np.bincount(found, minlength=buckets)


def buckets_of(hashes: Hashes, shape: Shape) -> Rows:
    """Return the bucket of each hash."""
    if not shape.bucket_bits:
        return np.zeros(len(hashes), np.int64)
    return (hashes >> _u(64 - shape.bucket_bits)).astype(np.int64)


def find(hashes: Hashes, shape: Shape, starts: Rows, ends: Rows, read: Read) -> tuple[Rows, Rows]:
    """Return (place in `hashes`, row) of every hit; `starts` and `ends` bound each hash's bucket."""
    entries, lengths = read(starts, ends)
    asked = np.repeat(np.arange(len(hashes)), lengths)
    unknown = shape.stored_bits - shape.hash_bits
    low_bits = max(0, shape.hash_bits - shape.bucket_bits)
    wanted = (hashes >> _u(64 - shape.hash_bits)) & _u((1 << low_bits) - 1)
    hit = np.flatnonzero((entries >> _u(shape.row_bits + unknown)) == wanted[asked])
    rows = entries[hit] & _u((1 << shape.row_bits) - 1)
    return asked[hit], rows.astype(np.int64)


def hashes_in(entries: Hashes, buckets: Rows, shape: Shape) -> tuple[Hashes, Hashes]:
    """Return (hash, row) of postings, the hash left-aligned with its unknown bits zero."""
    composed = (buckets.astype(np.uint64) << _u(POSTING_BITS)) | entries
    rows = composed & _u((1 << shape.row_bits) - 1)
    return (composed >> _u(shape.row_bits)) << _u(64 - shape.stored_bits), rows


def _u(value: int) -> np.uint64:
    return np.uint64(value)
