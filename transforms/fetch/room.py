"""How many bytes may be on their way at once: answers that are coming, and bodies that wait for a reader.

Some thousand hosts answer together when a run begins, far faster than pages can be read. So a request is
only made when there is room for the body that it will bring, and readers still never run dry.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

MOST_BYTES = 24 * 2**20
"""Some 200 pages of 120 kB, about 3 s of work for two readers."""
MOST_BODIES = 2000
"""The same for very small answers, whose envelope weighs more than their body."""
USUAL_BYTES = 120_000
"""What an answer is expected to bring before any has come: the median page of the development corpus."""
MEMORY = 0.05
"""Weight of the last body in what the next one is expected to bring."""
SLOW_S = 2.0
"""A host that has not answered by then holds no room: a few dead ones would keep all others out."""


class Room:
    """Room for bodies. All methods are for one event loop."""

    def __init__(self) -> None:
        self._expected_bytes = float(USUAL_BYTES)
        self._asked = 0
        self._bodies = 0
        self._body_bytes = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    @asynccontextmanager
    async def request(self) -> AsyncIterator[None]:
        """Wait until there is room for one more body, first come, first served; keep it for the block."""
        await self._enter()
        held = True

        def let_go() -> None:
            nonlocal held
            if held:
                held = False
                self._asked -= 1
                self._let_in()

        slow = asyncio.get_running_loop().call_later(SLOW_S, let_go)
        try:
            yield
        finally:
            slow.cancel()
            let_go()

    def take(self, body_bytes: int) -> None:
        """Note a body that has come and waits to be read."""
        self._expected_bytes += MEMORY * (body_bytes - self._expected_bytes)
        self._bodies += 1
        self._body_bytes += body_bytes

    def give_back(self, body_bytes: int) -> None:
        """Note that a body has been read."""
        self._bodies -= 1
        self._body_bytes -= body_bytes
        self._let_in()

    async def _enter(self) -> None:
        if not self._waiting and self._has_room():
            self._asked += 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # let in and cancelled at once
                self._asked -= 1
                self._let_in()
            raise

    def _let_in(self) -> None:
        while self._waiting and self._has_room():
            turn = self._waiting.popleft()
            if not turn.done():
                self._asked += 1
                turn.set_result(None)

    def _has_room(self) -> bool:
        count = self._asked + self._bodies
        return not count or (
            count < MOST_BODIES and self._body_bytes + (self._asked + 1) * self._expected_bytes <= MOST_BYTES
        )
