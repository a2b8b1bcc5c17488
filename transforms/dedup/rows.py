"""Index rows as arrays: the fixed widths of a segment, and which row speaks for a key. Pure."""

import zlib
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from warta.transforms.dedup.model import IndexRow, Kind, Known

RowArray = npt.NDArray[Any]
Hashes = npt.NDArray[np.uint64]

ROW: Final = np.dtype(
    [
        ("key", "<u8"),
        ("key_low", "<u8"),
        ("value", "<u8"),
        ("value_low", "<u8"),
        ("digest", "<u4"),
        ("feed", "<u2"),
        ("day", "<u2"),
        ("revision", "<u2"),
        ("publisher", "<u2"),
        ("topic", "u1"),
        ("kind", "u1"),
    ]
)
"""46 bytes. `value` is a record's content hash, or the article that an address or copy leads to."""

DOCUMENT: Final = np.dtype([("key", "<u8"), ("day", "<u2"), ("seen", "<u2"), ("samples", "u1")])
"""13 bytes for each document with a fingerprint: half its id, its day, the day from which it is remembered
(the later of publication and fetch), its samples (255 for more)."""

EPOCH: Final = date(1970, 1, 1)
NO_DAY: Final = 0
_MOST_PUBLISHERS: Final = 65_535


def digest_bits(digest: str) -> int:
    """Return 32 bits of an entry's digest; 0 for none. A change goes unseen once in four thousand million."""
    return zlib.crc32(digest.encode()) or 1 if digest else 0


def feed_bits(feed_url: str) -> int:
    """Return 16 bits of a feed's address; 0 for none."""
    return (zlib.crc32(feed_url.encode()) & 0xFFFF) or 1 if feed_url else 0


def day_number(day: date | None) -> int:
    """Return days since 1970, 0 for none or a day before."""
    return min(max((day - EPOCH).days, 0), 65_535) if day else NO_DAY


def halves(id_: str) -> tuple[int, int]:
    """Return 32 hex characters as two 64-bit numbers; zeros for the empty id."""
    return (int(id_[:16], 16), int(id_[16:], 16)) if id_ else (0, 0)


def key_hash(id_: str) -> int:
    """Return the half of an id that sorts and finds it."""
    return int(id_[:16], 16)


class Strings:
    """Publishers and topics, numbered; number 0 is the empty name."""

    def __init__(self, publishers: Sequence[str] = ("",), topics: Sequence[str] = ("",)) -> None:
        self.publishers = list(publishers)
        self.topics = list(topics)
        self._publisher_numbers = {name: number for number, name in enumerate(self.publishers)}
        self._topic_numbers = {name: number for number, name in enumerate(self.topics)}

    def publisher(self, name: str) -> int:
        """Return the number of a publisher; beyond 65,535 of them the name is not kept."""
        if name not in self._publisher_numbers and len(self.publishers) > _MOST_PUBLISHERS:
            return 0
        return _number(name, self.publishers, self._publisher_numbers)

    def topic(self, name: str) -> int:
        return _number(name, self.topics, self._topic_numbers)

    def renumber(self, rows: RowArray, publishers: Sequence[str], topics: Sequence[str]) -> RowArray:
        """Return rows of another segment with this table's numbers."""
        rows = rows.copy()
        rows["publisher"] = np.array([self.publisher(name) for name in publishers], "<u2")[rows["publisher"]]
        rows["topic"] = np.array([self.topic(name) for name in topics], "u1")[rows["topic"]]
        return rows


def _number(name: str, names: list[str], numbers: dict[str, int]) -> int:
    if name not in numbers:
        numbers[name] = len(names)
        names.append(name)
    return numbers[name]


def to_array(rows: Iterable[IndexRow], strings: Strings) -> RowArray:
    """Return index rows as one array, in the order given."""
    return np.array([_tuple(row, strings) for row in rows], ROW)


def _tuple(row: IndexRow, strings: Strings) -> tuple[int, ...]:
    value = row.content_hash if row.kind is Kind.RECORD else row.target
    return (
        *halves(row.key),
        *halves(value),
        digest_bits(row.digest),
        feed_bits(row.feed_url),
        day_number(row.day),
        min(row.revision, 65_535),
        strings.publisher(row.publisher),
        strings.topic(row.topic),
        int(row.kind),
    )


def collapse(rows: RowArray) -> RowArray:
    """Return one row per key, sorted by key, from rows that lie oldest first.

    The strongest kind speaks (a record is not forgotten because its page is gone today), the newest of that
    kind; what the feed last said comes from the newest row that knows it.
    """
    if not len(rows):
        return rows
    age = np.arange(len(rows), 0, -1)
    silent = rows["feed"] == 0
    rows = rows.copy()
    by_news = np.lexsort((age, silent, rows["key_low"], rows["key"]))
    by_kind = np.lexsort((age, rows["kind"], rows["key_low"], rows["key"]))
    keys = rows[["key", "key_low"]][by_kind]
    first = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
    chosen = rows[by_kind[first]]
    for name in ("digest", "feed"):
        chosen[name] = rows[name][by_news[first]]
    return chosen


def to_known(row: Any, strings: Strings) -> Known:
    """Return one row of an array as what the index answers."""
    kind = Kind(int(row["kind"]))
    key = _hex(row["key"], row["key_low"])
    value = _hex(row["value"], row["value_low"]) if row["value"] or row["value_low"] else ""
    record = kind is Kind.RECORD
    return Known(
        key=key,
        kind=kind,
        target=key if record else value,
        digest=int(row["digest"]),
        feed=int(row["feed"]),
        content_hash=value if record else "",
        revision=int(row["revision"]),
        day=EPOCH + timedelta(days=int(row["day"])) if row["day"] else None,
        topic=strings.topics[int(row["topic"])],
        publisher=strings.publishers[int(row["publisher"])],
    )


def _hex(high: Any, low: Any) -> str:
    return f"{int(high):016x}{int(low):016x}"
