"""Nouns become rows: one dict per stored row, checked against the Arrow schema before a file is written."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

from warta.schemas.article import Article
from warta.schemas.feed import FeedHealth
from warta.schemas.outcome import Duplicate, Reason, Rejection, Stage
from warta.schemas.record import Record
from warta.schemas.tables import PARTITIONS, SCHEMA_VERSION, TABLES
from warta.schemas.topic import QCODES

Row = dict[str, Any]
Storable = Record | Duplicate | Rejection | FeedHealth

DETAIL_CHARS = 300
"""Longest `detail` of a rejection that the store writes about a row it refuses; as in `outcome.Rejection`."""

SORT_KEYS: dict[str, tuple[str, ...]] = {
    "articles": ("publisher", "published", "id", "revision"),
    "duplicates": ("publisher", "published", "id", "url", "dup_of", "fetched_at"),
    "rejections": ("publisher", "feed_url", "url", "stage", "reason", "rejected_at", "detail"),
    "feeds": ("publisher", "feed_url", "polled_at"),
    "stories": ("story_id",),
}
"""Order of rows in a file: readers prune by publisher and time, and equal rows give equal bytes."""


class RowInvalid(ValueError):
    """A row does not fit its table; the message names the column."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What every row of a cycle shares."""

    run_id: str
    at: datetime
    """Aware; stands in where an item has no instant of its own."""


def to_row(item: Storable, stamp: Stamp) -> tuple[str, Row]:
    """Return the table and the row of `item`.

    Raises:
      RowInvalid: when it does not fit the table's schema.
    """
    table, build = _BUILDERS[type(item)]
    row = build(item, stamp)
    row["run_id"] = stamp.run_id
    row["schema_version"] = SCHEMA_VERSION
    return table, checked(table, row)


def checked(table: str, row: Row) -> Row:
    """Return `row` with all columns of `table`, empty optional ones as None and its text encodable.

    Raises:
      RowInvalid: on a missing, wrongly typed or impossible value.
    """
    fitted: Row = {}
    for name, (check, required) in _CHECKS[table].items():
        value = row.get(name)
        if value is None or (value == "" and not required):
            if required:
                raise RowInvalid(f"{table}.{name}: missing")
            fitted[name] = None
        else:
            fitted[name] = check(f"{table}.{name}", value)
    strangers = row.keys() - fitted.keys()
    if strangers:
        raise RowInvalid(f"{table}: no column {sorted(strangers)[0]!r}")
    if table == "articles":
        _check_article(fitted)
    return fitted


def refusal(item: Storable, error: RowInvalid, stamp: Stamp) -> Rejection:
    """Return the rejection that takes the place of an item whose row was refused."""
    detail = str(error)[:DETAIL_CHARS]
    if isinstance(item, Record):
        item = item_of(item.article)
    if isinstance(item, FeedHealth):
        return Rejection(
            Stage.STORE,
            Reason.ROW_INVALID,
            item.feed_url,
            detail,
            "",
            item.feed_url,
            item.publisher,
            stamp.at,
        )
    if isinstance(item, Rejection):
        return replace(
            item, stage=Stage.STORE, reason=Reason.ROW_INVALID, detail=detail, rejected_at=stamp.at
        )
    return Rejection(
        Stage.STORE,
        Reason.ROW_INVALID,
        item.url,
        detail,
        item.url_id,
        item.feed_url,
        item.publisher,
        stamp.at,
    )


def item_of(article: Article) -> Rejection:
    """Return a rejection with the address of `article`, its ending still to be said."""
    return Rejection(
        Stage.STORE,
        Reason.ROW_INVALID,
        article.url,
        url_id=article.url_id,
        feed_url=article.feed_url,
        publisher=article.publisher,
        entry_digest=article.entry_digest,
    )


def to_arrow(table: str, rows: Iterable[Row]) -> pa.Table:
    """Return checked rows as one sorted Arrow table with the full schema of `table`."""
    names = SORT_KEYS[table]
    ordered = sorted(rows, key=lambda row: [(row[name] is None, row[name]) for name in names])
    return pa.Table.from_pylist(ordered, schema=TABLES[table])


def sort_rows(table: str, columns: pa.Table) -> pa.Table:
    """Return `columns` in the order of `SORT_KEYS`."""
    return columns.sort_by([(name, "ascending") for name in SORT_KEYS[table]])


def partition_of(table: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the partition values of a checked row."""
    return {name: row[name] for name in PARTITIONS[table]}


def _article(record: Record, stamp: Stamp) -> Row:
    article = record.article
    row = {name: getattr(article, name) for name in _ARTICLE_FIELDS}
    row |= {
        "topic_qcode": QCODES.get(article.topic, ""),
        "text_chars": len(article.text),
        "removed": [
            {"rule": cuts.rule, "blocks": cuts.blocks, "chars": cuts.chars} for cuts in article.removed
        ],
        "similar_to": record.similar_to,
        "containment": record.containment,
        "overlaps": _overlaps(record.overlaps),
        "revision": record.revision,
        "previous_hash": record.previous_hash,
    }
    return row


def _overlaps(found: Iterable[tuple[str, float]]) -> list[Row]:
    return [{"id": id_, "containment": share} for id_, share in found]


def _duplicate(item: Duplicate, stamp: Stamp) -> Row:
    row = {name: getattr(item, name) for name in _DUPLICATE_FIELDS}
    row["fetched_at"] = item.fetched_at or stamp.at
    row["overlaps"] = _overlaps(item.overlaps)
    row["date"] = item.date or (item.published or item.fetched_at or stamp.at).date()
    return row


def _rejection(item: Rejection, stamp: Stamp) -> Row:
    at = item.rejected_at or stamp.at
    row = {name: getattr(item, name) for name in ("url", "url_id", "feed_url", "publisher", "detail")}
    row |= {"stage": str(item.stage), "reason": str(item.reason), "rejected_at": at, "date": _utc_day(at)}
    return row


def _health(item: FeedHealth, stamp: Stamp) -> Row:
    row = {name: getattr(item, name) for name in _HEALTH_FIELDS}
    row["date"] = _utc_day(item.polled_at)
    return row


def _utc_day(at: datetime) -> date:
    return at.astimezone(UTC).date()


_BUILT = {
    "topic_qcode",
    "text_chars",
    "removed",
    "similar_to",
    "containment",
    "overlaps",
    "revision",
    "previous_hash",
}
_STAMPED = {"run_id", "schema_version"}
_ARTICLE_FIELDS = [name for name in TABLES["articles"].names if name not in _BUILT | _STAMPED]
_DUPLICATE_FIELDS = [name for name in TABLES["duplicates"].names if name not in _STAMPED]
_HEALTH_FIELDS = [name for name in TABLES["feeds"].names if name not in _STAMPED | {"date"}]

_BUILDERS: dict[type, tuple[str, Callable[[Any, Stamp], Row]]] = {
    Record: ("articles", _article),
    Duplicate: ("duplicates", _duplicate),
    Rejection: ("rejections", _rejection),
    FeedHealth: ("feeds", _health),
}


def _check_article(row: Row) -> None:
    if row["topic"] not in QCODES:
        raise RowInvalid(f"articles.topic: {row['topic']!r} is not in the vocabulary")
    for name in ("id", "url", "text"):
        if not row[name]:
            raise RowInvalid(f"articles.{name}: empty")


def _text(column: str, value: object) -> str:
    if not isinstance(value, str):
        raise RowInvalid(f"{column}: {type(value).__name__} instead of text")
    if value.isascii():
        return value
    try:
        value.encode()
    except UnicodeEncodeError:  # half a surrogate pair, as some feeds escape emoji
        return value.encode("utf-8", "replace").decode()
    return value


def _instant(column: str, value: object) -> datetime:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise RowInvalid(f"{column}: {value!r} is not an instant with a zone")
    return value.astimezone(UTC)


def _day(column: str, value: object) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise RowInvalid(f"{column}: {value!r} is not a day")
    return value


def _number(column: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value:
        raise RowInvalid(f"{column}: {value!r} is not a number")
    return float(value)


def _flag(column: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise RowInvalid(f"{column}: {value!r} is not true or false")
    return value


def _whole(bits: int) -> Callable[[str, object], int]:
    def check(column: str, value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value.bit_length() >= bits:
            raise RowInvalid(f"{column}: {value!r} is not a whole number of {bits} bits")
        return value

    return check


def _texts(column: str, value: object) -> list[str]:
    if not isinstance(value, (list, tuple)):
        raise RowInvalid(f"{column}: {type(value).__name__} instead of a list")
    return [_text(column, one) for one in value]


def _structs(column: str, value: object) -> object:
    if not isinstance(value, list):
        raise RowInvalid(f"{column}: {type(value).__name__} instead of a list")
    return value


def _check_for(type_: pa.DataType) -> Callable[[str, Any], Any]:
    by_type: dict[Any, Callable[[str, Any], Any]] = {
        pa.string(): _text,
        pa.date32(): _day,
        pa.float32(): _number,
        pa.bool_(): _flag,
        pa.int32(): _whole(32),
        pa.int64(): _whole(64),
        pa.list_(pa.string()): _texts,
    }
    if pa.types.is_timestamp(type_):
        return _instant
    return by_type.get(type_, _structs)


_CHECKS = {
    table: {field.name: (_check_for(field.type), not field.nullable) for field in schema}
    for table, schema in TABLES.items()
}
