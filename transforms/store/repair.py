"""Mend what `verify` finds and can be mended. Nothing is deleted: what has to go goes to `quarantine/`.

Rows that are gone stay gone, but they must not stay marked as seen: whenever rows, manifests or state were
lost, the state is dropped and rebuilt from the rows that are there.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from warta.schemas.tables import TABLES
from warta.transforms.store.commit import Change, Staging, Store
from warta.transforms.store.errors import StoreError
from warta.transforms.store.files import absolute, files_at
from warta.transforms.store.layout import SUCCESS, Layout, join, manifest_number, parse_partition, table_of
from warta.transforms.store.manifest import current, live_files, read_checkpoint, read_manifest
from warta.transforms.store.parquet import DataFile, data_file
from warta.transforms.store.verify import Check, Fault, Kind, Verification, verify

Rebuild = Callable[[Store, Staging], Mapping[str, Sequence[str]]]
"""Stages state made anew from the rows and returns its files by name, for `Store.commit(replace=…)`."""

LOSSES = frozenset({Kind.LOG, Kind.MISSING, Kind.UNREADABLE, Kind.STATE})
"""Faults after which the state no longer agrees with the rows."""


@dataclass(frozen=True, slots=True)
class Repair:
    """What was mended and what remains."""

    mended: tuple[Fault, ...]
    left: Verification
    """A second look after the repair."""
    rebuilt_state: bool


def repair(
    output_dir: str, *, owner: str, rebuild: Rebuild | None = None, checks: Iterable[Check] = ()
) -> Repair:
    """Mend an output folder.

    Args:
      owner: for the lock.
      rebuild: makes the state anew when it was lost; without it the next run starts with none, and stores
        again what feeds still list.
      checks: as for `verify`.

    Raises:
      StoreLocked: while a writer is at work.
    """
    root = absolute(output_dir)
    checks = tuple(checks)
    before = verify(root, checks)
    if not before.faults:
        return Repair((), before, False)
    lost_log = _quarantine_manifests(root)
    with Store.open(root, owner=owner) as store:
        found = verify(root, checks).faults
        lost_state = bool(lost_log) or any(fault.kind in LOSSES for fault in found)
        change = _adopted(store) if lost_log else _mended(store, found)
        store.commit(store.begin(f"repair-{store.manifest.number + 1:010d}"), change=change)
        _quarantine_strays(store)
        if lost_state:
            _renew_state(store, rebuild)
    left = verify(root, checks)
    return Repair(tuple(fault for fault in before.faults if fault not in left.faults), left, lost_state)


def _renew_state(store: Store, rebuild: Rebuild | None) -> None:
    """Commit state made from the rows that are there, and nothing of the old.

    A commit of its own: until then the old state errs on the safe side, for it knows too much.
    """
    staging = store.begin(f"rebuild-{store.manifest.number + 1:010d}")
    made = rebuild(store, staging) if rebuild else {}
    store.commit(staging, replace={**dict.fromkeys(store.manifest.state, ()), **made})


def _quarantine_manifests(root: str) -> list[str]:
    """Set manifests aside that cannot be read, and those that build on them; return them."""
    layout, files = Layout(root), files_at(root)
    try:
        current(files, layout)
        live_files(files, layout)
    except StoreError:
        bad = [name for name in files.names(layout.manifests) if not _is_readable(root, name)]
        for name in bad:
            files.move(join(layout.manifests, name), layout.path(f"quarantine/manifests/{name}"))
        return bad
    return []


def _is_readable(root: str, name: str) -> bool:
    layout, files = Layout(root), files_at(root)
    number = manifest_number(name)
    try:
        if number is not None:
            read_manifest(files, layout, number)
        else:
            read_checkpoint(files, layout, int(name.partition(".")[0]))
    except (StoreError, ValueError):
        return False
    return True


def _adopted(store: Store) -> Change:
    """Return the change that makes every readable file in place part of the dataset, and nothing else."""
    live = live_files(store.files, store.layout)
    there = {one.path: one for one in _readable(store)}
    gone = tuple(path for path in live if path not in there)
    return Change(added=tuple(there.values()), removed=gone)


def _readable(store: Store) -> Iterable[DataFile]:
    for table in TABLES:
        for found in store.files.walk(store.layout.dataset(table)):
            path = store.layout.relative(found.path)
            try:
                parse_partition(table, path.partition("/")[2])
                yield data_file(store.files, found.path, table, path)
            except StoreError:
                continue


def _mended(store: Store, faults: Iterable[Fault]) -> Change:
    """Return the change that answers `faults`; damaged files are set aside at once."""
    removed, added = [], []
    for fault in faults:
        path = store.layout.path(fault.path)
        if fault.kind == Kind.MISSING:
            removed.append(fault.path)
        elif fault.kind == Kind.UNREADABLE:
            removed.append(fault.path)
            store.files.move(path, store.layout.path(f"quarantine/{fault.path}"))
        elif fault.kind == Kind.COUNT:
            added.append(data_file(store.files, path, table_of(fault.path), fault.path))
    return Change(added=tuple(added), removed=tuple(removed))


def _quarantine_strays(store: Store) -> None:
    """Set aside whatever lies in a dataset folder and is not part of it."""
    live = live_files(store.files, store.layout)
    for table in TABLES:
        for found in store.files.walk(store.layout.dataset(table)):
            path = store.layout.relative(found.path)
            if path not in live and path != join(table, SUCCESS):
                store.files.move(found.path, store.layout.path(f"quarantine/{path}"))
