"""The scheduler: one queue per host, all hosts at once, every job settled exactly once.

A job is something to fetch and then to read. Fetching holds the host's place; reading goes on beside it, so
the host's next request starts while reader processes work on the last answer.
"""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from typing import Any, Protocol

from warta.schemas.outcome import Reason
from warta.transforms.fetch.model import Postponed
from warta.transforms.fetch.progress import STOP, Progress, live
from warta.transforms.fetch.room import Room
from warta.transforms.fetch.settings import FetchSettings

WATCH_S = 0.2
"""How often the stop flag and the deadline are looked at."""
STOP_GRACE_S = 0.3
DEADLINE_GRACE_S = 5.0
"""What is under way at the deadline may finish for this long; nothing new starts."""

AT_ONCE = 32
"""Hosts that are first asked in one turn of the event loop. To ask 720 takes .2 s; when it was one turn, no
answer was heard meanwhile and no reader had work."""


class Job(Protocol):
    """One announced thing that has to be settled."""

    @property
    def host(self) -> str:
        """Whose queue it waits in."""

    async def fetch(self, crawl: "Crawl") -> None:
        """Fetch, then settle at once or go on with `crawl.read`."""

    def postpone(self, reason: Reason, detail: str, until: float | None) -> Sequence[Any]:
        """Return the outcomes of not doing it in this run."""


class Crawl:
    """Runs jobs until all are settled, the deadline passes or the stop flag is set."""

    def __init__(
        self,
        settings: FetchSettings,
        *,
        clock: Callable[[], float] = time.time,
        progress: Progress = live,
        stopped: Callable[[], bool] = STOP.is_set,
        endless: bool = False,
    ) -> None:
        """Make a crawl without jobs; an `endless` one waits for more when all are settled."""
        self._settings = settings
        self._endless = endless
        self._clock = clock
        self._stopped = stopped
        self.progress = progress
        self._queues: dict[str, deque[Job]] = {}
        self._serving: dict[str, int] = {}
        self._starting = 0
        """Hosts that are served, but whose turn to be asked has not come."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._open: dict[int, Job] = {}
        self._batch: list[Any] = []
        self._news = asyncio.Event()
        self.room = Room()
        """What a job's request must have before it is made."""
        self._error: BaseException | None = None
        self._ending: Reason | None = None

    def submit(self, job: Job, *, first: bool = False) -> None:
        """Queue a job, or queue it again (`first`: before the others of its host)."""
        self._open[id(job)] = job
        if self._ending is not None:
            self.settle(job, job.postpone(self._ending, "", None))
            return
        queue = self._queues.setdefault(job.host, deque())
        if first:
            queue.appendleft(job)
        else:
            queue.append(job)
        self.progress.queue(job.host, 1)
        if self._serving.get(job.host, 0) < self._settings.per_host_concurrency:
            self._serving[job.host] = self._serving.get(job.host, 0) + 1
            self._spawn(self._serve(job.host, self._starting // AT_ONCE))
            self._starting += 1

    def settle(self, job: Job, outcomes: Sequence[Any]) -> None:
        """End a job. A second ending is ignored: what came first has been told."""
        if self._open.pop(id(job), None) is not None:
            self._batch.extend(outcomes)
            self._news.set()

    def read(self, job: Job, body_bytes: int, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Go on with a fetched job beside the host's queue; its body takes up room until it is read."""
        self.room.take(body_bytes)
        self._spawn(self._read(job, body_bytes, work))

    def keeps_alive(self, host: str) -> bool:
        """Whether a connection to `host` is worth keeping: more is queued, and sockets are not scarce."""
        return bool(self._queues.get(host)) and len(self._tasks) <= self._settings.max_connections

    async def outcomes(self) -> AsyncIterator[list[Any]]:
        """Yield outcomes as they come, in batches, until every job is settled (or for ever, if `endless`).

        Raises whatever a job raised that is no ending: a bug ends the run.
        """
        watch = asyncio.ensure_future(self._watch())
        try:
            while self._endless or self._tasks or self._batch or self._error:
                if self._error is not None:
                    raise self._error
                if not self._batch:
                    self._news.clear()
                    await self._news.wait()
                if not self._tasks and self._ending is not None:
                    self._settle_cancelled(self._ending)
                batch, self._batch = self._batch, []
                if batch:
                    yield batch
            assert not self._open, f"{len(self._open)} jobs were never settled"
        finally:
            watch.cancel()
            await self._cancel()

    async def _serve(self, host: str, turns: int) -> None:
        queue = self._queues[host]
        try:
            for _ in range(turns):
                await asyncio.sleep(0)
            self._starting -= 1
            while queue:
                job = queue.popleft()
                self.progress.queue(host, -1)
                await self._guard(job, job.fetch(self))
        finally:
            self._serving[host] -= 1

    async def _read(self, job: Job, body_bytes: int, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        try:
            await self._guard(job, work())
        finally:
            self.room.give_back(body_bytes)

    async def _guard(self, job: Job, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Postponed as pause:
            self.settle(job, job.postpone(pause.reason, pause.detail, pause.until))
        except asyncio.CancelledError:
            self.settle(job, job.postpone(self._ending or Reason.RUN_STOPPED, "", None))
            raise

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self._error = self._error or task.exception()
        self._news.set()

    async def _watch(self) -> None:
        while True:
            if self._stopped():
                return await self._end(Reason.RUN_STOPPED, STOP_GRACE_S)
            if self._settings.deadline is not None and self._clock() >= self._settings.deadline:
                return await self._end(Reason.RUN_DEADLINE, DEADLINE_GRACE_S)
            await asyncio.sleep(WATCH_S)

    async def _end(self, reason: Reason, grace_s: float) -> None:
        """Settle all that waits, let the rest finish for `grace_s`, then cancel it."""
        self._ending = reason
        for queue in self._queues.values():
            while queue:
                job = queue.popleft()
                self.progress.queue(job.host, -1)
                self.settle(job, job.postpone(reason, "", None))
        ends = time.monotonic() + grace_s
        while self._tasks and time.monotonic() < ends and not (self._stopped() and grace_s > STOP_GRACE_S):
            await asyncio.sleep(WATCH_S / 4)
        for task in list(self._tasks):
            task.cancel()

    def _settle_cancelled(self, reason: Reason) -> None:
        """Settle jobs whose task was cancelled before its first step, and so never had its say."""
        for job in list(self._open.values()):
            self.settle(job, job.postpone(reason, "", None))

    async def _cancel(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
