"""A loopback HTTP server that misbehaves on demand, and keeps count of how it was treated.

    with HostileServer() as server:
        server.put("kabar.test", "/a", b"<p>…</p>")
        client.get(server.url("/gzip-bomb"))

Every path of `MISDEEDS` breaks one rule. Everything else is served from what `put` was told, 404 otherwise.
Hosts are told apart by the Host header; `connect_to` sends all of `*.test` here.
"""

import asyncio
import gzip
import threading
import time
import zlib
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

BOMB_BYTES = 200 * 2**20
DRIP_S = 0.05
"""Pause between single bytes: twenty times the speed of the classic 1 byte/s, so that tests end soon; what
is asserted is the total deadline, which no trickle of any speed may outlive."""


@dataclass(frozen=True)
class Request:
    """One request as the server saw it."""

    host: str
    path: str
    headers: dict[str, str]
    at: float


@dataclass(frozen=True)
class Reply:
    """What a path answers with. A list of replies is worked off, the last one stays."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay_s: float = 0.0


class HostileServer:
    """Serves in a thread of its own; use as a context manager."""

    def __init__(self, *, latency_s: float = 0.0) -> None:
        self.requests: list[Request] = []
        self.most_open: dict[str, int] = defaultdict(int)
        self._open: dict[str, int] = defaultdict(int)
        self._latency_s = latency_s
        self._site: dict[tuple[str, str], list[Reply]] = {}
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.port = 0

    def __enter__(self) -> "HostileServer":
        self._thread.start()
        self._ready.wait(10)
        return self

    def __exit__(self, *exc: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    @property
    def connect_to(self) -> tuple[tuple[str, str], ...]:
        return (("*.test", f"127.0.0.1:{self.port}"),)

    def url(self, path: str, host: str = "jahat.test") -> str:
        return f"http://{host}{path}"

    def put(self, host: str, path: str, *replies: Reply | bytes) -> None:
        self._site[host, path] = [reply if isinstance(reply, Reply) else Reply(reply) for reply in replies]

    def asked(self, host: str = "", path: str = "") -> list[Request]:
        return [
            request
            for request in self.requests
            if (not host or request.host == host) and (not path or request.path == path)
        ]

    def gaps(self, host: str) -> list[float]:
        """Seconds between the arrivals of a host's requests."""
        times = [request.at for request in self.asked(host)]
        return [later - earlier for earlier, later in pairwise(times)]

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=1024)
        )
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._answer(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        first = await reader.readexactly(1)
        if first == b"\x16":  # a TLS hello: we speak plain HTTP only
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            return False
        head = (first + await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in head[1:] if line)
        }
        path, host = head[0].split(" ")[1], headers.get("host", "")
        self.requests.append(Request(host, path, headers, time.monotonic()))
        self._open[host] += 1
        self.most_open[host] = max(self.most_open[host], self._open[host])
        try:
            if self._latency_s:
                await asyncio.sleep(self._latency_s)
            misdeed = MISDEEDS.get(path.partition("?")[0])
            if misdeed is not None:
                await misdeed(writer, path)
                await writer.drain()
                return False
            await self._reply(writer, host, path)
            return headers.get("connection", "").lower() != "close"
        finally:
            self._open[host] -= 1

    async def _reply(self, writer: asyncio.StreamWriter, host: str, path: str) -> None:
        replies = self._site.get((host, path), [Reply(b"", 404)])
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        if reply.delay_s:
            await asyncio.sleep(reply.delay_s)
        headers = {"Content-Type": "text/html", "Content-Length": str(len(reply.body)), **reply.headers}
        _head(writer, reply.status, headers, reply.body)
        await writer.drain()


def _head(writer: asyncio.StreamWriter, status: int, headers: dict[str, Any], body: bytes = b"") -> None:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    writer.write(f"HTTP/1.1 {status} X\r\n{lines}\r\n".encode("latin-1") + body)


def _compressed(size: int, wbits: int) -> bytes:
    packer = zlib.compressobj(1, zlib.DEFLATED, wbits)
    block = b" " * 2**20
    return b"".join(packer.compress(block) for _ in range(size // len(block))) + packer.flush()


GZIP_BOMB = _compressed(BOMB_BYTES, 16 + zlib.MAX_WBITS)
DEFLATE_BOMB = _compressed(BOMB_BYTES, zlib.MAX_WBITS)
ARTICLE = b"<html><body><p>" + b"Warga menyambut panen raya. " * 100 + b"</p></body></html>"
Misdeed = Callable[[asyncio.StreamWriter, str], Awaitable[None]]


def _fixed(status: int, headers: dict[str, Any], body: bytes = b"") -> Misdeed:
    async def answer(writer: asyncio.StreamWriter, path: str) -> None:
        _head(writer, status, {"Content-Length": len(body), "Connection": "close", **headers}, body)

    return answer


def _encoded(encoding: str, body: bytes) -> Misdeed:
    return _fixed(200, {"Content-Type": "text/html", "Content-Encoding": encoding}, body)


def _redirect(location: str) -> Misdeed:
    return _fixed(302, {"Location": location})


async def _slow_body(writer: asyncio.StreamWriter, path: str) -> None:
    _head(writer, 200, {"Content-Type": "text/html", "Content-Length": 100_000})
    await _drip(writer, b"x" * 100_000)


async def _slow_headers(writer: asyncio.StreamWriter, path: str) -> None:
    await _drip(writer, b"HTTP/1.1 200 OK\r\n" + b"X-Drip: " + b"x" * 100_000)


async def _drip(writer: asyncio.StreamWriter, data: bytes) -> None:
    for at in range(len(data)):
        writer.write(data[at : at + 1])
        await writer.drain()
        await asyncio.sleep(DRIP_S)


async def _silent(writer: asyncio.StreamWriter, path: str) -> None:
    await asyncio.sleep(3600)


async def _endless_body(writer: asyncio.StreamWriter, path: str) -> None:
    _head(writer, 200, {"Content-Type": "text/html", "Transfer-Encoding": "chunked"})
    block = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    while True:
        writer.write(block)
        await writer.drain()


async def _endless_headers(writer: asyncio.StreamWriter, path: str) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-More: " + b"x" * 1000 + b"\r\n")
        await writer.drain()


async def _endless_early_hints(writer: asyncio.StreamWriter, path: str) -> None:
    while True:
        writer.write(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(DRIP_S)


CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"


async def _bad_chunks_later(writer: asyncio.StreamWriter, path: str) -> None:
    writer.write(CHUNKED)
    await writer.drain()
    await asyncio.sleep(DRIP_S)
    writer.write(b"zz\r\nnot a chunk\r\n")


async def _reset(writer: asyncio.StreamWriter, path: str) -> None:
    writer.transport.abort()


async def _reset_in_body(writer: asyncio.StreamWriter, path: str) -> None:
    _head(writer, 200, {"Content-Type": "text/html", "Content-Length": 100_000})
    writer.write(b"x" * 5000)
    await writer.drain()
    writer.transport.abort()


async def _raw(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(data)


async def _farther(writer: asyncio.StreamWriter, path: str) -> None:
    step = int(path.partition("?")[2] or 0) + 1
    _head(writer, 302, {"Location": f"/redirect-farther?{step}", "Content-Length": 0, "Connection": "close"})


MISDEEDS: dict[str, Misdeed] = {
    "/gzip-bomb": _encoded("gzip", GZIP_BOMB),
    "/deflate-bomb": _encoded("deflate", DEFLATE_BOMB),
    "/raw-deflate-bomb": _encoded("deflate", _compressed(BOMB_BYTES, -zlib.MAX_WBITS)),
    "/brotli": _encoded("br", b"\x8b\x01\x80" + bytes(2000)),
    "/gzip-twice": _encoded("gzip, gzip", gzip.compress(GZIP_BOMB)),
    "/unknown-encoding": _encoded("exotic", b"?"),
    "/gzip-truncated": _encoded("gzip", gzip.compress(ARTICLE)[:-20]),
    "/gzip-garbage": _encoded("gzip", ARTICLE),
    "/gzip-members": _encoded("gzip", gzip.compress(ARTICLE) + gzip.compress(b"<p>Bagian dua.</p>")),
    "/gzip-padded": _encoded("gzip", gzip.compress(ARTICLE) + b"\0" * 100),
    "/raw-deflate": _encoded("deflate", zlib.compress(ARTICLE, wbits=-zlib.MAX_WBITS)),
    "/length-too-long": _fixed(200, {"Content-Type": "text/html", "Content-Length": 10**5}, ARTICLE),
    "/length-absurd": _fixed(200, {"Content-Type": "text/html", "Content-Length": 10**15}, ARTICLE),
    "/length-too-short": _fixed(200, {"Content-Type": "text/html", "Content-Length": 100}, ARTICLE),
    "/length-negative": _fixed(200, {"Content-Type": "text/html", "Content-Length": -5}, ARTICLE),
    "/headers-10000": _fixed(200, {f"X-Header-{number}": "x" for number in range(10_000)}, ARTICLE),
    "/header-huge": _fixed(200, {"X-Huge": "x" * 2**20}, ARTICLE),
    "/image": _fixed(200, {"Content-Type": "image/jpeg"}, b"\xff\xd8" + bytes(1000)),
    "/pdf": _fixed(200, {"Content-Type": "application/pdf"}, b"%PDF-1.7"),
    "/not-modified": _fixed(304, {}),
    "/no-content": _fixed(204, {}),
    "/partial": _fixed(206, {}, ARTICLE),
    "/teapot": _fixed(418, {}),
    "/broken": _fixed(500, {}),
    "/status-999": _fixed(999, {}),
    "/redirect-nowhere": _fixed(302, {}),
    "/redirect-self": _redirect("/redirect-self"),
    "/redirect-ping": _redirect("/redirect-pong"),
    "/redirect-pong": _redirect("/redirect-ping"),
    "/redirect-farther": _farther,
    "/redirect-file": _redirect("file:///etc/passwd"),
    "/redirect-javascript": _redirect("javascript:alert(1)"),
    "/redirect-ftp": _redirect("ftp://127.0.0.1/"),
    "/redirect-broken": _redirect("http://[::1"),
    "/redirect-port-zero": _redirect("http://kabar.test:0/"),
    "/redirect-metadata": _redirect("http://169.254.169.254/latest/meta-data/"),
    "/redirect-private": _redirect("http://10.0.0.1/"),
    "/redirect-mapped": _redirect("http://[::ffff:10.0.0.1]/"),
    "/redirect-long": _redirect("/" + "x" * 20_000),
    "/slow-body": _slow_body,
    "/slow-headers": _slow_headers,
    "/silent": _silent,
    "/endless-body": _endless_body,
    "/endless-headers": _endless_headers,
    "/endless-early-hints": _endless_early_hints,
    "/bad-chunks": lambda writer, path: _raw(writer, CHUNKED + b"zz\r\nnot a chunk\r\n"),
    "/bad-chunks-later": _bad_chunks_later,
    "/reset": _reset,
    "/reset-in-body": _reset_in_body,
    "/not-http": lambda writer, path: _raw(writer, b"SSH-2.0-OpenSSH_9.6\r\n"),
    "/nothing": lambda writer, path: _raw(writer, b""),
    "/http-0.9": lambda writer, path: _raw(writer, ARTICLE),
    "/header-without-colon": lambda writer, path: _raw(writer, b"HTTP/1.1 200 OK\r\nbroken\r\n\r\n"),
}
