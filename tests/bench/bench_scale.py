"""A discrete-event simulation of the host scheduler at sizes that this machine cannot fetch.

    python -m tests.bench.bench_scale --feeds 100000 --hosts 20000 --hours 6

Hosts get their feeds by a Zipf law, feeds their articles by a lognormal one. Every host is asked by the shard
it hashes to (`urls.shard`), one request at a time, spaced by `politeness.next_request`: the functions that a
run uses. Prints freshness (announced to stored), the share that had to wait beyond one cycle, and the most
that any host saw, for several numbers of workers.
"""

import argparse
import heapq
import random
from collections import deque
from dataclasses import dataclass, field

from warta.transforms.fetch.politeness import next_request
from warta.transforms.urls import shard

MIN_DELAY_S = 1.0
CYCLE_S = 600.0
"""A page that is not asked for within this time of its announcement counts as deferred once."""
READ_S = 0.03
"""CPU time of one page (read, label, sign, store); one core per worker."""
LATENCY_S, LATENCY_SPREAD = 0.25, 0.8
"""Median and log-sigma of one request."""
FAILURES = 0.02
RETRY_S = 600.0
DOWN_HOSTS = 0.005
"""Share of hosts that never answer; a time-out costs `TIMEOUT_S`."""
TIMEOUT_S = 30.0
LISTED = 20
"""Entries a feed lists: the interval aims at half of them being new, within 10 min and 24 h."""


@dataclass
class Host:
    """One host's queue and what it saw."""

    name: str
    down: bool = False
    feeds: int = 0
    queue: deque[tuple[float, bool]] = field(default_factory=deque)
    """(announced, is a page)"""
    busy: bool = False
    last_request: float | None = None
    open_now: int = 0
    open_most: int = 0
    least_gap_s: float = float("inf")


@dataclass
class Feed:
    """A feed and how often it is polled."""

    host: Host
    articles_per_day: float

    @property
    def interval_s(self) -> float:
        return min(86_400.0, max(600.0, 86_400.0 * LISTED / 2 / self.articles_per_day))


@dataclass
class Seen:
    """What one simulation showed."""

    stored: list[float] = field(default_factory=list)
    """Seconds from announcement to storage, one a page."""
    deferred: int = 0
    polls: int = 0
    waiting: int = 0
    open_most: int = 0
    least_gap_s: float = float("inf")
    two_workers: int = 0
    """Hosts that more than one worker asked."""


def world(feeds: int, hosts: int, articles_per_day: float, chance: random.Random) -> list[Feed]:
    """Return feeds spread over hosts by a Zipf law, articles over feeds by a lognormal one."""
    places = [Host(f"h{number}.test", down=chance.random() < DOWN_HOSTS) for number in range(hosts)]
    weights = [1.0 / (rank + 10) for rank in range(hosts)]
    chosen = chance.choices(places, weights, k=feeds)
    rates = [chance.lognormvariate(0.0, 1.2) for _ in range(feeds)]
    scale = articles_per_day / sum(rates)
    for host in chosen:
        host.feeds += 1
    return [Feed(host, max(0.05, rate * scale)) for host, rate in zip(chosen, rates, strict=True)]


def simulate(feeds: list[Feed], workers: int, hours: float, seed: int) -> Seen:
    """Run the shards one after another: they share nothing but the clock."""
    seen = Seen()
    asked_by: dict[str, set[int]] = {}
    by_worker: dict[int, list[Feed]] = {}
    for feed in feeds:
        worker = shard(feed.host.name, workers)
        by_worker.setdefault(worker, []).append(feed)
        asked_by.setdefault(feed.host.name, set()).add(worker)
    seen.two_workers = sum(len(found) > 1 for found in asked_by.values())
    for worker, own in sorted(by_worker.items()):
        _Worker(own, hours * 3600, random.Random(seed * 1000 + worker), seen).run()
    for host in {id(feed.host): feed.host for feed in feeds}.values():
        seen.waiting += sum(is_page for _, is_page in host.queue)
        seen.open_most = max(seen.open_most, host.open_most)
        seen.least_gap_s = min(seen.least_gap_s, host.least_gap_s)
    return seen


class _Worker:
    def __init__(self, feeds: list[Feed], end_s: float, chance: random.Random, seen: Seen) -> None:
        self.end_s, self.chance, self.seen = end_s, chance, seen
        self.events: list[tuple[float, int, str, object]] = []
        self.number = 0
        self.reader_free = 0.0
        for feed in feeds:
            self.at(chance.uniform(0, feed.interval_s), "due", feed)

    def at(self, when: float, what: str, who: object) -> None:
        self.number += 1
        heapq.heappush(self.events, (when, self.number, what, who))

    def run(self) -> None:
        while self.events and self.events[0][0] <= self.end_s:
            now, _, what, who = heapq.heappop(self.events)
            getattr(self, f"_{what}")(now, who)

    def _due(self, now: float, feed: Feed) -> None:
        self._enqueue(now, feed.host, (now, False))
        self.at(now + feed.interval_s, "due", feed)
        expected = feed.articles_per_day * feed.interval_s / 86_400
        news = int(expected) + (self.chance.random() < expected % 1)
        for _ in range(min(news, LISTED)):
            self._enqueue(now, feed.host, (now, True))

    def _enqueue(self, now: float, host: Host, job: tuple[float, bool]) -> None:
        host.queue.append(job)
        if not host.busy:
            host.busy = True
            self.at(next_request(host.last_request, None, MIN_DELAY_S, now), "ask", host)

    def _ask(self, now: float, host: Host) -> None:
        host.open_now += 1
        host.open_most = max(host.open_most, host.open_now)
        if host.last_request is not None:
            host.least_gap_s = min(host.least_gap_s, now - host.last_request)
        took = TIMEOUT_S if host.down else self.chance.lognormvariate(0.0, LATENCY_SPREAD) * LATENCY_S
        self.at(now + took, "answered", host)

    def _answered(self, now: float, host: Host) -> None:
        host.open_now -= 1
        host.last_request = now
        announced, is_page = host.queue.popleft()
        failed = host.down or self.chance.random() < FAILURES
        if is_page and failed and not host.down:
            self.at(now + RETRY_S, "retry", (host, announced))
        elif is_page and not host.down:
            self.reader_free = max(self.reader_free, now) + READ_S
            self.seen.stored.append(self.reader_free - announced)
            self.seen.deferred += now - announced > CYCLE_S
        self.seen.polls += not is_page
        if host.queue:
            self.at(next_request(host.last_request, None, MIN_DELAY_S, now), "ask", host)
        else:
            host.busy = False

    def _retry(self, now: float, who: tuple[Host, float]) -> None:
        self._enqueue(now, who[0], (who[1], True))


def main() -> int:
    """Simulate and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--feeds", type=int, default=100_000)
    parser.add_argument("--hosts", type=int, default=20_000)
    parser.add_argument("--articles-per-day", type=float, default=500_000)
    parser.add_argument("--hours", type=float, default=6)
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 8, 64])
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    print(f"{args.feeds} feeds on {args.hosts} hosts, {args.articles_per_day:g} articles a day")
    print("workers  stored  p50 s  p95 s  deferred  waiting  most open  least gap s  hosts with two workers")
    failed = False
    for workers in args.workers:
        feeds = world(args.feeds, args.hosts, args.articles_per_day, random.Random(args.seed))
        seen = simulate(feeds, workers, args.hours, args.seed)
        times = sorted(seen.stored)
        p50, p95 = (times[int(len(times) * share)] for share in (0.5, 0.95))
        late = seen.deferred / len(times)
        print(
            f"{workers:7} {len(times):7} {p50:6.1f} {p95:6.0f} {late:9.1%} {seen.waiting:8} "
            f"{seen.open_most:10} {seen.least_gap_s:12.3f} {seen.two_workers:8}"
        )
        failed |= seen.open_most > 1 or seen.least_gap_s < MIN_DELAY_S - 1e-6 or seen.two_workers > 0
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main())
