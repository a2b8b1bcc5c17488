"""Reader processes: parsers run where they can be killed, one page at a time, on every core."""

import asyncio
import atexit
import logging
import multiprocessing
import os
import threading
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import TimeoutError as FutureTimeoutError
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import forkserver
from typing import Any, Protocol

from pebble import ProcessExpired, ProcessPool

from warta.schemas.outcome import Reason
from warta.transforms.fetch import reader
from warta.transforms.fetch.settings import FetchSettings

log = logging.getLogger(__name__)

MAX_RENEWALS = 5
"""Fresh pools one page may see die before reading is called impossible here."""
LOOK_EVERY_S = 2.0
"""How often a page that is being read looks whether its pool still lives. A thread of pebble's dies, say,
when a memory profiler lists all objects (`gc.get_objects`) while it builds a tuple."""
READER_DEATHS = 2
"""Readers one page may see die before it is held to have killed them: the first may have died of something
else, say because the system was short of memory."""
MIN_CRASHES = 40
MAX_CRASH_SHARE = 0.5
"""When more than half of what was read, and at least so many, crashed the readers, reading itself is broken.
One hostile site cannot bring that about unless it is most of a run."""


class ReadError(Exception):
    """A reader that came to no result; `reason` says why."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


class Pool(Protocol):
    """Where readers run."""

    def run(self, function: Callable[..., Any], *args: Any) -> Awaitable[Any]:
        """Return `function(*args)`. Raises ReadError when it hangs, crashes or refuses."""


class InlinePool:
    """Readers in this very process: for engines that parallelise by themselves. Nothing can be killed."""

    async def run(self, function: Callable[..., Any], *args: Any) -> Any:
        try:
            return function(*args)
        except Exception as error:
            raise as_read_error(error) from error


class ReaderPool:
    """Readers in `workers` processes, with a deadline a call; what hangs is killed, what crashes replaced."""

    def __init__(
        self, workers: int, timeout_s: float, memory_mb: int, max_tasks: int, setup: tuple[str, ...] = ()
    ) -> None:
        self._workers = workers
        self._timeout_s = timeout_s
        self._memory_mb = memory_mb
        self._max_tasks = max_tasks
        self._setup = setup
        self._closed = False
        self._pool = self._start()

    async def run(self, function: Callable[..., Any], *args: Any) -> Any:
        deaths = 0
        for _ in range(MAX_RENEWALS + READER_DEATHS):
            pool = self._pool
            try:
                return await self._run(pool, function, args)
            except _Broken:
                self._renew(pool)
            except ProcessExpired as error:
                deaths += 1
                if deaths == READER_DEATHS:
                    told = f"{deaths} readers died with it, the last with {error.exitcode}"
                    raise ReadError(Reason.READER_CRASHED, told) from None
        raise ReadersBroken("reader processes die before they read anything")

    def close(self) -> None:
        self._closed = True
        self._pool.stop()
        self._pool.join()

    async def _run(self, pool: ProcessPool, function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        try:
            future = pool.schedule(reader.call, args=(self._setup, function, args), timeout=self._timeout_s)
        except RuntimeError as error:  # "The Pool is not active"
            raise _Broken from error
        try:
            return await self._answer(pool, asyncio.wrap_future(future))
        except BrokenProcessPool as error:
            raise _Broken from error
        except (TimeoutError, FutureTimeoutError):
            raise ReadError(Reason.READER_TIMEOUT, f"not read within {self._timeout_s:g} s") from None
        except (_Broken, ProcessExpired):  # a page may have killed its reader, or somebody else: `run` counts
            raise
        except Exception as error:
            raise as_read_error(error) from error

    async def _answer(self, pool: ProcessPool, answer: asyncio.Future[Any]) -> Any:
        """Wait for what a reader returns. A pool that breaks forgets the tasks in its queue, and one that
        lost a thread all of them: nobody would ever answer."""
        try:
            while not answer.done():
                await asyncio.wait([answer], timeout=LOOK_EVERY_S)
                if not (answer.done() or pool.active or self._closed):
                    raise _Broken
            return answer.result()
        finally:
            answer.cancel()

    def _start(self) -> ProcessPool:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([reader.__name__])
        with _environment(self._setup):
            forkserver.ensure_running()
        return ProcessPool(
            max_workers=self._workers,
            max_tasks=self._max_tasks,
            initializer=reader.prepare,
            initargs=(self._setup, self._memory_mb),
            context=context,
        )

    def _renew(self, broken: ProcessPool) -> None:
        """Replace a pool that gave up: pebble does so when a process dies while no task is running, say
        because the system was short of memory. Its open tasks are run again, by their callers."""
        if self._pool is broken:
            log.warning("the pool of readers broke; the pages that it held are read again")
            broken.stop()
            threading.Thread(target=broken.join, daemon=True).start()  # its readers would idle on
            self._pool = self._start()


class _Broken(Exception):
    """The pool itself is gone, and with it this call, through no fault of its page."""


class ReadersBroken(Exception):  # not a loss but a bug: the run must not go on losing news
    """Readers crash on most of what they are given."""


class WatchedPool:
    """A pool that gives up when its readers crash on everything, say because a model file is missing."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._runs = 0
        self._crashes = 0

    async def run(self, function: Callable[..., Any], *args: Any) -> Any:
        self._runs += 1
        try:
            return await self._pool.run(function, *args)
        except ReadError as error:
            self._crashes += error.reason is Reason.READER_CRASHED
            if self._crashes >= MIN_CRASHES and self._crashes > self._runs * MAX_CRASH_SHARE:
                told = f"readers crashed on {self._crashes} of {self._runs}; the last: {error.detail}"
                raise ReadersBroken(told) from error
            raise


def as_read_error(error: Exception) -> ReadError:
    """Return a reader's exception as an ending: its own `reason`, if any, else a crash of the parser."""
    reason = getattr(error, "reason", None)
    if isinstance(reason, Reason):
        return ReadError(reason, str(getattr(error, "detail", "")) or str(error))
    return ReadError(Reason.READER_CRASHED, f"{type(error).__name__}: {error}"[:300])


_shared: dict[tuple[Any, ...], ReaderPool] = {}


def shared_pool(settings: FetchSettings) -> Pool:
    """Return this process's pool for these settings: started once, used by every step and cycle."""
    if settings.workers <= 0:
        return InlinePool()
    key = (
        os.getpid(),
        settings.workers,
        settings.read_timeout_s,
        settings.reader_memory_mb,
        settings.reader_tasks,
        settings.reader_setup,
    )
    if key not in _shared:
        _shared[key] = ReaderPool(*key[1:])
    return _shared[key]


def close_shared_pools() -> None:
    """End all reader processes of this process."""
    for key in list(_shared):
        if key[0] == os.getpid():
            _shared.pop(key).close()


atexit.register(close_shared_pools)


@contextmanager
def _environment(setup: tuple[str, ...]) -> Iterator[None]:
    """Set what the fork server inherits: the set-up, and one thread for numeric libraries, since the pool has
    all cores and langid's dot product is six times slower under threaded OpenBLAS."""
    wanted = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", reader.SETUP_VARIABLE: " ".join(setup)}
    added = {name: value for name, value in wanted.items() if value and name not in os.environ}
    os.environ.update(added)
    try:
        yield
    finally:
        for name in added:
            del os.environ[name]
