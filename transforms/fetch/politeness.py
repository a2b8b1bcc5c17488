"""When a host may be asked again. Pure: it is handed the clock and gives times back, all in Unix seconds."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

MAX_RETRY_AFTER_S = 24 * 3600.0
"""Cap on Retry-After: servers have been seen to answer with years. One day is our slowest poll anyway."""
RATE_LIMITED_WAIT_S = 60.0
"""Wait after a 429 that names no time; Media Cloud and Scrapy's AutoThrottle default to the same minute."""
BACKOFF_S = 600.0
"""First wait of a deferred entry, doubled by every failure: five tries within about five hours."""
MAX_BACKOFF_S = 6 * 3600.0


def retry_after_s(headers: Mapping[str, str], now: float) -> float | None:
    """Return how long the server wants us gone, capped, or None when it says nothing usable.

    Both forms of RFC 9110 10.2.3. A date is counted from the server's own `Date`, so that a wrong clock
    on either side does not matter.
    """
    value = headers.get("retry-after", "").split(",")[0].strip() or headers.get("retry-after", "").strip()
    if value.isdecimal():
        return min(float(value), MAX_RETRY_AFTER_S)
    until = http_date(headers.get("retry-after", ""))
    if until is None:
        return None
    server_now = http_date(headers.get("date", ""))
    wait_s = until - (now if server_now is None else server_now)
    return min(max(wait_s, 0.0), MAX_RETRY_AFTER_S)


def http_date(text: str) -> float | None:
    """Read an HTTP date (any of the three formats) as Unix time; None when it is none."""
    try:
        when = parsedate_to_datetime(text.strip())
    except (ValueError, TypeError, OverflowError):
        return None
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()


def penalty_until(status: int, headers: Mapping[str, str], now: float) -> float | None:
    """Return until when an answer bars its whole host: Retry-After on 429 and 503, a minute on a bare 429."""
    if status not in (429, 503):
        return None
    wait_s = retry_after_s(headers, now)
    if wait_s is None:
        return now + RATE_LIMITED_WAIT_S if status == 429 else None
    return now + wait_s


def delay_s(min_delay_s: float, crawl_delay_s: float | None, max_crawl_delay_s: float) -> float:
    """Return the spacing of a host: ours, or robots.txt's when that is longer, up to a cap."""
    return max(min_delay_s, min(crawl_delay_s or 0.0, max_crawl_delay_s))


def next_request(last_request: float | None, not_before: float | None, delay: float, now: float) -> float:
    """Return the earliest time of the next request; never more than `delay` ahead of a clock set back."""
    spaced = now if last_request is None else min(last_request, now) + delay
    return max(now, spaced, not_before or 0.0)


def retry_at(attempts: int, now: datetime) -> datetime:
    """Return when an entry with so many failed attempts (1 after the first) is tried again."""
    wait_s = min(BACKOFF_S * 2 ** (max(attempts, 1) - 1), MAX_BACKOFF_S)
    return datetime.fromtimestamp(now.timestamp() + wait_s, UTC)
