"""Days, weeks or months: the unit in which a span of dates reads best, and where old strays end."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

STRAY_SHARE = 0.03
"""Share of the rows that may lie before the chart begins and are told in one number instead. Feeds list a
few items that are years old; at 0 one of them makes a chart of one column and a long flat line."""
MOST_DAYS, MOST_WEEKS = 92, 800
"""Longest spans, in days, that are drawn by day and by week: about 90 and 115 columns."""


@dataclass(frozen=True, slots=True)
class Periods:
    """An unbroken row of periods."""

    unit: str
    """day | week | month"""
    starts: tuple[date, ...] = ()
    earlier: int = 0
    """Rows dated before the first period."""

    def place(self, day: date) -> int | None:
        """Return the position of the period of `day`; None when it lies outside."""
        start = period_start(day, self.unit)
        if not self.starts or not self.starts[0] <= start <= self.starts[-1]:
            return None
        if self.unit == "month":
            first = self.starts[0]
            return (start.year - first.year) * 12 + start.month - first.month
        return (start - self.starts[0]).days // (7 if self.unit == "week" else 1)


def periods_of(rows_by_day: Mapping[date, int]) -> Periods:
    """Return the periods that hold all of `rows_by_day` but the oldest strays.

    >>> periods_of({date(2025, 10, 13): 4, date(2025, 10, 15): 1}).starts[1]
    datetime.date(2025, 10, 14)
    """
    if not rows_by_day:
        return Periods("day")
    first, earlier = _first_day(rows_by_day)
    last = max(rows_by_day)
    span = (last - first).days + 1
    unit = "day" if span <= MOST_DAYS else "week" if span <= MOST_WEEKS else "month"
    starts = [period_start(first, unit)]
    while (following := _next(starts[-1], unit)) <= last:
        starts.append(following)
    earlier = sum(count for day, count in rows_by_day.items() if day < starts[0])
    return Periods(unit, tuple(starts), earlier)


def period_start(day: date, unit: str) -> date:
    """Return the first day of the day's period; weeks begin on Monday."""
    if unit == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if unit == "month" else day


def _first_day(rows_by_day: Mapping[date, int]) -> tuple[date, int]:
    allowed = int(sum(rows_by_day.values()) * STRAY_SHARE)
    passed = 0
    for day, count in sorted(Counter(rows_by_day).items()):
        if passed + count > allowed:
            return day, passed
        passed += count
    return max(rows_by_day), passed


def _next(start: date, unit: str) -> date:
    if unit == "month":
        return (start + timedelta(days=32)).replace(day=1)
    return start + timedelta(days=7 if unit == "week" else 1)
