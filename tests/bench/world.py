"""A loopback world for benchmarks: many hosts, many feeds, pages of real weight, delays and faults.

The world runs in a process of its own, so that what it costs is not counted as the reader's. Everything
is computed from `WorldSpec`: the same spec serves the same bytes.

    with serve_world(WorldSpec(hosts=200, feeds=2_000, pages=20_000, latency_s=.05)) as world:
        world.feeds_file, world.connect_to      # for `warta run`
        world.totals()                          # what the server saw

`python -m tests.bench.world` prints how many pages a second it can serve at all.
"""

import argparse
import hashlib
import multiprocessing
import os
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from tests.bench.world_pages import LANGUAGES, feed_body, page_body, page_path
from warta.newsroom.loopback import ADDRESS, Answer, Ask, Handler, Loopback

FAULTS = ("404", "410", "429", "500", "503", "reset", "truncate", "stall")


@dataclass(frozen=True)
class WorldSpec:
    """The whole world in a few numbers."""

    hosts: int = 20
    feeds: int = 50
    pages: int = 500
    latency_s: float = 0.0
    feed_items: int | None = None
    """Most items a feed lists: its newest; None lists all its pages."""
    languages: tuple[str, ...] = tuple(LANGUAGES)
    """Languages by host, in turn."""
    faults: Mapping[str, float] = field(default_factory=dict)
    """Share of pages by fault, of `FAULTS`; the same pages at every request."""
    feed_faults: Mapping[str, float] = field(default_factory=dict)
    robots: str = ""
    """Body of every robots.txt; empty answers 404."""
    published: int | None = None
    """Pages visible at first; None means all. `World.publish` shows more."""

    def host(self, n: int) -> str:
        return f"h{n % self.hosts}.test"

    def feed_of(self, page: int) -> int:
        return page % self.feeds

    def page_url(self, page: int) -> str:
        return f"http://{self.host(self.feed_of(page))}{page_path(page)}"

    def feed_url(self, feed: int) -> str:
        return f"http://{self.host(feed)}/feed/{feed}.xml"

    def language(self, host: int) -> str:
        return self.languages[host % len(self.languages)]

    def page(self, page: int) -> bytes:
        """Return the bytes of one page, as the server sends them."""
        host = self.feed_of(page) % self.hosts
        return page_body(page, host, self.language(host))


class WorldServer:
    """The handler inside the server's process."""

    def __init__(self, spec: WorldSpec) -> None:
        self.spec = spec
        self.visible = spec.pages if spec.published is None else spec.published
        self._feeds: dict[int, tuple[int, bytes, str]] = {}
        for feed in range(spec.feeds):  # before the first visitor, who must not wait for it
            self._feed_document(feed)

    def __call__(self, ask: Ask) -> Answer:
        path = ask.path
        if path == "/robots.txt":
            return (
                self._answer(self.spec.robots.encode(), "text/plain") if self.spec.robots else self._missing()
            )
        kind, _, name = path[1:].partition("/")
        if kind == "feed":
            return self._feed(int(name.removesuffix(".xml")), ask)
        if kind == "news":
            return self._page(int(name.partition("/")[0]))
        return self._missing()

    def command(self, name: str, value: Any) -> Any:
        """Obey the parent: `publish N` shows N more pages."""
        if name == "publish":
            self.visible = min(self.spec.pages, self.visible + value)
        return self.visible

    def _feed(self, feed: int, ask: Ask) -> Answer:
        if fault := _fault_of(f"feed {feed}", self.spec.feed_faults):
            return self._spoiled(fault, b"")
        body, etag = self._feed_document(feed)
        headers = (("ETag", etag), ("Cache-Control", "max-age=0"))
        if ask.headers.get("if-none-match") == etag:
            return Answer(304, b"", headers, self.spec.latency_s)
        return self._answer(body, "application/rss+xml; charset=utf-8", headers)

    def _feed_document(self, feed: int) -> tuple[bytes, str]:
        cached = self._feeds.get(feed)
        if cached is None or cached[0] != self.visible:
            spec = self.spec
            newest = range(feed, self.visible, spec.feeds)[-(spec.feed_items or spec.pages) :]
            rows = [(spec.page_url(page), page) for page in reversed(newest)]
            body = feed_body(feed, spec.language(feed % spec.hosts), rows)
            cached = (self.visible, body, f'"{hashlib.sha256(body).hexdigest()[:16]}"')
            self._feeds[feed] = cached
        return cached[1:]

    def _page(self, page: int) -> Answer:
        if page >= self.visible:
            return self._missing()
        if fault := _fault_of(f"page {page}", self.spec.faults):
            return self._spoiled(fault, self.spec.page(page) if fault == "truncate" else b"")
        return self._answer(self.spec.page(page), "text/html; charset=utf-8")

    def _answer(self, body: bytes, kind: str, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
        return Answer(200, body, (("Content-Type", kind), *headers), self.spec.latency_s)

    def _missing(self) -> Answer:
        return Answer(404, b"nothing here", (("Content-Type", "text/plain"),), self.spec.latency_s)

    def _spoiled(self, fault: str, body: bytes) -> Answer:
        html = ("Content-Type", "text/html; charset=utf-8")
        if fault.isdigit():
            return Answer(int(fault), b"<h1>sorry</h1>", (html,), self.spec.latency_s)
        return Answer(200, body, (html,), self.spec.latency_s, fault)


def _fault_of(name: str, shares: Mapping[str, float]) -> str:
    """Return the fault that `name` suffers, decided by its hash, or an empty string."""
    if not shares:
        return ""
    point = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=4).digest()) / 2**32
    for fault, share in shares.items():
        if point < share:
            return fault
        point -= share
    return ""


@dataclass
class Served:
    """A handler that runs in a process of its own, and what the parent may ask it."""

    port: int
    feeds_file: Path
    _pipe: Connection
    connect_to: tuple[tuple[str, str], ...] = ()

    def ask(self, name: str, value: Any = None) -> Any:
        """Send one command and return the answer."""
        self._pipe.send((name, value))
        return self._pipe.recv()

    def totals(self) -> dict[str, Any]:
        """Return what the server saw over all hosts.

        Keys: requests, bytes_sent, hosts, statuses, open_most (over one host), least_gap_s and least_rest_s
        (between two requests to one host; infinite when there were none), cpu_s (of the server), problems.
        """
        return dict(self.ask("totals"))

    def per_host(self) -> dict[str, dict[str, Any]]:
        """Return the counters of each host."""
        return dict(self.ask("hosts"))

    def reset(self) -> None:
        """Forget all counters, for the next round."""
        self.ask("reset")

    def publish(self, pages: int) -> int:
        """Show `pages` more pages and return how many are visible."""
        return int(self.ask("publish", pages))


@contextmanager
def serve_apart(
    build: Callable[..., Handler], *args: Any, feeds: str, pattern: str = "*.test"
) -> Iterator[Served]:
    """Run `build(*args)` as a loopback server in a child process until the block ends.

    Args:
      build: importable; its result is called with each `Ask`, and its `command(name, value)`, when it has
        one, with commands that `Served` does not know.
      feeds: text of the feed list.
      pattern: hosts that `connect_to` leads to the server.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    child = context.Process(target=_child, args=(theirs, build, args), daemon=True)
    child.start()
    with tempfile.TemporaryDirectory(prefix="warta-world-") as folder:
        feeds_file = Path(folder) / "feeds.toml"
        feeds_file.write_text(feeds, encoding="utf-8")
        try:
            theirs.close()
            port = ours.recv()
            yield Served(port, feeds_file, ours, ((pattern, f"{ADDRESS}:{port}"),))
        finally:
            ours.close()
            child.join(timeout=10)
            if child.is_alive():
                child.kill()


def _child(pipe: Connection, build: Callable[..., Handler], args: tuple[Any, ...]) -> None:
    handler = build(*args)
    with Loopback(handler) as server:
        pipe.send(server.port)
        while True:
            try:
                name, value = pipe.recv()
            except EOFError:  # the parent left
                return
            pipe.send(_obey(server, handler, name, value))


def _obey(server: Loopback, handler: Handler, name: str, value: Any) -> Any:
    if name == "reset":
        return server.hosts.clear()
    if name == "hosts":
        return {host: asdict(counters) for host, counters in server.hosts.copy().items()}
    if name == "totals":
        return _totals(server)
    return getattr(handler, "command")(name, value)  # noqa: B009  # not every handler has commands


def _totals(server: Loopback) -> dict[str, Any]:
    rows = list(server.hosts.copy().values())
    statuses: dict[int, int] = {}
    for row in rows:
        for status, count in row.statuses.copy().items():
            statuses[status] = statuses.get(status, 0) + count
    return {
        "requests": sum(row.requests for row in rows),
        "bytes_sent": sum(row.bytes_sent for row in rows),
        "hosts": len(rows),
        "statuses": dict(sorted(statuses.items())),
        "open_most": max((row.open_most for row in rows), default=0),
        "least_gap_s": min((row.least_gap_s for row in rows), default=float("inf")),
        "least_rest_s": min((row.least_rest_s for row in rows), default=float("inf")),
        "cpu_s": time.process_time(),
        "problems": [repr(problem) for problem in server.problems],
    }


def feed_list(spec: WorldSpec) -> str:
    """Return the feed list of the world as TOML."""
    return "\n".join(
        f'[[feed]]\nurl = "{spec.feed_url(feed)}"\npublisher = "Host {feed % spec.hosts}"\n'
        f'language = "{spec.language(feed % spec.hosts)}"\ntimezone = "UTC"\n'
        for feed in range(spec.feeds)
    )


@contextmanager
def serve_world(spec: WorldSpec) -> Iterator[Served]:
    """Serve `spec` on 127.0.0.1 from a process of its own until the block ends."""
    with serve_apart(WorldServer, spec, feeds=feed_list(spec)) as served:
        yield served


def _read(port: int, targets: list[tuple[str, str]], sizes: list[int]) -> None:
    """Fetch `targets` one after another over one connection, as cheaply as Python can."""
    buffer = bytearray(1 << 20)
    with socket.create_connection((ADDRESS, port)) as link:
        for host, path in targets:
            link.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            received = link.recv_into(buffer)
            while (end := buffer.find(b"\r\n\r\n", 0, received)) < 0:
                received += link.recv_into(memoryview(buffer)[received:])
            head = bytes(buffer[:end])
            length = int(head.partition(b"Content-Length: ")[2].partition(b"\r")[0])
            missing = end + 4 + length - received
            while missing > 0:
                missing -= link.recv_into(buffer, min(missing, len(buffer)))
            sizes.append(length)


def _report(name: str, world: Served, targets: list[tuple[str, str]], links: int) -> None:
    sizes: list[int] = []
    threads = [
        threading.Thread(target=_read, args=(world.port, targets[n::links], sizes)) for n in range(links)
    ]
    before_s, start_s = world.totals()["cpu_s"], time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wall_s, cpu_s = time.perf_counter() - start_s, world.totals()["cpu_s"] - before_s
    sizes.sort()
    shape = "/".join(f"{sizes[len(sizes) * percent // 100] / 1000:.0f}" for percent in (5, 50, 95))
    print(f"{name} {len(sizes)}, kB p5/p50/p95: {shape}")
    print(f"  served {len(sizes) / wall_s:,.0f}/s by the clock, {len(sizes) / cpu_s:,.0f} per CPU-second")


def main() -> None:
    """Print the world's own limits: pages a second at no latency, and the sizes of its pages."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--pages", type=int, default=6_000)
    parser.add_argument("--links", type=int, default=8, help="connections open at once")
    args = parser.parse_args()
    spec = WorldSpec(hosts=200, feeds=400, pages=args.pages)
    with serve_world(spec) as world:
        pages = [(spec.host(spec.feed_of(n)), page_path(n)) for n in range(args.pages)]
        feeds = [(spec.host(n), f"/feed/{n}.xml") for n in range(spec.feeds)] * 5
        _read(world.port, pages[:1000], [])  # every shell is made once
        for name, targets in (("pages", pages), ("feeds", feeds)):
            _report(name, world, targets, args.links)
    print(f"(load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; the client shares them)")


if __name__ == "__main__":
    main()
