"""The raw archive read again: which entries it holds, and their pages as they were fetched."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any

from warcio.archiveiterator import ArchiveIterator

from warta.schemas.entry import Entry
from warta.schemas.page import Page
from warta.transforms.store.errors import StoreError
from warta.transforms.store.files import absolute, files_at
from warta.transforms.store.layout import Layout


@dataclass(frozen=True, slots=True)
class Kept:
    """What one entry's fetch brought: the pages of one article, in order."""

    entry: Entry
    pages: tuple[Page, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the archive holds one entry's pages."""

    path: str
    offset: int
    """Of the entry's first record, in bytes from the start of the file."""
    url_id: str
    fetched_at: datetime


def archive_files(output_dir: str, *, since: date | None = None, until: date | None = None) -> list[str]:
    """Return the committed WARC files of the days from `since` to `until`, both included, oldest first."""
    layout = Layout(absolute(output_dir))
    found = [one.path for one in files_at(layout.root).walk(layout.path("archive"))]
    return [path for path in found if _within(path, since or date.min, until or date.max)]


def _within(path: str, since: date, until: date) -> bool:
    try:
        day = date.fromisoformat(path.rsplit("/", 2)[-2].removeprefix("date="))
    except ValueError:
        return False
    return since <= day <= until and path.endswith(".warc.gz")


def read_archive(paths: Iterable[str]) -> Iterator[Kept]:
    """Yield what was kept, in the order it was fetched.

    Raises:
      StoreError: naming the file that is damaged, cut short, or not written by `Archive`.
    """
    for path in paths:
        with _opened(path) as records:
            yield from _kept(records)


def places(paths: Iterable[str]) -> Iterator[Place]:
    """Yield where each entry's pages stand, in the order they were fetched. Raises as `read_archive`."""
    for path in paths:
        with _opened(path) as records:
            begun = 0
            for record in records:
                if record.rec_type == "request" and not begun:
                    begun = records.get_record_offset()
                elif record.rec_type == "metadata":
                    said = json.loads(record.content_stream().read())
                    if said.get("end"):
                        break
                    if said["position"] + 1 == said["count"]:
                        at = datetime.fromisoformat(record.rec_headers["WARC-Date"])
                        yield Place(path, begun, str(said["entry"]["url_id"]), at)
                        begun = 0
            else:
                raise ValueError("it ends too early")


def read_places(path: str, offsets: Iterable[int]) -> Iterator[Kept]:
    """Yield the entries that stand at `offsets` of one file (`Place.offset`). Raises as `read_archive`."""
    for offset in offsets:
        with _opened(path, offset) as records:
            yield next(_kept(records))


@contextmanager
def _opened(path: str, offset: int = 0) -> Iterator[ArchiveIterator]:
    try:
        with files_at(path).open(path) as source:
            source.seek(offset)
            yield ArchiveIterator(source)
    except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
        raise StoreError(f"{path}: not a readable WARC file ({error})") from error


def _kept(records: Iterable[Any]) -> Iterator[Kept]:
    page: Page | None = None
    pages: list[Page] = []
    for record in records:
        if record.rec_type == "response":
            page = _page(record)
        elif record.rec_type == "metadata":
            said = json.loads(record.content_stream().read())
            if said.get("end"):
                return
            if page is None:
                raise ValueError("a page is missing")
            pages.append(_completed(page, said["page"]))
            if len(pages) == said["count"]:
                yield Kept(_entry(said["entry"]), tuple(pages))
                pages = []
    raise ValueError("it ends too early")


def _page(record: Any) -> Page:
    pairs = [(name.lower(), value) for name, value in record.http_headers.headers]
    headers = {name.removeprefix("x-wire-"): value for name, value in pairs if name != "content-length"}
    return Page(
        url=record.rec_headers["WARC-Target-URI"],
        final_url=record.rec_headers["WARC-Target-URI"],
        status=int(record.http_headers.get_statuscode()),
        body=record.raw_stream.read(),
        fetched_at=datetime.fromisoformat(record.rec_headers["WARC-Date"]),
        headers=headers,
    )


def _completed(page: Page, told: dict[str, Any]) -> Page:
    redirects = tuple((int(status), str(target)) for status, target in told.pop("redirects"))
    return replace(page, redirects=redirects, **told)


def _entry(plain: dict[str, Any]) -> Entry:
    """Return the entry; fields of another version of warta are left out."""
    known = {field.name: str(field.type) for field in fields(Entry)}
    values: dict[str, Any] = {}
    for name in plain.keys() & known.keys():
        value = plain[name]
        if value is not None and "datetime" in known[name]:
            value = datetime.fromisoformat(value)
        values[name] = tuple(value) if isinstance(value, list) else value
    return Entry(**values)
