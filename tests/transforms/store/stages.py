"""Stage rows without a pipeline, and look at a dataset as a user does."""

from collections.abc import Iterable
from pathlib import Path

from tests.transforms.store.worlds import NOON
from warta.transforms.store.commit import Staging, Store
from warta.transforms.store.layout import join, partition_path
from warta.transforms.store.parquet import write_rows
from warta.transforms.store.rows import Row, Stamp, Storable, partition_of, to_arrow, to_row


def stage(store: Store, staging: Staging, items: Iterable[Storable], run_id: str = "run-1") -> None:
    """Write `items` below `staging` as the pipeline does, one file per partition."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for item in items:
        table, row = to_row(item, Stamp(run_id, NOON))
        groups.setdefault((table, partition_path(table, partition_of(table, row))), []).append(row)
    for (table, partition), rows in groups.items():
        path = join(staging.data_dir(table), partition, f"part-{staging.cycle}.parquet")
        write_rows(store.files, path, table, to_arrow(table, rows))


def cycle(store: Store, name: str, items: Iterable[Storable], run_id: str = "run-1") -> Staging:
    """Return a staged cycle."""
    staging = store.begin(name)
    stage(store, staging, items, run_id)
    return staging


def ids(root: Path, table: str = "articles") -> list[str]:
    """Return the sorted ids of a table as DuckDB sees them; empty when there is no file."""
    import duckdb  # the children of tests/chaos stage rows too, and start faster without it

    if not any((root / table).rglob("*.parquet")):
        return []
    query = f"select id from read_parquet('{root}/{table}/**/*.parquet', hive_partitioning=true) order by 1"
    return [row[0] for row in duckdb.sql(query).fetchall()]
