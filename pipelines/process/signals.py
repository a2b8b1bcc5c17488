"""Stopping: the first signal sets a flag, the second leaves at once.

A handler does nothing more, because an exception raised in one comes out of Beam wrapped and can hang the
exit (measured with Beam 2.77). Leaving at once is safe: the store finishes or undoes a cut commit.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from warta.transforms.fetch.progress import STOP

EXIT_INTERRUPTED = 130


@contextmanager
def stop_on_signal() -> Iterator[None]:
    """Turn SIGINT and SIGTERM into the stop flag for the length of the block."""
    STOP.clear()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        signal.signal(number, _on_signal)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _on_signal(number: int, frame: FrameType | None) -> None:
    if STOP.is_set():
        os._exit(EXIT_INTERRUPTED)
    STOP.set()
