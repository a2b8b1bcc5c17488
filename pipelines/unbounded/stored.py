"""What has been committed, asked from wherever a worker runs: the last manifest, looked at once a second."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from warta.pipelines.cycle.furniture import FURNITURE, EarlierCounts
from warta.pipelines.cycle.memory import Memory, recall
from warta.pipelines.cycle.plans import StoredTexts
from warta.transforms.clean.furniture import HostCounts
from warta.transforms.dedup.index import PRINTS, URLS, IndexFiles
from warta.transforms.store.files import Files, absolute, files_at
from warta.transforms.store.layout import Layout, join
from warta.transforms.store.manifest import NOTHING, Manifest, current

LOOK_S = 1.0
"""A manifest is looked for so often; an older answer only makes more be remembered in the engine's state."""
TRIES = 5
KEEP_WINDOWS = 1000
"""Commits that a repeated window is recognised among: three days of five minutes."""
WINDOWS = "windows"
"""Name of the state that says which windows were committed."""


@dataclass(frozen=True)
class Windows:
    """Which windows were committed."""

    until_s: float = 0.0
    """End of the newest, Unix seconds."""
    cycles: tuple[str, ...] = ()
    """Names of the last `KEEP_WINDOWS` commits; a window's name is what they begin with."""


def read_windows(files: Files, paths: Sequence[str]) -> Windows:
    """Return what is remembered of committed windows."""
    if not paths:
        return Windows()
    said = json.loads(files.read(paths[-1]))
    return Windows(float(said["until_s"]), tuple(said["cycles"]))


def write_windows(files: Files, folder: str, windows: Windows) -> str:
    """Write one state file; return its path."""
    path = join(folder, "windows.json")
    said = {"until_s": windows.until_s, "cycles": windows.cycles[-KEEP_WINDOWS:]}
    files.write(path, json.dumps(said).encode())
    return path


class StoredSoFar:
    """An output folder as its last commit left it. Picklable."""

    def __init__(self, output: str) -> None:
        self.layout = Layout(absolute(output))
        self._files = files_at(self.layout.root)
        self._manifest, self._looked_at = NOTHING, -LOOK_S
        self._until_s, self._read_from = 0.0, list[str]()

    def manifest(self) -> Manifest:
        now = time.monotonic()
        if now - self._looked_at >= LOOK_S:
            self._manifest, self._looked_at = current(self._files, self.layout), now
        return self._manifest

    def state_files(self, name: str) -> list[str]:
        return [self.layout.path(path) for path in self.manifest().state.get(name, ())]

    def index_files(self) -> IndexFiles:
        return {name: self.state_files(name) for name in (URLS, PRINTS)}

    def until_s(self) -> float:
        paths = self.state_files(WINDOWS)
        if paths and paths != self._read_from:
            self._until_s, self._read_from = read_windows(self._files, paths).until_s, paths
        return self._until_s

    def texts(self, wanted: list[tuple[str, date | None, str]]) -> dict[str, str]:
        return StoredTexts(self.layout.root)(wanted)

    def memory(self) -> Memory:
        """Return what is remembered of feeds, hosts and waiting entries."""
        for attempt in range(TRIES):
            try:
                return recall(self)
            except FileNotFoundError:  # replaced by a commit since the manifest was read
                self._looked_at = -LOOK_S
                if attempt == TRIES - 1:
                    raise
        raise AssertionError("unreachable")

    def __getstate__(self) -> dict[str, Any]:
        return {"output": self.layout.root}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state["output"])  # type: ignore[misc]


class CountsSoFar(EarlierCounts):
    """Learnt furniture of one host, as the last commit left it."""

    def __init__(self, stored: StoredSoFar) -> None:
        super().__init__(())
        self._stored = stored

    def __call__(self, host: str) -> HostCounts:
        for attempt in range(TRIES):
            try:
                return EarlierCounts(self._stored.state_files(FURNITURE))(host)
            except FileNotFoundError:
                if attempt == TRIES - 1:
                    raise
        raise AssertionError("unreachable")
