"""How long to wait, with the clock handed in."""

from datetime import UTC, datetime, timedelta

import pytest

from warta.transforms.fetch.politeness import (
    MAX_BACKOFF_S,
    MAX_RETRY_AFTER_S,
    RATE_LIMITED_WAIT_S,
    delay_s,
    http_date,
    next_request,
    penalty_until,
    retry_after_s,
    retry_at,
)

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
UNIX = NOW.timestamp()


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ({"retry-after": "120"}, 120.0),
        ({"retry-after": " 120 "}, 120.0),
        ({"retry-after": "120, 120"}, 120.0),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": "99999999999"}, MAX_RETRY_AFTER_S),
        ({"retry-after": "Sat, 21 Nov 2026 08:02:00 GMT"}, 120.0),
        (
            {"retry-after": "Wed, 01 Jan 2020 00:02:00 GMT", "date": "Wed, 01 Jan 2020 00:00:00 GMT"},
            120.0,
        ),
        ({"retry-after": "Sat, 21 Nov 2026 07:00:00 GMT"}, 0.0),
        ({"retry-after": "Fri, 31 Dec 9999 23:59:59 GMT"}, MAX_RETRY_AFTER_S),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": ""}, None),
        ({}, None),
    ],
)
def test_retry_after_is_read_in_both_forms(headers: dict[str, str], wait_s: float | None) -> None:
    assert retry_after_s(headers, UNIX) == wait_s


@pytest.mark.parametrize(
    ("status", "headers", "wait_s"),
    [
        (429, {}, RATE_LIMITED_WAIT_S),
        (429, {"retry-after": "7"}, 7.0),
        (503, {"retry-after": "7"}, 7.0),
        (503, {}, None),
        (200, {"retry-after": "7"}, None),
        (404, {"retry-after": "7"}, None),
    ],
)
def test_only_429_and_503_bar_the_host(status: int, headers: dict[str, str], wait_s: float | None) -> None:
    until = penalty_until(status, headers, UNIX)
    assert (None if until is None else until - UNIX) == wait_s


@pytest.mark.parametrize(
    ("ours", "theirs", "cap", "delay"),
    [(1.0, None, 10.0, 1.0), (1.0, 5.0, 10.0, 5.0), (1.0, 600.0, 10.0, 10.0), (20.0, 600.0, 10.0, 20.0)],
)
def test_the_longer_delay_counts_up_to_the_cap(
    ours: float, theirs: float | None, cap: float, delay: float
) -> None:
    assert delay_s(ours, theirs, cap) == delay


@pytest.mark.parametrize(
    ("last", "not_before", "expected"),
    [
        (None, None, 0.0),
        (-0.4, None, 0.6),
        (-5.0, None, 0.0),
        (-0.4, 30.0, 30.0),
        (-0.4, -30.0, 0.6),
        (3600.0, None, 1.0),
    ],
    ids=["first", "spaced", "long ago", "retry-after first", "retry-after over", "clock set back"],
)
def test_the_next_request_waits_for_spacing_and_retry_after(
    last: float | None, not_before: float | None, expected: float
) -> None:
    at = next_request(
        None if last is None else UNIX + last, None if not_before is None else UNIX + not_before, 1.0, UNIX
    )
    assert at - UNIX == pytest.approx(expected)


def test_failed_entries_back_off_by_doubling_up_to_a_cap() -> None:
    waits = [(retry_at(attempts, NOW) - NOW).total_seconds() for attempts in range(1, 9)]
    assert waits[:4] == [600, 1200, 2400, 4800]
    assert waits[-1] == MAX_BACKOFF_S
    assert retry_at(0, NOW) == NOW + timedelta(seconds=600)


@pytest.mark.parametrize(
    "text",
    ["Sat, 21 Nov 2026 08:00:00 GMT", "Saturday, 21-Nov-26 08:00:00 GMT", "Sat, 21 Nov 2026 15:00:00 +0700"],
)
def test_http_dates_are_read(text: str) -> None:
    assert http_date(text) == UNIX
