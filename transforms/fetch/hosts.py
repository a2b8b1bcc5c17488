"""The host desk: one gate per host, through which every request passes, robots.txt included.

Feeds, pages and redirect hops share the gates, so politeness is counted per host and not per feed. The clock
and the sleep are handed in.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Protocol

from warta.schemas.host import HostState
from warta.schemas.outcome import Reason
from warta.schemas.page import Page
from warta.transforms.fetch import politeness, robots
from warta.transforms.fetch.model import FetchError, Postponed
from warta.transforms.fetch.progress import Progress
from warta.transforms.fetch.settings import FetchSettings
from warta.transforms.urls import host_key

HOST_DOWN_AFTER = 3
"""Requests in a row that a host left unanswered before the rest of its queue is not tried in this run: thirty
entries of a dead host would cost fifteen minutes of time-outs."""
_UNANSWERED = frozenset(
    {Reason.DNS_FAILED, Reason.CONNECT_FAILED, Reason.TLS_FAILED, Reason.TIMEOUT, Reason.CONNECTION_RESET}
)
_SAME_FATE = frozenset(
    {
        Reason.DNS_FAILED,
        Reason.CONNECT_FAILED,
        Reason.TLS_FAILED,
        Reason.ADDRESS_FORBIDDEN,
        Reason.URL_INVALID,
    }
)
"""Failures of robots.txt that the page itself would meet: told by their own name."""


class Getter(Protocol):
    """The part of `http.HttpClient` that is needed to ask for robots.txt."""

    async def get(self, url: str, *, max_bytes: int, manners: "HostDesk | SpacingOnly") -> Page: ...


class Gate:
    """One host: who is inside, when the next may enter, what robots.txt said."""

    def __init__(self, state: HostState, concurrency: int) -> None:
        self.host = state.host
        self.places = asyncio.Semaphore(concurrency)
        self.pacing = asyncio.Lock()
        self.robots_lock = asyncio.Lock()
        self.last_request = _unix(state.last_request)
        self.not_before = _unix(state.not_before)
        self.robots_body = state.robots_body
        self.robots_status = state.robots_status
        self.robots_expires = _unix(state.robots_expires)
        self.rules: robots.Rules | None = None
        self.robots_error: FetchError | None = None
        self.unanswered = 0
        self.last_failure: FetchError | None = None
        self.touched = False

    def state(self) -> HostState:
        return HostState(
            host=self.host,
            last_request=_instant(self.last_request),
            not_before=_instant(self.not_before),
            robots_body=self.robots_body,
            robots_status=self.robots_status,
            robots_expires=_instant(self.robots_expires),
        )


class GateTurn:
    """One permitted request of a gate."""

    def __init__(self, gate: Gate, clock: Callable[[], float]) -> None:
        self._gate = gate
        self._clock = clock
        self.seen = False

    def answered(self, status: int, headers: Mapping[str, str]) -> None:
        # Counted from the answer, not from the question: the host saw us at the latest now, so two requests
        # can never reach it closer together than the delay, however slow the first connection was.
        now = self._clock()
        self.seen = True
        self._gate.last_request = now
        self._gate.unanswered = 0
        until = politeness.penalty_until(status, headers, now)
        if until is not None:
            self._gate.not_before = max(until, self._gate.not_before or 0.0)


class HostDesk:
    """Gates of all hosts of a crawl. `turn` is the manners that `HttpClient.get` asks before each hop."""

    def __init__(
        self,
        client: Getter,
        settings: FetchSettings,
        states: Iterable[HostState] = (),
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        progress: Progress | None = None,
    ) -> None:
        self._client = client
        self._settings = settings
        self._clock = clock
        self._sleep = sleep
        self._progress = progress or Progress()
        self._agent = robots.agent_token(settings.user_agent)
        self._known = merge_states(states)
        self._gates: dict[str, Gate] = {}

    def gate(self, host: str) -> Gate:
        if host not in self._gates:
            state = self._known.get(host) or HostState(host=host)
            self._gates[host] = Gate(state, self._settings.per_host_concurrency)
        return self._gates[host]

    def states(self) -> list[HostState]:
        """Return what to remember of every host that was asked, by name."""
        return [gate.state() for _, gate in sorted(self._gates.items()) if gate.touched]

    @asynccontextmanager
    async def turn(self, url: str) -> AsyncIterator[GateTurn]:
        """Wait for permission and place; see `http.Manners.turn`."""
        gate = self._gate_of(url)
        if self._settings.obey_robots:
            await self._check_robots(gate, url)
        async with self.space(gate, url) as turn:
            yield turn

    @asynccontextmanager
    async def space(self, gate: Gate, url: str) -> AsyncIterator[GateTurn]:
        """Wait for a place and the right moment, without asking robots.txt."""
        async with gate.places:
            if gate.last_failure is not None and gate.unanswered >= HOST_DOWN_AFTER:
                last = gate.last_failure
                detail = (
                    f"not asked: {gate.host} failed {gate.unanswered} times in a row, last: {last.detail}"
                )
                raise FetchError(last.reason, detail, url)
            async with gate.pacing:
                await self._wait(gate)
                gate.touched = True
                gate.last_request = self._clock()
            turn = GateTurn(gate, self._clock)
            try:
                yield turn
            except FetchError as error:
                if error.reason in _UNANSWERED and not turn.seen:
                    gate.unanswered += 1
                    gate.last_failure = error
                raise
            finally:
                if not turn.seen:
                    gate.last_request = self._clock()

    def _gate_of(self, url: str) -> Gate:
        try:
            return self.gate(host_key(url))
        except ValueError as error:
            raise FetchError(Reason.URL_INVALID, str(error), url) from None

    async def _wait(self, gate: Gate) -> None:
        settings = self._settings
        while True:
            now = self._clock()
            crawl_delay_s = gate.rules.crawl_delay_s if gate.rules else None
            delay = politeness.delay_s(settings.min_delay_s, crawl_delay_s, settings.max_crawl_delay_s)
            at = politeness.next_request(gate.last_request, gate.not_before, delay, now)
            if settings.deadline is not None and at >= settings.deadline:
                raise Postponed(Reason.RUN_DEADLINE, f"{gate.host} may be asked in {at - now:.0f} s")
            if at <= now:
                return
            if at - now > max(settings.max_wait_s, delay):
                raise Postponed(Reason.RETRY_AFTER, f"{gate.host} wants {at - now:.0f} s of rest", at)
            self._progress.wait(gate.host, at)
            await self._sleep(at - now)
            self._progress.wait(gate.host, None)

    async def _check_robots(self, gate: Gate, url: str) -> None:
        async with gate.robots_lock:
            if gate.rules is None and gate.robots_error is None:
                await self._learn_robots(gate, url)
        if gate.robots_error is not None:
            error = gate.robots_error
            raise FetchError(error.reason, error.detail, url, error.status)
        if gate.rules is not None and not gate.rules.allows(url):
            raise FetchError(
                Reason.ROBOTS_DISALLOWED, f"robots.txt of {gate.host} forbids it to {self._agent}", url
            )

    async def _learn_robots(self, gate: Gate, url: str) -> None:
        fresh = gate.robots_expires is not None and gate.robots_expires > self._clock()
        if not (fresh and gate.robots_status is not None):
            await self._ask_robots(gate, url)
        if gate.robots_error is None and gate.robots_status is not None:
            if robots.is_available(gate.robots_status):
                gate.rules = robots.Rules(gate.robots_body, self._agent)
            else:
                detail = f"robots.txt of {gate.host} answered {gate.robots_status}"
                gate.robots_error = FetchError(Reason.ROBOTS_UNAVAILABLE, detail, url, gate.robots_status)

    async def _ask_robots(self, gate: Gate, url: str) -> None:
        address = robots.robots_url(url)
        headers: Mapping[str, str] = {}
        body = b""
        try:
            page = await self._client.get(
                address, max_bytes=robots.MAX_ROBOTS_BYTES * 2, manners=SpacingOnly(self)
            )
            status, headers, body = page.status, page.headers, page.body
        except FetchError as error:
            status_or_none = error.status
            if status_or_none is None and error.reason in (
                Reason.REDIRECT_LOOP,
                Reason.REDIRECT_INVALID,
                Reason.TOO_LARGE,
            ):
                status_or_none = 404  # RFC 9309 2.3.1.2: more than five redirects may count as no rules
            if status_or_none is None:
                reason = error.reason if error.reason in _SAME_FATE else Reason.ROBOTS_UNAVAILABLE
                gate.robots_error = FetchError(reason, f"robots.txt: {error.detail}", url)
                return
            status = status_or_none
        gate.robots_status = status
        gate.robots_body = robots.body_of(status, body)
        gate.robots_expires = self._clock() + robots.expires_in_s(status, headers)


class SpacingOnly:
    """Manners for robots.txt itself: spaced like any request, but nobody asks it for permission."""

    def __init__(self, desk: HostDesk) -> None:
        self._desk = desk

    @asynccontextmanager
    async def turn(self, url: str) -> AsyncIterator[GateTurn]:
        async with self._desk.space(self._desk._gate_of(url), url) as turn:
            yield turn


def merge_states(states: Iterable[HostState]) -> dict[str, HostState]:
    """Return one state per host: the one that was asked last, with the longest-lived robots.txt."""
    merged: dict[str, HostState] = {}
    for state in states:
        known = merged.get(state.host)
        if known is None or _recency(state) > _recency(known):
            merged[state.host] = state
    return merged


def _recency(state: HostState) -> tuple[float, float, float]:
    return (
        _unix(state.last_request) or 0.0,
        _unix(state.robots_expires) or 0.0,
        _unix(state.not_before) or 0.0,
    )


def _unix(instant: datetime | None) -> float | None:
    return None if instant is None else instant.timestamp()


def _instant(unix: float | None) -> datetime | None:
    return None if unix is None else datetime.fromtimestamp(unix, UTC)
