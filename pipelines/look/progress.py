"""What a run is doing, while it does it: a live display on a terminal, a line now and then elsewhere.

Beam tells its counters after a run. On a local runner the graph works in this process, so the side channel
of the fetch room (`transforms/fetch/progress.py`) can be read by a thread meanwhile. Nothing waits for it.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from warta.pipelines.process.logs import Voice, said
from warta.schemas.outcome import Deferral, Rejection
from warta.transforms.fetch.progress import Progress, live

log = logging.getLogger(__name__)

LOOK_S = 0.25
"""Between two looks: fast enough to feel alive, and a thousandth of a core."""
LINE_EVERY_S = 10.0
"""Between two lines where nobody watches; an hour of cron then makes 360 of them."""
RATE_WINDOW_S = 20.0
"""A rate is told over the last so many seconds: shorter jumps with every host, longer hides a stall."""
MOST_HOSTS = 4
MOST_ENDINGS = 4
BAR_WIDTH = 24
WORDS_WIDTH = 52
"""Columns beside a bar: name, counts and the facts that are worth more than the bar."""
LEAST_BAR = 8


class Doing:
    """What the driver is at; set between the cycles of a run."""

    def __init__(self) -> None:
        self.what = ""
        self.cycle = 0
        self.elsewhere = False
        """Whether the graph works in other processes, whose counters cannot be seen from here."""

    def begin(self, what: str, cycle: int | None = None) -> None:
        self.what = what
        self.cycle = self.cycle if cycle is None else cycle


doing = Doing()


@dataclass(frozen=True)
class Host:
    """A host with something in its queue."""

    name: str
    queued: int
    wait_s: float
    """Until it may be asked again; 0 while it is being asked."""


@dataclass(frozen=True)
class View:
    """A run at one moment."""

    what: str
    cycle: int
    feeds_total: int = 0
    feeds_done: int = 0
    feeds_failed: int = 0
    entries: int = 0
    pages_total: int = 0
    """Of this and earlier slices, and what is left for later ones."""
    pages_settled: int = 0
    pages_reading: int = 0
    pages_per_s: float = 0.0
    rejected: int = 0
    deferred: int = 0
    received_mb: float = 0.0
    left_s: float | None = None
    """Seconds the pages still need, None as long as that cannot be said."""
    hosts: tuple[Host, ...] = ()
    """Longest queue first."""
    hosts_waiting: int = 0
    """Hosts that politeness keeps us from asking now."""
    endings: tuple[str, ...] = field(default=())

    @property
    def stage(self) -> str:
        """The stage the graph is in, as far as its counts tell."""
        if self.what != "fetching":
            return self.what or "loading Beam"
        if self.elsewhere:
            return "working in other processes, which tell their counts at the end"
        if self.feeds_done < self.feeds_total:
            return "polling feeds"
        if self.pages_settled < self.pages_total - self.pages_later:
            return "fetching and reading pages"
        if not self.pages_total:
            return "looking up what is known" if self.feeds_total else "starting"
        return "sorting out duplicates, writing"

    pages_later: int = 0
    elsewhere: bool = False


class Meter:
    """Turns counters into rates and times to go."""

    def __init__(self, min_delay_s: float = 0.0) -> None:
        self._min_delay_s = min_delay_s
        self._seen: deque[tuple[float, int]] = deque()

    def view(self, progress: Progress, at: Doing, now: float) -> View:
        """Return the run as it stands. Call it with a clock that never goes back, in Unix seconds."""
        counts = progress.counts()
        settled = counts.get("pages_settled", 0)
        later = counts.get("pages_left", 0)
        total = counts.get("pages_total", 0) + later
        if not total:
            self._seen.clear()  # pages are counted from the last look before there were any
        per_s = self._rate(settled, now)
        hosts = _hosts(progress, now)
        return View(
            what=at.what,
            cycle=at.cycle,
            elsewhere=at.elsewhere,
            feeds_total=counts.get("feeds_total", 0),
            feeds_done=counts.get("feeds_done", 0),
            feeds_failed=counts.get("feeds_failed", 0),
            entries=counts.get("entries", 0),
            pages_total=total,
            pages_later=later,
            pages_settled=settled,
            pages_reading=max(counts.get("pages_fetched", 0) - counts.get("pages_read", 0), 0),
            pages_per_s=per_s,
            rejected=_sum(counts, "rejected:"),
            deferred=_sum(counts, "deferred:"),
            received_mb=counts.get("wire_bytes", 0) / 1e6,
            left_s=self._left_s(total - settled, per_s, hosts),
            hosts=hosts,
            hosts_waiting=sum(host.wait_s > 0 for host in hosts),
            endings=tuple(ending(outcome) for _, outcome in progress.told()[-MOST_ENDINGS:]),
        )

    def _rate(self, settled: int, now: float) -> float:
        if not self._seen or settled != self._seen[-1][1] or now - self._seen[-1][0] >= 1.0:
            self._seen.append((now, settled))
        while len(self._seen) > 2 and now - self._seen[0][0] > RATE_WINDOW_S:
            self._seen.popleft()
        first_at, first = self._seen[0]
        return (settled - first) / (now - first_at) if now > first_at else 0.0

    def _left_s(self, pages: int, per_s: float, hosts: tuple[Host, ...]) -> float | None:
        """The pace so far, but never less than the longest queue takes at the polite distance."""
        if pages <= 0 or per_s <= 0:
            return None
        longest = max((host.queued for host in hosts), default=0) * self._min_delay_s
        return max(pages / per_s, longest)


def _hosts(progress: Progress, now: float) -> tuple[Host, ...]:
    waits, queues = progress.waits(), progress.queues()
    found = (
        Host(name, queues.get(name, 0), max(waits.get(name, now) - now, 0.0))
        for name in waits.keys() | queues.keys()
    )
    return tuple(sorted(found, key=lambda host: (-host.queued, -host.wait_s, host.name)))


def _sum(counts: Mapping[str, int], prefix: str) -> int:
    return sum(count for name, count in counts.items() if name.startswith(prefix))


def ending(outcome: Rejection | Deferral) -> str:
    """Return one line for a rejection or a deferral.

    >>> from warta.schemas.outcome import Reason, Stage
    >>> ending(Rejection(Stage.FETCH, Reason.GONE, "http://a.test/1", "HTTP 410"))
    'rejected gone http://a.test/1: HTTP 410'
    """
    kind, url = (
        ("deferred", outcome.entry.url) if isinstance(outcome, Deferral) else ("rejected", outcome.url)
    )
    return f"{kind} {outcome.reason} {url}" + (f": {outcome.detail}" if outcome.detail else "")


def duration(seconds: float) -> str:
    """Return a length of time in the two units that matter.

    >>> duration(7.4), duration(312), duration(9000)
    ('7 s', '5 min 12 s', '2 h 30 min')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def line(view: View) -> str:
    """Return the run in one line, for logs."""
    parts = [view.stage]
    if view.feeds_total:
        failed = f" ({view.feeds_failed} failed)" if view.feeds_failed else ""
        parts.append(f"feeds {view.feeds_done}/{view.feeds_total}{failed}")
    if view.pages_total:
        pace = f" at {view.pages_per_s:.1f}/s" if view.pages_settled < view.pages_total else ""
        parts.append(f"pages {view.pages_settled}/{view.pages_total}{pace}")
    parts += [f"{name} {count}" for name, count in _losses(view)]
    if view.hosts_waiting:
        parts.append(f"waiting for {view.hosts_waiting} hosts, most for {_queue(view.hosts[0])}")
    if view.left_s is not None:
        parts.append(f"about {duration(view.left_s)} left")
    return ", ".join(part for part in parts if part)


def draw(view: View, width: int = 80) -> Group:
    """Return the run as a block for a terminal of so many columns; narrow ones go without bars."""
    cycle = f", slice {view.cycle}" if view.cycle > 1 else ""
    parts: list[Any] = [Text(f"{view.stage}{cycle}", style="bold cyan", no_wrap=True, overflow="ellipsis")]
    if view.feeds_total:
        parts.append(_bars(view, min(BAR_WIDTH, width - WORDS_WIDTH)))
    if view.hosts:
        waits = ", ".join(_queue(host) for host in view.hosts[:MOST_HOSTS])
        more = f" and {len(view.hosts) - MOST_HOSTS} more" if len(view.hosts) > MOST_HOSTS else ""
        parts.append(Text(f"hosts  {waits}{more}", style="dim", no_wrap=True, overflow="ellipsis"))
    parts += [Text(told, style="yellow", no_wrap=True, overflow="ellipsis") for told in view.endings]
    return Group(*parts)


def _bars(view: View, bar_width: int) -> Table:
    lines = (
        ("feeds", view.feeds_done, view.feeds_total, _feed_facts(view)),
        ("pages", view.pages_settled, view.pages_total, _page_facts(view)),
    )
    bars = Table.grid(padding=(0, 1))
    bars.add_column(no_wrap=True, min_width=len("feeds"))
    if bar_width >= LEAST_BAR:
        bars.add_column(no_wrap=True, min_width=bar_width)
    bars.add_column(no_wrap=True, min_width=max(len(f"{done}/{total}") for _, done, total, _ in lines))
    bars.add_column(no_wrap=True, overflow="ellipsis")
    for name, done, total, facts in lines:
        bar = ProgressBar(total=max(total, 1), completed=done, width=bar_width)
        cells: list[Any] = [Text(name), bar, Text(f"{done}/{total}", style="bold"), Text(facts, style="dim")]
        bars.add_row(*(cell for cell in cells if cell is not bar or bar_width >= LEAST_BAR))
    return bars


def _feed_facts(view: View) -> str:
    failed = f"{view.feeds_failed} failed, " if view.feeds_failed else ""
    return f"{failed}{view.entries} entries, {view.received_mb:.1f} MB"


def _page_facts(view: View) -> str:
    facts = [f"{view.pages_per_s:.1f}/s"] if view.pages_settled < view.pages_total else []
    if view.pages_reading:
        facts.append(f"{view.pages_reading} being read")
    facts += [f"{name} {count}" for name, count in _losses(view)]
    if view.left_s is not None:
        facts.append(f"about {duration(view.left_s)} left")
    return ", ".join(facts)


def _losses(view: View) -> list[tuple[str, int]]:
    return [
        (name, count) for name, count in (("rejected", view.rejected), ("deferred", view.deferred)) if count
    ]


def _queue(host: Host) -> str:
    wait = f", next in {host.wait_s:.1f} s" if host.wait_s > 0.05 else ""
    return f"{host.name} ({host.queued} queued{wait})"


@contextmanager
def watching(
    console: Console,
    voice: Voice,
    *,
    min_delay_s: float = 0.0,
    progress: Progress = live,
    at: Doing = doing,
    clock: Callable[[], float] = time.time,
) -> Iterator[None]:
    """Show how a run goes while the block lasts: on `console` when it is a terminal, else in the log."""
    if voice.quiet:
        yield
        return
    onlooker = _Onlooker(console, voice, Meter(min_delay_s), progress, at, clock)
    onlooker.start()
    try:
        yield
    finally:
        onlooker.leave()


class _Onlooker(threading.Thread):
    def __init__(
        self,
        console: Console,
        voice: Voice,
        meter: Meter,
        progress: Progress,
        at: Doing,
        clock: Callable[[], float],
    ) -> None:
        super().__init__(name="warta-progress", daemon=True)
        self._voice = voice
        self._meter = meter
        self._progress = progress
        self._at = at
        self._clock = clock
        self._over = threading.Event()
        self._told = 0
        self._line_at = float("-inf")
        self._stage = ""
        self._live: Live | None = None
        if console.is_terminal and not voice.as_json:
            self._live = Live(console=console, auto_refresh=False, transient=True, redirect_stdout=False)

    def run(self) -> None:
        if self._live is not None:
            self._live.start()
        while not self._over.wait(LOOK_S):
            self._look()

    def leave(self) -> None:
        """Look a last time, so that short runs are told as well, and clear the display."""
        self._over.set()
        self.join()
        self._look()
        if self._live is not None:
            self._live.stop()

    def _look(self) -> None:
        view = self._meter.view(self._progress, self._at, self._clock())
        if self._voice.verbose:
            self._tell_endings()
        if self._live is not None:
            self._live.update(draw(view, self._live.console.width), refresh=True)
        elif view.stage and (view.stage != self._stage or self._clock() - self._line_at >= LINE_EVERY_S):
            self._stage, self._line_at = view.stage, self._clock()
            said(log, logging.INFO, "progress", line(view), **facts(view))

    def _tell_endings(self) -> None:
        for number, outcome in self._progress.told(self._told):
            self._told = number
            said(log, logging.INFO, "ending", ending(outcome))


def facts(view: View) -> dict[str, Any]:
    """Return what a collector of JSON lines wants to know."""
    names = ("stage", "cycle", "feeds_total", "feeds_done", "feeds_failed", "pages_total", "pages_settled")
    numbers = {name: getattr(view, name) for name in (*names, "rejected", "deferred", "hosts_waiting")}
    left_s = None if view.left_s is None else round(view.left_s, 1)
    return numbers | {"pages_per_s": round(view.pages_per_s, 2), "left_s": left_s}
