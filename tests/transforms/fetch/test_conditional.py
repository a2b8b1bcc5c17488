"""What a poll asks and when the next one is: states in, states out."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warta.schemas.feed import Feed, FeedState
from warta.schemas.outcome import Reason
from warta.transforms.fetch.conditional import (
    FIRST_INTERVAL_S,
    MAX_INTERVAL_S,
    MIN_INTERVAL_S,
    address,
    after_failure,
    after_listing,
    after_redirects,
    after_unchanged,
    freshness_s,
    is_due,
    known_share,
    next_interval_s,
    request_headers,
    signatures,
    weight,
)

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
FEED = Feed(url="https://kabar.test/rss")
STATE = FeedState(
    url=FEED.url, etag='W/"a"', last_modified="Sat, 21 Nov 2026 07:00:00 GMT", interval_s=3600.0
)
IDS = [f"{number:032x}" for number in range(30)]


def test_validators_go_back_as_they_came() -> None:
    assert request_headers(STATE, full_poll_every=10) == {
        "If-None-Match": 'W/"a"',
        "If-Modified-Since": "Sat, 21 Nov 2026 07:00:00 GMT",
        "A-IM": "feed",
    }


def test_without_validators_nothing_is_conditional() -> None:
    assert request_headers(None, full_poll_every=10) == {}
    assert request_headers(FeedState(url=FEED.url), full_poll_every=10) == {}


def test_every_tenth_poll_is_full() -> None:
    state, full = STATE, []
    for poll in range(20):
        conditional = bool(request_headers(state, full_poll_every=10))
        if not conditional:
            full.append(poll)
        state = (
            after_unchanged(state, {}, NOW, not_modified=True)
            if conditional
            else after_listing(state, FEED, {"etag": '"b"'}, "sha", IDS, None, NOW)
        )
    assert full == [9, 19]


def test_304_keeps_the_old_validators() -> None:
    state = after_unchanged(STATE, {}, NOW, not_modified=True)
    assert (state.etag, state.last_modified) == (STATE.etag, STATE.last_modified)


def test_a_full_answer_without_validators_forgets_the_old_ones() -> None:
    state = after_listing(STATE, FEED, {}, "sha", IDS, None, NOW)
    assert (state.etag, state.last_modified, state.body_sha256) == ("", "", "sha")


@pytest.mark.parametrize(
    ("interval_s", "share", "expected"),
    [
        (0.0, 0.5, FIRST_INTERVAL_S),
        (3600.0, 0.5, 3600.0),
        (3600.0, 0.9, 5400.0),
        (3600.0, 0.1, 2160.0),
        (3600.0, None, 4500.0),
        (700.0, 0.0, MIN_INTERVAL_S),
        (80000.0, 1.0, MAX_INTERVAL_S),
    ],
)
def test_the_interval_follows_the_share_of_known_entries(
    interval_s: float, share: float | None, expected: float
) -> None:
    assert next_interval_s(interval_s, share) == pytest.approx(expected)


def test_a_busy_feed_is_polled_more_often_and_a_quiet_one_less() -> None:
    busy = quiet = after_listing(None, FEED, {}, "0", IDS, None, NOW)
    for poll in range(1, 8):
        busy = after_listing(busy, FEED, {}, "x", [f"{poll}-{number}" for number in range(30)], None, NOW)
        quiet = after_listing(quiet, FEED, {}, "x", IDS, None, NOW)
    assert busy.interval_s == MIN_INTERVAL_S
    assert quiet.interval_s > 6 * 3600
    assert quiet.next_poll == NOW + timedelta(seconds=quiet.interval_s)


@given(st.lists(st.text(max_size=8), max_size=40), st.lists(st.text(max_size=8), max_size=40))
def test_known_share_is_the_share_in_both_listings(first: list[str], second: list[str]) -> None:
    share = known_share(second, signatures(first))
    assert share == (sum(name in first for name in second) / len(second) if second else 0.0)


@pytest.mark.parametrize(
    ("headers", "ttl_s", "expected"),
    [
        ({}, None, 0.0),
        ({"cache-control": "public, max-age=1800"}, None, 1800.0),
        ({"cache-control": 'max-age="1800"'}, None, 1800.0),
        ({"cache-control": "s-maxage=9999, max-age=300"}, None, 300.0),
        ({"cache-control": "no-cache, max-age=1800"}, None, 0.0),
        ({"cache-control": "max-age=1800"}, 7200, 7200.0),
        ({"cache-control": "max-age=999999999"}, None, MAX_INTERVAL_S),
        (
            {"expires": "Sat, 21 Nov 2026 09:00:00 GMT", "date": "Sat, 21 Nov 2026 08:00:00 GMT"},
            None,
            3600.0,
        ),
        ({"expires": "0", "date": "Sat, 21 Nov 2026 08:00:00 GMT"}, None, 0.0),
        ({"expires": "Thu, 01 Jan 1970 00:00:00 GMT", "date": "Sat, 21 Nov 2026 08:00:00 GMT"}, None, 0.0),
    ],
)
def test_server_and_feed_may_ask_for_rest(
    headers: dict[str, str], ttl_s: int | None, expected: float
) -> None:
    assert freshness_s(headers, ttl_s) == expected


def test_freshness_delays_the_next_poll_but_not_the_interval() -> None:
    state = after_listing(STATE, FEED, {"cache-control": "max-age=20000"}, "sha", IDS, None, NOW)
    assert state.next_poll == NOW + timedelta(seconds=20000)
    assert state.interval_s == STATE.interval_s


def test_failures_back_off_to_a_day_and_never_give_up() -> None:
    state, waits = STATE, []
    for _ in range(40):
        state = after_failure(state, FEED, Reason.SERVER_ERROR, NOW)
        assert state.next_poll is not None
        waits.append((state.next_poll - NOW).total_seconds())
    assert waits == sorted(waits)
    assert waits[0] == 7200
    assert waits[-1] == MAX_INTERVAL_S
    assert state.etag == STATE.etag


def test_a_success_forgives_everything() -> None:
    failed = after_failure(STATE, FEED, Reason.GONE, NOW)
    assert (failed.failures, failed.failing_since, failed.last_reason) == (2.0, NOW, "gone")
    state = after_unchanged(failed, {}, NOW + timedelta(hours=9), not_modified=True)
    assert (state.failures, state.failing_since, state.last_reason) == (0.0, None, "")


def test_a_failed_poll_waits_at_least_for_retry_after() -> None:
    at = NOW + timedelta(hours=20)
    assert after_failure(None, FEED, Reason.RATE_LIMITED, NOW, retry_at=at).next_poll == at


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (Reason.RATE_LIMITED, 0.5),
        (Reason.FEED_MALFORMED, 0.5),
        (Reason.TIMEOUT, 1.0),
        (Reason.SERVER_ERROR, 1.0),
        (Reason.NOT_FOUND, 2.0),
        (Reason.FEED_NOT_A_FEED, 2.0),
    ],
)
def test_failures_are_weighted(reason: Reason, expected: float) -> None:
    assert weight(reason) == expected


def test_a_permanent_redirect_becomes_the_address_after_a_week() -> None:
    moved = "https://baru.test/rss"
    state = after_redirects(STATE, FEED.url, [(301, moved)], NOW)
    again = after_redirects(state, FEED.url, [(308, moved)], NOW + timedelta(days=3))
    assert (again.moved_to, again.moved_since) == (moved, NOW)
    assert address(FEED, again, NOW + timedelta(days=6)) == FEED.url
    assert address(FEED, again, NOW + timedelta(days=7)) == moved


@pytest.mark.parametrize("redirects", [[], [(302, "https://lain.test/")], [(301, "x"), (307, "y")]])
def test_anything_temporary_ends_the_observation(redirects: list[tuple[int, str]]) -> None:
    moving = after_redirects(STATE, FEED.url, [(301, "https://baru.test/rss")], NOW)
    assert after_redirects(moving, FEED.url, redirects, NOW).moved_to == ""


def test_due_is_what_has_no_date_or_a_past_one() -> None:
    later = after_unchanged(STATE, {}, NOW, not_modified=True)
    assert is_due(None, NOW)
    assert is_due(STATE, NOW)
    assert not is_due(later, NOW)
    assert is_due(later, NOW + timedelta(days=1))


def test_a_moved_feed_stays_moved_until_its_new_address_fails() -> None:
    moved = "https://baru.test/rss"
    state = after_redirects(STATE, FEED.url, [(301, moved)], NOW)
    assert after_redirects(state, moved, [], NOW) == state
    assert after_failure(state, FEED, Reason.GONE, NOW, asked=moved).moved_to == ""
    assert after_failure(state, FEED, Reason.GONE, NOW, asked=FEED.url).moved_to == moved
