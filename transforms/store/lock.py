"""One writer at a time. Readers need no lock.

On a local disk the kernel holds the lock (`flock`): it ends with its process, so that a stale one cannot
exist, whatever killed the owner and however the clock moved. On an object store it is a lease that its
owner renews; age is measured between two stamps of the store itself, never against this machine's clock.
"""

import fcntl
import json
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol
from weakref import WeakSet

from warta.transforms.store.errors import StoreError, StoreLocked, naming
from warta.transforms.store.files import Files

LEASE_S = 300.0
"""Age at which a lease that nobody renewed is stale. Renewed four times as often; larger waits longer after
a crash, smaller breaks the lease of an owner that a slow network holds up."""

SETTLE_S = 1.0
"""Time between writing a lease and reading it back: of two who wrote at once only the last goes on."""


class Lock(Protocol):
    """What a writer holds."""

    def check(self) -> None: ...
    def release(self) -> None: ...


def acquire(files: Files, path: str, owner: str) -> Lock:
    """Take the lock at `path` for `owner`.

    Raises:
      StoreLocked: naming who holds it, where and since when.
    """
    return LocalLock(path, owner) if files.local else Lease(files, path, owner)


class LocalLock:
    """A lock that the kernel gives back when its process ends, however it ends."""

    def __init__(self, path: str, owner: str) -> None:
        with naming(path):
            self._file = open(path, "a+", encoding="utf-8")  # noqa: SIM115  (held until release)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.seek(0)
            message = _refusal(path, self._file.read())
            self._file.close()
            raise StoreLocked(message) from None
        except OSError as error:
            self._file.close()
            raise StoreError(f"{path}: this disk cannot lock files ({error}); use another") from error
        _held.add(self)
        self._say(_card(owner))

    def fileno(self) -> int:
        """Return the file descriptor that holds the lock."""
        return self._file.fileno()

    def forget(self) -> None:
        """Let go without a word: the lock is another process's."""
        self._file.close()

    def check(self) -> None:
        """Raise `StoreError` when the folder is another one than was locked: moved away, or unmounted."""
        with naming(self._file.name):
            if not os.path.samestat(os.stat(self._file.name), os.fstat(self._file.fileno())):
                raise StoreError(f"{self._file.name}: another lock file than ours; was the folder replaced?")

    def release(self) -> None:
        if not self._file.closed:
            self._say({})
            self._file.close()

    def _say(self, card: dict[str, Any]) -> None:
        with naming(self._file.name):
            self._file.truncate(0)
            self._file.write(json.dumps(card) if card else "")
            self._file.flush()


_held: WeakSet[LocalLock] = WeakSet()


def _forget_held() -> None:
    for lock in _held:
        lock.forget()


# A forked child would keep the lock alive after its parent's death.
os.register_at_fork(after_in_child=_forget_held)


class Lease:
    """A lock on an object store: a small file that its owner keeps young."""

    def __init__(
        self, files: Files, path: str, owner: str, *, lease_s: float = LEASE_S, settle_s: float = SETTLE_S
    ) -> None:
        self._files, self._path, self._lease_s = files, path, lease_s
        self._card = _card(owner) | {"token": secrets.token_hex(8), "renewed": 0}
        held = self._read()
        if held and not self._is_stale(held):
            raise StoreLocked(_refusal(path, json.dumps(held)))
        self._renew()
        time.sleep(settle_s)
        self.check()
        self._done = threading.Event()
        self._renewer = threading.Thread(target=self._keep, name="warta-lease", daemon=True)
        self._renewer.start()

    @property
    def token(self) -> str:
        """The word in the lease that makes it ours."""
        return str(self._card["token"])

    def check(self) -> None:
        """Raise `StoreLocked` when somebody took the lease over."""
        held = self._read()
        if held.get("token") != self._card["token"]:
            raise StoreLocked(_refusal(self._path, json.dumps(held)))

    def release(self) -> None:
        self._done.set()
        self._renewer.join()
        if self._read().get("token") == self._card["token"]:
            self._files.delete([self._path])

    def _is_stale(self, held: dict[str, Any]) -> bool:
        """True when the lease was not renewed for `lease_s`, by the store's own clock."""
        if held.get("host") == socket.gethostname() and not _is_alive(held.get("pid")):
            return True
        probe = f"{self._path}.{self._card['token']}"
        self._files.write(probe, b"?")
        age_s = self._files.changed_at(probe) - self._files.changed_at(self._path)
        self._files.delete([probe])
        return age_s > self._lease_s

    def _keep(self) -> None:
        while not self._done.wait(self._lease_s / 4):
            with suppress(StoreError):  # `check` before the next publish tells the owner
                self.check()
                self._renew()

    def _renew(self) -> None:
        self._card["renewed"] += 1
        self._files.write(self._path, json.dumps(self._card).encode())

    def _read(self) -> dict[str, Any]:
        if not self._files.exists(self._path):
            return {}
        try:
            return dict(json.loads(self._files.read(self._path) or b"{}"))
        except ValueError:
            return {"owner": ""}


def _card(owner: str) -> dict[str, Any]:
    since = datetime.now(UTC).isoformat(timespec="seconds")
    return {"owner": owner, "host": socket.gethostname(), "pid": os.getpid(), "since": since}


def _refusal(path: str, text: str) -> str:
    try:
        card = json.loads(text)
        since = datetime.fromisoformat(card["since"])
        age_s = (datetime.now(UTC) - since).total_seconds()
        who = f"{card['owner']} on {card['host']} (process {card['pid']}), for {max(age_s, 0):.0f} s"
    except (ValueError, KeyError, TypeError):
        who = "another process"
    return f"{path}: {who} is writing here; wait until it ends, or choose another output"


def _is_alive(pid: object) -> bool:
    if not isinstance(pid, int):
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@dataclass(frozen=True, slots=True)
class Share:
    """What a child process needs to write under its parent's lock: pass `fd` on to it, where there is one."""

    fd: int = -1
    token: str = ""


def share(lock: Lock) -> Share:
    """Return what `adopting` takes, for a lock that `acquire` gave."""
    if isinstance(lock, LocalLock):
        return Share(fd=lock.fileno())
    assert isinstance(lock, Lease)
    return Share(token=lock.token)


def adopting(shared: Share) -> Callable[[Files, str, str], Lock]:
    """Return a replacement for `acquire` in a child process that works under its parent's lock."""
    return lambda files, path, _: AdoptedLock(files, path, shared)


class AdoptedLock:
    """A parent's lock in its child. The kernel keeps it until both have ended or let go."""

    def __init__(self, files: Files, path: str, shared: Share) -> None:
        self._files, self._path, self._shared = files, path, shared
        self.check()

    def check(self) -> None:
        """Raise `StoreError` when the lock is not the parent's any more."""
        with naming(self._path):
            if self._shared.token:
                held = json.loads(self._files.read(self._path) or b"{}")
                mine = held.get("token") == self._shared.token
            else:
                mine = os.path.samestat(os.stat(self._path), os.fstat(self._shared.fd))
        if not mine:
            raise StoreError(f"{self._path}: not the lock that this process was given")

    def release(self) -> None:
        """Do nothing: the lock is the parent's to give back."""
