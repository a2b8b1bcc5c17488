"""The raw archive: every fetched page as WARC, to be read again when a rule improves.

One gzip member a record, so any WARC tool can seek and check. Each page is a request, a response and a
metadata record that holds what the feed had said (the `Entry`), so that reading again needs no network and
gives what the first reading would have given with today's rules.

The body is kept decompressed, as the readers saw it; headers that described the bytes on the wire keep their
values under `x-wire-…`. Source: ISO 28500:2017 (WARC/1.1).
"""

import json
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, date, datetime
from http import HTTPStatus
from io import BytesIO
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from warta.schemas.entry import Entry
from warta.schemas.page import Page
from warta.transforms.store.errors import StoreError
from warta.transforms.store.files import absolute, files_at
from warta.transforms.store.layout import Layout, checked_name, join
from warta.transforms.text import digest

ARCHIVE_BYTES = 1_000_000_000
"""Size after which a new file begins, as most archives do it; smaller files cost a little more to list."""

WIRE_HEADERS = ("content-encoding", "content-length", "transfer-encoding")
"""Headers that speak of the bytes on the wire, which are not the bytes that are kept."""

_METADATA = "application/warta+json"


@dataclass(frozen=True, slots=True)
class Kept:
    """What one entry's fetch brought: the pages of one article, in order."""

    entry: Entry
    pages: tuple[Page, ...]


class Archive:
    """Writes WARC files into one folder; a new one whenever the last is full. Close it to make them last.

    Args:
      folder: `archive_dir(staging.path, day)`; the cycle's commit moves the files.
      name: goes into file names; one per writer at work. Equal pages under one name give equal records.
      max_bytes: size after which a new file begins.
    """

    def __init__(self, folder: str, name: str, *, max_bytes: int = ARCHIVE_BYTES) -> None:
        self.paths: list[str] = []
        self._folder = folder
        self._name = checked_name(name, "archive")
        self._max_bytes = max_bytes
        self._files = files_at(folder)
        self._file: BinaryIO | None = None
        self._writer: Any = None
        self._begun = ""

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def keep(self, entry: Entry, pages: Sequence[Page]) -> None:
        """Append the pages of one entry; they stay in one file."""
        writer = self._open_writer(pages[0].fetched_at)
        for position, page in enumerate(pages):
            for record in self._records(writer, entry, page, position, len(pages)):
                writer.write_record(record)

    def close(self) -> list[str]:
        """Finish the last file; return all paths."""
        if self._file is not None:
            self._writer.write_record(self._end())
            self._file.close()
            self._files.finish(self.paths[-1])
            self._file = None
        return self.paths

    def _open_writer(self, at: datetime) -> Any:
        if self._file is not None and self._file.tell() >= self._max_bytes:
            self.close()
        if self._file is None:
            name = f"warta-{self._name}-{len(self.paths):05d}.warc.gz"
            self.paths.append(join(self._folder, name))
            self._file = self._files.create(self.paths[-1])
            self._writer = WARCWriter(self._file, gzip=True, warc_version="WARC/1.1")
            self._begun = _warc_date(at)
            self._writer.write_record(self._info())
        return self._writer

    def _info(self) -> Any:
        """Return the first record of a file."""
        text = b"software: warta\r\nformat: WARC File Format 1.1\r\ndescription: fetched pages\r\n"
        return self._own("warcinfo", text, {"WARC-Filename": self.paths[-1].rpartition("/")[2]})

    def _end(self) -> Any:
        """Return the last record of a file, without which it was cut short."""
        return self._own("metadata", json.dumps({"format": 1, "end": True}).encode(), {}, _METADATA)

    def _own(self, kind: str, content: bytes, headers: dict[str, str], type_: str = "") -> Any:
        """Return a record about the file; dated by its first page, for equal pages to give equal bytes."""
        key = digest(self.paths[-1].rpartition("/")[2], kind, self._begun)
        named = {"WARC-Record-ID": f"<urn:uuid:{uuid.UUID(hex=key)}>", "WARC-Date": self._begun, **headers}
        return self._writer.create_warc_record(
            "",
            kind,
            payload=BytesIO(content),
            length=len(content),
            warc_content_type=type_,
            warc_headers_dict=named,
        )

    def _records(self, writer: Any, entry: Entry, page: Page, position: int, count: int) -> Iterator[Any]:
        at = _warc_date(page.fetched_at)
        ids = {kind: self._id(kind, entry, page, position) for kind in ("request", "response", "metadata")}

        def record(kind: str, content: bytes, http: StatusAndHeaders | None = None, type_: str = "") -> Any:
            headers = {"WARC-Record-ID": ids[kind], "WARC-Date": at}
            if kind != "response":
                headers["WARC-Concurrent-To"] = ids["response"]
            return writer.create_warc_record(
                page.final_url,
                kind,
                payload=BytesIO(content),
                length=len(content),
                warc_content_type=type_,
                warc_headers_dict=headers,
                http_headers=http,
            )

        yield record("request", b"", _request_line(page))
        yield record("response", page.body, _status_and_headers(page))
        said = _metadata(entry, page, position, count)
        yield record("metadata", json.dumps(said, ensure_ascii=False).encode(), type_=_METADATA)

    def _id(self, kind: str, entry: Entry, page: Page, position: int) -> str:
        key = digest(self._name, kind, entry.url_id, page.url, page.fetched_at.isoformat(), str(position))
        return f"<urn:uuid:{uuid.UUID(hex=key)}>"


def _warc_date(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def archive_dir(staging_path: str, day: date) -> str:
    """Return where a cycle of `day` stages its raw pages."""
    return join(staging_path, "archive", f"date={day.isoformat()}")


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
        try:
            with files_at(path).open(path) as source:
                yield from _read_one(source)
        except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
            raise StoreError(f"{path}: not a readable WARC file ({error})") from error


def _read_one(source: BinaryIO) -> Iterator[Kept]:
    page: Page | None = None
    pages: list[Page] = []
    for record in ArchiveIterator(source):
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


def _request_line(page: Page) -> StatusAndHeaders:
    parts = urlsplit(page.final_url)
    target = parts.path or "/"
    if parts.query:
        target += f"?{parts.query}"
    return StatusAndHeaders(f"GET {target} HTTP/1.1", [("Host", parts.netloc)], is_http_request=True)


def _status_and_headers(page: Page) -> StatusAndHeaders:
    try:
        phrase = HTTPStatus(page.status).phrase
    except ValueError:
        phrase = "Unknown"
    headers = [(_kept_name(name), " ".join(value.split())) for name, value in page.headers.items()]
    headers.append(("content-length", str(len(page.body))))
    return StatusAndHeaders(f"{page.status} {phrase}", headers, protocol="HTTP/1.1")


def _kept_name(name: str) -> str:
    return f"x-wire-{name}" if name.lower() in WIRE_HEADERS else name


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


def _metadata(entry: Entry, page: Page, position: int, count: int) -> dict[str, Any]:
    told = {name: getattr(page, name) for name in ("url", "elapsed_s", "wire_bytes", "redirects")}
    plain = {name: _plain(value) for name, value in asdict(entry).items()}
    return {"format": 1, "position": position, "count": count, "entry": plain, "page": told}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


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
