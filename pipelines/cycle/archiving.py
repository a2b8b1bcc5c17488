"""Where a cycle keeps raw pages: WARC files in its staging folder, which its commit moves to `archive/`."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from warta.transforms.fetch.pages import Keep


@dataclass(frozen=True)
class CycleArchive:
    """Opens the archive of one shard's crawl. Picklable; a retried shard writes the same names again."""

    staging_path: str
    cycle: str
    day: date

    @contextmanager
    def __call__(self, shard: int) -> Iterator[Keep]:
        """Give what keeps one entry's pages; a file is begun with the first of them."""
        from warta.transforms.store.archive import Archive, archive_dir  # warcio is an extra

        with Archive(archive_dir(self.staging_path, self.day), f"{self.cycle}-{shard:03d}") as archive:
            yield archive.keep
