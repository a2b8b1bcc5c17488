"""The store's filesystem on object stores and whatever else Beam's filesystems reach (s3://, gs://, hdfs://).

There are no folders, a write is atomic, and a move is a copy by the server and a delete. Files still go
through staging, as on a disk: written under their final names, they would show to plain readers before
their commit, and for ever if it never came. The copy costs no traffic of ours.
"""

from collections.abc import Iterable
from typing import Any

from apache_beam.io.filesystem import CompressionTypes
from apache_beam.io.filesystems import FileSystems
from apache_beam.options.pipeline_options import PipelineOptions

from warta.transforms.store.errors import StoreError
from warta.transforms.store.files import Found


class RemoteFiles:
    """Any filesystem that Beam knows (s3://, gs://, hdfs://, …)."""

    local = False

    def __init__(self) -> None:
        if FileSystems._pipeline_options is None:  # a pipeline sets its own when it is made
            FileSystems.set_options(PipelineOptions())
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

    def exchange(self, one: str, other: str) -> None:
        raise StoreError(f"{other}: an object store has no folders to exchange")

    def move_tree(self, source: str, target: str) -> None:
        for found in self.walk(source):
            self.move(found.path, target + found.path[len(source) :])

    def link(self, source: str, target: str) -> None:
        with _remote(target):
            self._beam.copy([source], [target])

    def remove_empty(self, folder: str) -> None:
        """Nothing to do: there are no folders."""

    def size(self, path: str) -> int:
        with _remote(path):
            return int(self._beam.match([path])[0].metadata_list[0].size_in_bytes)

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
        if isinstance(error, Exception) and not isinstance(error, StoreError):  # every client has its own
            raise StoreError(f"{self._path}: {error}") from error
