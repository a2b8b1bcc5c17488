"""Figures of the stored articles, from their Arrow columns. Pure; the text itself is never looked at."""

from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from warta.pipelines.look.report.periods import periods_of

COLUMNS = (
    "publisher",
    "published",
    "announced_at",
    "fetched_at",
    "language",
    "text_chars",
    "removed",
    "date",
    "topic",
)
"""What is read of each article, partition columns included."""

TOPICS_DRAWN = 7
"""Topics with a colour of their own; the rest is one colour. More than eight hues cannot be told apart."""
LENGTH_STEP, LENGTH_STEPS = 500, 20
"""Width, in characters, and number of the columns of text lengths; the last one holds all that is longer."""
DELAYS_S = (60, 300, 900, 3600, 6 * 3600, 24 * 3600)
"""Upper ends of the delay columns: 1, 5, 15 minutes, 1, 6, 24 hours; one more holds the rest."""
RULES_SHOWN = 200

Figures = dict[str, Any]
"""Plain values, ready for JSON."""


def topics_by_period(articles: pa.Table) -> Figures:
    """Return articles by day (or week, or month) and topic, most frequent topic first."""
    counts = _counts(articles, "date", "topic")
    by_day: Counter[date] = Counter()
    by_topic: Counter[str] = Counter()
    for (day, topic), count in counts.items():
        by_day[day] += count
        by_topic[topic] += count
    periods = periods_of(by_day)
    topics = [topic for topic, _ in sorted(by_topic.items(), key=lambda one: (-one[1], one[0]))]
    rows = {topic: [0] * len(periods.starts) for topic in topics}
    for (day, topic), count in counts.items():
        if (place := periods.place(day)) is not None:
            rows[topic][place] += count
    return {
        "unit": periods.unit,
        "starts": [start.isoformat() for start in periods.starts],
        "earlier": periods.earlier,
        "topics": [{"topic": topic, "total": by_topic[topic], "counts": rows[topic]} for topic in topics],
        "drawn": TOPICS_DRAWN,
    }


def hours(articles: pa.Table) -> list[int]:
    """Return articles by hour of publication, 24 counts in UTC."""
    counts = _counts_of(pc.hour(articles.column("published").drop_null()))
    return [counts.get(hour, 0) for hour in range(24)]


def languages(articles: pa.Table) -> list[Figures]:
    """Return articles by language, most frequent first."""
    return _ranked(_counts_of(articles.column("language")), "language")


def lengths(articles: pa.Table) -> Figures:
    """Return the distribution of text lengths in characters, with median and 90th percentile."""
    chars = articles.column("text_chars").to_numpy()
    places = np.minimum(chars // LENGTH_STEP, LENGTH_STEPS)
    return {
        "step": LENGTH_STEP,
        "counts": np.bincount(places, minlength=LENGTH_STEPS + 1).tolist(),
        **_quantiles(chars),
    }


def freshness(articles: pa.Table) -> Figures:
    """Return how long articles took from announcement, and from publication, to the store."""
    return {
        "edges": list(DELAYS_S),
        "announced": _delays(articles, "announced_at"),
        "published": _delays(articles, "published"),
    }


def publishers(articles: pa.Table, duplicates: pa.Table, rejections: pa.Table) -> list[Figures]:
    """Return one line per publisher: what became of its announcements, its newest, its typical length."""
    grouped = articles.group_by("publisher").aggregate(
        [("text_chars", "approximate_median"), ("published", "max"), ([], "count_all")]
    )
    copied = _counts_of(duplicates.column("publisher"))
    refused = _counts_of(rejections.column("publisher"))
    lines = {
        row["publisher"]: {
            "publisher": row["publisher"],
            "articles": row["count_all"],
            "median_chars": round(row["text_chars_approximate_median"] or 0),
            "newest": instant(row["published_max"]),
        }
        for row in grouped.to_pylist()
    }
    for name in {*copied, *refused} - {*lines}:
        lines[name] = {"publisher": name, "articles": 0, "median_chars": 0, "newest": None}
    for name, line in lines.items():
        line["duplicates"] = copied.get(name, 0)
        line["rejections"] = refused.get(name, 0)
    return sorted(lines.values(), key=lambda line: (-line["articles"], line["publisher"]))


def removed(articles: pa.Table) -> list[Figures]:
    """Return what the cleaning rules cut: articles, blocks and characters by rule, most characters first."""
    column = articles.column("removed").combine_chunks()
    cut = pc.list_flatten(column)
    table = pa.table({name: cut.field(name) for name in ("rule", "blocks", "chars")})
    grouped = table.group_by("rule").aggregate([("blocks", "sum"), ("chars", "sum"), ([], "count_all")])
    lines = [
        {
            "rule": row["rule"],
            "articles": row["count_all"],
            "blocks": row["blocks_sum"] or 0,
            "chars": row["chars_sum"] or 0,
        }
        for row in grouped.to_pylist()
    ]
    return sorted(lines, key=lambda line: (-line["chars"], -line["blocks"], line["rule"]))[:RULES_SHOWN]


def instant(at: datetime | None) -> str | None:
    """Return an instant as ISO 8601 in UTC, to the second."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if at else None


def _delays(articles: pa.Table, since: str) -> Figures:
    both = pa.table({"a": articles.column(since), "b": articles.column("fetched_at")}).drop_null()
    passed = pc.subtract(both.column("b"), both.column("a")).cast(pa.int64()).to_numpy() / 1e6
    passed = np.maximum(passed, 0)
    counts = np.bincount(np.searchsorted(DELAYS_S, passed, side="right"), minlength=len(DELAYS_S) + 1)
    return {"counts": counts.tolist(), "rows": len(passed), **_quantiles(passed)}


def _quantiles(values: Any) -> Figures:
    if not len(values):
        return {"median": None, "p90": None}
    median, p90 = np.quantile(values, (0.5, 0.9))
    return {"median": round(float(median), 1), "p90": round(float(p90), 1)}


def _counts(table: pa.Table, *columns: str) -> dict[tuple[Any, ...], int]:
    grouped = table.select(list(columns)).group_by(list(columns)).aggregate([([], "count_all")])
    keys = zip(*(grouped.column(name).to_pylist() for name in columns), strict=True)
    return dict(zip(keys, grouped.column("count_all").to_pylist(), strict=True))


def _counts_of(column: pa.ChunkedArray) -> dict[Any, int]:
    counted = pc.value_counts(column)
    return {one["values"].as_py(): one["counts"].as_py() for one in counted}


def _ranked(counts: dict[str, int], name: str) -> list[Figures]:
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return [{name: value, "articles": count} for value, count in ordered]
