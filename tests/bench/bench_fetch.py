"""`make bench-fetch`: fetching against a bare aiohttp loop with the same manners, interleaved, on loopback.

    python -m tests.bench.bench_fetch [--scale .1] [--rounds 2] [--delay-s 1] [--latency-ms 50] [--only PART]

`--scale 1` is full size: 2,000 feeds over 200 hosts, 20,000 pages over 400. Parts: feeds, polls, pages,
memory. Every part prints figures, a ratio and the goal it is held against.
"""

import argparse
import asyncio
import os
import resource
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from statistics import median
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from tests.bench.fetch_world import Count, World, fetch_world, page_html
from warta.pipelines.reading.worker import read_feed, read_page
from warta.schemas.article import Article
from warta.schemas.entry import Entry
from warta.schemas.feed import Feed, FeedHealth, FeedState
from warta.schemas.host import HostState
from warta.schemas.page import Page
from warta.transforms.fetch.feeds import crawl_feeds
from warta.transforms.fetch.pages import crawl_pages
from warta.transforms.fetch.pool import InlinePool, close_shared_pools, shared_pool
from warta.transforms.fetch.settings import FetchSettings
from warta.transforms.urls import article_id

PARTS = ("feeds", "polls", "pages", "memory")
PAGES_AT_A_TIME = 64


@dataclass(frozen=True)
class Scene:
    """What all parts share."""

    scale: float
    rounds: int
    latency_s: float
    faults: int
    settings: FetchSettings

    def sized(self, count: int) -> int:
        return max(int(count * self.scale), 4)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=float, default=0.1)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--delay-s", type=float, default=1.0, help="min_delay_s of both sides")
    parser.add_argument("--latency-ms", type=float, default=50.0)
    parser.add_argument("--faults", type=int, default=50, metavar="N", help="every N-th page is a 404")
    parser.add_argument("--only", choices=PARTS)
    parser.add_argument("--measure-memory", type=int, nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args()
    settings = FetchSettings(
        allow_networks=("127.0.0.0/8",),
        use_proxies=False,
        min_delay_s=args.delay_s,
        workers=os.cpu_count() or 1,
        reader_setup=("warta.pipelines.reading.worker:labeller",),
    )
    if args.measure_memory:
        return _measure_memory(*args.measure_memory, settings)
    scene = Scene(args.scale, args.rounds, args.latency_ms / 1000, args.faults, settings)
    print(f"scale {args.scale}, {args.rounds} rounds, delay {args.delay_s} s, latency {args.latency_ms} ms")
    parts: dict[str, Callable[[Scene], None]] = {
        "feeds": bench_feeds,
        "polls": bench_polls,
        "pages": bench_pages,
        "memory": bench_memory,
    }
    for name, part in parts.items():
        if args.only in (None, name):
            part(scene)
    close_shared_pools()
    return 0


def bench_feeds(scene: Scene) -> None:
    """Poll feeds: ours, parsing included, against a loop that only fetches."""
    _warm_up(scene.settings)
    with fetch_world(scene.sized(200), latency_s=scene.latency_s) as world:
        urls = world.feeds(scene.sized(2000))
        bare_s, ours_s = [], []
        for _ in range(scene.rounds):
            bare_s.append(_timed(lambda: asyncio.run(_bare(urls, scene.settings.min_delay_s))))
            world.counts()
            ours_s.append(_timed(lambda: _poll([Feed(url=url) for url in urls], {}, [], scene.settings)))
            _print_manners(world.counts(), scene.settings.min_delay_s)
        _print_ratio(f"feeds: {len(urls)} over {len(world.hosts)} hosts", "bare loop", bare_s, ours_s, 1.15)


def bench_polls(scene: Scene) -> None:
    """Poll the same world twice: the second time nearly everything is unchanged and no page is fetched."""
    _warm_up(scene.settings)
    with fetch_world(scene.sized(200), latency_s=scene.latency_s) as world:
        feeds = [Feed(url=url) for url in world.feeds(scene.sized(2000))]
        known: set[str] = set()
        started = time.monotonic()
        outcomes = _poll(feeds, {}, [], scene.settings)
        fetched = _read_new(outcomes, known, scene.settings)
        first_s = time.monotonic() - started
        states = {one.url: one for one in outcomes if isinstance(one, FeedState)}
        hosts = [one for one in fetched if isinstance(one, HostState)]
        world.counts()
        started = time.monotonic()
        outcomes = _poll(feeds, states, hosts, scene.settings)
        again = _read_new(outcomes, known, scene.settings)
        second_s = time.monotonic() - started
        statuses = Counter(one.status for one in outcomes if isinstance(one, FeedHealth))
        same = (statuses["not_modified"] + statuses["unchanged"]) / len(feeds)
        pages = sum(isinstance(one, Article) for one in again)
        print(
            f"second poll: {dict(statuses)}: {same:.1%} not parsed (goal 95%), {pages} pages fetched (goal 0)"
        )
        _print_ratio(f"second poll of {len(feeds)} feeds", "first poll", [first_s], [second_s], 0.5)
        _print_manners(world.counts(), scene.settings.min_delay_s)


def bench_pages(scene: Scene) -> None:
    """Fetch and read pages: together against the slower of both alone."""
    # No spacing here: manners would hide any slowness. One request at a time and the latency remain.
    settings = replace(scene.settings, min_delay_s=0.0)
    _warm_up(settings)
    count = scene.sized(20_000)
    with fetch_world(scene.sized(400), latency_s=scene.latency_s, faults=scene.faults) as world:
        entries = [_entry(url) for url in world.pages(count)]
        fetch_s, read_s, both_s = [], [], []
        for _ in range(scene.rounds):
            fetch_s.append(_timed(lambda: _crawl_pages(entries, [], _skim, settings, InlinePool())))
            read_s.append(_timed(lambda: asyncio.run(_read_all(entries, settings))))
            both_s.append(
                _timed(lambda: _crawl_pages(entries, [], read_page, settings, shared_pool(settings)))
            )
        print(f"pages: fetch alone {median(fetch_s):.1f} s, read alone {median(read_s):.1f} s")
        alone_s = [max(pair) for pair in zip(fetch_s, read_s, strict=True)]
        name = f"pages: {count} over {len(world.hosts)} hosts, fetched and read"
        _print_ratio(name, "slower of both", alone_s, both_s, 1.10)
        print(f"pages: {count / median(both_s):.0f} a second")


def bench_memory(scene: Scene) -> None:
    """Peak memory of the fetching process at ten times the pages (read lightly, to be fast)."""
    few, many = scene.sized(2000), scene.sized(20_000)
    peaks = [_peak_mb(count, scene.sized(400)) for count in (few, many)]
    print(f"memory: {peaks[0]:.0f} MB at {few} pages, {peaks[1]:.0f} MB at {many}")
    print(f"memory: ratio {peaks[1] / peaks[0]:.2f} (goal <= 1.25)")


async def _bare(urls: list[str], delay_s: float) -> None:
    """The reference: one task a host, robots.txt first, the same spacing, nothing else."""
    queues: dict[str, list[str]] = defaultdict(list)
    for url in urls:
        queues[urlsplit(url).netloc].append(url)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def serve(host: str) -> None:
            wait_s = 0.0
            for url in [f"http://{host}/robots.txt", *queues[host]]:
                await asyncio.sleep(wait_s)
                async with session.get(url) as response:
                    answered = time.monotonic()
                    await response.read()
                wait_s = max(answered + delay_s - time.monotonic(), 0.0)

        await asyncio.gather(*(serve(host) for host in queues))


def _poll(
    feeds: list[Feed], states: dict[str, FeedState], hosts: list[HostState], settings: FetchSettings
) -> list[Any]:
    due = [(feed, states.get(feed.url) and replace(states[feed.url], next_poll=None)) for feed in feeds]
    return asyncio.run(_all(crawl_feeds(due, hosts, read_feed, settings, pool=shared_pool(settings))))


def _read_new(outcomes: list[Any], known: set[str], settings: FetchSettings) -> list[Any]:
    """Fetch what was not known: what DropKnown does in the pipeline."""
    listed = {one.url_id: one for one in outcomes if isinstance(one, Entry)}
    new = [entry for name, entry in listed.items() if name not in known]
    known.update(listed)
    hosts = [one for one in outcomes if isinstance(one, HostState)]
    return _crawl_pages(new, hosts, read_page, settings, shared_pool(settings))


def _crawl_pages(
    entries: list[Entry], hosts: list[HostState], read: Callable[..., Any], settings: FetchSettings, pool: Any
) -> list[Any]:
    return asyncio.run(_all(crawl_pages(entries, hosts, read, settings, pool=pool)))


async def _all(batches: AsyncIterator[list[Any]]) -> list[Any]:
    return [outcome async for batch in batches for outcome in batch]


async def _read_all(entries: list[Entry], settings: FetchSettings) -> None:
    """Read the same pages from memory, as fast as the readers go."""
    pool = shared_pool(settings)
    places = asyncio.Semaphore(PAGES_AT_A_TIME)

    async def read(entry: Entry) -> None:
        async with places:
            await pool.run(read_page, entry, (_page(entry),))

    await asyncio.gather(*(read(entry) for entry in entries))


def _page(entry: Entry) -> Page:
    body = page_html(int(entry.url.rpartition("/")[2]))
    headers = {"content-type": "text/html; charset=utf-8"}
    return Page(entry.url, entry.url, 200, body, datetime(2026, 11, 21, tzinfo=UTC), headers)


def _entry(url: str) -> Entry:
    return Entry(url=url, url_id=article_id(url), feed_url="bench", publisher="Kabar Uji")


def _skim(entry: Entry, pages: tuple[Page, ...]) -> Article:
    """Read nothing: what fetching costs alone."""
    page = pages[0]
    return Article(
        entry.url_id,
        entry.url,
        entry.url,
        "",
        "",
        "",
        str(len(page.body)),
        page.fetched_at,
        date(2026, 11, 21),
    )


def _measure_memory(count: int, hosts: int, settings: FetchSettings) -> int:
    """Crawl in this fresh process and print its peak; outcomes are dropped as the sink would."""

    async def crawl(world: World) -> None:
        entries = [_entry(url) for url in world.pages(count)]
        quick = replace(settings, min_delay_s=0.0)
        async for _ in crawl_pages(entries, [], _skim, quick, pool=InlinePool()):
            pass

    with fetch_world(hosts, latency_s=0.0) as world:
        asyncio.run(crawl(world))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return 0


def _peak_mb(count: int, hosts: int) -> float:
    command = [sys.executable, "-m", "tests.bench.bench_fetch", "--measure-memory", str(count), str(hosts)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-1])


def _warm_up(settings: FetchSettings) -> None:
    """Start the readers and let them load their models, which no round should pay for."""
    entries = [_entry(f"http://warm.example/page/{number}") for number in range(8)]
    asyncio.run(_read_all(entries, settings))


def _timed(work: Callable[[], object]) -> float:
    started = time.monotonic()
    work()
    return time.monotonic() - started


def _print_manners(counts: dict[str, Count], delay_s: float) -> None:
    most = max(count.most_open for count in counts.values())
    least = min(count.least_gap_s for count in counts.values())
    requests = sum(count.requests for count in counts.values())
    print(f"  server side: {requests} requests, {most} open at most, least gap {least:.3f} s")


def _print_ratio(what: str, reference: str, theirs_s: list[float], ours_s: list[float], goal: float) -> None:
    told = ", ".join(f"{ours:.2f}/{theirs:.2f}" for ours, theirs in zip(ours_s, theirs_s, strict=True))
    ratio = median(ours_s) / median(theirs_s)
    verdict = "met" if ratio <= goal else "MISSED"
    print(
        f"{what}: {ratio:.2f} x the {reference} (ours/theirs in s: {told}; goal <= {goal}: {verdict})",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
