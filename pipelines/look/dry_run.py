"""`warta run --dry-run`: what a run would ask for. Nobody is asked and nothing is written."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from warta.pipelines.cycle.memory import Memory, recall
from warta.pipelines.look.progress import duration
from warta.pipelines.options import Settings
from warta.schemas.entry import Entry
from warta.schemas.feed import Feed, FeedState
from warta.transforms.fetch.conditional import address, is_due, request_headers
from warta.transforms.fetch.settings import FetchSettings
from warta.transforms.store.files import absolute, files_at
from warta.transforms.store.layout import Layout
from warta.transforms.store.manifest import current
from warta.transforms.urls import host_key

MOST_LINES = 20
"""Lines of each list; `--verbose` shows all."""


@dataclass
class HostPlan:
    """What one host would be asked for."""

    feeds: int = 0
    pages: int = 0
    resting: int = 0
    """Waiting entries whose next try is not due yet."""
    barred_until: datetime | None = None
    """From Retry-After."""

    @property
    def requests(self) -> int:
        return self.feeds + self.pages


@dataclass
class Outlook:
    """What a run that started now would do."""

    due: list[tuple[Feed, str]] = field(default_factory=list)
    """Feeds that would be polled, and what is known of them."""
    not_due: list[tuple[Feed, datetime]] = field(default_factory=list)
    """Feeds that would be left alone, and until when."""
    hosts: dict[str, HostPlan] = field(default_factory=dict)
    attempts: Counter[int] = field(default_factory=Counter)
    """Waiting entries by failed tries so far."""

    def host(self, url: str) -> HostPlan:
        try:
            return self.hosts.setdefault(host_key(url), HostPlan())
        except ValueError:
            return self.hosts.setdefault(url, HostPlan())

    @property
    def pages(self) -> int:
        return sum(host.pages for host in self.hosts.values())

    @property
    def resting(self) -> int:
        return sum(host.resting for host in self.hosts.values())

    def least_s(self, min_delay_s: float) -> float:
        """Return what politeness alone takes: the busiest host's requests, one after the other."""
        return (
            max((host.requests - 1 for host in self.hosts.values() if host.requests), default=0) * min_delay_s
        )


class Stored:
    """The state files of an output folder, without its lock: reading needs none."""

    def __init__(self, output: str) -> None:
        self._layout = Layout(absolute(output))
        self._state = current(files_at(self._layout.root), self._layout).state

    def state_files(self, name: str) -> list[str]:
        return [self._layout.path(path) for path in self._state.get(name, ())]


def show_plan(settings: Settings, *, verbose: bool, console: Console | None = None) -> int:
    """Print what `settings` would do now; return the exit code."""
    now = settings.clock.now()
    outlook = foresee(settings, recall(Stored(settings.output)), now)
    print_outlook(outlook, settings, now, console or Console(), most=None if verbose else MOST_LINES)
    return 0


def foresee(settings: Settings, remembered: Memory, now: datetime) -> Outlook:
    """Return what a run at `now` would ask for, from the feed list and what earlier runs left."""
    outlook = Outlook()
    for feed in settings.feeds:
        state = remembered.feeds.get(feed.url)
        if settings.poll_all or is_due(state, now):
            outlook.due.append((feed, _known_of(state, now)))
            outlook.host(address(feed, state, now)).feeds += 1
        elif state is not None and state.next_poll is not None:
            outlook.not_due.append((feed, state.next_poll))
    for entry in remembered.pending.values():
        _await(outlook, entry, now)
    for host, host_state in remembered.hosts.items():
        if host in outlook.hosts and host_state.not_before and host_state.not_before > now:
            outlook.hosts[host].barred_until = host_state.not_before
    return outlook


def _await(outlook: Outlook, entry: Entry, now: datetime) -> None:
    host = outlook.host(entry.url)
    outlook.attempts[entry.attempts] += 1
    if entry.not_before is not None and entry.not_before > now:
        host.resting += 1
    else:
        host.pages += 1


def _known_of(state: FeedState | None, now: datetime) -> str:
    if state is None:
        return "never polled"
    if state.failing_since:
        return f"failing for {duration((now - state.failing_since).total_seconds())}: {state.last_reason}"
    conditional = request_headers(state, full_poll_every=FetchSettings().full_poll_every)
    asked = "asks for what is new" if conditional else "asks for everything"
    if state.last_success is None:
        return asked
    return f"{asked}, last {duration((now - state.last_success).total_seconds())} ago"


def print_outlook(
    outlook: Outlook, settings: Settings, now: datetime, console: Console, *, most: int | None
) -> None:
    """Print an outlook: feeds due, feeds left alone, hosts, and the sums."""
    _print_list(
        console,
        f"{len(outlook.due)} of {len(settings.feeds)} feeds would be polled",
        [(feed.url, known) for feed, known in outlook.due],
        most,
    )
    if outlook.not_due:
        ranked = sorted(outlook.not_due, key=lambda one: one[1])
        rows = [(feed.url, f"due in {duration((at - now).total_seconds())}") for feed, at in ranked]
        _print_list(console, f"{len(rows)} feeds are not due (`--poll-all` polls them anyway)", rows, most)
    console.print(_hosts_table(outlook, now, most))
    console.print(
        f"{outlook.pages} pages wait to be fetched, {outlook.resting} more rest after a failure; "
        "what the feeds announce comes on top"
    )
    console.print(
        f"politeness ({settings.min_delay_s:g} s between two requests to a host) takes at least "
        f"{duration(outlook.least_s(settings.min_delay_s))}"
    )
    console.print(
        f"nothing was asked, nothing was written; `warta run` without --dry-run fills {settings.output}"
    )


def _print_list(console: Console, title: str, rows: list[tuple[str, str]], most: int | None) -> None:
    console.print(Text(title, style="bold"))
    for url, known in rows[:most]:
        console.print(Text(f"  {url}  ").append(known, style="dim"), no_wrap=True, overflow="ellipsis")
    if most is not None and len(rows) > most:
        console.print(f"  and {len(rows) - most} more (--verbose shows all)", style="dim")


def _hosts_table(outlook: Outlook, now: datetime, most: int | None) -> Table:
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("host")
    for column in ("feeds", "pages", "resting"):
        table.add_column(column, justify="right")
    table.add_column("asks to be left alone")
    ranked = sorted(outlook.hosts.items(), key=lambda one: (-one[1].requests, one[0]))
    for name, host in ranked[:most]:
        barred = f"for {duration((host.barred_until - now).total_seconds())}" if host.barred_until else ""
        counts = (str(count or "·") for count in (host.feeds, host.pages, host.resting))
        table.add_row(Text(name), *counts, barred)
    if most is not None and len(ranked) > most:
        rest = [host for _, host in ranked[most:]]
        sums = (sum(getattr(host, name) for host in rest) for name in ("feeds", "pages", "resting"))
        table.add_row(f"{len(rest)} more", *(str(total) for total in sums), "")
    return table
