"""One writer at a time, on a disk and on an object store."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from warta.transforms.store.errors import StoreError, StoreLocked
from warta.transforms.store.files import LocalFiles
from warta.transforms.store.lock import Lease, LocalLock

HOLD = """
import sys
from warta.transforms.store.lock import LocalLock
lock = LocalLock(sys.argv[1], "warta stream")
print("held", flush=True)
sys.stdin.read()
"""


class Shelf(LocalFiles):
    """A disk that plays an object store whose clock the test sets."""

    local = False

    def __init__(self) -> None:
        super().__init__(durable=False)
        self.now_s = 1000.0
        self.stamps: dict[str, float] = {}

    def write(self, path: str, data: bytes) -> None:
        super().write(path, data)
        self.stamps[path] = self.now_s

    def changed_at(self, path: str) -> float:
        return self.stamps[path]


def lease(files: Shelf, path: Path, owner: str = "one") -> Lease:
    return Lease(files, str(path), owner, lease_s=300.0, settle_s=0.0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lock.json"


def test_another_process_is_named_with_host_and_age(path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        said = rf"warta stream on {socket.gethostname()} \(process {child.pid}\), for \d+ s is writing here"
        with pytest.raises(StoreLocked, match=said):
            LocalLock(str(path), "warta run")
        child.kill()
        child.wait()
    LocalLock(str(path), "warta run").release()  # the dead owner holds nothing


def test_a_released_lock_is_free(path: Path) -> None:
    LocalLock(str(path), "one").release()
    LocalLock(str(path), "two").release()


def test_a_forked_child_does_not_keep_the_lock(path: Path) -> None:
    lock = LocalLock(str(path), "one")
    born, birth = os.pipe()
    death, die = os.pipe()
    child = os.fork()
    if not child:
        os.write(birth, b"!")
        os.read(death, 1)  # lives on while the parent lets the lock go
        os._exit(0)
    os.read(born, 1)
    lock.release()
    LocalLock(str(path), "two").release()
    os.write(die, b"!")
    os.waitpid(child, 0)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"nowhere/lock\.json: No such file or directory; it vanished"):
        LocalLock(str(tmp_path / "nowhere" / "lock.json"), "one")


def test_a_young_lease_is_refused_and_a_released_one_is_free(path: Path) -> None:
    files = Shelf()
    first = lease(files, path)
    with pytest.raises(StoreLocked, match=r"one on .* is writing here"):
        lease(files, path, "two")
    first.release()
    lease(files, path, "two").release()
    assert not path.exists()


def test_a_lease_that_nobody_renews_is_broken_by_the_stores_own_clock(path: Path) -> None:
    files = Shelf()
    stale = lease(files, path)
    files.now_s += 301
    second = lease(files, path, "two")
    with pytest.raises(StoreLocked, match="two on"):
        stale.check()
    stale.release()
    second.check()
    second.release()


def test_the_lease_of_a_dead_process_of_this_machine_is_broken_at_once(path: Path) -> None:
    files = Shelf()
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    card = {
        "owner": "dead",
        "host": socket.gethostname(),
        "pid": child.pid,
        "since": "2026-11-21T00:00Z",
    }
    files.write(str(path), json.dumps(card).encode())
    lease(files, path).release()


def test_an_unreadable_lease_is_refused_until_it_is_stale(path: Path) -> None:
    files = Shelf()
    files.write(str(path), b'{"owner": ')
    with pytest.raises(StoreLocked, match="another process is writing here"):
        lease(files, path)
    files.now_s += 301
    lease(files, path).release()
