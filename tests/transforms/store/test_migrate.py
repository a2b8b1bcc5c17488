"""A stored dataset of an earlier version: read today, written to today, brought up by compaction."""

import json
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.transforms.store.stages import cycle, ids
from tests.transforms.store.worlds import record
from warta.schemas.tables import SCHEMA_VERSION, TABLES
from warta.transforms.store.commit import Store
from warta.transforms.store.compact import compact
from warta.transforms.store.errors import StoreError
from warta.transforms.store.files import LocalFiles
from warta.transforms.store.layout import Layout
from warta.transforms.store.manifest import current, encode
from warta.transforms.store.migrate import upgraded
from warta.transforms.store.parquet import data_file
from warta.transforms.store.read import read
from warta.transforms.store.state import read_entries, read_feed_states
from warta.transforms.store.verify import verify

DATA = Path(__file__).parents[2] / "data" / "store"
QUICK = LocalFiles(durable=False)


@pytest.fixture
def version_1(tmp_path: Path) -> Path:
    """An output folder as the first release left it."""
    return Path(shutil.copytree(DATA / "v1", tmp_path / "out"))


@pytest.fixture
def version_0(version_1: Path) -> Path:
    """The same as an imagined version before: no version in the files, no `caption`."""
    manifest = current(QUICK, Layout(str(version_1)))
    added = []
    for file in manifest.added:
        path = version_1 / file.path
        table = pq.ParquetFile(path).read()
        if "caption" in table.column_names:
            table = table.drop_columns("caption")
        pq.write_table(table.replace_schema_metadata({"warta.table": file.table}), path)
        added.append(data_file(QUICK, str(path), file.table, file.path))
    changed = manifest.__class__(1, manifest.cycle, added=tuple(added), state=manifest.state)
    (version_1 / "manifests" / "0000000001.json").write_bytes(encode(changed))
    return version_1


def test_a_version_1_dataset_reads_as_it_was_written(version_1: Path) -> None:
    rows = read(str(version_1)).to_table().sort_by("id").to_pylist()
    expected = json.loads((DATA / "v1.json").read_text(encoding="utf-8"))
    told = json.loads(json.dumps(rows, default=str))
    assert [{name: row[name] for name in expected[0]} for row in told] == expected
    assert verify(str(version_1)).faults == ()


def test_a_version_1_dataset_grows_and_keeps_its_state(version_1: Path) -> None:
    before = ids(version_1)
    with Store.open(str(version_1), owner="test", files=QUICK) as store:
        assert len(read_entries(store.state_files("pending"))) == 1
        assert len(read_feed_states(store.state_files("feed_states"))) == 1
        store.commit(cycle(store, "today", [record(50)]))
        compact(store)
    assert ids(version_1) == sorted([*before, record(50).article.id])
    assert verify(str(version_1)).faults == ()


def test_a_column_that_an_old_file_lacks_reads_as_null(version_0: Path) -> None:
    table = read(str(version_0)).to_table()
    assert table.schema.equals(TABLES["articles"])
    assert table.column("caption").null_count == table.num_rows == 3


def test_compaction_brings_old_files_to_the_present_with_their_step(version_0: Path) -> None:
    def add_caption(table: str, columns: pa.Table) -> pa.Table:
        if table != "articles":
            return columns
        return columns.append_column("caption", pa.array(["(none)"] * columns.num_rows))

    before = ids(version_0)
    with Store.open(str(version_0), owner="test", files=QUICK) as store:
        assert compact(store).commits == 0
        compact(store, upgrade=True, steps={0: add_caption})
        assert compact(store, upgrade=True).commits == 0
    table = read(str(version_0)).to_table()
    assert set(table.column("caption").to_pylist()) == {"(none)"}
    assert set(table.column("schema_version").to_pylist()) == {SCHEMA_VERSION}
    assert ids(version_0) == before
    assert verify(str(version_0)).faults == ()


def test_a_next_version_is_reached_step_by_step(version_1: Path) -> None:
    later = TABLES["articles"].append(pa.field("mood", pa.string())).append(pa.field("depth", pa.int32()))
    rows = read(str(version_1)).to_table()

    def add_mood(table: str, columns: pa.Table) -> pa.Table:
        return columns.append_column("mood", pa.array(["calm"] * columns.num_rows))

    version_3 = upgraded("articles", rows, 1, schema=later, target=3, steps={1: add_mood})
    assert version_3.schema.equals(later)
    assert set(version_3.column("mood").to_pylist()) == {"calm"}
    assert version_3.column("depth").null_count == version_3.num_rows
    assert set(version_3.column("schema_version").to_pylist()) == {3}


def test_rows_of_a_newer_warta_are_refused(version_1: Path) -> None:
    with pytest.raises(StoreError, match="use a newer warta"):
        upgraded("articles", read(str(version_1)).to_table(), SCHEMA_VERSION + 1)
