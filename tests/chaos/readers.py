"""How users open a dataset, and what they find: keys by reader, or why it could not be read."""

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl
import pyarrow.dataset as pads

from warta.transforms.store.read import read

Key = tuple[str, int]

STRADDLES = ("No such file", "Cannot open file", "cannot open", "os error 2", "FileNotFound", "not found")
"""How readers say that a file was replaced between their listing and their reading of it."""


def by_duckdb(root: Path) -> list[Key]:
    rows = f"read_parquet('{root}/articles/**/*.parquet', hive_partitioning=true)"
    with duckdb.connect() as connection:
        return connection.execute(f"select id, revision from {rows} where length(text) > 0").fetchall()


def by_polars(root: Path) -> list[Key]:
    frame = pl.scan_parquet(root / "articles").filter(pl.col("text") != "").select("id", "revision").collect()
    return frame.rows()


def by_pyarrow(root: Path) -> list[Key]:
    table = pads.dataset(root / "articles", partitioning="hive").to_table(columns=["id", "revision", "text"])
    return _keys(table)


def by_warta(root: Path) -> list[Key]:
    return _keys(read(str(root), steady=True).to_table(columns=["id", "revision", "text"]))


def _keys(table) -> list[Key]:
    return list(zip(table.column("id").to_pylist(), table.column("revision").to_pylist(), strict=True))


READERS: dict[str, Callable[[Path], list[Key]]] = {
    "duckdb": by_duckdb,
    "polars": by_polars,
    "pyarrow": by_pyarrow,
    "warta.read": by_warta,
}


class Watch:
    """Looks at a dataset with every reader and remembers what was wrong."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.looks: Counter[str] = Counter()
        self.straddled: Counter[str] = Counter()
        self.faults: list[str] = []

    def look(self, *, busy: bool) -> dict[str, int]:
        """Read with every reader; return rows by reader.

        Args:
          busy: a writer is at work, so that a query by plain paths may straddle a compaction; it must then
            succeed when asked again.
        """
        seen = {}
        if any((self.root / "articles").rglob("*.parquet")):
            for name, reader in READERS.items():
                seen[name] = self._look(name, reader, busy)
        return seen

    def _look(self, name: str, reader: Callable[[Path], list[Key]], busy: bool) -> int:
        keys: list[Key] = []
        for _ in range(20 if busy and name != "warta.read" else 1):
            self.looks[name] += 1
            try:
                keys = reader(self.root)
                break
            except Exception as error:
                if not busy or not any(one in str(error) for one in STRADDLES):
                    self.faults.append(f"{name}: {type(error).__name__}: {error}")
                    return 0
                self.straddled[name] += 1
                time.sleep(0.001)
        else:
            self.faults.append(f"{name}: could not read")
        doubles = [key for key, count in Counter(keys).items() if count > 1]
        if doubles:
            self.faults.append(f"{name}: {len(doubles)} rows twice, {doubles[0]}")
        return len(keys)
