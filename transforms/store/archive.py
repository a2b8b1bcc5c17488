"""The raw archive: every fetched page as WARC, to be read again when a rule improves (`archived.py`).

One gzip member a record, so any WARC tool can seek and check. Each page is a request, a response and a
metadata record that holds what the feed had said (the `Entry`), so that reading again needs no network and
gives what the first reading would have given with today's rules.

The body is kept decompressed, as the readers saw it; headers that described the bytes on the wire keep their
values under `x-wire-…`. Source: ISO 28500:2017 (WARC/1.1).
"""

import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from http import HTTPStatus
from io import BytesIO
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from warta.schemas.entry import Entry
from warta.schemas.page import Page
from warta.transforms.store.files import files_at
from warta.transforms.store.layout import checked_name, join
from warta.transforms.text import digest

ARCHIVE_BYTES = 1_000_000_000
"""Size after which a new file begins, as most archives do it; smaller files cost a little more to list."""

WIRE_HEADERS = ("content-encoding", "content-length", "transfer-encoding")
"""Headers that speak of the bytes on the wire, which are not the bytes that are kept."""

METADATA = "application/warta+json"


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
        return self._own("metadata", json.dumps({"format": 1, "end": True}).encode(), {}, METADATA)

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
        yield record("metadata", json.dumps(said, ensure_ascii=False).encode(), type_=METADATA)

    def _id(self, kind: str, entry: Entry, page: Page, position: int) -> str:
        key = digest(self._name, kind, entry.url_id, page.url, page.fetched_at.isoformat(), str(position))
        return f"<urn:uuid:{uuid.UUID(hex=key)}>"


def _warc_date(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def archive_dir(staging_path: str, day: date) -> str:
    """Return where a cycle of `day` stages its raw pages."""
    return join(staging_path, "archive", f"date={day.isoformat()}")


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


def _metadata(entry: Entry, page: Page, position: int, count: int) -> dict[str, Any]:
    told = {name: getattr(page, name) for name in ("url", "elapsed_s", "wire_bytes", "redirects")}
    plain = {name: _plain(value) for name, value in asdict(entry).items()}
    return {"format": 1, "position": position, "count": count, "entry": plain, "page": told}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
