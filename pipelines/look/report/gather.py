"""Read the tables of an output folder and add them up. Reads a few narrow columns; never `text`."""

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as pads

from warta.pipelines.look.doubts import doubts
from warta.pipelines.look.report import articles as stored
from warta.pipelines.look.report import losses
from warta.pipelines.look.report.articles import Figures, instant
from warta.transforms.store.errors import StoreError
from warta.transforms.store.files import absolute, files_at
from warta.transforms.store.layout import Layout, join
from warta.transforms.store.read import read


def gather(output_dir: str, *, now: datetime) -> Figures:
    """Return every figure of the report, as plain values ready for JSON.

    Raises:
      StoreError: when there is no dataset.
    """
    layout = Layout(absolute(output_dir))
    files = files_at(layout.root)
    if not files.names(layout.manifests):
        raise StoreError(
            f"{output_dir}: no dataset here; name the folder that `warta run --output` was given"
        )
    articles = newest(_table(output_dir, "articles", ("id", "revision", *stored.COLUMNS)))
    duplicates = _table(output_dir, "duplicates", losses.DUPLICATE_COLUMNS)
    rejections = _table(output_dir, "rejections", losses.REJECTION_COLUMNS)
    stories = losses.biggest_stories(_table(output_dir, "stories", losses.STORY_COLUMNS))
    feeds = losses.feed_health(_late(output_dir, "feeds", losses.FEED_COLUMNS, losses.FEED_DAYS))
    reports = list(_run_reports(layout))
    failing = sum(one["failing_since"] is not None for one in feeds)
    days = pc.min_max(articles.column("date")).as_py()
    return {
        "made": instant(now.astimezone(UTC)),
        "name": layout.root.rpartition("/")[2],
        "totals": {
            "articles": articles.num_rows,
            "publishers": pc.count_distinct(articles.column("publisher")).as_py(),
            "duplicates": duplicates.num_rows,
            "rejections": rejections.num_rows,
            "feeds": len(feeds),
            "stories": read(output_dir, "stories").count_rows(),
            "first": days["min"] and days["min"].isoformat(),
            "last": days["max"] and days["max"].isoformat(),
        },
        "topics": stored.topics_by_period(articles),
        "hours": stored.hours(articles),
        "languages": stored.languages(articles),
        "lengths": stored.lengths(articles),
        "freshness": stored.freshness(articles),
        "publishers": stored.publishers(articles, duplicates, rejections),
        "removed": stored.removed(articles),
        "copies": losses.copies(duplicates),
        "rejected": losses.rejected(rejections),
        "stories": _with_addresses(output_dir, stories, articles),
        "feeds": feeds,
        "runs": losses.runs(reports),
        "doubts": [asdict(one) for one in doubts(reports[-1] if reports else None, len(feeds), failing, now)],
    }


def _table(output_dir: str, table: str, columns: Iterable[str]) -> pa.Table:
    return read(output_dir, table).to_table(columns=list(columns), cache_metadata=False)


def _late(output_dir: str, table: str, columns: Iterable[str], days: int) -> pa.Table:
    """Return the rows of a table's last `days` days."""
    dataset = read(output_dir, table)
    newest = max(
        (pads.get_partition_keys(one.partition_expression)["date"] for one in dataset.get_fragments()),
        default=date.min,
    )
    late = pc.field("date") > pa.scalar(newest - timedelta(days=days), pa.date32())
    return dataset.to_table(columns=list(columns), filter=late, cache_metadata=False)


def newest(articles: pa.Table) -> pa.Table:
    """Return the highest revision of each article. In memory: `read(latest=True)` opens every file twice."""
    if not articles.num_rows or pc.max(articles.column("revision")).as_py() <= 1:
        return articles
    highest = articles.group_by("id").aggregate([("revision", "max")])
    keys = _revision_keys(articles.column("id"), articles.column("revision"))
    wanted = _revision_keys(highest.column("id"), highest.column("revision_max"))
    return articles.filter(pc.is_in(keys, wanted))


def _revision_keys(ids: pa.ChunkedArray, revisions: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.binary_join_element_wise(ids, revisions.cast(pa.string()), "/")


def _with_addresses(output_dir: str, stories: list[Figures], articles: pa.Table) -> list[Figures]:
    """Add the address of each story's earliest article, from the partitions where `articles` has these."""
    ids = pa.array([story["id"] for story in stories], pa.string())
    found = articles.select(["id", "date", "topic"]).filter(pc.is_in(articles.column("id"), ids))
    places = found.select(["date", "topic"]).group_by(["date", "topic"]).aggregate([]).to_pylist()
    near = pc.scalar(False)
    for place in places:
        day = pa.scalar(place["date"], pa.date32())
        near |= (pc.field("date") == day) & (pc.field("topic") == place["topic"])
    first = read(output_dir, "articles").to_table(
        columns=["id", "url"], filter=near & pc.field("id").isin(ids), cache_metadata=False
    )
    urls = dict(zip(first.column("id").to_pylist(), first.column("url").to_pylist(), strict=True))
    return [story | {"url": urls.get(story["id"], "")} for story in stories]


def _run_reports(layout: Layout) -> Iterable[dict[str, Any]]:
    files = files_at(layout.root)
    names = sorted(name for name in files.names(layout.runs) if name.endswith(".json"))
    for name in names[-losses.RUNS_SHOWN :]:
        with suppress(ValueError):  # a report of other hands; the rows do not depend on it
            yield json.loads(files.read(join(layout.runs, name)))
