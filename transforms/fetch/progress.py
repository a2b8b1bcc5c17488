"""A side channel for the command line: live counters, and the flag that ends a run early.

Beam's metrics can be read only after a run. Locally everything happens in one process, so module-level
counters tell the person what is going on. Nothing in the pipeline reads them.
"""

import threading
from collections import Counter

STOP = threading.Event()
"""Set by a signal handler. Crawls then settle everything open as `run_stopped` within about a second."""


class Progress:
    """Thread-safe named counters.

    Names: feeds_total, feeds_done, feeds_failed, entries, pages_total, pages_fetched, pages_read,
    pages_settled, wire_bytes, hosts_open, rejected:REASON, deferred:REASON.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._waits: dict[str, float] = {}

    def add(self, name: str, amount: int = 1) -> None:
        with self._lock:
            self._counts[name] += amount

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


live = Progress()
