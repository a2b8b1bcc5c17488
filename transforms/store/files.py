"""Bytes in folders: what the store asks of a filesystem, and how a local disk does it.

Everything that matters is synced and moved by `os.replace`; `remote.py` does the same on object stores.
Every change can be repeated after a kill: a missing source means that the move is done.
"""

import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

from warta.transforms.store.errors import naming
from warta.transforms.store.kernel import exchange_names


@dataclass(frozen=True, slots=True)
class Found:
    """A file that is there."""

    path: str
    size_bytes: int


class Files(Protocol):
    """What the store asks of a filesystem. Paths are absolute; folders come and go by themselves."""

    local: bool

    def exists(self, path: str) -> bool: ...
    def read(self, path: str) -> bytes: ...
    def open(self, path: str) -> Any: ...
    def create(self, path: str) -> Any: ...
    def finish(self, path: str) -> None: ...
    def write(self, path: str, data: bytes) -> None: ...
    def walk(self, folder: str) -> list[Found]: ...
    def names(self, folder: str) -> list[str]: ...
    def move(self, source: str, target: str) -> None: ...
    def delete(self, paths: Iterable[str]) -> None: ...
    def delete_tree(self, folder: str) -> None: ...
    def sync_folders(self, folders: Iterable[str]) -> None: ...
    def make_folder(self, folder: str) -> None: ...
    def exchange(self, one: str, other: str) -> None: ...
    def move_tree(self, source: str, target: str) -> None: ...
    def link(self, source: str, target: str) -> None: ...
    def remove_empty(self, folder: str) -> None: ...
    def changed_at(self, path: str) -> float: ...
    def size(self, path: str) -> int: ...


def files_at(path: str) -> Files:
    """Return the filesystem that `path` lives on."""
    if "://" not in path:
        return LocalFiles()
    from warta.transforms.store.remote import RemoteFiles  # two seconds of imports that a disk does not need

    return RemoteFiles()


def absolute(path: str) -> str:
    """Return `path` as the store writes it: absolute, no slash at the end."""
    if "://" in path:
        return path.rstrip("/")
    return str(Path(path).expanduser().resolve())


class LocalFiles:
    """A disk: synced writes, atomic renames.

    Args:
      durable: False leaves the syncing out, for tests and throw-away datasets: as safe against the death
        of the process, but not against that of the machine.
    """

    local = True

    def __init__(self, *, durable: bool = True) -> None:
        self._durable = durable

    def exists(self, path: str) -> bool:
        return Path(path).exists()

    def read(self, path: str) -> bytes:
        with naming(path):
            return Path(path).read_bytes()

    def open(self, path: str) -> IO[bytes]:
        with naming(path):
            return Path(path).open("rb")

    def create(self, path: str) -> IO[bytes]:
        """Open a new file for writing, its folder made; call `finish` once it is closed."""
        with naming(path):
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            return Path(path).open("wb")

    def finish(self, path: str) -> None:
        """Make a closed file last."""
        with naming(path):
            self._sync(path)

    def write(self, path: str, data: bytes) -> None:
        """Put a whole file in place: readers see the old one or the new one, never a part."""
        target = Path(path)
        draft = target.with_name(f".{target.name}.{os.getpid()}")
        with naming(path):
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                with draft.open("wb") as file:
                    file.write(data)
                self._sync(str(draft))
                draft.replace(target)
            finally:
                draft.unlink(missing_ok=True)
            self._sync(str(target.parent))

    def walk(self, folder: str) -> list[Found]:
        """Return all files below `folder`, in order; none when it is not there."""
        found = []
        for place, _, names in os.walk(folder):
            for name in names:
                path = os.path.join(place, name)
                with suppress(FileNotFoundError):
                    found.append(Found(path, Path(path).stat().st_size))
        return sorted(found, key=lambda one: one.path)

    def names(self, folder: str) -> list[str]:
        """Return the names directly below `folder`, in order."""
        try:
            return sorted(os.listdir(folder))
        except FileNotFoundError:
            return []

    def move(self, source: str, target: str) -> None:
        """Move a file over `target`. A missing source counts as moved already."""
        with naming(target):
            Path(target).parent.mkdir(parents=True, exist_ok=True)
            try:
                os.replace(source, target)
            except FileNotFoundError:
                if not Path(target).exists():
                    raise

    def delete(self, paths: Iterable[str]) -> None:
        for path in paths:
            with naming(path):
                Path(path).unlink(missing_ok=True)

    def delete_tree(self, folder: str) -> None:
        with naming(folder), suppress(FileNotFoundError):
            shutil.rmtree(folder)

    def sync_folders(self, folders: Iterable[str]) -> None:
        """Make the names in `folders` last."""
        for folder in sorted(folders):
            with naming(folder):
                self._sync(folder)

    def make_folder(self, folder: str) -> None:
        with naming(folder):
            Path(folder).mkdir(parents=True, exist_ok=True)

    def exchange(self, one: str, other: str) -> None:
        """Let two folders change places; in one step where the kernel can, so that no reader sees neither."""
        with naming(other):
            if not exchange_names(one, other):
                self._exchange_in_steps(Path(one), Path(other))

    def _exchange_in_steps(self, one: Path, other: Path) -> None:
        """Exchange where the kernel cannot: for a moment `other` is missing. Goes on where a kill cut it."""
        aside = one.with_name(f"{one.name}.aside")
        if other.exists():
            other.rename(aside)
        one.rename(other)
        aside.rename(one)

    def move_tree(self, source: str, target: str) -> None:
        """Move a folder to a name that is free."""
        with naming(target):
            Path(target).parent.mkdir(parents=True, exist_ok=True)
            os.rename(source, target)

    def link(self, source: str, target: str) -> None:
        """Give a finished file a second name; a copy where the disk has no links."""
        with naming(target):
            Path(target).parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(source, target)
            except OSError:
                shutil.copyfile(source, target)
                self._sync(target)

    def remove_empty(self, folder: str) -> None:
        """Remove a folder when nothing is in it."""
        with suppress(OSError):
            Path(folder).rmdir()

    def size(self, path: str) -> int:
        """Return the size of a file in bytes."""
        with naming(path):
            return Path(path).stat().st_size

    def changed_at(self, path: str) -> float:
        """Return when a file was last written, in seconds of the filesystem's own clock."""
        with naming(path):
            return Path(path).stat().st_mtime

    def _sync(self, path: str) -> None:
        if not self._durable:
            return
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
