"""Cycles in processes that are replaced from time to time: the child's side.

Orders come over one connection, answers go back over it. When the connection breaks, the parent is gone: the
cycle at hand is settled as on a stop, so that what was fetched is not lost; a parent that leaves at once,
after it had asked for a stop, takes this process with it.
"""

import os
import queue
import signal
import sys
import threading
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from warta.transforms.fetch.progress import STOP, live

KEEP_REPORTS = 2_000
"""Run reports that stay, newest first: a week of cycles every five minutes. `feeds/` tells of older ones."""


def main(link_fd: int, *passed: int) -> int:
    """Do what the parent asks until it says `end`."""
    for fd in (link_fd, *passed):
        os.set_inheritable(fd, False)
    signal.signal(signal.SIGTERM, lambda number, frame: STOP.set())
    link: Connection[Any, Any] = Connection(link_fd)
    orders: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(link, orders), daemon=True, name="warta-orders").start()
    _, begin = orders.get()
    work = _Work(*begin)
    while (order := orders.get())[0] != "end":
        name, what = order
        try:
            answer = work.cycle(what) if name == "cycle" else work.tidy(*what)
        except Exception as error:  # the parent decides whether to go on; nothing was committed
            answer = _told(error)
        try:
            link.send(answer)
        except OSError:  # nobody listens any more; what was committed is
            break
    return 0


class _Work:
    """What one process does, with everything heavy imported."""

    def __init__(self, voice: Any, command: str, shared: Any) -> None:
        from warta.pipelines.process.logs import progress_console, set_up
        from warta.pipelines.process.machine import choose_allocator, loading
        from warta.pipelines.reading.warm import warm_readers
        from warta.transforms.store.lock import adopting

        self._voice, self._command, self._console = voice, command, progress_console()
        self._acquire = adopting(shared)
        set_up(voice, self._console)
        choose_allocator()
        warm_readers()
        with loading():
            from warta.pipelines.batch import run
        self._run = run

    def cycle(self, settings: Any) -> Any:
        from warta.pipelines.process.machine import tree_cpu_s
        from warta.pipelines.stream.cycles import Finished

        live.reset()
        spent_s = tree_cpu_s()
        with self._watched(settings):
            report = self._run(
                settings, command=self._command, acquire=self._acquire, spent_s=spent_s, last=False
            )
        return Finished(report, rss_mb())

    def tidy(self, settings: Any, keep_days: int | None) -> str:
        from warta.transforms.store.commit import Store
        from warta.transforms.store.compact import compact

        clock = settings.clock
        since = (clock.now() - timedelta(days=keep_days)).date() if keep_days else None
        with Store.open(settings.output, owner=self._command, now=clock.now, acquire=self._acquire) as store:
            done = compact(store, keep_since=since)
            forget_reports(store.layout.runs)
        return f"{done.files_before} files became {done.files_after}"

    def _watched(self, settings: Any) -> AbstractContextManager[None]:
        from warta.pipelines.look.progress import watching

        if not self._voice.verbose:
            return nullcontext()
        return watching(self._console, self._voice, min_delay_s=settings.min_delay_s)


def forget_reports(folder: str, keep: int = KEEP_REPORTS) -> None:
    """Delete all but the newest run reports of a local output; names sort by time."""
    reports = sorted(Path(folder).glob("*.json"))
    for path in reports[:-keep]:
        path.unlink(missing_ok=True)


def rss_mb() -> float:
    """Return the resident size of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1]) if Path("/proc").exists() else 0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _listen(link: "Connection[Any, Any]", orders: "queue.SimpleQueue[tuple[str, Any]]") -> None:
    while True:
        try:
            order = link.recv()
        except (EOFError, OSError):
            if STOP.is_set():
                os.killpg(0, signal.SIGKILL)
            STOP.set()
            orders.put(("end", None))
            return
        if order[0] == "stop":
            STOP.set()
        else:
            orders.put(order)


def _told(error: Exception) -> Exception:
    """Return the error as one that travels; Beam's may hold what cannot be pickled."""
    import logging

    logging.getLogger(__name__).debug("the cycle failed", exc_info=True)
    return RuntimeError(f"{type(error).__name__}: {str(error).strip().rpartition(chr(10))[2]}")


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
