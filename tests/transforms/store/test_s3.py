"""The same store on an S3-compatible server, through Beam's filesystem."""

from collections.abc import Iterator

import pytest

from tests.s3 import s3_bucket
from tests.transforms.store.stages import cycle
from tests.transforms.store.worlds import entry, record
from warta.transforms.store.commit import Store
from warta.transforms.store.compact import compact
from warta.transforms.store.errors import StoreLocked
from warta.transforms.store.read import read
from warta.transforms.store.state import read_entries, write_entries
from warta.transforms.store.verify import verify


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    with s3_bucket() as address:
        yield address


def ids(root: str) -> list[str]:
    return sorted(read(root).to_table(columns=["id"]).column("id").to_pylist())


def test_cycles_state_and_lock_work_on_an_object_store(bucket: str) -> None:
    root = f"{bucket}/cycles"
    for number in (1, 2):
        with Store.open(root, owner="test") as store:
            staging = cycle(store, f"c{number}", [record(number * 60)])
            index = write_entries([entry(number)], staging.state_dir("index"))
            store.commit(staging, append={"index": [index]})
            with pytest.raises(StoreLocked, match=r"test on .* is writing here"):
                Store.open(root, owner="another")
    with Store.open(root, owner="test") as store:
        assert read_entries(store.state_files("index")) == [entry(1), entry(2)]
        assert not store.files.walk(store.layout.all_staging)
    assert len(ids(root)) == 2
    assert verify(root).faults == ()


def test_compaction_keeps_the_rows_on_an_object_store(bucket: str) -> None:
    root = f"{bucket}/compacted"
    with Store.open(root, owner="test") as store:
        for number in range(2):
            store.commit(cycle(store, f"c{number}", [record(number * 60)]))
        before, opened = ids(root), read(root)
        done = compact(store)
    assert done.files_after < done.files_before
    assert ids(root) == before == sorted(opened.to_table(columns=["id"]).column("id").to_pylist())
    assert verify(root).faults == ()
