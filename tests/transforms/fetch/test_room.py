"""Room for bodies: who gets in, in what order, and that nothing of it leaks."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from warta.transforms.fetch import room as rooms
from warta.transforms.fetch.room import MOST_BYTES, USUAL_BYTES, Room

FIT = MOST_BYTES // USUAL_BYTES


def run(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(story, 10))


class Requests:
    """Requests that stay open until they are told to end."""

    def __init__(self, room: Room, count: int) -> None:
        self.inside: list[int] = []
        self.ends = [asyncio.Event() for _ in range(count)]
        self.tasks = [asyncio.ensure_future(self._one(room, number)) for number in range(count)]

    async def _one(self, room: Room, number: int) -> None:
        async with room.request():
            self.inside.append(number)
            await self.ends[number].wait()


async def turns(count: int = 5) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


def test_requests_that_will_not_fit_wait_their_turn() -> None:
    async def story() -> None:
        requests = Requests(Room(), FIT + 3)
        await turns()
        assert requests.inside == list(range(FIT))
        requests.ends[7].set()
        await turns()
        assert requests.inside == list(range(FIT + 1))
        for end in requests.ends:
            end.set()
        await asyncio.gather(*requests.tasks)
        assert requests.inside == list(range(FIT + 3))

    run(story())


def test_bodies_keep_their_room_until_they_are_read() -> None:
    async def story() -> None:
        room = Room()
        room.take(MOST_BYTES)
        requests = Requests(room, 2)
        await turns()
        assert requests.inside == []
        room.give_back(MOST_BYTES)
        await turns()
        assert len(requests.inside) == 2

    run(story())


def test_one_request_may_always_be_made() -> None:
    async def story() -> None:
        room = Room()
        for _ in range(200):  # by now the next body is expected to be larger than all the room
            room.take(2 * MOST_BYTES)
            room.give_back(2 * MOST_BYTES)
        requests = Requests(room, 2)
        await turns()
        assert requests.inside == [0]
        requests.ends[0].set()
        await turns()
        assert requests.inside == [0, 1]

    run(story())


def test_larger_bodies_leave_room_for_fewer() -> None:
    async def story() -> None:
        room = Room()
        for _ in range(200):
            room.take(10 * USUAL_BYTES)
            room.give_back(10 * USUAL_BYTES)
        requests = Requests(room, FIT)
        await turns()
        assert len(requests.inside) == FIT // 10

    run(story())


def test_a_host_that_does_not_answer_holds_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "SLOW_S", 0.01)

    async def story() -> None:
        room = Room()
        requests = Requests(room, FIT + 1)
        await requests_are_in(requests, FIT + 1)
        for end in requests.ends:
            end.set()
        await asyncio.gather(*requests.tasks)
        again = Requests(room, FIT + 1)
        await turns()
        assert len(again.inside) == FIT  # what was let go is not let go twice

    run(story())


async def requests_are_in(requests: Requests, count: int) -> None:
    while len(requests.inside) < count:
        await asyncio.sleep(0.001)


def test_who_is_cancelled_while_waiting_leaves_no_gap() -> None:
    async def story() -> None:
        room = Room()
        requests = Requests(room, FIT + 3)
        await turns()
        requests.tasks[FIT].cancel()
        requests.ends[0].set()
        requests.tasks[FIT + 1].cancel()
        await turns()
        assert requests.inside == [*range(FIT), FIT + 2]
        requests.ends[1].set()
        fresh = Requests(room, 2)
        await turns()
        assert fresh.inside == [0]

    run(story())
