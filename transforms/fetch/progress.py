"""A side channel for the command line: live counters, and the flag that ends a run early.

Beam's metrics can be read only after a run. Locally everything happens in one process, so module-level
counters tell the person what is going on. Nothing in the pipeline reads them.
"""

import threading
from collections import Counter, deque
from collections.abc import Iterable
from typing import Any

STOP = threading.Event()
"""Set by a signal handler. Crawls then settle everything open as `run_stopped` within about a second."""


MOST_TOLD = 200
"""Endings kept for whoever looks on; more in one second than anybody can read."""


class Progress:
    """Thread-safe named counters.

    Names: feeds_total, feeds_done, feeds_failed, entries, pages_total, pages_fetched, pages_read,
    pages_settled, pages_left (beyond this slice), wire_bytes, rejected:REASON, deferred:REASON.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._waits: dict[str, float] = {}
        self._queues: Counter[str] = Counter()
        self._told: deque[tuple[int, Any]] = deque(maxlen=MOST_TOLD)
        self._tellings = 0

    def add(self, name: str, amount: int = 1) -> None:
        with self._lock:
            self._counts[name] += amount

    def put(self, name: str, amount: int) -> None:
        """Set what is no count of events but a level."""
        with self._lock:
            self._counts[name] = amount

    def queue(self, host: str, change: int) -> None:
        """Note that so many more (or fewer) requests wait in the queue of `host`."""
        with self._lock:
            self._queues[host] += change
            if self._queues[host] <= 0:
                del self._queues[host]

    def tell(self, outcomes: Iterable[Any]) -> None:
        """Keep the last rejections and deferrals for whoever looks on."""
        with self._lock:
            for outcome in outcomes:
                self._tellings += 1
                self._told.append((self._tellings, outcome))

    def told(self, after: int = 0) -> list[tuple[int, Any]]:
        """Return numbered outcomes told after number `after`, as far as they are still kept."""
        with self._lock:
            return [one for one in self._told if one[0] > after]

    def queues(self) -> dict[str, int]:
        """Requests that wait, by host."""
        with self._lock:
            return dict(self._queues)

    def wait(self, host: str, until: float | None) -> None:
        """Note that `host` is being waited for until this Unix time; None ends the wait."""
        with self._lock:
            if until is None:
                self._waits.pop(host, None)
            else:
                self._waits[host] = until

    def counts(self) -> dict[str, int]:
        with self._lock:
            return dict(self._counts)

    def waits(self) -> dict[str, float]:
        """Hosts that are being waited for, with the Unix time at which each is next asked."""
        with self._lock:
            return dict(self._waits)

    def reset(self) -> None:
        with self._lock:
            self._counts.clear()
            self._waits.clear()
            self._queues.clear()
            self._told.clear()


live = Progress()
