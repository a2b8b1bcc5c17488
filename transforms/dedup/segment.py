"""One index file: sections of fixed-width records, a footer that says where they are.

Written once from front to back, never changed; read by ranges, so that a look-up in ten million rows moves
only what it touches, on a local disk or wherever Beam's filesystems reach. Opened files are not mapped:
mapped pages would count as this process's memory.
"""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Self

import numpy as np
import numpy.typing as npt

from warta.transforms.dedup.postings import POSTING_BYTES, Rows, Shape, unpack

MAGIC: Final = b"wartaix1"

GAP_BYTES: Final = {True: 4_096, False: 1 << 20}
"""Local or not -> bytes that are read for nothing rather than asked around: a local read costs as much as
about 4 kB of copying, a request to an object store as much as about 1 MB of transfer."""

FOOTER_GUESS_BYTES: Final = 16_384


class IndexFileError(ValueError):
    """An index file cannot be read. The message names it; `warta repair` rebuilds it from the data."""


class SegmentWriter:
    """Writes one file, section after section. Use as a context manager."""

    def __init__(self, path: str, kind: str) -> None:
        self._path = path
        self._file = _create(path)
        self._footer: dict[str, Any] = {"kind": kind, "sections": {}, "meta": {}}
        self._offset = 0
        self._section = ""
        self._write(MAGIC)

    def begin(self, section: str) -> None:
        """Start a section; what is added from now on is its content."""
        self._section = section
        self._footer["sections"][section] = [self._offset, 0]

    def add(self, data: bytes) -> None:
        """Append to the section."""
        self._write(data)
        self._footer["sections"][self._section][1] += len(data)

    def section(self, name: str, data: bytes) -> None:
        """Write a whole section."""
        self.begin(name)
        self.add(data)

    def meta(self, **values: Any) -> None:
        """Add to the footer."""
        self._footer["meta"].update(values)

    def _write(self, data: bytes) -> None:
        self._file.write(data)
        self._offset += len(data)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                footer = json.dumps(self._footer, sort_keys=True, separators=(",", ":")).encode()
                self._file.write(footer + len(footer).to_bytes(4, "little") + MAGIC)
        finally:
            self._file.close()


class Segment:
    """One index file, open for reading. The file is opened at the first read after unpickling."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.local = "://" not in path
        self._source: Any = None
        size = self._size()
        tail = self._read(max(0, size - FOOTER_GUESS_BYTES), min(size, FOOTER_GUESS_BYTES))
        if not tail.endswith(MAGIC):
            raise IndexFileError(f"{path}: no index file, or cut short; `warta repair` rebuilds it")
        length = int.from_bytes(tail[-12:-8], "little")
        if length + 12 > len(tail):
            tail = self._read(size - length - 12, length + 12)
        footer = json.loads(tail[-12 - length : -12])
        self.kind: str = footer["kind"]
        self.meta: dict[str, Any] = footer["meta"]
        self._sections: dict[str, list[int]] = footer["sections"]

    def bytes_of(self, section: str) -> int:
        return self._sections[section][1]

    def count(self, section: str, record_bytes: int) -> int:
        """Return the records in a section."""
        return self._sections[section][1] // record_bytes

    def whole(self, section: str) -> bytes:
        """Return a section entirely."""
        return self._read(*self._sections[section])

    def part(self, section: str, record_bytes: int, start: int, end: int) -> bytes:
        """Return records `start` to `end`."""
        return self._read(self._sections[section][0] + start * record_bytes, (end - start) * record_bytes)

    def ranges(
        self, section: str, record_bytes: int, starts: Rows, ends: Rows
    ) -> tuple[npt.NDArray[np.uint8], Rows]:
        """Return the records of ascending ranges, one row of bytes each, and how many each range has.

        Neighbouring ranges are read together; the gap that is worth reading depends on the filesystem.
        """
        lengths = ends - starts
        if not len(starts):
            return np.empty((0, record_bytes), np.uint8), lengths
        gap = GAP_BYTES[self.local] // record_bytes
        reach = np.maximum.accumulate(ends)
        first = np.flatnonzero(np.concatenate([[True], starts[1:] > reach[:-1] + gap]))
        run_starts, run_ends = starts[first], reach[np.append(first[1:], len(starts)) - 1]
        data = b"".join(
            self.part(section, record_bytes, int(start), int(end))
            for start, end in zip(run_starts, run_ends, strict=True)
        )
        records = np.frombuffer(data, np.uint8).reshape(-1, record_bytes)
        bases = np.concatenate([[0], np.cumsum(run_ends - run_starts)[:-1]]) - run_starts
        run_of = np.repeat(np.arange(len(first)), np.diff(np.append(first, len(starts))))
        return records[ragged(starts + bases[run_of], lengths)], lengths

    def postings(self, section: str, starts: Rows, ends: Rows) -> tuple[npt.NDArray[np.uint64], Rows]:
        """Return the postings of ascending ranges as numbers."""
        records, lengths = self.ranges(section, POSTING_BYTES, starts, ends)
        return unpack(records.tobytes()), lengths

    def directory(self, section: str, buckets: Rows) -> tuple[Rows, Rows]:
        """Return the (start, end) that a directory gives for ascending `buckets`."""
        records, _ = self.ranges(section, 4, buckets, buckets + 2)
        found = np.frombuffer(records.tobytes(), "<u4").astype(np.int64).reshape(-1, 2)
        return found[:, 0], found[:, 1]

    def shape(self, name: str) -> Shape:
        return Shape(*self.meta[name])

    def close(self) -> None:
        if self._source is not None:
            os.close(self._source) if self.local else self._source.close()
            self._source = None

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_source": None}

    def _size(self) -> int:
        if self.local:
            return Path(self.path).stat().st_size
        from apache_beam.io.filesystems import FileSystems

        return int(FileSystems.match([self.path])[0].metadata_list[0].size_in_bytes)

    def _read(self, offset: int, size: int) -> bytes:
        if self.local:
            if self._source is None:
                self._source = os.open(self.path, os.O_RDONLY)
            return os.pread(self._source, size, offset)
        if self._source is None:
            from apache_beam.io.filesystem import CompressionTypes
            from apache_beam.io.filesystems import FileSystems

            self._source = FileSystems.open(self.path, compression_type=CompressionTypes.UNCOMPRESSED)
        self._source.seek(offset)
        return bytes(self._source.read(size))


def ragged(starts: Rows, lengths: Rows) -> Rows:
    """Return the numbers of all ranges in a row: start, start + 1, … for each."""
    total = int(lengths.sum())
    firsts = np.cumsum(lengths) - lengths
    numbers: Rows = np.arange(total) + np.repeat(starts - firsts, lengths)
    return numbers


def directory_of(counts: Sequence[npt.NDArray[np.int64]]) -> bytes:
    """Return the directory for bucket counts: where each bucket starts, and the end of the last."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(np.concatenate(counts))]).astype("<u4").tobytes()


def _create(path: str) -> IO[bytes]:
    if "://" in path:
        from apache_beam.io.filesystem import CompressionTypes
        from apache_beam.io.filesystems import FileSystems

        remote: IO[bytes] = FileSystems.create(path, compression_type=CompressionTypes.UNCOMPRESSED)
        return remote
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    return Path(path).open("wb")
