from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations

import pytest

from tests.transforms.dedup.conftest import article, prose
from warta.schemas.entry import Entry
from warta.schemas.outcome import Reason, Rejection, Stage
from warta.transforms.dedup.model import Kind, Known, Verdict
from warta.transforms.dedup.rows import digest_bits, feed_bits
from warta.transforms.dedup.seen import (
    duplicate_of,
    is_settled,
    pick_entry,
    record_of,
    rows_of_article,
    rows_of_rejection,
)


def entry(feed: str = "f1", **more: object) -> Entry:
    return replace(Entry(url="https://kabar.test/a", url_id="u", feed_url=feed, digest="d"), **more)  # type: ignore[arg-type]


ENTRIES = [
    entry("f2", announced_at=datetime(2026, 11, 1, 7, tzinfo=UTC)),
    entry("f1", digest="e", announced_at=datetime(2026, 11, 1, 8, tzinfo=UTC)),
    entry("f3", attempts=0),
]


@pytest.mark.parametrize(
    ("others", "first"),
    [
        ([], "f1"),
        ([entry("f9", section="Ekonomi")], "f9"),
        ([entry("f9", section="Ekonomi"), entry("f8", topic="economy")], "f8"),
        ([entry("f9", topic="economy", url="https://kabar.test/a/amp")], "f1"),
    ],
    ids=["address", "a section", "a topic", "an AMP form"],
)
def test_the_feed_that_says_most_speaks_for_a_url(others: list[Entry], first: str) -> None:
    for some in permutations([*ENTRIES, *others]):
        chosen, repeats = pick_entry(some)
        assert (chosen.feed_url, len(repeats)) == (first, len(ENTRIES + others) - 1)


def test_an_entry_that_waits_for_another_try_goes_first() -> None:
    assert pick_entry([*ENTRIES, entry("f9", attempts=2)])[0].attempts == 2


def test_the_first_sight_of_a_url_is_kept() -> None:
    assert pick_entry(ENTRIES)[0].announced_at == datetime(2026, 11, 1, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("change", "settled"),
    [
        pytest.param({}, True, id="unchanged"),
        pytest.param({"digest": "new"}, False, id="changed words"),
        pytest.param({"digest": "new", "feed_url": "f2"}, True, id="another feed's words"),
        pytest.param({"digest": ""}, True, id="no words"),
    ],
)
def test_only_the_noted_feed_can_ask_for_a_new_fetch(change: dict[str, str], settled: bool) -> None:
    known = Known("u", Kind.REJECTED, "", digest=digest_bits("d"), feed=feed_bits("f1"))
    assert is_settled(entry(**change), known) is settled


def test_an_address_whose_words_were_not_noted_is_settled() -> None:
    assert is_settled(entry(digest="new"), Known("u", Kind.RECORD, "u", digest=0, feed=0))


def test_an_unknown_address_is_not_settled() -> None:
    assert not is_settled(entry(), None)


def test_a_record_names_the_closest_article_it_resembles() -> None:
    record = record_of(article("a", prose(1)), Verdict("k", revision=1, overlaps=(("x", 0.7), ("y", 0.6))))
    assert (record.similar_to, record.containment, len(record.overlaps)) == ("x", 0.7, 2)


@pytest.mark.parametrize("keep", [True, False])
def test_a_duplicate_keeps_its_text_when_asked(keep: bool) -> None:
    verdict = Verdict("k", "x", "near", "Pos", overlaps=(("x", 0.9),))
    duplicate = duplicate_of(article("a", "satu dua"), verdict, keep_text=keep)
    assert (duplicate.text, duplicate.containment, duplicate.dup_of_publisher) == (
        "satu dua" if keep else "",
        0.9,
        "Pos",
    )


def test_a_moved_article_is_remembered_under_both_names() -> None:
    moved = article("a", prose(1), url_id="0" * 32)
    rows = rows_of_article(moved, Verdict(moved.url_id))
    assert [(row.kind, row.key, row.digest) for row in rows] == [
        (Kind.RECORD, moved.id, ""),
        (Kind.ADDRESS, "0" * 32, "d1"),
    ]
    assert rows[0].fingerprint
    assert rows[1].target == moved.id


def test_a_copy_is_remembered_by_its_address_alone() -> None:
    copy = article("a", prose(1))
    rows = rows_of_article(copy, Verdict(copy.id, "x", "near"))
    assert [(row.kind, row.target, row.fingerprint) for row in rows] == [(Kind.COPY, "x", b"")]


def test_an_unchanged_refetch_renews_what_the_feed_said() -> None:
    same = article("a", prose(1), entry_digest="d2")
    stored = Known(same.id, Kind.RECORD, same.id, digest=1, feed=2, content_hash="h" * 32, revision=4)
    (row,) = rows_of_article(same, Verdict(same.id, same.id, "url", renewed=stored))
    assert (row.kind, row.revision, row.content_hash, row.digest) == (Kind.RECORD, 4, "h" * 32, "d2")


def test_an_unchanged_refetch_of_a_moved_address_stays_an_address() -> None:
    same = article("a", prose(1), url_id="0" * 32)
    stored = Known(same.id, Kind.RECORD, same.id, digest=1, feed=2)
    (row,) = rows_of_article(same, Verdict(same.url_id, same.id, "url", renewed=stored))
    assert (row.kind, row.key, row.target) == (Kind.ADDRESS, same.url_id, same.id)


def test_a_rejected_entry_is_remembered_and_a_failed_feed_is_not() -> None:
    rejection = Rejection(Stage.FETCH, Reason.GONE, "https://kabar.test/a", url_id="u", entry_digest="d")
    (row,) = rows_of_rejection(rejection)
    assert (row.kind, row.key, row.digest) == (Kind.REJECTED, "u", "d")
    assert rows_of_rejection(replace(rejection, url_id="")) == []
