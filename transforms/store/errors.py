"""How the store fails: always naming the path, and what to do about it."""

from collections.abc import Iterator
from contextlib import contextmanager


class StoreError(Exception):
    """The store cannot go on. The message is one line: "PATH: what is wrong; what to do"."""


class StoreLocked(StoreError):
    """Somebody else writes to this output now."""


class StateCorrupt(StoreError):
    """A state file cannot be read. What it remembered can be rebuilt from the data."""


@contextmanager
def naming(path: str) -> Iterator[None]:
    """Turn an `OSError` inside the block into a `StoreError` that names `path`."""
    try:
        yield
    except OSError as error:
        raise StoreError(f"{error.filename or path}: {_said(error)}") from error


def _said(error: OSError) -> str:
    what = error.strerror or str(error) or type(error).__name__
    advice = _ADVICE.get(type(error).__name__) or _BY_NUMBER.get(error.errno or 0)
    return f"{what}; {advice}" if advice else what


_ADVICE = {
    "PermissionError": "make it writable for this user",
    "FileNotFoundError": "it vanished while in use; check the disk or mount, then run again",
    "NotADirectoryError": "a file stands where a folder must be; move it away",
}
_BY_NUMBER = {
    28: "free some space and run again; what was committed before is intact",
    30: "remount it writable or choose another output",
    122: "raise the quota and run again; what was committed before is intact",
}
