"""The manifest: what one commit changed, as JSON. Reading the log of them gives the live files."""

import gzip
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from warta.transforms.store.errors import StoreError
from warta.transforms.store.files import Files
from warta.transforms.store.layout import Layout, manifest_number
from warta.transforms.store.parquet import DataFile

FORMAT = 1
"""Version of the manifest itself; a newer one is refused rather than guessed at."""

CHECKPOINT_EVERY = 64
"""Commits between two full lists of files: opening for reading reads at most this many manifests, and a
full list (about 40 bytes a file, gzipped) is written only that often."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """One commit. All paths lie below the output folder."""

    number: int
    cycle: str
    owner: str = ""
    published_at: str = ""
    added: tuple[DataFile, ...] = ()
    removed: tuple[str, ...] = ()
    """Data files that are no longer part of the dataset (compaction, retention, repair)."""
    state: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """All current state files by name; not a difference, so the last manifest alone restores the state."""
    dropped: tuple[str, ...] = ()
    """State files of the previous manifest that this one no longer names."""
    moves: tuple[tuple[str, str], ...] = ()
    """(from, to), in order: what makes the commit visible to readers of plain folders."""
    swaps: tuple[tuple[str, str], ...] = ()
    """(staged folder, live folder), exchanged as a whole (compaction)."""
    since: str = ""
    """First day that retention has kept (YYYY-MM-DD); empty when nothing was ever let go."""
    report: Mapping[str, Any] = field(default_factory=dict)


NOTHING = Manifest(number=0, cycle="")
"""What is known of an output folder before its first commit."""


def encode(manifest: Manifest) -> bytes:
    """Return the manifest as JSON; equal manifests give equal bytes."""
    body = {"format": FORMAT, **asdict(manifest)}
    return json.dumps(body, ensure_ascii=False, indent=1, sort_keys=True).encode()


def decode(data: bytes, path: str) -> Manifest:
    """Return the manifest in `data`.

    Raises:
      StoreError: naming `path`, when it is damaged or of a newer format.
    """
    try:
        body = json.loads(data)
        if body.pop("format") != FORMAT:
            raise StoreError(f"{path}: written by a newer warta; use that one")
        body["added"] = tuple(DataFile(**one) for one in body["added"])
        body["state"] = {name: tuple(files) for name, files in body["state"].items()}
        body["moves"] = tuple((source, target) for source, target in body["moves"])
        body["swaps"] = tuple((source, target) for source, target in body["swaps"])
        return Manifest(**body | {"removed": tuple(body["removed"]), "dropped": tuple(body["dropped"])})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError(f"{path}: not a readable manifest ({error}); run `warta repair`") from error


def numbers(files: Files, layout: Layout) -> list[int]:
    """Return the numbers of the manifests that are there, in order."""
    found = (manifest_number(name) for name in files.names(layout.manifests))
    return sorted(number for number in found if number is not None)


def read_manifest(files: Files, layout: Layout, number: int) -> Manifest:
    """Return manifest `number`."""
    path = layout.manifest(number)
    return decode(files.read(path), path)


def current(files: Files, layout: Layout) -> Manifest:
    """Return the last manifest, `NOTHING` before the first commit."""
    known = numbers(files, layout)
    return read_manifest(files, layout, known[-1]) if known else NOTHING


def added_by(files: Files, layout: Layout, run_id: str, table: str) -> list[str]:
    """Return the data files of `table` that the commits of a run added, if it is the last one, by path."""
    added: list[str] = []
    for number in reversed(numbers(files, layout)):
        manifest = read_manifest(files, layout, number)
        if manifest.report.get("run_id") != run_id:
            break
        added += [one.path for one in manifest.added if one.table == table]
    return sorted(added)


def live_files(files: Files, layout: Layout, until: int | None = None) -> dict[str, DataFile]:
    """Return the data files that make up the dataset after commit `until` (default: the last), by path."""
    known = [number for number in numbers(files, layout) if until is None or number <= until]
    start = _last_checkpoint(files, layout, known)
    live = read_checkpoint(files, layout, start) if start else {}
    for number in known:
        if number > start:
            apply(live, read_manifest(files, layout, number))
    return live


def apply(live: dict[str, DataFile], manifest: Manifest) -> None:
    """Bring a list of live files from the commit before to `manifest`."""
    for path in manifest.removed:
        live.pop(path, None)
    live.update((one.path, one) for one in manifest.added)


_COLUMNS = tuple(field.name for field in fields(DataFile))


def write_checkpoint(files: Files, layout: Layout, manifest: Manifest) -> None:
    """Write the full list of files as of `manifest`, which must be about to be published."""
    live = live_files(files, layout, manifest.number - 1)
    apply(live, manifest)
    rows = [[getattr(one, name) for name in _COLUMNS] for one in live.values()]
    files.write(layout.checkpoint(manifest.number), gzip.compress(json.dumps(rows).encode(), mtime=0))


def read_checkpoint(files: Files, layout: Layout, number: int) -> dict[str, DataFile]:
    """Return the full list of files as of commit `number`."""
    path = layout.checkpoint(number)
    try:
        rows = json.loads(gzip.decompress(files.read(path)))
        return {row[1]: DataFile(*row) for row in rows}
    except (ValueError, EOFError, OSError, TypeError) as error:
        raise StoreError(f"{path}: not a readable list of files ({error}); run `warta repair`") from error


def _last_checkpoint(files: Files, layout: Layout, known: list[int]) -> int:
    names = set(files.names(layout.manifests))
    full = [number for number in known if layout.checkpoint(number).rsplit("/", 1)[-1] in names]
    return full[-1] if full else 0


def without_report(manifest: Manifest) -> Manifest:
    """Return the manifest without its report, to compare what two commits did."""
    return replace(manifest, report={})
