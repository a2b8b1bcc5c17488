"""The tables: documented, versioned, and the document says what the code says."""

import re

import pytest

from warta.pipelines.look.schema_doc import TARGET, render
from warta.schemas.tables import PARTITIONS, TABLES
from warta.schemas.topic import QCODES


def test_the_document_is_current() -> None:
    assert TARGET.read_text(encoding="utf-8") == render()


@pytest.mark.parametrize("table", TABLES)
def test_every_column_says_what_it_holds(table: str) -> None:
    assert [field.name for field in TABLES[table] if not (field.metadata or {}).get(b"doc")] == []


@pytest.mark.parametrize("table", TABLES)
def test_partition_columns_come_last_and_are_required(table: str) -> None:
    schema = TABLES[table]
    assert tuple(schema.names[-len(PARTITIONS[table]) :]) == PARTITIONS[table]
    assert not any(schema.field(name).nullable for name in PARTITIONS[table])


@pytest.mark.parametrize("slug", QCODES)
def test_topic_slugs_can_be_folder_names(slug: str) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]*", slug)
