"""Leaving the process once nothing is left to do."""

import atexit
import os
import sys
from typing import NoReturn


def leave(code: int) -> NoReturn:
    """End this process with exit code `code`, or 1 where nobody reads what it still has to say.

    What was asked for at exit is done, and both streams are written out. The interpreter is not taken apart:
    to free a run's million objects one by one took .3 s, and threads of libraries that still held some of
    them could bring down what had ended well.
    """
    atexit._run_exitfuncs()
    for stream in filter(None, (sys.stdout, sys.stderr)):  # None where it was closed from the start
        try:
            stream.flush()
        except (OSError, ValueError):  # its reader has gone
            code = code or 1
    os._exit(code)
