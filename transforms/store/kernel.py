"""The one call that Python's `os` lacks: two names change places in a single step."""

import ctypes
import os
import sys

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2  # linux/fs.h
_RENAME_SWAP = 2  # darwin: sys/stdio.h


def exchange_names(one: str, other: str) -> bool:
    """Exchange two paths on one disk. False when this system or filesystem cannot do it in one step."""
    try:
        library = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "darwin":
            failed = library.renamex_np(os.fsencode(one), os.fsencode(other), _RENAME_SWAP)
        else:
            failed = library.renameat2(
                _AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE
            )
    except (OSError, AttributeError):
        return False
    return not failed
