"""Stories after a run: the days that it touched are told anew, and their rows replaced in one commit."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow.compute as pc
import pyarrow.dataset as ds

from warta.schemas.tables import SCHEMA_VERSION
from warta.transforms.dedup.stories import STORY_DAYS, Story, Telling, find_stories
from warta.transforms.dedup.terms import LEAD_CHARS
from warta.transforms.store.commit import Change, Store
from warta.transforms.store.layout import join, parse_partition, partition_path
from warta.transforms.store.manifest import live_files
from warta.transforms.store.parquet import write_rows
from warta.transforms.store.read import read
from warta.transforms.store.rows import to_arrow

Interval = tuple[date, date]
"""First and last day, both included."""


def tell_stories(store: Store, run_id: str, touched: Iterable[date], at: datetime) -> int:
    """Tell the stories around the `touched` days anew and commit them; return how many there are.

    A story is rewritten when it begins within `STORY_DAYS` of a touched day, and sees articles up to twice as
    far. Only stories of two articles or more are rows; an article without company needs none.
    """
    rewritten = intervals(touched, STORY_DAYS)
    if not rewritten:
        return 0
    staging = store.begin(f"{run_id}-stories")
    rows: list[dict[str, Any]] = []
    stored = read(store.layout.root)  # once: every reading goes through the whole list of files
    for first, last in rewritten:
        seen = (first - timedelta(days=STORY_DAYS), last + timedelta(days=STORY_DAYS))
        for story in find_stories(tellings(stored, seen)):
            if len(story.article_ids) > 1 and first <= _day(story) <= last:
                rows.append(_row(story, run_id, at))
    for day in sorted({row["date"] for row in rows}):
        place = join(staging.data_dir("stories"), partition_path("stories", {"date": day}))
        columns = to_arrow("stories", [row for row in rows if row["date"] == day])
        write_rows(store.files, join(place, f"part-{staging.cycle}.parquet"), "stories", columns)
    old = tuple(path for path, day in _story_files(store) if any(a <= day <= b for a, b in rewritten))
    if rows or old:
        store.commit(staging, change=Change(removed=old), report={"run_id": run_id, "stories": len(rows)})
    else:
        store.discard(staging)
    return len(rows)


def intervals(days: Iterable[date], margin: int) -> list[Interval]:
    """Return the spans within `margin` days of any of `days`, joined where they meet, in order."""
    spans: list[Interval] = []
    for day in sorted(set(days)):
        first, last = day - timedelta(days=margin), day + timedelta(days=margin)
        if spans and first <= spans[-1][1] + timedelta(days=1):
            spans[-1] = (spans[-1][0], last)
        else:
            spans.append((first, last))
    return spans


def tellings(stored: ds.Dataset, span: Interval) -> list[Telling]:
    """Return the latest revision of each stored article of a span of days, cut to what stories need.

    Each file is read once, so what Arrow would remember of it (.1 MB) is not kept.
    """
    within = (ds.field("date") >= span[0]) & (ds.field("date") <= span[1])
    columns = {
        name: ds.field(name) for name in ("id", "revision", "title", "published", "fetched_at", "publisher")
    } | {"text": pc.utf8_slice_codeunits(ds.field("text"), 0, LEAD_CHARS)}
    latest: dict[str, dict[str, Any]] = {}
    for batch in stored.to_batches(columns=columns, filter=within, cache_metadata=False):
        for row in batch.to_pylist():
            if row["revision"] >= latest.get(row["id"], row)["revision"]:
                latest[row["id"]] = row
    return [
        Telling(row["id"], row["title"], row["text"], row["published"] or row["fetched_at"], row["publisher"])
        for row in latest.values()
    ]


def _day(story: Story) -> date:
    return story.first_seen.date() if story.first_seen else date.min


def _row(story: Story, run_id: str, at: datetime) -> dict[str, Any]:
    return {
        "story_id": story.id,
        "article_ids": list(story.article_ids),
        "publishers": list(story.publishers),
        "headline": story.headline,
        "first_seen": story.first_seen or at,
        "last_seen": story.last_seen or at,
        "run_id": run_id,
        "schema_version": SCHEMA_VERSION,
        "date": _day(story),
    }


def _story_files(store: Store) -> Iterator[tuple[str, date]]:
    for path, file in live_files(store.files, store.layout).items():
        if file.table == "stories":
            yield path, parse_partition("stories", path.partition("/")[2])["date"]  # type: ignore[misc]
