"""The raw archive: what was kept comes back whole, and other tools read it too."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from tests.transforms.store.worlds import NOON, entry
from warta.schemas.page import Page
from warta.transforms.store.archive import Archive, archive_dir
from warta.transforms.store.archived import archive_files, places, read_archive, read_places
from warta.transforms.store.commit import Store
from warta.transforms.store.errors import StoreError
from warta.transforms.store.files import LocalFiles

HEADERS = {
    "content-type": "text/html; charset=utf-8",
    "content-encoding": "gzip",
    "content-length": "77",
    "x-odd": "two\r\n lines",
}


def page(number: int, body: bytes = b"<html><p>Isi halaman \xe2\x80\x94 utuh.</p></html>") -> Page:
    url = f"https://kabar.example/{number}?a=1&b=2"
    at = NOON + timedelta(microseconds=number)
    return Page(url, f"{url}&moved", 200, body, at, HEADERS, 0.5, 99, ((301, url),))


def kept_as(one: Page) -> Page:
    """Return a page as the archive gives it back: header values on one line."""
    headers = {name: value for name, value in one.headers.items() if name != "content-length"}
    return replace(one, headers=headers | {"x-odd": "two lines", "content-length": "77"})


def test_pages_and_entries_come_back_whole(tmp_path: Path) -> None:
    first = replace(entry(1), published=NOON, not_before=NOON, categories=("Ekonomi", "Pasar"))
    binary = page(3, b"\x00\xff not text")
    with Archive(str(tmp_path), "c1") as archive:
        archive.keep(first, [page(1), page(2)])
        archive.keep(entry(3), [binary])
    kept = list(read_archive(archive.paths))
    assert [one.entry for one in kept] == [first, entry(3)]
    assert [one.pages for one in kept] == [(kept_as(page(1)), kept_as(page(2))), (kept_as(binary),)]


def test_warcios_own_check_finds_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Archive(str(tmp_path), "c1") as archive:
        archive.keep(entry(1), [page(1), page(2, b"")])
    checker = Checker(type("Command", (), {"inputs": archive.paths, "verbose": True})())
    checker.process_all()
    assert checker.exit_value == 0
    assert "fail" not in capsys.readouterr().out


def test_the_records_are_those_of_the_standard(tmp_path: Path) -> None:
    with Archive(str(tmp_path), "c1") as archive:
        archive.keep(entry(1), [page(1)])
    with open(archive.paths[0], "rb") as file:
        records = [(one.rec_type, one.rec_headers["WARC-Target-URI"]) for one in ArchiveIterator(file)]
    url = page(1).final_url
    assert records == [
        ("warcinfo", None),
        ("request", url),
        ("response", url),
        ("metadata", url),
        ("metadata", None),
    ]


def test_a_full_file_is_followed_by_another_and_no_entry_is_split(tmp_path: Path) -> None:
    with Archive(str(tmp_path), "c1", max_bytes=2000) as archive:
        for number in range(12):
            archive.keep(entry(number), [page(number), page(number + 100)])
    assert len(archive.paths) > 2
    for path in archive.paths:
        assert all(len(one.pages) == 2 for one in read_archive([path]))
    assert [one.entry for one in read_archive(archive.paths)] == [entry(number) for number in range(12)]


def test_equal_pages_give_equal_bytes(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        with Archive(str(tmp_path / folder), "c1") as archive:
            archive.keep(entry(1), [page(1)])
    one, other = sorted(tmp_path.rglob("*.warc.gz"))
    assert one.read_bytes() == other.read_bytes()


def test_raw_pages_are_committed_with_their_cycle_and_found_by_day(tmp_path: Path) -> None:
    with Store.open(str(tmp_path), owner="test", files=LocalFiles(durable=False)) as store:
        for number, day in ((1, date(2026, 11, 20)), (2, date(2026, 11, 21))):
            staging = store.begin(f"c{number}")
            with Archive(archive_dir(staging.path, day), staging.cycle) as archive:
                archive.keep(entry(number), [page(number)])
            assert archive_files(str(tmp_path), since=day) == []
            store.commit(staging)
    found = archive_files(str(tmp_path), since=date(2026, 11, 21))
    assert [one.entry for one in read_archive(found)] == [entry(2)]
    assert len(archive_files(str(tmp_path))) == 2


def test_an_entry_is_read_from_its_place_alone(tmp_path: Path) -> None:
    with Archive(str(tmp_path), "c1") as archive:
        archive.keep(entry(1), [page(1), page(2)])
        archive.keep(entry(3), [page(3)])
    found = list(places(archive.paths))
    assert [(one.url_id, one.fetched_at) for one in found] == [
        (entry(1).url_id, page(2).fetched_at),
        (entry(3).url_id, page(3).fetched_at),
    ]
    backwards = [one.offset for one in reversed(found)]
    assert list(read_places(archive.paths[0], backwards)) == list(read_archive(archive.paths))[::-1]


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
def test_an_archive_that_was_cut_short_is_named(tmp_path: Path, share: float) -> None:
    path = tmp_path / "x.warc.gz"
    with Archive(str(tmp_path), "c1") as archive:
        archive.keep(entry(1), [page(1)])
        archive.keep(entry(2), [page(2), page(3)])
    data = Path(archive.paths[0]).read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(StoreError, match=str(path)):
        list(read_archive([str(path)]))


def test_an_unknown_status_is_kept_as_it_is(tmp_path: Path) -> None:
    odd = replace(page(1), status=799, fetched_at=datetime(2026, 11, 21, tzinfo=UTC))
    with Archive(str(tmp_path), "c1") as archive:
        archive.keep(entry(1), [odd])
    (kept,) = read_archive(archive.paths)
    assert kept.pages[0].status == 799
