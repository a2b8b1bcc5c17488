"""The tables of langid's model, kept where they load in milliseconds.

langid ships its model as 29 MB of text, compressed and coded twice: reading it costs a second of CPU in every
process that labels. What was made of it once is therefore kept in the user's cache folder
(`$XDG_CACHE_HOME/warta`, else `~/.cache/warta`), named after what it was made from. A missing, read-only,
damaged or foreign file only costs that second; nothing but numbers is read from it.
"""

import hashlib
import os
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

FORMAT = "1"
"""Moves when the tables take another shape."""

Tables = Mapping[str, npt.NDArray[Any]]


def cache_path(source: bytes) -> Path:
    """Return where the tables made from `source` are kept."""
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    digest = hashlib.blake2b(source, digest_size=8, person=FORMAT.encode()).hexdigest()
    return Path(home) / "warta" / f"langid-{digest}.npz"


def recall(path: Path, names: tuple[str, ...]) -> Tables | None:
    """Return the tables kept at `path`, or None when they are not all there or not this user's own."""
    try:
        if path.stat().st_uid != os.getuid():
            return None
        with np.load(path, allow_pickle=False) as kept:
            return {name: kept[name] for name in names}
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile):
        return None


def keep(path: Path, tables: Tables) -> None:
    """Write `tables` to `path` in one step; where that is impossible, do without."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.stem, suffix=".part")
    except OSError:
        return
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, allow_pickle=False, **tables)
        os.replace(name, path)
    except OSError:
        Path(name).unlink(missing_ok=True)
