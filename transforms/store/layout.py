"""Where things stand in an output folder. Pure: names only.

DIR/articles/date=2026-11-21/topic=economy/part-….parquet     and the other tables beside it
DIR/runs/RUN_ID.json            what each run did
DIR/manifests/0000000012.json   commit 12; the highest number is the truth
DIR/state/NAME/…                fetch state, duplicate index: named by the last manifest
DIR/staging/CYCLE/…             a cycle at work; nobody else reads it
DIR/retired/0000000012/…        files that compaction replaced, kept a while for open readers
DIR/archive/…                   raw pages (WARC), when asked for
DIR/lock.json                   who writes
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote, unquote

from warta.schemas.tables import PARTITIONS, TABLES
from warta.transforms.store.errors import StoreError

SUCCESS = "_SUCCESS"
_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}")
_NUMBER = re.compile(r"(\d{10})\.json")


def checked_name(name: str, what: str) -> str:
    """Return `name` when it may become a file name; raise `StoreError` otherwise."""
    if not _SAFE_NAME.fullmatch(name):
        raise StoreError(f"{what} {name!r}: use letters, digits, dot, dash and underscore, 120 at most")
    return name


def join(*parts: str) -> str:
    """Join with single slashes; keeps the scheme of an object store's address."""
    head, *rest = parts
    return "/".join([head.rstrip("/"), *(part.strip("/") for part in rest if part)])


def parent(path: str) -> str:
    """Return the folder of `path`.

    >>> parent("s3://bucket/out/articles/part-1.parquet")
    's3://bucket/out/articles'
    """
    return path.rpartition("/")[0]


@dataclass(frozen=True, slots=True)
class Layout:
    """The names below one output folder. Paths relative to `root` are what manifests hold."""

    root: str

    def path(self, relative: str) -> str:
        return join(self.root, relative)

    def relative(self, path: str) -> str:
        """Return `path` below the root.

        Raises:
          StoreError: when it lies elsewhere.
        """
        start = self.root.rstrip("/") + "/"
        if not path.startswith(start):
            raise StoreError(f"{path}: not below {self.root}")
        return path[len(start) :]

    def dataset(self, table: str) -> str:
        return self.path(checked_table(table))

    @property
    def all_staging(self) -> str:
        return self.path("staging")

    def staging(self, cycle: str) -> str:
        return self.path(f"staging/{checked_name(cycle, 'cycle')}")

    def state(self, name: str) -> str:
        return self.path(f"state/{checked_name(name, 'state')}")

    @property
    def manifests(self) -> str:
        return self.path("manifests")

    def manifest(self, number: int) -> str:
        return self.path(f"manifests/{number:010d}.json")

    def checkpoint(self, number: int) -> str:
        return self.path(f"manifests/{number:010d}.files.json.gz")

    def run_report(self, run_id: str) -> str:
        return self.path(f"runs/{checked_name(run_id, 'run')}.json")

    @property
    def runs(self) -> str:
        return self.path("runs")

    @property
    def retired(self) -> str:
        return self.path("retired")

    @property
    def lock(self) -> str:
        return self.path("lock.json")


def checked_table(table: str) -> str:
    """Return `table` when there is one of that name."""
    if table not in TABLES:
        raise StoreError(f"table {table!r}: no such table; there are {', '.join(TABLES)}")
    return table


def manifest_number(path: str) -> int | None:
    """Return the number in a manifest's file name, None for any other file."""
    found = _NUMBER.fullmatch(path.rsplit("/", 1)[-1])
    return int(found[1]) if found else None


def partition_path(table: str, values: Mapping[str, object]) -> str:
    """Return the hive path of a partition.

    >>> partition_path("articles", {"date": date(2026, 11, 21), "topic": "economy"})
    'date=2026-11-21/topic=economy'
    """
    return "/".join(f"{name}={quote(str(values[name]), safe='')}" for name in PARTITIONS[table])


def parse_partition(table: str, relative: str) -> dict[str, date | str]:
    """Return the partition values in a data file's path below its dataset root.

    Raises:
      StoreError: when the path is not `date=…[/topic=…]/file`.
    """
    *folders, _ = relative.split("/")
    names = [folder.partition("=")[0] for folder in folders]
    if names != list(PARTITIONS[table]):
        raise StoreError(f"{table}/{relative}: not a partition of {'/'.join(PARTITIONS[table])}")
    values: dict[str, date | str] = {}
    for name, folder in zip(names, folders, strict=True):
        text = unquote(folder.partition("=")[2])
        try:
            values[name] = date.fromisoformat(text) if name == "date" else text
        except ValueError as error:
            raise StoreError(f"{table}/{relative}: {error}") from error
    return values


def table_of(relative: str) -> str:
    """Return the table that a path below the root belongs to."""
    return checked_table(relative.split("/", 1)[0])
