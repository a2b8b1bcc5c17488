import pickle
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.transforms.dedup.conftest import FIRST_DAY, prose
from warta.transforms.dedup.index import PRINTS, URLS, Index, IndexFiles, write_segment
from warta.transforms.dedup.model import IndexRow, Kind
from warta.transforms.dedup.near import fingerprint, samples_of
from warta.transforms.dedup.rows import digest_bits, feed_bits
from warta.transforms.dedup.segment import IndexFileError
from warta.transforms.text import digest


def record(name: str, *, text: str = "", day: date | None = FIRST_DAY, **more: object) -> IndexRow:
    return IndexRow(
        key=digest(name),
        kind=Kind.RECORD,
        content_hash=digest("content", text or name),
        revision=int(str(more.get("revision", 1))),
        day=day,
        topic=str(more.get("topic", "politics")),
        publisher=str(more.get("publisher", "Kabar")),
        digest=str(more.get("entry_digest", "d")),
        feed_url="https://kabar.test/rss",
        fingerprint=fingerprint(text),
    )


def together(*parts: IndexFiles) -> dict[str, list[str]]:
    return {name: [path for part in parts for path in part.get(name, ())] for name in (URLS, PRINTS)}


def test_no_rows_make_no_files(index_dir: str) -> None:
    assert write_segment([], index_dir, "c1") == {}


def test_an_empty_index_knows_nothing() -> None:
    index = Index({})
    assert index.known([digest("a")]) == {}
    assert index.by_content([digest("a")]) == {}
    assert index.near([samples_of(fingerprint(prose(1)))], [FIRST_DAY]) == []


def test_a_record_comes_back_as_it_was(index_dir: str) -> None:
    row = record("a", text=prose(1), revision=3, topic="sport", publisher="Pos")
    found = Index(write_segment([row], index_dir, "c1")).known([row.key, digest("b"), ""])[row.key]
    assert (found.kind, found.target, found.content_hash) == (Kind.RECORD, row.key, row.content_hash)
    assert (found.revision, found.day, found.topic, found.publisher) == (3, FIRST_DAY, "sport", "Pos")
    assert (found.digest, found.feed) == (digest_bits("d"), feed_bits("https://kabar.test/rss"))


@pytest.mark.parametrize("kind", [Kind.ADDRESS, Kind.COPY])
def test_an_address_leads_to_its_article(index_dir: str, kind: Kind) -> None:
    row = IndexRow(digest("u"), kind, target=digest("a"))
    found = Index(write_segment([row], index_dir, "c1")).known([row.key])[row.key]
    assert (found.kind, found.target, found.content_hash) == (kind, digest("a"), "")


def test_the_bytes_follow_from_the_set_of_rows(index_dir: str) -> None:
    rows = [record(str(number), text=prose(number, 60)) for number in range(50)]
    one = write_segment(rows, index_dir, "one")
    other = write_segment(reversed(rows), index_dir, "other")
    for name in (URLS, PRINTS):
        assert Path(one[name][0]).read_bytes() == Path(other[name][0]).read_bytes()


def test_a_rejection_does_not_unmake_a_record_but_renews_its_digest(index_dir: str) -> None:
    first = write_segment([record("a", entry_digest="old")], index_dir, "c1")
    gone = IndexRow(digest("a"), Kind.REJECTED, digest="new", feed_url="https://kabar.test/rss")
    found = Index(together(first, write_segment([gone], index_dir, "c2"))).known([digest("a")])[digest("a")]
    assert (found.kind, found.digest) == (Kind.RECORD, digest_bits("new"))


def test_a_row_that_does_not_know_the_feed_keeps_what_was_known(index_dir: str) -> None:
    first = write_segment([record("a", entry_digest="old")], index_dir, "c1")
    silent = IndexRow(digest("a"), Kind.RECORD, content_hash=digest("x"), revision=2)
    found = Index(together(first, write_segment([silent], index_dir, "c2"))).known([digest("a")])[digest("a")]
    assert (found.revision, found.digest) == (2, digest_bits("old"))


def test_content_is_found_in_its_current_article_only(index_dir: str) -> None:
    first = write_segment([record("a", text="satu dua"), record("b", text="tiga")], index_dir, "c1")
    second = write_segment([record("a", text="lain", revision=2)], index_dir, "c2")
    hashes = [digest("content", text) for text in ("satu dua", "tiga", "lain", "tak ada")]
    found = Index(together(first, second)).by_content(hashes)
    assert {hash_: row.key for hash_, row in found.items()} == {
        hashes[1]: digest("b"),
        hashes[2]: digest("a"),
    }


def test_of_equal_texts_the_smallest_id_answers(index_dir: str) -> None:
    files = write_segment([record(name, text="sama") for name in "abc"], index_dir, "c1")
    found = Index(files).by_content([digest("content", "sama")])
    assert [row.key for row in found.values()] == [min(digest(name) for name in "abc")]


def test_articles_that_share_samples_are_found_across_segments(index_dir: str) -> None:
    files = together(
        write_segment([record(f"a{n}", text=prose(n)) for n in range(40)], index_dir, "c1"),
        write_segment([record(f"b{n}", text=prose(100 + n)) for n in range(40)], index_dir, "c2"),
    )
    texts = [prose(7) + " " + prose(900), prose(107), prose(999)]
    found = Index(files).near([samples_of(fingerprint(text)) for text in texts], [FIRST_DAY] * 3)
    assert [(place, row.key) for place, row, _ in found] == [(0, digest("a7")), (1, digest("b7"))]
    assert found[1][2] == len(samples_of(fingerprint(prose(107))))


@pytest.mark.parametrize(("days", "hits"), [(0, 1), (30, 1), (31, 0), (-30, 1), (-31, 0)])
def test_the_window_is_counted_in_days_of_publication(index_dir: str, days: int, hits: int) -> None:
    files = write_segment([record("a", text=prose(1))], index_dir, "c1")
    asked = samples_of(fingerprint(prose(1)))
    assert len(Index(files).near([asked], [FIRST_DAY + timedelta(days=days)])) == hits


def test_an_unknown_day_is_within_every_window(index_dir: str) -> None:
    files = write_segment([record("a", text=prose(1), day=None)], index_dir, "c1")
    assert len(Index(files).near([samples_of(fingerprint(prose(1)))], [FIRST_DAY])) == 1


def test_what_too_many_articles_have_is_passed_over(index_dir: str) -> None:
    common = prose(1, 60)
    rows = [record(str(number), text=common) for number in range(501)]
    files = write_segment(rows, index_dir, "c1")
    assert Index(files).near([samples_of(fingerprint(common))], [FIRST_DAY]) == []
    fewer = write_segment(rows[:500], index_dir, "c2")
    assert len(Index(fewer).near([samples_of(fingerprint(common))], [FIRST_DAY])) == 500


def test_an_index_travels_to_a_worker(index_dir: str) -> None:
    index = Index(write_segment([record("a")], index_dir, "c1"))
    index.known([digest("a")])
    assert pickle.loads(pickle.dumps(index)).known([digest("a")])


@pytest.mark.parametrize("damage", ["cut", "emptied", "overwritten"])
def test_a_damaged_file_is_named(index_dir: str, damage: str) -> None:
    path = Path(write_segment([record("a")], index_dir, "c1")[URLS][0])
    data = path.read_bytes()
    path.write_bytes({"cut": data[:-20], "emptied": b"", "overwritten": b"x" * len(data)}[damage])
    with pytest.raises(IndexFileError, match=r"c1\.urls.*repair"):
        Index({URLS: [str(path)]})


def test_a_footer_longer_than_the_guess_is_read(index_dir: str) -> None:
    rows = [record(str(number), publisher=f"Penerbit {number:05} " + "x" * 40) for number in range(600)]
    files = write_segment(rows, index_dir, "c1")
    found = Index(files).known([row.key for row in rows])
    assert {found[row.key].publisher for row in rows} == {row.publisher for row in rows}
