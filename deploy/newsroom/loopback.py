"""A small HTTP/1.1 server for loopback worlds: virtual hosts, counters per host, faults on demand.

One asyncio loop in a thread of its own. Handlers are plain functions from `Ask` to `Answer`, so a world is
a dictionary and a clock. Fast enough (thousands of pages a second) that it is never what a benchmark
measures.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from types import TracebackType
from typing import Self

ADDRESS = "127.0.0.1"
MAX_HEAD_BYTES = 65_536
TLS_HANDSHAKE = b"\x16"
_PHRASES = {int(status): status.phrase for status in HTTPStatus}


@dataclass(frozen=True, slots=True)
class Ask:
    """One request. Header names are lower case; `host` is without the port."""

    method: str
    host: str
    target: str
    headers: dict[str, str]

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, and how badly it travels."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    delay_s: float = 0.0
    fault: str = ""
    """"" | reset (closed without a word) | truncate (half of the promised body) | stall (never answers)"""


@dataclass(slots=True)
class HostCounters:
    """What the server saw of one host's visitors. Seconds are monotonic."""

    requests: int = 0
    open_now: int = 0
    open_most: int = 0
    least_gap_s: float = float("inf")
    """Least time from one request's arrival to the next one's."""
    least_rest_s: float = float("inf")
    """Least time from the end of an answer to the next arrival; 0 when they overlapped."""
    bytes_sent: int = 0
    statuses: dict[int, int] = field(default_factory=dict)
    last_start_s: float = float("-inf")
    last_end_s: float = float("-inf")

    def begin(self, now_s: float) -> None:
        """Count an arrival."""
        if self.requests:
            self.least_gap_s = min(self.least_gap_s, now_s - self.last_start_s)
            self.least_rest_s = min(self.least_rest_s, now_s - self.last_end_s if not self.open_now else 0.0)
        self.requests += 1
        self.last_start_s = now_s
        self.open_now += 1
        self.open_most = max(self.open_most, self.open_now)

    def end(self, now_s: float, answer: Answer) -> None:
        """Count an answer."""
        self.open_now -= 1
        self.last_end_s = now_s
        self.bytes_sent += len(answer.body)
        self.statuses[answer.status] = self.statuses.get(answer.status, 0) + 1


Handler = Callable[[Ask], Answer]


class Loopback:
    """A running server; use it as a context manager."""

    def __init__(self, handler: Handler, *, port: int = 0) -> None:
        self.handler = handler
        self.port = port
        self.hosts: dict[str, HostCounters] = {}
        self.problems: list[BaseException] = []
        """What handlers raised; a caller that cares looks here."""
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._connections: set[asyncio.Transport] = set()
        self._thread = threading.Thread(target=self._run, name="loopback", daemon=True)
        self._failure: BaseException | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        if self._failure:
            raise self._failure
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def counters(self, host: str) -> HostCounters:
        """Return the counters of `host`, made on first use."""
        return self.hosts.setdefault(host, HostCounters())

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        except OSError as error:
            self._failure = error
        finally:
            self._ready.set()
            self._loop.close()

    async def _serve(self) -> None:
        server = await self._loop.create_server(
            lambda: _Connection(self), ADDRESS, self.port, backlog=4096, reuse_address=True
        )
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        for transport in list(self._connections):
            transport.abort()
        await asyncio.sleep(0)  # let connection_lost run


class _Connection(asyncio.Protocol):
    def __init__(self, server: Loopback) -> None:
        self._server = server
        self._data = b""
        self._busy = False
        self._transport: asyncio.Transport | None = None
        self._close_after = False
        self._stalled: tuple[Answer, HostCounters] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._server._connections.add(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._transport:
            self._server._connections.discard(self._transport)
        self._transport = None
        if self._stalled:  # the visitor gave up: the request is over
            answer, counters = self._stalled
            counters.end(time.monotonic(), answer)

    def data_received(self, data: bytes) -> None:
        self._data += data
        if self._data[:1] == TLS_HANDSHAKE and self._transport:
            self._transport.abort()  # at once: a visitor who speaks TLS would wait for its time limit
        elif not self._busy:
            self._next()

    def _next(self) -> None:
        head, separator, rest = self._data.partition(b"\r\n\r\n")
        if not separator:
            if len(head) > MAX_HEAD_BYTES and self._transport:
                self._transport.abort()
            return
        self._data = rest
        self._busy = True
        ask = _parse_head(head.decode("latin-1"))
        self._close_after = ask.headers.get("connection", "").lower() == "close"
        counters = self._server.counters(ask.host)
        counters.begin(time.monotonic())
        answer = self._ask(ask)
        if answer.fault == "stall":
            self._stalled = (answer, counters)
            return
        if answer.delay_s:
            asyncio.get_running_loop().call_later(answer.delay_s, self._answer, ask, answer, counters)
        else:
            self._answer(ask, answer, counters)

    def _ask(self, ask: Ask) -> Answer:
        try:
            return self._server.handler(ask)
        except Exception as error:  # a broken handler must show in the test, not hang it
            self._server.problems.append(error)
            return Answer(500, repr(error).encode())

    def _answer(self, ask: Ask, answer: Answer, counters: HostCounters) -> None:
        counters.end(time.monotonic(), answer)
        self._busy = False
        transport = self._transport
        if transport is None:
            return
        if answer.fault == "reset":
            transport.abort()
            return
        body = b"" if ask.method == "HEAD" or answer.status in (204, 304) else answer.body
        head = [f"HTTP/1.1 {answer.status} {_PHRASES.get(answer.status, 'Unknown')}\r\n"]
        head += [f"{name}: {value}\r\n" for name, value in answer.headers]
        if answer.status not in (204, 304):
            head.append(f"Content-Length: {len(answer.body)}\r\n")
        head.append("\r\n")
        transport.write("".join(head).encode("latin-1"))
        if answer.fault == "truncate":
            transport.write(body[: len(body) // 2])
            transport.close()
            return
        if body:
            transport.write(body)
        if self._close_after:
            transport.close()
        elif self._data:
            self._next()


def _parse_head(text: str) -> Ask:
    first, _, rest = text.partition("\r\n")
    method, _, tail = first.partition(" ")
    target = tail.rpartition(" ")[0] or "/"
    headers = {}
    for line in rest.split("\r\n"):
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    if target.startswith("http://"):  # absolute form, as sent to proxies (RFC 9112 3.2.2)
        target = "/" + target.removeprefix("http://").partition("/")[2]
    host = headers.get("host", "").partition(":")[0].lower()
    return Ask(method, host, target, headers)
