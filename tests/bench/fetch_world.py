"""A loopback world to measure fetching in: many hosts on 127.0.x.y, in a process of its own, keeping count.

Every host has robots.txt, feeds (`/feed/3`) and pages (`/page/17`). The answers are the same in every run.
The server is as lean as asyncio allows, so that it is not what is measured.
"""

import asyncio
import multiprocessing
import random
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

ENTRIES_PER_FEED = 15
WITHOUT_VALIDATORS = 5
"""Every fifth feed has no ETag: a second poll gets the same bytes again."""
PAGE_PARAGRAPHS = 14
PAGE_LINKS = 400
"""Together some 75 kB of HTML, the median of news pages."""
VARIANTS = 40
_TEXT = """
warga desa panen raya beras harga pasar pagi menteri jalan rusak hujan deras sungai meluap kota rapat anggaran
sekolah guru murid lomba pelabuhan kapal nelayan ikan laut gempa bumi petugas korban bantuan listrik padam
kereta stasiun penumpang mudik lebaran pemilu suara partai calon hakim sidang putusan
"""
WORDS = _TEXT.split()


@dataclass
class Count:
    """What one host saw."""

    requests: int = 0
    open: int = 0
    most_open: int = 0
    last_at: float | None = None
    least_gap_s: float = 1e9
    statuses: dict[int, int] = field(default_factory=dict)


class World:
    """The running world, seen from the bench."""

    def __init__(self, hosts: list[str], control: Connection) -> None:
        self.hosts = hosts
        self._control = control

    def feeds(self, count: int) -> list[str]:
        return [f"http://{self.hosts[n % len(self.hosts)]}/feed/{n}" for n in range(count)]

    def pages(self, count: int) -> list[str]:
        return [f"http://{self.hosts[n % len(self.hosts)]}/page/{n}" for n in range(count)]

    def counts(self) -> dict[str, Count]:
        """Return what the hosts counted since the last call."""
        self._control.send("counts")
        counts: dict[str, Count] = self._control.recv()
        return counts


@contextmanager
def fetch_world(hosts: int, *, latency_s: float, faults: int = 0) -> Iterator[World]:
    """Serve `hosts` hosts; every answer takes `latency_s`; every `faults`-th page is a 404 (0: none)."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=_serve, args=(hosts, latency_s, faults, theirs), daemon=True
    )
    process.start()
    try:
        yield World(ours.recv(), ours)
    finally:
        process.terminate()
        process.join()


def page_html(number: int) -> bytes:
    """Return the HTML of page `number`: unique in its first words, one of `VARIANTS` otherwise."""
    return _variant(number % VARIANTS).replace(b"@@", b"%d" % number)


_variants: dict[int, bytes] = {}


def _variant(number: int) -> bytes:
    if number not in _variants:
        _variants[number] = _build(random.Random(number))
    return _variants[number]


def _build(choose: random.Random) -> bytes:
    def sentence(words: int) -> str:
        return " ".join(choose.choices(WORDS, k=words)).capitalize() + "."

    body = "".join(
        f"<p>Nomor @@. {sentence(18)} {sentence(16)} {sentence(14)}</p>" for _ in range(PAGE_PARAGRAPHS)
    )
    links = "".join(
        f'<li class="list-item card"><a href="/page/{n}" class="card__link" data-track="terkait-{n}">'
        f'<img src="/img/{n}.jpg" alt=""><span class="card__title">{sentence(7)}</span></a></li>'
        for n in range(PAGE_LINKS // 2)
    )
    return (
        '<!doctype html><html lang="id"><head><meta charset="utf-8"><title>Berita @@ | Kabar Uji</title>'
        '<meta property="article:published_time" content="2026-11-20T10:00:00+07:00">'
        f"<script>{'var a=1;' * 400}</script></head><body><nav><ul>{links}</ul></nav><main><article>"
        f"<h1>Berita @@ {sentence(6)}</h1>{body}</article></main><aside><h2>Terpopuler</h2><ul>{links}</ul>"
        "</aside><footer>Hak cipta</footer></body></html>"
    ).encode()


def feed_xml(host: str, number: int) -> bytes:
    """Return feed `number`: two entries of its own, the others shared with its host's other feeds."""
    first = number * 2
    items = "".join(
        f"<item><title>Berita {n}</title><link>http://{host}/page/{n}</link>"
        f"<pubDate>Fri, 20 Nov 2026 10:{n % 60:02d}:00 +0700</pubDate>"
        f"<description>{' '.join(WORDS[n % 20 : n % 20 + 20])}</description></item>"
        for n in (first, first + 1, *range(ENTRIES_PER_FEED - 2))
    )
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>F</title>{items}</channel></rss>'.encode()
    )


def _serve(hosts: int, latency_s: float, faults: int, control: Connection) -> None:
    asyncio.run(_World(latency_s, faults, control).run(hosts))


class _World:
    def __init__(self, latency_s: float, faults: int, control: Connection) -> None:
        self.latency_s = latency_s
        self.faults = faults
        self.counts: dict[str, Count] = {}
        self._control = control

    async def run(self, hosts: int) -> None:
        loop = asyncio.get_running_loop()
        addresses = [f"127.0.{1 + n // 200}.{1 + n % 200}" for n in range(hosts)]
        with socket.socket() as probe:
            probe.bind((addresses[0], 0))
            port = probe.getsockname()[1]
        await loop.create_server(lambda: _Guest(self), addresses, port, backlog=256)
        loop.add_reader(self._control.fileno(), self._report)
        self._control.send([f"{address}:{port}" for address in addresses])
        await asyncio.Event().wait()

    def _report(self) -> None:
        self._control.recv()
        self._control.send(self.counts)
        self.counts = {}

    def answer(self, host: str, path: str, validator: bool) -> tuple[int, dict[str, str], bytes]:
        kind, _, name = path.strip("/").partition("/")
        if kind == "robots.txt":
            return 200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /tertutup\n"
        number = int(name or 0)
        if kind == "feed":
            headers = {"Content-Type": "application/rss+xml"}
            if number % WITHOUT_VALIDATORS:
                headers["ETag"] = f'"{number}"'
                if validator:
                    return 304, headers, b""
            return 200, headers, feed_xml(host, number)
        if kind == "page" and not (self.faults and number % self.faults == 0):
            return 200, {"Content-Type": "text/html; charset=utf-8"}, page_html(number)
        return 404, {"Content-Type": "text/html"}, b"tidak ada"


class _Guest(asyncio.Protocol):
    def __init__(self, world: _World) -> None:
        self._world = world
        self._heads = b""
        self._transport: Any = None

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._heads += data
        while b"\r\n\r\n" in self._heads:
            head, _, self._heads = self._heads.partition(b"\r\n\r\n")
            self._take(head.decode("latin-1"))

    def _take(self, head: str) -> None:
        loop = asyncio.get_running_loop()
        lines = head.split("\r\n")
        headers = {
            name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])
        }
        host = headers["host"]
        count = self._world.counts.setdefault(host, Count())
        now = loop.time()
        count.requests += 1
        count.open += 1
        count.most_open = max(count.most_open, count.open)
        if count.last_at is not None:
            count.least_gap_s = min(count.least_gap_s, now - count.last_at)
        count.last_at = now
        answer = self._world.answer(host, lines[0].split(" ")[1], "if-none-match" in headers)
        loop.call_later(
            self._world.latency_s, self._reply, count, answer, headers.get("connection") == "close"
        )

    def _reply(self, count: Count, answer: tuple[int, dict[str, str], bytes], close: bool) -> None:
        status, headers, body = answer
        count.open -= 1
        count.statuses[status] = count.statuses.get(status, 0) + 1
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self._transport.write(
            f"HTTP/1.1 {status} X\r\n{lines}Content-Length: {len(body)}\r\n\r\n".encode() + body
        )
        if close:
            self._transport.close()
