"""Copy a table into a Delta Lake or Iceberg table, so that a lakehouse can mount it. Optional extras.

One export is one commit over there, whole or not at all; a second one without news does nothing. A copy,
not a view: the plain folders stay free of other formats' logs, and those formats of files that compaction
takes away.
"""

from datetime import date
from importlib import import_module
from typing import Any

import pyarrow.compute as pc
import pyarrow.dataset as pads

from warta.schemas.tables import PARTITIONS
from warta.transforms.store.errors import StoreError
from warta.transforms.store.files import absolute, files_at
from warta.transforms.store.layout import Layout, checked_table, join
from warta.transforms.store.manifest import current
from warta.transforms.store.read import read

COMMIT = "warta.commit"
"""Property of the other table that names the commit it shows."""

NAMESPACE = "warta"


def export(output_dir: str, target: str, *, form: str, table: str = "articles") -> int:
    """Write the present state of `table` to `target`.

    Args:
      output_dir: an output folder.
      target: folder for the other table (Delta), or for catalogue and warehouse (Iceberg).
      form: delta or iceberg.
      table: which table.

    Returns:
      Rows written; 0 when `target` shows the last commit already.

    Raises:
      StoreError: when the extra is not installed or there is no such form.
    """
    writers = {"delta": _to_delta, "iceberg": _to_iceberg}
    if form not in writers:
        raise StoreError(f"export form {form!r}: there are {', '.join(writers)}")
    layout = Layout(absolute(output_dir))
    number = current(files_at(layout.root), layout).number
    return writers[form](read(output_dir, table), checked_table(table), absolute(target), str(number))


def _to_delta(dataset: pads.Dataset, table: str, target: str, number: str) -> int:
    delta = _extra("deltalake", "delta")
    if delta.DeltaTable.is_deltatable(target):
        last = delta.DeltaTable(target).history(1)[0]
        if last.get(COMMIT) == number:
            return 0
    delta.write_deltalake(
        target,
        dataset.scanner().to_reader(),
        mode="overwrite",
        schema_mode="overwrite",
        partition_by=list(PARTITIONS[table]),
        commit_properties=delta.CommitProperties(custom_metadata={COMMIT: number}),
    )
    return int(dataset.count_rows())


def _to_iceberg(dataset: pads.Dataset, table: str, target: str, number: str) -> int:
    _extra("sqlalchemy", "iceberg")
    catalogue = _catalogue(target)
    name = f"{NAMESPACE}.{table}"
    there = catalogue.table_exists(name)
    iceberg = catalogue.load_table(name) if there else _new_iceberg(catalogue, name, dataset, table)
    if iceberg.properties.get(COMMIT) == number:
        return 0
    with iceberg.transaction() as transaction:
        if there:
            transaction.delete(_extra("pyiceberg.expressions", "iceberg").AlwaysTrue())
        rows = 0
        for day in _days(dataset):  # one day in memory, not the whole table
            columns = dataset.to_table(filter=pc.field("date") == day)
            transaction.append(columns)
            rows += columns.num_rows
        transaction.set_properties({COMMIT: number})
    return rows


def _catalogue(target: str) -> Any:
    if "://" not in target:
        files_at(target).make_folder(target)
    sql = _extra("pyiceberg.catalog.sql", "iceberg")
    options = {"uri": f"sqlite:///{join(target, 'catalog.db')}", "warehouse": f"file://{target}"}
    catalogue = sql.SqlCatalog(NAMESPACE, **options)
    catalogue.create_namespace_if_not_exists(NAMESPACE)
    return catalogue


def _new_iceberg(catalogue: Any, name: str, dataset: pads.Dataset, table: str) -> Any:
    iceberg = catalogue.create_table(name, schema=dataset.schema)
    transforms = _extra("pyiceberg.transforms", "iceberg")
    with iceberg.update_spec() as spec:
        for column in PARTITIONS[table]:
            spec.add_field(column, transforms.IdentityTransform(), column)
    return iceberg


def _days(dataset: pads.Dataset) -> list[date]:
    return sorted(pc.unique(dataset.to_table(columns=["date"]).column("date")).to_pylist())


def _extra(module: str, extra: str) -> Any:
    """Return an optional library, or say how to get it."""
    try:
        return import_module(module)
    except ImportError as error:
        raise StoreError(f"export needs {module}: pip install 'warta[{extra}]'") from error
