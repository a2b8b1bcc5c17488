"""`schemas/README.md`, written from the Arrow schemas: `python -m warta.pipelines.look.schema_doc`."""

from pathlib import Path

from warta.schemas.tables import PARTITIONS, SCHEMA_VERSION, TABLES
from warta.transforms.store.parquet import SOME_ROWS

TARGET = Path(__file__).resolve().parents[2] / "schemas" / "README.md"

HEAD = f"""# Tables

Schema version {SCHEMA_VERSION}. Written from `schemas/tables.py`
by `python -m warta.pipelines.look.schema_doc`; a test keeps it current.
Partition columns are folders (`date=2026-11-21/topic=economy/`).
Every file names its table and the version in its metadata (`warta.table`, `warta.schema_version`); one of
{SOME_ROWS} rows or more carries these descriptions, too (`warta.docs`). Least and greatest values, by which
readers pass over files, are there for instants, keys, `publisher`, `language`, `run_id`,
`reason` and `status`.
"""


def render() -> str:
    """Return the document."""
    return "\n".join([HEAD, *(_table(name) for name in TABLES)])


def _table(name: str) -> str:
    folders = " / ".join(PARTITIONS[name])
    lines = [
        f"## {name}",
        "",
        f"Partitioned by {folders}.",
        "",
        "| column | type | null | |",
        "|---|---|---|---|",
    ]
    for field in TABLES[name]:
        doc = (field.metadata or {}).get(b"doc", b"").decode().replace("|", "\\|")
        lines.append(f"| `{field.name}` | {field.type} | {'yes' if field.nullable else ''} | {doc} |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    TARGET.write_text(render(), encoding="utf-8")
