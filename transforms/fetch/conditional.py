"""What a feed is asked, and when again. Pure: FeedState and an answer in, headers and FeedState out."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from warta.schemas.feed import Feed, FeedState
from warta.schemas.outcome import Reason
from warta.transforms.fetch.politeness import http_date

FIRST_INTERVAL_S = 3600.0
MIN_INTERVAL_S = 600.0
MAX_INTERVAL_S = 24 * 3600.0
"""Bounds of the adaptive interval; Media Cloud's rss-fetcher runs between the same two."""
KNOWN_LOW, KNOWN_HIGH = 1 / 3, 2 / 3
"""Share of already listed entries a poll aims for (Media Cloud: 33-67 %). Below, entries may be slipping by
unseen, so the interval shrinks; above, most of the answer is old, so it grows."""
GROW, SHRINK = 1.5, 0.6
"""Steps of the interval: six polls from an hour to the daily maximum, four to the minimum."""
UNCHANGED_GROW = 1.25
"""A 304 costs nearly nothing, so it lengthens the interval less than a listing of old entries."""
MOVE_AFTER = timedelta(days=7)
"""A permanent redirect becomes the feed's address after a week: shorter ones have been maintenance pages."""
FAILING_BACKOFF = 2.0
"""The interval doubles per weighted failure up to the daily maximum: dead feeds are retried daily."""
SIGNATURE_BYTES = 6
MAX_SIGNATURES = 500
"""Entries remembered of the last listing, 6 bytes each: enough to compare polls, 3 kB at most."""

_SOFT = frozenset(
    {Reason.RATE_LIMITED, Reason.ROBOTS_UNAVAILABLE, Reason.FEED_MALFORMED, Reason.BODY_TRUNCATED}
)
_HARD = frozenset(
    {
        Reason.NOT_FOUND,
        Reason.GONE,
        Reason.ROBOTS_DISALLOWED,
        Reason.ADDRESS_FORBIDDEN,
        Reason.URL_INVALID,
        Reason.SCHEME_UNSUPPORTED,
        Reason.FEED_NOT_A_FEED,
        Reason.FEED_ENTITY_DECLARED,
    }
)


def is_due(state: FeedState | None, now: datetime) -> bool:
    return state is None or state.next_poll is None or state.next_poll <= now


def address(feed: Feed, state: FeedState | None, now: datetime) -> str:
    """Return where to ask for `feed`: its new address once a permanent redirect has stood for a week."""
    if state and state.moved_to and state.moved_since and now - state.moved_since >= MOVE_AFTER:
        return state.moved_to
    return feed.url


def request_headers(state: FeedState | None, *, full_poll_every: int) -> dict[str, str]:
    """Return the headers that make a poll conditional; none when this poll has to be a full GET.

    `A-IM: feed` (RFC 3229) lets a server send only what is new. Validators go back as they came.
    """
    if state is None or state.conditional_polls >= full_poll_every - 1:
        return {}
    headers = {}
    if state.etag:
        headers["If-None-Match"] = state.etag
    if state.last_modified:
        headers["If-Modified-Since"] = state.last_modified
    return {**headers, "A-IM": "feed"} if headers else {}


def signatures(url_ids: Iterable[str]) -> bytes:
    """Return what is remembered of a listing, to measure how much of the next one is old."""
    heads = sorted({hashlib.blake2b(name.encode(), digest_size=SIGNATURE_BYTES).digest() for name in url_ids})
    return b"".join(heads[:MAX_SIGNATURES])


def known_share(url_ids: Sequence[str], listed: bytes) -> float:
    """Return the share of a listing that the one before had too; 0 for an empty one."""
    known = {listed[at : at + SIGNATURE_BYTES] for at in range(0, len(listed), SIGNATURE_BYTES)}
    if not url_ids:
        return 0.0
    heads = (hashlib.blake2b(name.encode(), digest_size=SIGNATURE_BYTES).digest() for name in url_ids)
    return sum(head in known for head in heads) / len(url_ids)


def next_interval_s(
    interval_s: float, share_known: float | None, bounds_s: tuple[float, float] | None = None
) -> float:
    """Return the distance to the next poll, from the last one and the share of old entries (None: a 304)."""
    least_s, most_s = bounds_s or (MIN_INTERVAL_S, MAX_INTERVAL_S)
    if interval_s <= 0:
        return min(max(FIRST_INTERVAL_S, least_s), most_s)
    if share_known is None:
        factor = UNCHANGED_GROW
    elif share_known < KNOWN_LOW:
        factor = SHRINK
    else:
        factor = GROW if share_known > KNOWN_HIGH else 1.0
    return min(max(interval_s * factor, least_s), most_s)


def freshness_s(headers: Mapping[str, str], ttl_s: int | None) -> float:
    """Return for how long server and feed say that nothing new is to be had: 0 when they say nothing.

    The longest of Cache-Control max-age (else Expires, relative to Date) and the feed's ttl; a day at most.
    """
    control = headers.get("cache-control", "").lower()
    age = re.search(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})", control)
    fresh_s = 0.0
    if age and "no-cache" not in control and "no-store" not in control:
        fresh_s = float(age[1])
    elif not control:
        expires, date = http_date(headers.get("expires", "")), http_date(headers.get("date", ""))
        fresh_s = expires - date if expires is not None and date is not None else 0.0
    return min(max(fresh_s, float(ttl_s or 0), 0.0), MAX_INTERVAL_S)


def after_listing(
    state: FeedState | None,
    feed: Feed,
    headers: Mapping[str, str],
    body_sha256: str,
    url_ids: Sequence[str],
    ttl_s: int | None,
    now: datetime,
    *,
    bounds_s: tuple[float, float] | None = None,
) -> FeedState:
    """Return the state after a full answer that was parsed."""
    state = state or FeedState(url=feed.url)
    share = known_share(url_ids, state.listed) if state.listed else 0.5
    interval_s = next_interval_s(state.interval_s, share, bounds_s)
    settled = replace(
        _validated(state, headers), body_sha256=body_sha256, listed=signatures(url_ids), conditional_polls=0
    )
    return _succeeded(settled, interval_s, freshness_s(headers, ttl_s), now)


def after_unchanged(
    state: FeedState,
    headers: Mapping[str, str],
    now: datetime,
    *,
    not_modified: bool,
    bounds_s: tuple[float, float] | None = None,
) -> FeedState:
    """Return the state after a 304 (`not_modified`) or a body equal to the last one to the byte."""
    interval_s = next_interval_s(state.interval_s, None, bounds_s)
    if not_modified:
        settled = replace(
            _validated(state, headers, keep=True), conditional_polls=state.conditional_polls + 1
        )
    else:
        settled = replace(_validated(state, headers), conditional_polls=0)
    return _succeeded(settled, interval_s, freshness_s(headers, None), now)


def after_failure(
    state: FeedState | None,
    feed: Feed,
    reason: Reason,
    now: datetime,
    *,
    asked: str = "",
    retry_at: datetime | None = None,
) -> FeedState:
    """Return the state after a poll that failed; validators and listing are kept as they were."""
    state = state or FeedState(url=feed.url)
    if state.moved_to and asked == state.moved_to:
        state = replace(state, moved_to="", moved_since=None)  # next time the old address has its say again
    failures = state.failures + weight(reason)
    wait_s = min(
        max(state.interval_s, MIN_INTERVAL_S) * FAILING_BACKOFF ** min(failures, 16.0), MAX_INTERVAL_S
    )
    next_poll = now + timedelta(seconds=wait_s)
    return replace(
        state,
        failures=failures,
        failing_since=state.failing_since or now,
        last_reason=str(reason),
        next_poll=max(next_poll, retry_at) if retry_at else next_poll,
    )


def after_redirects(
    state: FeedState, asked: str, redirects: Sequence[tuple[int, str]], now: datetime
) -> FeedState:
    """Return the state with the feed's move under observation: only a chain of permanent redirects counts.

    A feed that was `asked` at its new address, and answered there, has moved for good.
    """
    if asked == state.moved_to and not redirects:
        return state
    moved_to = redirects[-1][1] if redirects and all(status in (301, 308) for status, _ in redirects) else ""
    if moved_to == state.moved_to:
        return state
    return replace(state, moved_to=moved_to, moved_since=now if moved_to else None)


def weight(reason: Reason) -> float:
    """Return what a failure counts: soft .5, temporary 1, hard 2."""
    if reason in _SOFT:
        return 0.5
    return 2.0 if reason in _HARD else 1.0


def _validated(state: FeedState, headers: Mapping[str, str], *, keep: bool = False) -> FeedState:
    etag, modified = headers.get("etag", ""), headers.get("last-modified", "")
    if keep:
        etag, modified = etag or state.etag, modified or state.last_modified
    return replace(state, etag=etag, last_modified=modified)


def _succeeded(state: FeedState, interval_s: float, fresh_s: float, now: datetime) -> FeedState:
    wait_s = min(max(interval_s, fresh_s), MAX_INTERVAL_S)
    return replace(
        state,
        interval_s=interval_s,
        next_poll=now + timedelta(seconds=wait_s),
        last_success=now,
        failures=0.0,
        failing_since=None,
        last_reason="",
    )
