"""Disks that fail: the message names the path, what was committed stays, the next healthy run completes."""

import errno
import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.transforms.store.stages import cycle, ids
from tests.transforms.store.worlds import entry, record
from warta.transforms.store.commit import Store
from warta.transforms.store.errors import StoreError
from warta.transforms.store.files import LocalFiles
from warta.transforms.store.state import read_entries, write_entries
from warta.transforms.store.verify import verify

QUICK = LocalFiles(durable=False)
SMALL_BYTES = 256 * 1024


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own, where this user may mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SMALL_BYTES}", "tmpfs", str(place)], capture_output=True
    )
    if made.returncode:
        pytest.skip("a full disk is mounted for this, which takes root")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def store_one(root: Path, number: int, rows: int = 3) -> None:
    with Store.open(str(root), owner="test", files=QUICK) as store:
        store.commit(cycle(store, f"c{number}", [record(number * 1000 + one) for one in range(rows)]))


def noise(number: int) -> str:
    """Return text that does not compress."""
    return os.urandom(2000).hex() + str(number)


def fill(root: Path) -> None:
    """Store until the disk is full."""
    for number in range(2, 100):
        with Store.open(str(root), owner="test") as store:
            items = [record(number * 1000 + one, text=noise(one)) for one in range(20)]
            store.commit(cycle(store, f"c{number}", items))


def test_a_full_disk_is_named_and_costs_nothing_that_was_committed(mount: Path) -> None:
    root = mount / "out"
    store_one(root, 1)
    before = ids(root)
    with pytest.raises(StoreError, match=rf"{mount}.*: No space left on device; free some space"):
        fill(root)
    assert len(ids(root)) >= len(before)
    before = ids(root)
    subprocess.run(["mount", "-o", "remount,size=8m", str(mount)], check=True)
    store_one(root, 200)
    assert len(ids(root)) == len(before) + 3
    assert verify(str(root)).faults == ()


def test_a_read_only_disk_is_named(mount: Path) -> None:
    root = mount / "out"
    store_one(root, 1)
    subprocess.run(["mount", "-o", "remount,ro", str(mount)], check=True)
    with pytest.raises(StoreError, match=rf"{root}/lock\.json: Read-only file system; remount it writable"):
        store_one(root, 2)
    assert len(ids(root)) == 3
    subprocess.run(["mount", "-o", "remount,rw", str(mount)], check=True)
    store_one(root, 2)
    assert len(ids(root)) == 6


class Refusing(LocalFiles):
    """A disk that refuses new files of one kind, as a quota or a permission does."""

    def __init__(self, part: str, number: int) -> None:
        super().__init__(durable=False)
        self._part = part
        self._number = number

    def create(self, path: str):
        self._refuse(path)
        return super().create(path)

    def write(self, path: str, data: bytes) -> None:
        self._refuse(path)
        super().write(path, data)

    def move(self, source: str, target: str) -> None:
        self._refuse(target)
        super().move(source, target)

    def _refuse(self, path: str) -> None:
        if self._part in path:
            raise StoreError(f"{path}: {os.strerror(self._number)}")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EDQUOT], ids=os.strerror)
@pytest.mark.parametrize("part", ["staging/c2/data", "manifests/0000000002", "out/articles/date="])
def test_a_refusal_at_any_step_is_made_up_for_by_the_next_run(tmp_path: Path, part: str, number: int) -> None:
    root = tmp_path / "out"
    store_one(root, 1)
    with (
        pytest.raises(StoreError, match=os.strerror(number)),
        Store.open(str(root), owner="test", files=Refusing(part, number)) as store,
    ):
        store.commit(cycle(store, "c2", [record(2001), record(2002)]))
    assert set(ids(root)) >= {record(1000).article.id}
    store_one(root, 3)
    published = "articles" in part  # the manifest stood: the cycle has happened
    assert len(ids(root)) == (8 if published else 6)
    assert verify(str(root)).faults == ()


def test_an_output_that_vanishes_in_the_middle_is_named(tmp_path: Path) -> None:
    root = tmp_path / "out"
    with Store.open(str(root), owner="test", files=QUICK) as store:
        staging = cycle(store, "c1", [record(1)])
        root.rename(tmp_path / "moved away")
        with pytest.raises(StoreError, match=r"out/lock\.json: No such file .*; it vanished while in use"):
            store.commit(staging)


@pytest.mark.parametrize("place", ["a file", "a file/below"])
def test_a_file_where_the_output_should_be_is_named(tmp_path: Path, place: str) -> None:
    (tmp_path / "a file").write_text("hello")
    with pytest.raises(StoreError, match="a file"):
        Store.open(str(tmp_path / place), owner="test")


def test_a_clock_set_back_a_day_changes_nothing(tmp_path: Path) -> None:
    noon = datetime(2026, 11, 21, 12, tzinfo=UTC)
    for number, at in enumerate([noon, noon - timedelta(days=1), noon - timedelta(days=400)], start=1):
        with Store.open(str(tmp_path), owner="test", files=QUICK, now=lambda at=at: at) as store:
            assert store.manifest.number == number - 1
            staging = cycle(store, f"c{number}", [record(number)])
            index = write_entries([entry(number)], staging.state_dir("index"))
            store.commit(staging, append={"index": [index]})
    with Store.open(str(tmp_path), owner="test") as store:
        assert read_entries(store.state_files("index")) == [entry(1), entry(2), entry(3)]
    assert len(ids(tmp_path)) == 3
    assert verify(str(tmp_path)).faults == ()
