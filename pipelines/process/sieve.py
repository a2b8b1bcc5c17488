"""Beam's own words, kept from the screen when they come from processes that Beam starts itself.

With `--direct_running_mode=multi_processing` the graph works in processes whose logging nobody can set: each
writes some twenty lines to standard error, which is ours. While the block lasts, everything that arrives at
file descriptor 2 goes through a pipe; lines in the form that Python's logging has when it is not set up are
dropped, all others (tracebacks, errors) pass.
"""

import os
import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TextIO

UNASKED = re.compile(rb"(DEBUG|INFO|WARNING):[\w.]+:")
"""How an unconfigured `logging` begins a line that is no error."""
LAST_WORDS_S = 2.0
"""What the pipe may take to run dry at the end; a process that outlives the block may hold it open."""


@contextmanager
def sieved() -> Iterator[TextIO]:
    """Keep unasked lines from standard error; hand out a stream that leads there directly."""
    sys.stderr.flush()
    kept = os.dup(2)
    out, into = os.pipe()
    os.dup2(into, 2)
    os.close(into)
    sifting = threading.Thread(target=_sift, args=(os.fdopen(out, "rb"), kept), daemon=True)
    sifting.start()
    try:
        with os.fdopen(os.dup(kept), "w", encoding="utf-8", errors="replace", buffering=1) as direct:
            yield direct
    finally:
        sys.stderr.flush()
        os.dup2(kept, 2)
        sifting.join(LAST_WORDS_S)
        if not sifting.is_alive():
            os.close(kept)


def _sift(lines: IO[bytes], target: int) -> None:
    with lines:
        for line in lines:
            if not UNASKED.match(line):
                os.write(target, line)
