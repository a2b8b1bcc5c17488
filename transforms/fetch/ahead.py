"""Reading ahead: one crawl for all slices of a run, in a thread of its own, at most one slice ahead.

What is fetched has to be deduplicated and committed, slice by slice, and meanwhile neither the network nor
the readers had work. Now the next slice's pages are queued behind this one's: a host that is done here goes
on there, and readers go on while Beam works.

What is ahead stays in memory. It becomes rows when its own slice is settled, and a run that is killed before
asks for it again. Slices are made of the same entries as without, so the rows are the same too.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

from warta.schemas.article import Article
from warta.schemas.entry import Entry
from warta.schemas.host import HostState
from warta.schemas.outcome import Deferral, Reason, Rejection
from warta.transforms.fetch.crawl import Crawl
from warta.transforms.fetch.pages import Desk, PageJob, ReadPage, count, forget, page_desk
from warta.transforms.fetch.pool import Pool
from warta.transforms.fetch.progress import live
from warta.transforms.fetch.settings import FetchSettings
from warta.transforms.fetch.slices import in_turn

Outcome = Article | Rejection | Deferral

DEFERRED_AT_ONCE = 20
"""Entries beyond the slice that are deferred after each of its outcomes."""


@dataclass(frozen=True, slots=True)
class _Met:
    """The answer to the question for hosts."""

    states: list[HostState]


class AheadCrawl:
    """One crawl of a run. All methods are for the thread that takes its outcomes."""

    def __init__(
        self, states: Sequence[HostState], read_page: ReadPage, settings: FetchSettings, pool: Pool
    ) -> None:
        self._states = states
        self._read_page = read_page
        self._settings = settings
        self._pool = pool
        self._next: Sequence[Entry] = ()
        """What `expect` was told, until the coming slice begins."""
        self._beyond = 0
        self._ahead: frozenset[str] = frozenset()
        """What the next slice will ask for, by `url_id`."""
        self._open: set[str] = set()
        """What was submitted and not taken."""
        self._held: dict[str, Outcome] = {}
        self._told: SimpleQueue[list[Outcome] | _Met | BaseException] = SimpleQueue()
        self._desk: Desk | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pages", daemon=True)
        self._thread.start()
        self._ready.wait()
        if self._desk is None:
            self._hear()  # raises what kept the crawl from beginning

    def expect(self, entries: Sequence[Entry], beyond: int) -> None:
        """Hear what the slice after the coming one will ask for, and how many entries wait behind that."""
        self._next, self._beyond = entries, beyond

    def slice(self, entries: Sequence[Entry]) -> Iterator[Any]:
        """Yield the outcome of every entry as it comes, at last the hosts.

        What is beyond the slice is deferred between the first outcomes, and not held on to: a run may
        announce a hundred slices. All of it at once would keep the crawl from beginning: both need the
        interpreter.
        """
        chosen, left = in_turn(entries, self._settings.max_pages)
        if left:
            ahead, rest = in_turn(left, self._settings.max_pages)
            self.expect(ahead, len(rest))
        self._submit(chosen)
        return self._outcomes(chosen, deque(left))

    def _outcomes(self, chosen: list[Entry], beyond: deque[Entry]) -> Iterator[Any]:
        missing = {entry.url_id for entry in chosen}
        early = [self._held.pop(entry.url_id) for entry in chosen if entry.url_id in self._held]
        while missing:
            for outcome in early or self._hear():
                url_id = _url_id(outcome)
                if url_id in missing:
                    missing.remove(url_id)
                    self._open.discard(url_id)
                    yield outcome
                    yield from _deferred(beyond, DEFERRED_AT_ONCE)
                else:
                    self._held[url_id] = outcome
            early = []
        yield from _deferred(beyond, len(beyond))
        yield from self._hosts()

    def has_read(self) -> bool:
        """Whether something of the next slice is settled that would be lost with this crawl."""
        while not self._told.empty():
            self._held |= {_url_id(outcome): outcome for outcome in self._hear()}
        return any(not isinstance(self._held.get(url_id), Deferral | None) for url_id in self._ahead)

    def close(self) -> None:
        """Drop what is under way and ahead."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join()

    def _submit(self, chosen: list[Entry]) -> None:
        """Queue this slice, then the next."""
        ahead, self._next = self._next, ()
        self._ahead = frozenset(entry.url_id for entry in ahead)
        new = [entry for entry in (*chosen, *ahead) if entry.url_id not in self._open]
        self._open.update(entry.url_id for entry in new)
        live.add("pages_total", len(new))
        live.put("pages_left", self._beyond)
        self._loop.call_soon_threadsafe(self._queue, new)

    def _hear(self) -> list[Outcome]:
        """Wait for what is settled next. Raises what ended the crawl."""
        told = self._told.get()
        if isinstance(told, BaseException):
            raise told
        assert isinstance(told, list), "nobody asked for hosts"
        return told

    def _hosts(self) -> list[HostState]:
        self._loop.call_soon_threadsafe(self._tell_hosts)
        while not isinstance(told := self._told.get(), _Met):
            if isinstance(told, BaseException):
                raise told
            self._held |= {_url_id(outcome): outcome for outcome in told}
        return told.states

    # What follows runs in the crawl's own thread.

    def _run(self) -> None:
        try:
            with asyncio.Runner() as runner:
                self._loop = runner.get_loop()
                runner.run(self._crawl_on())
        except asyncio.CancelledError:  # closed
            pass
        except BaseException as error:
            self._told.put(error)
        finally:
            self._ready.set()

    async def _crawl_on(self) -> None:
        settings = self._settings
        task = asyncio.current_task()
        assert task is not None
        self._task = task
        self._crawl = Crawl(settings, clock=settings.clock, endless=True)
        async with page_desk(
            self._states, self._read_page, settings, self._pool, settings.clock, forget
        ) as desk:
            self._desk = desk
            self._ready.set()
            async for batch in self._crawl.outcomes():
                count(batch)
                self._told.put(batch)

    def _queue(self, entries: list[Entry]) -> None:
        assert self._desk is not None, "begun"
        for entry in entries:
            self._crawl.submit(PageJob(entry, self._desk))

    def _tell_hosts(self) -> None:
        assert self._desk is not None, "begun"
        self._told.put(_Met(self._desk.hosts.states()))


_crawls: dict[str, AheadCrawl] = {}
"""Of this process, by `run_id`: a slice's step is made anew in each cycle, its run's crawl is not."""


def crawl_slice(
    entries: list[Entry], states: list[HostState], read_page: ReadPage, settings: FetchSettings, pool: Pool
) -> Iterator[Any]:
    """Fetch and read one slice of a run: Article, Rejection, Deferral, and HostState at the end.

    The crawl knows its hosts from the first slice on; `states` of later ones are its own.
    """
    if not entries:
        return iter(())
    if settings.run_id not in _crawls:
        _crawls[settings.run_id] = AheadCrawl(states, read_page, settings, pool)
    return _crawls[settings.run_id].slice(entries)


def expect_slice(run_id: str, entries: Sequence[Entry], beyond: int) -> None:
    """Tell a run's crawl, if it has one, what the slice after the coming one will ask for: it reads ahead.

    Args:
      beyond: how many entries wait behind those.
    """
    if crawl := _crawls.get(run_id):
        crawl.expect(entries, beyond)


def is_under_way(run_id: str) -> bool:
    """Whether a run has a crawl, which goes on from slice to slice and knows its hosts."""
    return run_id in _crawls


def has_read_ahead(run_id: str) -> bool:
    """Whether ending a run now would lose pages of the next slice that are read already."""
    crawl = _crawls.get(run_id)
    return crawl is not None and crawl.has_read()


@contextmanager
def ending_ahead(run_id: str) -> Iterator[None]:
    """End the crawl of a run, if it came to have one, with the block."""
    try:
        yield
    finally:
        if crawl := _crawls.pop(run_id, None):
            crawl.close()


def _deferred(beyond: deque[Entry], most: int) -> Iterator[Deferral]:
    for _ in range(min(most, len(beyond))):
        yield Deferral(beyond.popleft(), Reason.SLICE_FULL)


def _url_id(outcome: Outcome) -> str:
    if isinstance(outcome, Deferral):
        return outcome.entry.url_id
    return outcome.url_id or (outcome.id if isinstance(outcome, Article) else "")
