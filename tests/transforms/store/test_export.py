"""Export to lakehouse tables: the same rows, one commit, nothing twice."""

import sys
from pathlib import Path

import pyarrow as pa
import pytest

from tests.transforms.store.stages import cycle
from tests.transforms.store.worlds import record
from warta.transforms.store.commit import Store
from warta.transforms.store.errors import StoreError
from warta.transforms.store.export import export
from warta.transforms.store.files import LocalFiles
from warta.transforms.store.read import read

FORMS = ("delta", "iceberg")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    out = tmp_path / "out"
    with Store.open(str(out), owner="test", files=LocalFiles(durable=False)) as store:
        store.commit(cycle(store, "c1", [record(number) for number in range(8)]))
    return out


def exported(target: Path, form: str) -> pa.Table:
    """Read the other table with its own library."""
    if form == "delta":
        from deltalake import DeltaTable

        return pa.table(DeltaTable(str(target)).to_pyarrow_table())
    from pyiceberg.catalog.sql import SqlCatalog

    options = {"uri": f"sqlite:///{target}/catalog.db", "warehouse": f"file://{target}"}
    return SqlCatalog("warta", **options).load_table("warta.articles").scan().to_arrow()


def comparable(table: pa.Table) -> list[dict[str, object]]:
    rows = table.select(["id", "revision", "title", "authors", "published", "date", "topic", "text"])
    return sorted(rows.to_pylist(), key=lambda row: (row["id"], row["revision"]))


@pytest.mark.parametrize("form", FORMS)
def test_an_export_shows_the_rows_and_grows_with_them(root: Path, tmp_path: Path, form: str) -> None:
    target = tmp_path / "lake"
    assert export(str(root), str(target), form=form) == 8
    assert export(str(root), str(target), form=form) == 0
    with Store.open(str(root), owner="test", files=LocalFiles(durable=False)) as store:
        store.commit(cycle(store, "c2", [record(20), record(21)]))
    assert export(str(root), str(target), form=form) == 10
    assert comparable(exported(target, form)) == comparable(read(str(root)).to_table())


def test_an_unknown_form_is_refused(root: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there are delta, iceberg"):
        export(str(root), str(tmp_path / "lake"), form="hudi")


@pytest.mark.parametrize("form", FORMS)
def test_a_missing_extra_is_named(
    root: Path, tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("deltalake", "sqlalchemy"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(StoreError, match=rf"pip install 'warta\[{form}\]'"):
        export(str(root), str(tmp_path / "lake"), form=form)
