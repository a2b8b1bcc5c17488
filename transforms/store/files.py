"""Bytes in folders, on a local disk or wherever Beam's filesystems reach. The only module that knows which.

On a local disk everything that matters is synced and moved by `os.replace`. On an object store there are
no folders, a write is atomic, and a move is a copy by the server and a delete: the same calls, repeated
safely after a kill, because a missing source means that the move is done.
"""

import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

from warta.transforms.store.errors import StoreError, naming


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
    def changed_at(self, path: str) -> float: ...


def files_at(path: str) -> Files:
    """Return the filesystem that `path` lives on."""
    return RemoteFiles() if "://" in path else LocalFiles()


def absolute(path: str) -> str:
    """Return `path` as the store writes it: absolute, no slash at the end."""
    if "://" in path:
        return path.rstrip("/")
    return str(Path(path).expanduser().resolve())


class LocalFiles:
    """A disk: synced writes, atomic renames."""

    local = True

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
            _sync(path)

    def write(self, path: str, data: bytes) -> None:
        """Put a whole file in place: readers see the old one or the new one, never a part."""
        target = Path(path)
        draft = target.with_name(f".{target.name}.{os.getpid()}")
        with naming(path):
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                with draft.open("wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                draft.replace(target)
            finally:
                draft.unlink(missing_ok=True)
            _sync(str(target.parent))

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
                _sync(folder)

    def make_folder(self, folder: str) -> None:
        with naming(folder):
            Path(folder).mkdir(parents=True, exist_ok=True)

    def changed_at(self, path: str) -> float:
        """Return when a file was last written, in seconds of the filesystem's own clock."""
        with naming(path):
            return Path(path).stat().st_mtime


def _sync(path: str) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class RemoteFiles:
    """Any filesystem that Beam knows (s3://, gs://, hdfs://, …)."""

    local = False

    def __init__(self) -> None:
        from apache_beam.io.filesystem import CompressionTypes
        from apache_beam.io.filesystems import FileSystems

        self._beam = FileSystems
        self._plain = CompressionTypes.UNCOMPRESSED

    def exists(self, path: str) -> bool:
        with _remote(path):
            return bool(self._beam.exists(path))

    def read(self, path: str) -> bytes:
        with _remote(path), self._beam.open(path, compression_type=self._plain) as file:
            return bytes(file.read())

    def open(self, path: str) -> Any:
        with _remote(path):
            return self._beam.open(path, compression_type=self._plain)

    def create(self, path: str) -> Any:
        with _remote(path):
            return self._beam.create(path, compression_type=self._plain)

    def finish(self, path: str) -> None:
        """Nothing to do: closing an object is what makes it last."""

    def write(self, path: str, data: bytes) -> None:
        with _remote(path), self.create(path) as file:
            file.write(data)

    def walk(self, folder: str) -> list[Found]:
        with _remote(folder):
            matches = self._beam.match([folder.rstrip("/") + "/**"])[0].metadata_list
        return sorted((Found(one.path, one.size_in_bytes) for one in matches), key=lambda one: one.path)

    def names(self, folder: str) -> list[str]:
        start = len(folder.rstrip("/")) + 1
        return sorted({one.path[start:].split("/", 1)[0] for one in self.walk(folder)})

    def move(self, source: str, target: str) -> None:
        if not self.exists(source):
            if self.exists(target):
                return
            raise StoreError(f"{source}: it vanished while in use; run again")
        with _remote(target):
            self._beam.copy([source], [target])
            self._beam.delete([source])

    def delete(self, paths: Iterable[str]) -> None:
        there = [path for path in paths if self.exists(path)]
        if there:
            with _remote(there[0]):
                self._beam.delete(there)

    def delete_tree(self, folder: str) -> None:
        self.delete([one.path for one in self.walk(folder)])

    def sync_folders(self, folders: Iterable[str]) -> None:
        """Nothing to do: there are no folders."""

    def make_folder(self, folder: str) -> None:
        """Nothing to do: there are no folders."""

    def changed_at(self, path: str) -> float:
        with _remote(path):
            return float(self._beam.last_updated(path))


class _remote:
    """Turn whatever a remote filesystem raises into a `StoreError` that names the path."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        from apache_beam.io.filesystem import BeamIOError

        if isinstance(error, (BeamIOError, OSError, ValueError)) and not isinstance(error, StoreError):
            raise StoreError(f"{self._path}: {error}") from error
