"""From an older schema to the present one: what a reader sees at once, and what compaction makes of files.

A new nullable column needs no step: it reads as null. Anything else gets a step here, keyed by the version
it starts from; `warta compact` applies the steps to whatever it rewrites (`upgrade=True` rewrites all).
"""

from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa

from warta.schemas.tables import SCHEMA_VERSION, TABLES
from warta.transforms.store.errors import StoreError

Step = Callable[[str, pa.Table], pa.Table]
"""From a table's name and its rows of one version, partition columns included, to those of the next."""

STEPS: Mapping[int, Step] = {}
"""Version a step starts from -> the step. Version 1 is the first, so there is none yet."""


def upgraded(
    table: str,
    columns: pa.Table,
    version: int,
    *,
    schema: pa.Schema | None = None,
    target: int = SCHEMA_VERSION,
    steps: Mapping[int, Step] = STEPS,
) -> pa.Table:
    """Return rows of an older version in the present schema; `schema_version` says so.

    Args:
      columns: rows as stored, partition columns included.
      version: what the file says of itself.
      schema, target, steps: where to; the present ones unless a test looks ahead.

    Raises:
      StoreError: when the rows are newer than this warta.
    """
    if version > target:
        raise StoreError(f"{table}: schema version {version} is newer than {target}; use a newer warta")
    schema = schema or TABLES[table]
    for step_from in range(version, target):
        if step_from in steps:
            columns = steps[step_from](table, columns)
    return _fitted(columns, schema, target)


def _fitted(columns: pa.Table, schema: pa.Schema, version: int) -> pa.Table:
    arrays: list[Any] = []
    for field in schema:
        if field.name == "schema_version":
            arrays.append(pa.array([version] * columns.num_rows, field.type))
        elif field.name in columns.column_names:
            arrays.append(columns.column(field.name).cast(field.type))
        else:
            arrays.append(pa.nulls(columns.num_rows, field.type))
    return pa.table(arrays, schema=schema)
