"""A disk that stops working after so many operations, for crash tests that try every moment."""

from collections.abc import Callable
from typing import Any

from warta.transforms.store.errors import StoreError
from warta.transforms.store.files import LocalFiles

MUTATIONS = ("finish", "write", "move", "delete", "delete_tree", "sync_folders", "exchange", "link")


class Killed(BaseException):
    """Stands for `kill -9`: no handler catches it, and nothing after it is done."""


class Mortal(LocalFiles):
    """A local disk whose user dies before change number `lives`; counts the changes made.

    A dead one makes no further change, as a dead process would not.
    """

    local = True

    def __init__(self, lives: int = 10**9) -> None:
        super().__init__(durable=False)
        self.changes = 0
        self.lives = lives

    def __getattribute__(self, name: str) -> Any:
        attribute = super().__getattribute__(name)
        return self._mortal(attribute) if name in MUTATIONS else attribute

    def _mortal(self, change: Callable[..., Any]) -> Callable[..., Any]:
        def changed(*args: Any) -> Any:
            if self.changes >= self.lives:
                raise Killed
            self.changes += 1
            return change(*args)

        return changed


class Bucket(Mortal):
    """The same, playing an object store: no folders, no rename; a move is a copy and then a delete."""

    local = False

    def move(self, source: str, target: str) -> None:
        if not self.exists(source):
            if self.exists(target):
                return
            raise StoreError(f"{source}: gone")
        self.write(target, self.read(source))
        self.delete([source])

    def exchange(self, one: str, other: str) -> None:
        raise AssertionError("an object store has no folders to exchange")


class NoLock:
    """A lock for a test that has the place to itself."""

    def __init__(self, *_: object) -> None: ...

    def check(self) -> None: ...

    def release(self) -> None: ...
