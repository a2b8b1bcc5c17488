"""The commit: staged files become one published manifest, then move to where readers look.

    1. workers write below staging/CYCLE, every file synced
    2. manifests/N.json appears, whole, in one rename: from here on the cycle has happened
    3. files move into place; old state goes; staging goes

A kill before 2 leaves nothing but staging, which the next opening deletes. A kill after 2 leaves a staging
folder beside its manifest, and the next opening repeats 3, of which every step can be repeated.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from types import TracebackType
from typing import Any

from warta.schemas.outcome import RunReport
from warta.transforms.store import lock as locks
from warta.transforms.store.errors import StoreError, naming
from warta.transforms.store.files import Files, absolute, files_at
from warta.transforms.store.layout import SUCCESS, Layout, join, parent, table_of
from warta.transforms.store.manifest import (
    CHECKPOINT_EVERY,
    Manifest,
    current,
    encode,
    numbers,
    read_manifest,
    write_checkpoint,
)
from warta.transforms.store.parquet import DataFile, data_file

Clock = Callable[[], datetime]

RETIRED_S = 3600.0
"""How long replaced files stay for queries that were already running; longer keeps more disk."""


def utc_now() -> datetime:
    """Return the present instant."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Staging:
    """Where the workers of one cycle write."""

    cycle: str
    path: str

    def data_dir(self, table: str) -> str:
        """Return the folder that mirrors the dataset root of `table`."""
        return join(self.path, "data", table)

    def state_dir(self, name: str) -> str:
        """Return the folder for new files of the state `name`."""
        return join(self.path, "state", name)


@dataclass(frozen=True, slots=True)
class Change:
    """What a commit does to files of earlier ones. Paths lie below the output folder."""

    added: tuple[DataFile, ...] = ()
    """Files that arrive with `swaps`, not by a move."""
    removed: tuple[str, ...] = ()
    """Data files that stop being part of the dataset."""
    swaps: tuple[tuple[str, str], ...] = ()
    """(staged folder, live folder) that change places as a whole."""
    since: str = ""
    """First day that retention keeps."""


class Store:
    """An output folder, open for one writer. Use it as a context manager.

    Raises (any method):
      StoreError: naming the path at fault; what was committed before is intact.
    """

    def __init__(self, root: str, files: Files, lock: locks.Lock, owner: str, now: Clock) -> None:
        self.layout = Layout(root)
        self.files = files
        self.owner = owner
        self._lock = lock
        self._now = now
        self.manifest = current(files, self.layout)

    @classmethod
    def open(
        cls,
        output_dir: str,
        *,
        owner: str,
        files: Files | None = None,
        now: Clock = utc_now,
        acquire: Callable[[Files, str, str], locks.Lock] = locks.acquire,
    ) -> "Store":
        """Open `output_dir` for writing, making it when missing; finish or undo what a kill left.

        Args:
          output_dir: a local folder or an address that Beam's filesystems know.
          owner: who is asking, for the message that a second writer gets ("warta run --feeds x.toml").
          files, now, acquire: the disk, the clock and the lock; tests bring their own.

        Raises:
          StoreLocked: when somebody else writes here.
        """
        root = absolute(output_dir)
        files = files or files_at(root)
        if files.local:
            with naming(root):
                files.make_folder(root)
        lock = acquire(files, Layout(root).lock, owner)
        try:
            store = cls(root, files, lock, owner, now)
            store._recover()
        except BaseException:
            lock.release()
            raise
        return store

    def __enter__(self) -> "Store":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the lock back."""
        self._lock.release()

    def state_files(self, name: str) -> list[str]:
        """Return the current files of the state `name`, in the order they were committed."""
        return [self.layout.path(path) for path in self.manifest.state.get(name, ())]

    def begin(self, cycle: str) -> Staging:
        """Return an empty staging place for a cycle. Its id goes into file names; use each only once."""
        path = self.layout.staging(cycle)
        self.files.delete_tree(path)
        if self.files.local:
            self.files.make_folder(path)
        return Staging(cycle, path)

    def discard(self, staging: Staging) -> None:
        """Forget a cycle that will not be committed."""
        self.files.delete_tree(staging.path)

    def commit(
        self,
        staging: Staging,
        *,
        replace: Mapping[str, Sequence[str]] | None = None,
        append: Mapping[str, Sequence[str]] | None = None,
        report: Mapping[str, Any] | None = None,
        change: Change | None = None,
    ) -> Manifest:
        """Make everything staged visible, all of it or nothing.

        Args:
          staging: from `begin`; every data file below it becomes part of the dataset.
          replace: for each state name its complete new list of files, staged or current ones (kept).
          append: for each state name the staged files that join the current ones.
          report: anything JSON can hold; kept in the manifest.
          change: what happens to files of earlier cycles (compaction, retention, repair).

        Returns:
          The manifest that was published.
        """
        change = change or Change()
        added, moves = self._planned_data(staging)
        state, dropped = self._planned_states(staging, replace or {}, append or {}, moves)
        moves, swaps = self._exchanging(staging, moves, change.removed)
        manifest = Manifest(
            number=self.manifest.number + 1,
            cycle=staging.cycle,
            owner=self.owner,
            published_at=self._now().isoformat(),
            added=(*added, *change.added),
            removed=tuple(sorted(change.removed)),
            state=state,
            dropped=dropped,
            moves=tuple(moves),
            swaps=(*change.swaps, *swaps),
            since=change.since or self.manifest.since,
            report=report or {},
        )
        self._publish(manifest, staging)
        self.manifest = manifest
        self._finish(manifest)
        return manifest

    def write_run_report(self, report: RunReport) -> str:
        """Write `runs/RUN_ID.json`; return its path."""
        path = self.layout.run_report(report.run_id)
        self.files.write(path, report_json(report))
        return path

    def _exchanging(
        self, staging: Staging, moves: list[tuple[str, str]], removed: Iterable[str]
    ) -> tuple[list[tuple[str, str]], tuple[tuple[str, str], ...]]:
        """Turn moves into folders that also lose files into exchanges: no reader sees both or neither."""
        path, gone = self.layout.path, set(removed)
        folders = {parent(one) for one in gone} & {parent(target) for _, target in moves}
        if not self.files.local or not folders:
            return moves, ()
        swap = join(staging.path, "swap")
        for folder in sorted(folders):
            for name in self.files.names(path(folder)):
                if join(folder, name) not in gone:
                    self.files.link(path(join(folder, name)), join(swap, folder, name))
        for source, target in moves:
            if parent(target) in folders:
                self.files.move(path(source), join(swap, target))
        left = [(source, target) for source, target in moves if parent(target) not in folders]
        return left, tuple((self.layout.relative(join(swap, one)), one) for one in sorted(folders))

    def _planned_states(
        self,
        staging: Staging,
        replace: Mapping[str, Sequence[str]],
        append: Mapping[str, Sequence[str]],
        moves: list[tuple[str, str]],
    ) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
        """Return all state files after this commit, by name, and those that go."""
        before = self.manifest.state
        state = dict(before)
        for name, paths in [*replace.items(), *append.items()]:
            kept = () if name in replace else before.get(name, ())
            named = (self._planned_state(staging, name, path, moves) for path in paths)
            state[name] = tuple(dict.fromkeys([*kept, *named]))
        after = {path for paths in state.values() for path in paths}
        dropped = {path for paths in before.values() for path in paths} - after
        return state, tuple(sorted(dropped))

    def _planned_data(self, staging: Staging) -> tuple[list[DataFile], list[tuple[str, str]]]:
        """Return the staged data files, their footers read, and where they and the raw pages go."""
        data, added, moves = join(staging.path, "data"), [], []
        for found in self.files.walk(join(staging.path, "archive")):
            moves.append((self.layout.relative(found.path), found.path[len(staging.path) + 1 :]))
        for found in self.files.walk(data):
            relative = found.path[len(data) + 1 :]
            added.append(data_file(self.files, found.path, table_of(relative), relative))
            moves.append((self.layout.relative(found.path), relative))
        return added, moves

    def _planned_state(self, staging: Staging, name: str, path: str, moves: list[tuple[str, str]]) -> str:
        """Return where a state file will be; a staged one moves, a current one stays."""
        relative = self.layout.relative(path)
        if relative in self.manifest.state.get(name, ()):
            return relative
        if not path.startswith(staging.path + "/") or not self.files.exists(path):
            raise StoreError(f"{path}: neither staged by this cycle nor a current file of state {name!r}")
        base = path.rpartition("/")[2]
        number = self.manifest.number + 1
        target = self.layout.relative(join(self.layout.state(name), f"{number:010d}-{base}"))
        if (relative, target) not in moves:
            moves.append((relative, target))
        return target

    def _publish(self, manifest: Manifest, staging: Staging) -> None:
        """The one step that decides."""
        folders = {parent(found.path) for found in self.files.walk(staging.path)}
        self.files.sync_folders(self._with_parents(folders))
        if manifest.number % CHECKPOINT_EVERY == 0:
            write_checkpoint(self.files, self.layout, manifest)
        path = self.layout.manifest(manifest.number)
        self._lock.check()
        if self.files.exists(path):
            raise StoreError(f"{path}: somebody else committed meanwhile; run again")
        self.files.write(path, encode(manifest))

    def _finish(self, manifest: Manifest) -> None:
        """Bring the folders to what `manifest` says. Repeats itself without harm."""
        path = self.layout.path
        for source, target in manifest.moves:
            self.files.move(path(source), path(target))
        for staged, live in manifest.swaps:
            self._swap(manifest, staged, live)
        for gone in manifest.removed:
            self._retire(manifest, gone)
        self.files.delete(path(one) for one in manifest.dropped)
        tables = {one.table for one in manifest.added} if self.files.local else ()
        for table in tables:  # Beam cannot write empty objects to S3, where nobody asks for the marker
            marker = join(self.layout.dataset(table), SUCCESS)
            if not self.files.exists(marker):
                self.files.write(marker, b"")
        targets = [target for _, target in (*manifest.moves, *manifest.swaps)]
        self.files.sync_folders(self._with_parents(parent(path(one)) for one in targets))
        self.files.delete_tree(self.layout.staging(manifest.cycle))
        if manifest.number % CHECKPOINT_EVERY == 0:
            self._forget_before(manifest.number - CHECKPOINT_EVERY)

    def _swap(self, manifest: Manifest, staged: str, live: str) -> None:
        """Exchange a partition for its staged successor; keep the old one for open readers."""
        path = self.layout.path
        new = next(one.path for one in manifest.added if parent(one.path) == live)
        if not self.files.exists(path(new)):
            self.files.exchange(path(staged), path(live))
        if self.files.exists(path(staged)):
            self.files.move_tree(path(staged), join(self._retired(manifest), live))

    def _retire(self, manifest: Manifest, gone: str) -> None:
        """Take a data file out of the dataset; keep it a while for open readers."""
        path = self.layout.path(gone)
        if self.files.exists(path):
            self.files.move(path, join(self._retired(manifest), gone))
        self.files.remove_empty(parent(path))
        self.files.remove_empty(parent(parent(path)))

    def _retired(self, manifest: Manifest) -> str:
        return join(self.layout.retired, f"{manifest.number:010d}")

    def _with_parents(self, folders: Iterable[str]) -> set[str]:
        """Return `folders` and everything above them, up to the output folder."""
        all_folders = set()
        for folder in folders:
            while len(folder) >= len(self.layout.root) and folder not in all_folders:
                all_folders.add(folder)
                folder = parent(folder)
        return all_folders

    def _forget_before(self, number: int) -> None:
        """Delete manifests that a full list of files has replaced."""
        old = [one for one in numbers(self.files, self.layout) if one < number]
        paths = [path for one in old for path in (self.layout.manifest(one), self.layout.checkpoint(one))]
        self.files.delete(paths)

    def _recover(self) -> None:
        """Finish the last published cycle if it was cut short; delete what was never published."""
        cycles = self.files.names(self.layout.all_staging)
        if self.manifest.cycle in cycles:
            self._finish(self.manifest)
        for cycle in cycles:
            self.files.delete_tree(join(self.layout.all_staging, cycle))
        self._forget_retired()
        drafts = [name for name in self.files.names(self.layout.manifests) if name.startswith(".")]
        self.files.delete(join(self.layout.manifests, name) for name in drafts)

    def _forget_retired(self) -> None:
        """Delete replaced files that no reader can still be reading."""
        there = set(numbers(self.files, self.layout))
        for name in self.files.names(self.layout.retired):
            number = int(name) if name.isdigit() else 0
            if number in there:
                since = read_manifest(self.files, self.layout, number).published_at
                if (self._now() - datetime.fromisoformat(since)).total_seconds() < RETIRED_S:
                    continue
            self.files.delete_tree(join(self.layout.retired, name))


def report_json(report: RunReport) -> bytes:
    """Return a run report as JSON that people can read."""
    import json

    def plain(value: object) -> str:
        if isinstance(value, (datetime, date)):
            return value.isoformat()
        raise TypeError(f"{type(value).__name__} has no place in a report")

    return (json.dumps(asdict(report), ensure_ascii=False, indent=2, default=plain) + "\n").encode()
