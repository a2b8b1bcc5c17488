"""A dataset of made-up rows, as large as asked, committed through the store: for size and speed."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from warta.schemas.outcome import Books, Reason, RunReport
from warta.schemas.tables import SCHEMA_VERSION
from warta.schemas.topic import QCODES
from warta.transforms.store.commit import Store
from warta.transforms.store.layout import join, partition_path
from warta.transforms.store.parquet import write_rows
from warta.transforms.store.rows import to_arrow

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
PUBLISHERS = [
    f"{first} {second}"
    for first in ("Harian", "Kabar", "Suara", "Warta", "Pos", "Media")
    for second in ("Nusantara", "Samudra", "Timur", "Lentera", "Kita", "Selatan")
]
RULES = ("links:list", "inline_link:baca_juga", "heading:terpopuler", "tail:hak_cipta", "dateline:place")
WORDS = (
    "air",
    "beras",
    "kota",
    "hujan",
    "warga",
    "harga",
    "guru",
    "sungai",
    "panen",
    "jalan",
    "pasar",
    "laut",
)

NIGHTS = 6
"""Runs whose reports are left."""

SEA = " ".join(Random(2).choices(WORDS, k=40_000))
"""What the texts are cut out of."""


def many(
    root: Path, articles: int, *, days: int = 60, text_chars: int = 1_500, seed: int = 1, revised: int = 0
) -> Path:
    """Commit `articles` articles over `days` days, and duplicates, rejections, feeds, stories to match.

    Args:
      root: the output folder.
      articles: how many, revisions not counted.
      days: over how many days they are spread.
      text_chars: most characters of a text.
      seed: another one gives other rows.
      revised: every so many-th article was published again, on a later day, with another length; 0 is none.
    """
    random = Random(seed)
    rows: dict[str, dict[tuple[Any, ...], list[dict[str, Any]]]] = {
        "articles": {},
        "duplicates": {},
        "rejections": {},
        "feeds": {},
        "stories": {},
    }
    ids: list[str] = []
    for number in range(articles):
        row = _article(random, number, days, text_chars)
        ids.append(row["id"])
        rows["articles"].setdefault((row["date"], row["topic"]), []).append(row)
        if revised and number % revised == 0:
            later = row["published"] + timedelta(days=1)
            second = row | {
                "revision": 2,
                "published": later,
                "date": later.date(),
                "text_chars": 77 + number,
            }
            rows["articles"].setdefault((second["date"], second["topic"]), []).append(second)
        if number % 9 == 0:
            _add(rows, "duplicates", _duplicate(random, row, number))
        if number % 14 == 0:
            _add(rows, "rejections", _rejection(random, row))
    for number, publisher in enumerate(PUBLISHERS * 3):
        _add(rows, "feeds", _feed(random, publisher, number))
    for start in range(0, len(ids) - 40, max(40, articles // 400)):
        _add(rows, "stories", _story(random, ids[start : start + random.randint(2, 40)], days))
    with Store.open(str(root), owner="test") as store:
        staging = store.begin("20261120T030000Z-0001")
        for table, groups in rows.items():
            for key, group in groups.items():
                values = dict(zip(("date", "topic"), key, strict=False))
                place = join(staging.data_dir(table), partition_path(table, values), "part-0.parquet")
                write_rows(store.files, place, table, to_arrow(table, group))
        store.commit(staging, report={"run_id": "20261120T030000Z"})
        for night in range(NIGHTS):
            store.write_run_report(_run(random, rows, night))
    return root


def _run(random: Random, rows: dict[str, Any], night: int) -> RunReport:
    """A night of the run, the last one the newest; their sums have nothing to do with the rows."""
    share = [
        sum(map(len, rows[table].values())) // NIGHTS for table in ("articles", "duplicates", "rejections")
    ]
    kept, duplicates, rejected = (int(one * random.uniform(0.8, 1.2)) for one in share)
    deferred = 40 if night == 2 else 0
    ended = NOW - timedelta(days=NIGHTS - 1 - night)
    return RunReport(
        run_id=f"{ended - timedelta(minutes=4):%Y%m%dT%H%M%S}.000000Z",
        started_at=ended - timedelta(minutes=4),
        finished_at=ended,
        command="run",
        version="0",
        books=Books(kept + duplicates + rejected + deferred, kept, duplicates, rejected, deferred),
        feeds={"ok": 98, "failed": 10},
        rejected_by_reason={"not_found": rejected},
        wall_s=240.0,
        stopped="deadline" if deferred else "",
    )


def _add(rows: dict[str, Any], table: str, row: dict[str, Any]) -> None:
    rows[table].setdefault((row["date"],), []).append(row)


def _article(random: Random, number: int, days: int, text_chars: int) -> dict[str, Any]:
    published = NOW - timedelta(days=days * (1 - random.random() ** 0.8), minutes=random.randrange(900))
    announced = published + timedelta(minutes=random.expovariate(1 / 25))
    publisher = PUBLISHERS[int(random.random() ** 2 * len(PUBLISHERS))]
    topics = sorted(QCODES)
    chars = max(260, int(random.lognormvariate(7.6, 0.5)))
    start = random.randrange(len(SEA) - text_chars)
    url = f"https://www.{publisher.replace(' ', '').lower()}.example/berita/{number}/sebuah-judul"
    return {
        "id": f"{number:032x}",
        "url": url,
        "canonical_url": url,
        "publisher": publisher,
        "feed_url": f"https://www.{publisher.replace(' ', '').lower()}.example/rss",
        "title": " ".join(random.choices(WORDS, k=7)).capitalize(),
        "authors": ["Rini Wardani"],
        "editors": [],
        "published": published,
        "published_source": "json_ld",
        "announced_at": announced,
        "fetched_at": announced + timedelta(seconds=random.lognormvariate(4, 1.4)),
        "topic_score": 0.8,
        "topic_source": "text",
        "language": random.choices(("id", "en", "ms", "jv"), (80, 14, 4, 2))[0],
        "language_score": 0.99,
        "language_source": "text",
        "text": SEA[start : start + min(chars, text_chars)],
        "text_chars": chars,
        "tags": [],
        "removed": [
            {"rule": rule, "blocks": random.randint(1, 5), "chars": random.randint(10, 900)}
            for rule in RULES[: random.randint(1, len(RULES))]
        ],
        "content_hash": f"{number:032x}",
        "revision": 1,
        "run_id": "20261120T030000Z",
        "schema_version": SCHEMA_VERSION,
        "date": published.date(),
        "topic": topics[int(random.random() ** 1.7 * len(topics))],
    }


def _duplicate(random: Random, row: dict[str, Any], number: int) -> dict[str, Any]:
    copier = PUBLISHERS[int(random.random() ** 2.5 * len(PUBLISHERS))]
    names = ("url", "feed_url", "title", "published", "fetched_at", "run_id", "schema_version", "date")
    return {name: row[name] for name in names} | {
        "id": f"d{number:031x}",
        "publisher": copier,
        "dup_of": row["id"],
        "dup_of_publisher": row["publisher"],
        "dup_kind": random.choices(("near", "exact", "url"), (5, 3, 2))[0],
        "containment": 0.93,
    }


def _rejection(random: Random, row: dict[str, Any]) -> dict[str, Any]:
    reasons = (Reason.NOT_FOUND, Reason.TIMEOUT, Reason.NO_ARTICLE, Reason.ROBOTS_DISALLOWED, Reason.GONE)
    reason = random.choices((*reasons, *list(Reason)[:9]), (30, 20, 14, 9, 6, *(1,) * 9))[0]
    return {name: row[name] for name in ("url", "feed_url", "publisher", "run_id", "schema_version")} | {
        "url_id": row["id"],
        "stage": "fetch",
        "reason": reason.value,
        "detail": "seen in a made-up world",
        "rejected_at": row["fetched_at"],
        "date": row["fetched_at"].date(),
    }


def _feed(random: Random, publisher: str, number: int) -> dict[str, Any]:
    failed = number % 11 == 0
    return {
        "feed_url": f"https://www.{publisher.replace(' ', '').lower()}.example/rss/{number}",
        "publisher": publisher,
        "run_id": "20261120T030000Z",
        "polled_at": NOW,
        "status": "failed" if failed else random.choice(("ok", "ok", "not_modified")),
        "http_status": 503 if failed else 200,
        "reason": "server_error" if failed else None,
        "detail": "HTTP 503 after 3 tries" if failed else None,
        "entries": 0 if failed else random.randint(10, 60),
        "new_entries": 0 if failed else random.randint(0, 30),
        "newest": NOW - timedelta(minutes=random.randrange(3000)),
        "next_poll": NOW + timedelta(minutes=random.randrange(10, 90)),
        "failures": 3.0 if failed else 0.0,
        "failing_since": NOW - timedelta(hours=30) if failed else None,
        "body_bytes": 20_000,
        "elapsed_s": 0.2,
        "schema_version": SCHEMA_VERSION,
        "date": NOW.date(),
    }


def _story(random: Random, ids: list[str], days: int) -> dict[str, Any]:
    first = NOW - timedelta(days=random.random() * days)
    return {
        "story_id": ids[0],
        "article_ids": ids,
        "publishers": sorted(random.sample(PUBLISHERS, min(len(ids), random.randint(2, 9)))),
        "headline": " ".join(random.choices(WORDS, k=9)).capitalize(),
        "first_seen": first,
        "last_seen": first + timedelta(hours=random.randint(2, 40)),
        "run_id": "20261120T030000Z",
        "schema_version": SCHEMA_VERSION,
        "date": date(first.year, first.month, first.day),
    }
