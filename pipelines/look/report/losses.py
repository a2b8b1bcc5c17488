"""Figures of what did not become an article, of stories, feeds and runs, from their Arrow columns. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from warta.pipelines.look.report.articles import Figures, instant
from warta.pipelines.look.report.periods import periods_of

DUPLICATE_COLUMNS = ("publisher", "dup_of_publisher", "dup_kind")
REJECTION_COLUMNS = ("publisher", "stage", "reason", "url", "detail", "rejected_at", "date")
STORY_COLUMNS = ("story_id", "article_ids", "publishers", "headline", "first_seen", "last_seen")
FEED_COLUMNS = (
    "feed_url",
    "publisher",
    "polled_at",
    "status",
    "http_status",
    "reason",
    "detail",
    "entries",
    "new_entries",
    "newest",
    "next_poll",
    "failing_since",
)

COPIERS_SHOWN = 12
"""Rows and columns of the drawn matrix of copies; all pairs up to `PAIRS_SHOWN` are in the table."""
PAIRS_SHOWN = 300
STORIES_SHOWN = 15
REASONS_DRAWN = 6
RUNS_SHOWN = 20
FEED_DAYS = 30
"""Days of polls, up to the newest, that the table of feeds looks at. A feed that was taken off the list goes
from the page after that; the slowest poll is daily."""
PASSED_OVER = ("not_due", "deferred")
"""Statuses that say nothing about a feed's health: nobody asked it."""


def copies(duplicates: pa.Table) -> Figures:
    """Return who copies whom: pairs of publishers with counts, and duplicates by kind."""
    keys = ["publisher", "dup_of_publisher"]
    pairs = duplicates.group_by(keys).aggregate([([], "count_all")]).to_pylist()
    pairs.sort(key=lambda row: (-row["count_all"], row["publisher"], row["dup_of_publisher"] or ""))
    kinds = Counter(duplicates.column("dup_kind").to_pylist())
    return {
        "kinds": dict(sorted(kinds.items(), key=lambda one: (-one[1], one[0]))),
        "pairs": [
            {"copier": row["publisher"], "source": row["dup_of_publisher"] or "", "count": row["count_all"]}
            for row in pairs[:PAIRS_SHOWN]
        ],
        "drawn": COPIERS_SHOWN,
    }


def rejected(rejections: pa.Table) -> Figures:
    """Return rejections by reason and day (or week, or month), with the newest example of each reason."""
    days: list[date] = rejections.column("date").to_pylist()
    reasons: list[str] = rejections.column("reason").to_pylist()
    by_reason = Counter(reasons)
    periods = periods_of(Counter(days))
    ranked = [reason for reason, _ in sorted(by_reason.items(), key=lambda one: (-one[1], one[0]))]
    rows = {reason: [0] * len(periods.starts) for reason in ranked}
    for (day, reason), count in Counter(zip(days, reasons, strict=True)).items():
        if (place := periods.place(day)) is not None:
            rows[reason][place] += count
    examples = _newest_by(rejections, "reason", "rejected_at")
    return {
        "unit": periods.unit,
        "starts": [start.isoformat() for start in periods.starts],
        "earlier": periods.earlier,
        "drawn": REASONS_DRAWN,
        "reasons": [
            {
                "reason": reason,
                "total": by_reason[reason],
                "counts": rows[reason],
                **_example(examples[reason]),
            }
            for reason in ranked
        ],
    }


def biggest_stories(stories: pa.Table) -> list[Figures]:
    """Return the stories that most articles, then most publishers, told."""
    sizes = pc.list_value_length(stories.column("article_ids"))
    keyed = stories.append_column("articles", sizes)
    order = [("articles", "descending"), ("last_seen", "descending"), ("story_id", "ascending")]
    top = keyed.take(pc.select_k_unstable(keyed, STORIES_SHOWN, order)) if keyed.num_rows else keyed
    return [
        {
            "id": row["story_id"],
            "headline": row["headline"],
            "articles": row["articles"],
            "publishers": row["publishers"],
            "first": instant(row["first_seen"]),
            "last": instant(row["last_seen"]),
        }
        for row in top.to_pylist()
    ]


def feed_health(feeds: pa.Table) -> list[Figures]:
    """Return one line per feed: its last poll that asked, and sums over all polls; failing ones first.

    Args:
      feeds: rows of the last FEED_DAYS.
    """
    span = pc.min_max(feeds.column("polled_at")).as_py()
    days = max((span["max"] - span["min"]) / timedelta(days=1), 1.0) if feeds.num_rows else 1.0
    asked = feeds.filter(pc.invert(pc.is_in(feeds.column("status"), pa.array(PASSED_OVER))))
    last = _newest_by(asked, "feed_url", "polled_at")
    for url, row in _newest_by(feeds, "feed_url", "polled_at").items():
        last.setdefault(url, row)
    polls = Counter(asked.column("feed_url").to_pylist())
    failed = Counter(asked.filter(pc.equal(asked.column("status"), "failed")).column("feed_url").to_pylist())
    sums = asked.group_by("feed_url").aggregate([("new_entries", "sum")])
    new = dict(zip(*(sums.column(name).to_pylist() for name in ("feed_url", "new_entries_sum")), strict=True))
    lines = [
        {
            **{name: row[name] for name in ("feed_url", "publisher", "status", "http_status", "entries")},
            **{name: instant(row[name]) for name in ("polled_at", "newest", "next_poll", "failing_since")},
            "reason": row["reason"] or "",
            "detail": row["detail"] or "",
            "new": new.get(url, 0),
            "per_day": round(new.get(url, 0) / days, 1),
            "polls": polls.get(url, 0),
            "failed": failed.get(url, 0),
        }
        for url, row in last.items()
    ]
    return sorted(lines, key=lambda line: (line["status"] != "failed", line["publisher"], line["feed_url"]))


def runs(reports: Iterable[Mapping[str, Any]]) -> list[Figures]:
    """Return the last runs, newest first, with their books."""
    lines = [
        {
            "run_id": report.get("run_id", ""),
            "started": report.get("started_at", ""),
            "finished": report.get("finished_at", ""),
            "wall_s": round(float(report.get("wall_s", 0)), 1),
            "stopped": report.get("stopped", ""),
            **report.get("books", {}),
        }
        for report in reports
    ]
    return sorted(lines, key=lambda line: str(line["run_id"]), reverse=True)[:RUNS_SHOWN]


def _newest_by(table: pa.Table, key: str, at: str) -> dict[str, dict[str, Any]]:
    """Return the newest row of each key."""
    grouped = table.group_by(key).aggregate([(at, "max")])
    newest = dict(zip(*(grouped.column(name).to_pylist() for name in (key, f"{at}_max")), strict=True))
    times, keys = table.column(at).to_pylist(), table.column(key).to_pylist()
    places = {
        one: place for place, (one, when) in enumerate(zip(keys, times, strict=True)) if when == newest[one]
    }
    rows = table.take(pa.array(places.values(), pa.int64())).to_pylist()
    return {row[key]: row for row in rows}


def _example(row: Mapping[str, Any]) -> Figures:
    return {
        "stage": row["stage"],
        "url": row["url"],
        "detail": row["detail"],
        "last": instant(row["rejected_at"]),
    }
