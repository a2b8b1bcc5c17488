"""A parent's lock in its child process: kept until both have let go, refused when it is not the parent's."""

import subprocess
import sys
from pathlib import Path

import pytest

from warta.transforms.store.errors import StoreError, StoreLocked
from warta.transforms.store.files import files_at
from warta.transforms.store.lock import Share, acquire, adopting, share

CHILD = """
import sys
from warta.transforms.store.commit import Store
from warta.transforms.store.lock import Share, adopting
with Store.open(sys.argv[1], owner="child", acquire=adopting(Share(fd=int(sys.argv[2])))) as store:
    store.commit(store.begin("c1"))
    print(store.manifest.number, flush=True)
    sys.stdin.readline()
"""


def test_a_child_commits_under_its_parents_lock_and_outlives_it(tmp_path: Path) -> None:
    lock = acquire(files_at(str(tmp_path)), str(tmp_path / "lock.json"), "parent")
    fd = share(lock).fd
    command = [sys.executable, "-c", CHILD, str(tmp_path), str(fd)]
    with subprocess.Popen(
        command, pass_fds=[fd], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "1\n"
        lock.release()
        with pytest.raises(StoreLocked):  # the child still works there
            acquire(files_at(str(tmp_path)), str(tmp_path / "lock.json"), "next")
        child.communicate("end\n", timeout=60)
    assert child.returncode == 0
    acquire(files_at(str(tmp_path)), str(tmp_path / "lock.json"), "next").release()


def test_a_lock_file_that_was_replaced_is_not_the_parents(tmp_path: Path) -> None:
    path = tmp_path / "lock.json"
    lock = acquire(files_at(str(tmp_path)), str(path), "parent")
    path.rename(tmp_path / "old.json")
    path.touch()
    with pytest.raises(StoreError, match="not the lock that this process was given"):
        adopting(share(lock))(files_at(str(tmp_path)), str(path), "child")
    lock.release()


def test_a_lease_that_somebody_took_over_is_not_the_parents(tmp_path: Path) -> None:
    path = tmp_path / "lock.json"
    path.write_text('{"token": "theirs"}')
    with pytest.raises(StoreError, match="not the lock"):
        adopting(Share(token="ours"))(files_at(str(tmp_path)), str(path), "child")
    path.write_text('{"token": "ours"}')
    adopting(Share(token="ours"))(files_at(str(tmp_path)), str(path), "child").check()
