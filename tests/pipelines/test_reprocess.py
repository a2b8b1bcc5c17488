"""The raw archive of a run, and reading it again: nothing changes unless the reading does."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.sample import Sample, warta
from warta.pipelines.options import Settings
from warta.pipelines.reprocess import Reprocessed, latest, run, slices
from warta.transforms.store.archive import Archive
from warta.transforms.store.archived import Kept, Place, archive_files, read_archive
from warta.transforms.store.errors import StoreError
from warta.transforms.store.verify import verify

ADDED = "Tambahan yang dibaca oleh aturan baru, cukup panjang untuk menjadi paragraf sendiri di dalam berita."


@pytest.fixture(scope="module")
def archived(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """The newsroom's first edition with its raw pages; the newsroom itself is gone when this returns."""
    output = tmp_path_factory.mktemp("archived") / "data"
    return Sample(output, warta("sample", "--output", str(output), "--archive", "--no-report").stdout)


@pytest.fixture
def own(archived: Sample, tmp_path: Path) -> Sample:
    """A copy that a test may change."""
    return Sample(shutil.copytree(archived.output, tmp_path / "data"), "")


def again(dataset: Path, output: Path | None = None, **days: date) -> Reprocessed:
    return run(str(dataset), Settings((), str(output or dataset)), **days)


def rewrite(dataset: Path, change: Callable[[Kept], Kept]) -> None:
    """Change what the archive holds, as if reading it had changed."""
    for path in archive_files(str(dataset)):
        entries = [change(kept) for kept in read_archive([path])]
        folder, name = path.rsplit("/", 1)
        Path(path).unlink()
        with Archive(folder, name.removeprefix("warta-").removesuffix("-00000.warc.gz")) as archive:
            for kept in entries:
                archive.keep(kept.entry, kept.pages)
        assert archive.paths == [path]


def with_more_text(kept: Kept) -> Kept:
    """Give one article a paragraph more."""
    if not kept.entry.title.startswith("Inflasi September"):
        return kept
    (page,) = kept.pages
    first = page.body.index(b"</p>") + len(b"</p>")
    body = page.body[:first] + f"<p>{ADDED}</p>".encode() + page.body[first:]
    return replace(kept, pages=(replace(page, body=body),))


def content(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "run_id"}


def by_id(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(map(content, rows), key=lambda row: row["id"])


def test_a_run_keeps_each_page_that_it_read_once(archived: Sample) -> None:
    kept = [one.entry.url_id for one in read_archive(archive_files(str(archived.output)))]
    assert len(kept) == len(set(kept))
    (report,) = archived.reports()
    assert len(kept) == report["fetched"] == len(archived.rows("articles") + archived.rows("duplicates"))
    assert verify(str(archived.output)).faults == ()


def test_reading_again_what_reads_as_before_leaves_no_trace(own: Sample) -> None:
    before = sorted(path.name for path in (own.output / "manifests").iterdir())
    done = again(own.output)
    assert (done.read, done.new, done.unchanged) == (58, 0, 58)
    assert sorted(path.name for path in (own.output / "manifests").iterdir()) == before
    assert list((own.output / "staging").iterdir()) == []


def test_what_reads_differently_becomes_the_next_revision(own: Sample) -> None:
    rewrite(own.output, with_more_text)
    assert (again(own.output).new, again(own.output).new) == (1, 0)
    (changed,) = [row for row in own.rows("articles") if row["revision"] == 2]
    (first,) = [row for row in own.rows("articles") if row["id"] == changed["id"] and row["revision"] == 1]
    assert changed["previous_hash"] == first["content_hash"]
    assert ADDED in changed["text"]
    assert changed["fetched_at"] == first["fetched_at"]
    assert verify(str(own.output)).faults == ()


def test_another_folder_gets_the_rows_that_the_run_stored(archived: Sample, tmp_path: Path) -> None:
    done = again(archived.output, tmp_path / "anew")
    assert (done.read, done.new, done.duplicates) == (58, 55, 3)
    anew = Sample(tmp_path / "anew", "")
    assert by_id(anew.rows("articles")) == by_id(archived.rows("articles"))
    assert by_id(anew.rows("duplicates")) == by_id(archived.rows("duplicates"))
    assert verify(str(anew.output)).faults == ()


def test_a_text_that_was_fetched_later_has_the_last_word(own: Sample) -> None:
    def aged(kept: Kept) -> Kept:
        pages = with_more_text(kept).pages
        second = timedelta(seconds=1)
        return replace(
            kept, pages=tuple(replace(page, fetched_at=page.fetched_at - second) for page in pages)
        )

    rewrite(own.output, aged)
    done = again(own.output)
    assert (done.new, done.older + done.unchanged) == (0, 58)
    assert done.older == 55


def test_days_without_pages_are_named(archived: Sample) -> None:
    with pytest.raises(StoreError, match="no pages of these days"):
        again(archived.output, until=date(2001, 1, 1))


def test_the_command_says_what_became_of_the_archive(archived: Sample, tmp_path: Path) -> None:
    said = warta(
        "reprocess", str(archived.output), "--from", "2026-01-01", "--output", str(tmp_path / "anew")
    )
    assert said.stdout.startswith("58 archived entries read: 55 new rows")
    refused = warta("reprocess", str(archived.output), "--from", "kemarin", check=False)
    assert refused.returncode == 2
    assert refused.stderr == "warta: --from kemarin: write a day such as 2026-11-27\n"


def place(number: int, url_id: str, path: str = "a") -> Place:
    return Place(path, number, url_id, datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=number))


def test_the_last_page_of_an_address_is_the_one_that_counts() -> None:
    found = [place(1, "x"), place(2, "y"), place(3, "x", "b")]
    assert latest(found) == [found[1], found[2]]


def test_a_slice_holds_no_address_twice() -> None:
    found = [place(1, "x"), place(2, "y"), place(3, "x", "b"), place(4, "z", "b"), place(5, "w", "b")]
    assert list(slices(found, 2)) == [[("a", (1, 2))], [("b", (3, 4))], [("b", (5,))]]
