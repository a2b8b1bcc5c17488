"""Names to addresses: the `connect_to` map first, then the system's resolver; private answers are dropped."""

import asyncio
import queue
import socket
import threading
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult

from warta.schemas.outcome import Reason
from warta.transforms.fetch.addresses import is_allowed, networks, parse_address
from warta.transforms.fetch.model import FetchError

_THREADS = 16
"""Look-ups at a time: `getaddrinfo` blocks, and a slow name must not stop the others."""


def connect_target(host: str, connect_to: tuple[tuple[str, str], ...]) -> tuple[str, int] | None:
    """Return the address and port that `host` is served from according to `connect_to`, if it says so.

    >>> connect_target("kabar.test", (("*.test", "127.0.0.1:8765"),))
    ('127.0.0.1', 8765)
    """
    for pattern, target in connect_to:
        if fnmatchcase(host.lower().rstrip("."), pattern.lower()):
            address, _, port = target.rpartition(":")
            return address.strip("[]"), int(port)
    return None


class GuardedResolver(AbstractResolver):
    """Resolve names for aiohttp; raise FetchError when no answer is an address we may talk to."""

    def __init__(
        self,
        *,
        allow_networks: tuple[str, ...] = (),
        connect_to: tuple[tuple[str, str], ...] = (),
        trusted_hosts: frozenset[str] = frozenset(),
        lookup: Callable[[str, int, int], list[tuple[str, int]]] | None = None,
    ) -> None:
        self._allow = networks(allow_networks)
        self._connect_to = connect_to
        self._trusted = trusted_hosts
        self._lookup = lookup or _getaddrinfo
        self._threads = _DaemonThreads(_THREADS)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        target = connect_target(host, self._connect_to)
        if target is not None:
            return [_result(host, *target)]
        found = await self._threads.run(self._lookup, host, port, family)
        allowed = [pair for pair in found if host in self._trusted or is_allowed(pair[0], self._allow)]
        if found and not allowed:
            raise FetchError(
                Reason.ADDRESS_FORBIDDEN, f"{host} resolves to {found[0][0]}, not a public address", host
            )
        return [_result(host, *pair) for pair in allowed]

    async def close(self) -> None:
        self._threads.close()


def _result(host: str, address: str, port: int) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
    return ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=flags)


def _getaddrinfo(host: str, port: int, family: int) -> list[tuple[str, int]]:
    infos = socket.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)
    pairs = [(str(info[4][0]), int(info[4][1])) for info in infos]
    return [pair for pair in dict.fromkeys(pairs) if parse_address(pair[0])]


class _DaemonThreads:
    """A few daemon threads that run blocking calls: unlike an executor's, they never hold up the exit."""

    def __init__(self, threads: int) -> None:
        self._limit = threads
        self._started = 0
        self._idle = 0
        self._tasks: queue.SimpleQueue[Any] = queue.SimpleQueue()

    async def run(self, function: Callable[..., Any], *args: Any) -> Any:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        self._tasks.put((loop, future, function, args))
        if self._started < self._limit:
            self._started += 1
            threading.Thread(target=self._serve, daemon=True, name="warta-resolver").start()
        return await future

    def close(self) -> None:
        for _ in range(self._started):
            self._tasks.put(None)
        self._started = 0

    def _serve(self) -> None:
        while (task := self._tasks.get()) is not None:
            loop, future, function, args = task
            try:
                outcome, error = function(*args), None
            except Exception as caught:
                outcome, error = None, caught
            try:
                loop.call_soon_threadsafe(_settle, future, outcome, error)
            except RuntimeError:  # the loop is closed: nobody waits any more
                return


def _settle(future: "asyncio.Future[Any]", outcome: Any, error: Exception | None) -> None:
    if future.cancelled():
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(outcome)
