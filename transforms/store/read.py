"""Read a table as one `pyarrow.dataset.Dataset`: the committed files, the present schema, one moment.

The plain folders serve every reader; this one adds what folders cannot say. It sees a cycle's tables all at
once, columns that old files lack are there (null), and a compaction that runs meanwhile does not disturb it:
a file that moved is found where it went.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from io import UnsupportedOperation
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as pads
import pyarrow.fs as pafs

from warta.schemas.tables import TABLES
from warta.transforms.store.errors import StoreError
from warta.transforms.store.files import Files, absolute, files_at
from warta.transforms.store.layout import Layout, checked_table, join, parse_partition
from warta.transforms.store.manifest import live_files


def read(
    output_dir: str,
    table: str = "articles",
    *,
    latest: bool = False,
    steady: bool = False,
    schema: pa.Schema | None = None,
) -> pads.Dataset:
    """Return a table of an output folder, as of now.

    Args:
      output_dir: what `warta run --output` was given.
      table: articles, duplicates, rejections, feeds or stories.
      latest: only the highest revision of each article.
      steady: find files that a compaction moves while the dataset is being read. That goes through Python,
        file by file; hand such a dataset to pyarrow only (DuckDB 2.0 and Arrow can wait for each other's
        locks for ever there). Without it, a file that moved is a clear error: call again.
      schema: columns to read; the present ones unless a test looks ahead.

    Returns:
      A dataset for pyarrow, DuckDB (`duckdb.from_arrow`), Polars (`pl.scan_pyarrow_dataset`) or pandas
      (`.to_table().to_pandas()`). Partition columns have their types. It stays valid for an hour of
      compactions; call again to see newer cycles.

    Raises:
      StoreError: when there is no such table, or its list of files is damaged.

    >>> read("data").to_table(columns=["title"])  # doctest: +SKIP
    """
    layout = Layout(absolute(output_dir))
    files = files_at(layout.root)
    schema = schema or TABLES[checked_table(table)]
    paths = [path for path, one in live_files(files, layout).items() if one.table == table]
    in_place = files.local and all(files.exists(layout.path(path)) for path in paths)
    if in_place and not steady:
        filesystem = pafs.SubTreeFileSystem(layout.root, pafs.LocalFileSystem())
    else:
        filesystem = _kept.setdefault(layout.root, pafs.PyFileSystem(Moving(files, layout)))
    dataset = _dataset(filesystem, table, sorted(paths), schema)
    return _latest(dataset) if latest else dataset


_kept: dict[str, pafs.PyFileSystem] = {}
"""One filesystem per folder, for as long as the process lives: an Arrow thread that drops the last reference
to one while the interpreter ends aborts the process (pyarrow 25: exit code 134 in 5 of 20 short scripts)."""


def _dataset(
    filesystem: pafs.FileSystem, table: str, paths: Iterable[str], schema: pa.Schema
) -> pads.Dataset:
    parquet = pads.ParquetFileFormat()
    fragments = [
        parquet.make_fragment(path, filesystem, partition_expression=_partition(table, path))
        for path in paths
    ]
    return pads.FileSystemDataset(fragments, schema, parquet, filesystem)


def _partition(table: str, path: str) -> pc.Expression:
    expression = pc.scalar(True)
    for name, value in parse_partition(table, path.partition("/")[2]).items():
        expression &= pc.field(name) == pa.scalar(value, TABLES[table].field(name).type)
    return expression


def _latest(dataset: pads.Dataset) -> pads.Dataset:
    """Return `dataset` without rows that a later revision replaces.

    Reads two columns of the row groups that hold revisions; few do.
    """
    revised = dataset.to_table(columns=["id", "revision"], filter=pc.field("revision") > 1)
    if not revised.num_rows:
        return dataset
    highest = revised.group_by("id").aggregate([("revision", "max")])
    keep = ~pc.field("id").isin(highest.column("id").combine_chunks())
    for revision in pc.unique(highest.column("revision_max")).to_pylist():
        ids = highest.filter(pc.field("revision_max") == revision).column("id").combine_chunks()
        keep |= pc.field("id").isin(ids) & (pc.field("revision") == revision)
    return dataset.filter(keep)


class Moving(pafs.FileSystemHandler):  # type: ignore[misc]
    """A read-only filesystem of paths below an output folder, for files that may be on the move.

    A committed file is in place, or still staged (its cycle was published a moment ago), or retired (a
    compaction has replaced it since).
    """

    def __init__(self, files: Files, layout: Layout) -> None:
        self._files = files
        self._layout = layout

    def get_type_name(self) -> str:
        return "warta"

    def normalize_path(self, path: str) -> str:
        return path

    def open_input_file(self, path: str) -> Any:
        for place in self._places(path):
            with suppress(FileNotFoundError, StoreError):
                if not self._files.local:
                    return pa.PythonFile(self._files.open(place), mode="r")
                return pa.OSFile(place)
        raise FileNotFoundError(f"{self._layout.path(path)}: gone since the dataset was opened; read again")

    def open_input_stream(self, path: str) -> Any:
        return self.open_input_file(path)

    def get_file_info(self, paths: list[str]) -> list[pafs.FileInfo]:
        return [pafs.FileInfo(path, pafs.FileType.File) for path in paths]

    def get_file_info_selector(self, selector: pafs.FileSelector) -> list[pafs.FileInfo]:
        raise UnsupportedOperation("the manifests say which files there are")

    def _places(self, path: str) -> Iterator[str]:
        layout = self._layout
        yield layout.path(path)
        for cycle in self._files.names(layout.all_staging):
            yield join(layout.all_staging, cycle, "data", path)
            yield join(layout.all_staging, cycle, "swap", path)
        for number in self._files.names(layout.retired):
            yield join(layout.retired, number, path)
        yield layout.path(path)

    def _read_only(self, *args: Any) -> Any:
        raise PermissionError("this view is read-only")

    copy_file = create_dir = delete_dir = delete_dir_contents = delete_file = _read_only
    delete_root_dir_contents = move = open_append_stream = open_output_stream = _read_only
