"""How each feed is doing, from the rows of its polls."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from warta.pipelines.look.stored_columns import Columns, codes, instant, numbers

PASSED_OVER = ("not_due", "deferred")
"""Statuses of rows in which the feed was not asked."""
DAY_US = 86400e6


@dataclass(frozen=True)
class FeedLine:
    """One feed over some days."""

    url: str
    publisher: str
    status: str
    """Of the last poll that asked: ok, not_modified, unchanged or failed; else not_due or deferred."""
    polled_at: datetime | None
    """When it was last asked."""
    polls: int
    failed_polls: int
    new_per_day: float
    newest: datetime | None
    next_poll: datetime | None
    failing_since: datetime | None
    reason: str
    detail: str


def feed_lines(rows: Columns, days: int) -> list[FeedLine]:
    """Return one line per feed: failing ones first, then by publisher.

    Args:
      rows: `days` days of the feed table. Works on whole columns, for they may hold 100,000 rows.
    """
    if not rows:
        return []
    feeds, number = codes(rows["feed_url"])
    statuses, status = codes(rows["status"])
    when = {name: numbers(rows[name]) for name in ("polled_at", "newest", "next_poll", "failing_since")}
    asked = ~np.isin(status, _codes_of(statuses, *PASSED_OVER))
    order = np.argsort(when["polled_at"], kind="stable")
    last = _last_of(number, order, len(feeds))
    last_asked = _last_of(number, order[asked[order]], len(feeds))
    told = np.where(last_asked >= 0, last_asked, last)
    newest = np.zeros(len(feeds), np.int64)
    np.maximum.at(newest, number, when["newest"])
    new = np.bincount(number, numbers(rows["new_entries"]), len(feeds))
    polls = np.bincount(number, asked, len(feeds))
    failed = np.bincount(number, np.isin(status, _codes_of(statuses, "failed")), len(feeds))
    span = min(max(np.ptp(when["polled_at"]) / DAY_US, 1.0), days)

    def said(name: str, at: int) -> str:
        return rows[name][int(told[at])].as_py() or ""

    lines = [
        FeedLine(
            url=url,
            publisher=said("publisher", at),
            status=said("status", at),
            polled_at=instant(when["polled_at"][last_asked[at]]) if last_asked[at] >= 0 else None,
            polls=int(polls[at]),
            failed_polls=int(failed[at]),
            new_per_day=round(float(new[at] / span), 1),
            newest=instant(newest[at]),
            next_poll=instant(when["next_poll"][last[at]]),
            failing_since=instant(when["failing_since"][last[at]]),
            reason=said("reason", at),
            detail=said("detail", at),
        )
        for at, url in enumerate(feeds)
    ]
    return sorted(lines, key=lambda line: (line.failing_since is None, line.publisher, line.url))


def _last_of(number: Any, order: Any, count: int) -> Any:
    """Return the last row of each feed in `order`, -1 where it has none."""
    last = np.full(count, -1)
    last[number[order]] = order  # of equal indices, NumPy keeps the last assignment
    return last


def _codes_of(names: list[str], *wanted: str) -> list[int]:
    return [at for at, name in enumerate(names) if name in wanted]
