"""The host desk with a fake web and a fake clock."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

import pytest

from warta.schemas.host import HostState
from warta.schemas.outcome import Reason
from warta.schemas.page import Page
from warta.transforms.fetch.hosts import HOST_DOWN_AFTER, HostDesk, merge_states
from warta.transforms.fetch.model import FetchError, Postponed
from warta.transforms.fetch.settings import FetchSettings

START = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


class World:
    """A clock that only sleeping moves, and a client that knows nothing but robots.txt."""

    def __init__(
        self, robots: bytes | FetchError = b"", *, states: tuple[HostState, ...] = (), **knobs: Any
    ) -> None:
        self.time = START.timestamp()
        self.robots = robots
        self.robots_asked: list[str] = []
        self.asked: list[tuple[str, float]] = []
        settings = FetchSettings(**{"min_delay_s": 1.0, **knobs})
        self.desk = HostDesk(self, settings, states, clock=lambda: self.time, sleep=self.sleep)

    async def sleep(self, seconds: float) -> None:
        self.time += seconds
        await asyncio.sleep(0)

    async def get(self, url: str, *, max_bytes: int, manners: Any) -> Page:
        async with manners.turn(url) as turn:
            self.robots_asked.append(url)
            if isinstance(self.robots, FetchError):
                if self.robots.status is not None:
                    turn.answered(self.robots.status, {})
                raise self.robots
            turn.answered(200, {})
            return Page(url=url, final_url=url, status=200, body=self.robots, fetched_at=START)

    async def ask(
        self, url: str, *, takes_s: float = 0.0, status: int = 200, headers: dict[str, str] | None = None
    ) -> None:
        async with self.desk.turn(url) as turn:
            self.asked.append((url, self.time - START.timestamp()))
            self.time += takes_s
            turn.answered(status, headers or {})

    async def fail(self, url: str, reason: Reason) -> None:
        async with self.desk.turn(url):
            self.asked.append((url, self.time - START.timestamp()))
            raise FetchError(reason, "no answer", url)

    @property
    def times(self) -> list[float]:
        return [round(at, 3) for _, at in self.asked]


def play(scene: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(scene())


def test_robots_comes_first_and_once_a_host() -> None:
    world = World(b"User-agent: *\nDisallow: /tertutup")

    async def scene() -> None:
        await world.ask("http://a.test/1")
        await world.ask("http://a.test/2")
        with pytest.raises(FetchError) as caught:
            await world.ask("http://a.test/tertutup/3")
        assert caught.value.reason is Reason.ROBOTS_DISALLOWED

    play(scene)
    assert world.robots_asked == ["http://a.test/robots.txt"]
    assert world.times == [1.0, 2.0]


def test_spacing_counts_from_the_answer_and_per_host() -> None:
    world = World(obey_robots=False)

    async def scene() -> None:
        await world.ask("http://a.test/1", takes_s=0.7)
        await world.ask("http://b.test/1")
        await world.ask("http://a.test/2")

    play(scene)
    assert world.times == [0.0, 0.7, 1.7]


def test_one_request_at_a_time_however_many_wait() -> None:
    world = World(obey_robots=False)
    inside: list[int] = []

    async def visit(number: int) -> None:
        async with world.desk.turn(f"http://a.test/{number}") as turn:
            inside.append(number)
            assert len(inside) == 1
            await asyncio.sleep(0)
            turn.answered(200, {})
            inside.pop()

    async def scene() -> None:
        await asyncio.gather(*(visit(number) for number in range(20)))

    play(scene)
    assert world.time - START.timestamp() == pytest.approx(19.0)


def test_crawl_delay_is_honoured_up_to_the_cap() -> None:
    for asked_s, kept_s in ((3, 3.0), (600, 10.0)):
        world = World(f"User-agent: *\nCrawl-delay: {asked_s}".encode())

        async def scene(world: World = world) -> None:
            await world.ask("http://a.test/1")
            await world.ask("http://a.test/2")

        play(scene)
        assert world.times[1] - world.times[0] == kept_s


def test_retry_after_bars_the_host_before_our_own_spacing() -> None:
    world = World(obey_robots=False)

    async def scene() -> None:
        await world.ask("http://a.test/1", status=429, headers={"retry-after": "30"})
        await world.ask("http://a.test/2")

    play(scene)
    assert world.times == [0.0, 30.0]


def test_a_longer_rest_is_postponed_with_its_end() -> None:
    world = World(obey_robots=False)

    async def scene() -> None:
        await world.ask("http://a.test/1", status=503, headers={"retry-after": "3600"})
        with pytest.raises(Postponed) as caught:
            await world.ask("http://a.test/2")
        assert caught.value.reason is Reason.RETRY_AFTER
        assert caught.value.until == START.timestamp() + 3600

    play(scene)


def test_what_cannot_start_before_the_deadline_is_postponed_at_once() -> None:
    world = World(obey_robots=False, min_delay_s=5.0, deadline=START.timestamp() + 3)

    async def scene() -> None:
        await world.ask("http://a.test/1")
        with pytest.raises(Postponed) as caught:
            await world.ask("http://a.test/2")
        assert caught.value.reason is Reason.RUN_DEADLINE

    play(scene)
    assert world.time == START.timestamp()


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (FetchError(Reason.NOT_FOUND, "HTTP 404", "", 404), None),
        (FetchError(Reason.ACCESS_DENIED, "HTTP 403", "", 403), None),
        (FetchError(Reason.REDIRECT_LOOP, "loop", ""), None),
        (FetchError(Reason.SERVER_ERROR, "HTTP 500", "", 500), Reason.ROBOTS_UNAVAILABLE),
        (FetchError(Reason.RATE_LIMITED, "HTTP 429", "", 429), Reason.ROBOTS_UNAVAILABLE),
        (FetchError(Reason.TIMEOUT, "slow", ""), Reason.ROBOTS_UNAVAILABLE),
        (FetchError(Reason.DNS_FAILED, "no such name", ""), Reason.DNS_FAILED),
        (FetchError(Reason.ADDRESS_FORBIDDEN, "10.0.0.1", ""), Reason.ADDRESS_FORBIDDEN),
    ],
    ids=lambda value: str(getattr(value, "reason", value)),
)
def test_trouble_with_robots_allows_waits_or_tells_the_real_cause(
    error: FetchError, reason: Reason | None
) -> None:
    world = World(error, max_wait_s=600.0)

    async def scene() -> None:
        for page in (1, 2):
            if reason is None:
                await world.ask(f"http://a.test/{page}")
            else:
                with pytest.raises(FetchError) as caught:
                    await world.ask(f"http://a.test/{page}")
                assert caught.value.reason is reason
                assert caught.value.url == f"http://a.test/{page}"

    play(scene)
    assert len(world.robots_asked) == 1


@pytest.mark.parametrize(("age_h", "asked"), [(23, 0), (25, 1)])
def test_remembered_rules_hold_until_they_expire(age_h: int, asked: int) -> None:
    expires = datetime.fromtimestamp(START.timestamp() + (24 - age_h) * 3600, UTC)
    known = HostState(
        "a.test", robots_body="User-agent: *\nDisallow: /", robots_status=200, robots_expires=expires
    )
    world = World(b"User-agent: *\nDisallow: /", states=(known,))

    async def scene() -> None:
        with pytest.raises(FetchError, match="robots_disallowed"):
            await world.ask("http://a.test/1")

    play(scene)
    assert len(world.robots_asked) == asked


def test_the_state_of_an_earlier_stage_spaces_the_first_request() -> None:
    world = World(obey_robots=False, states=(HostState("a.test", last_request=START),))
    play(lambda: world.ask("http://a.test/1"))
    assert world.times == [1.0]


def test_asked_hosts_are_remembered_and_only_those() -> None:
    world = World(b"User-agent: *\nDisallow: /x", states=(HostState("b.test", last_request=START),))
    play(lambda: world.ask("http://a.test/1"))
    (state,) = world.desk.states()
    assert state.host == "a.test"
    assert state.robots_body == "User-agent: *\nDisallow: /x"
    assert state.robots_status == 200
    assert state.last_request == datetime.fromtimestamp(world.time, UTC)


def test_a_host_that_never_answers_is_left_alone_for_the_run() -> None:
    world = World(obey_robots=False)

    async def scene() -> None:
        for page in range(HOST_DOWN_AFTER + 5):
            with pytest.raises(FetchError) as caught:
                await world.fail(f"http://a.test/{page}", Reason.TIMEOUT)
            assert caught.value.reason is Reason.TIMEOUT
        await world.ask("http://b.test/")

    play(scene)
    assert len(world.asked) == HOST_DOWN_AFTER + 1


def test_an_answer_in_between_forgives_silence() -> None:
    world = World(obey_robots=False)

    async def scene() -> None:
        for page in range(3 * HOST_DOWN_AFTER):
            with pytest.raises(FetchError):
                await world.fail(f"http://a.test/{page}", Reason.CONNECTION_RESET)
            await world.ask(f"http://a.test/{page}/ok")

    play(scene)
    assert len(world.asked) == 6 * HOST_DOWN_AFTER


def test_an_address_without_a_host_is_invalid() -> None:
    world = World()

    async def scene() -> None:
        with pytest.raises(FetchError, match="url_invalid"):
            await world.ask("http:///a")

    play(scene)


def test_of_several_states_of_a_host_the_latest_counts() -> None:
    old = HostState("a.test", last_request=datetime(2026, 1, 1, tzinfo=UTC))
    new = HostState("a.test", last_request=START)
    assert merge_states([new, old]) == merge_states([old, new]) == {"a.test": new}
