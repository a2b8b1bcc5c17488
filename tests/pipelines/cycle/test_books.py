"""The books: what balances, what does not, and what a run of several cycles adds up to."""

import pytest

from warta.pipelines.cycle.books import BooksUnbalanced, Ledger
from warta.pipelines.cycle.tally import Tally
from warta.transforms.store.manifest import Manifest
from warta.transforms.store.parquet import DataFile

FEED = "http://a.test/rss"


def tally(**counts: int) -> Tally:
    return Tally({(what, "", FEED): count for what, count in counts.items()})


def manifest(articles: int = 0, duplicates: int = 0, rejections: int = 0) -> Manifest:
    rows = {"articles": articles, "duplicates": duplicates, "rejections": rejections}
    added = tuple(
        DataFile(table, f"{table}/date=2026-11-21/part-1.parquet", count, 1) for table, count in rows.items()
    )
    return Manifest(number=1, cycle="c", added=added)


def test_everything_announced_is_stored_or_deferred() -> None:
    ledger = Ledger()
    ledger.post(tally(announced=5, deferred=1), manifest(articles=2, duplicates=1, rejections=1))
    assert ledger.books().announced == 5
    assert (ledger.books().kept, ledger.books().deferred) == (2, 1)


@pytest.mark.parametrize("articles", [1, 3], ids=["one lost", "one twice"])
def test_a_cycle_that_does_not_balance_is_an_error(articles: int) -> None:
    with pytest.raises(BooksUnbalanced, match=r"announced 3, but \d rows stored and 1 deferred"):
        Ledger().post(tally(announced=3, deferred=1), manifest(articles=articles))


def test_deferrals_of_one_cycle_are_the_intake_of_the_next() -> None:
    ledger = Ledger()
    ledger.post(tally(announced=5, deferred=3), manifest(articles=2))
    ledger.post(tally(announced=3, deferred=1), manifest(articles=2))
    books = ledger.books()
    assert (books.announced, books.kept, books.deferred) == (5, 4, 1)
    assert ledger.by_feed()[FEED]["announced"] == 5


def reasons(announced: int, known: int = 0, **deferred: int) -> Tally:
    counts = {("deferred", reason, FEED): count for reason, count in deferred.items()}
    return Tally(counts | tally(announced=announced, known=known).counts)


def test_what_no_later_slice_took_up_still_waits() -> None:
    ledger = Ledger()
    ledger.post(reasons(announced=9, slice_full=6, timeout=1), manifest(articles=2))
    ledger.post(reasons(announced=3, run_deadline=2), manifest(articles=1))
    assert (ledger.books().announced, ledger.books().kept) == (9, 3)
    assert ledger.deferred_by_reason() == {"slice_full": 3, "run_deadline": 2, "timeout": 1}
    assert ledger.by_feed()[FEED]["deferred"] == 6


def test_what_an_earlier_slice_met_on_its_way_leaves_the_sum() -> None:
    ledger = Ledger()
    ledger.post(reasons(announced=5, slice_full=3), manifest(articles=2))
    ledger.post(reasons(announced=2, known=1), manifest(articles=2))
    assert (ledger.books().announced, ledger.books().kept, ledger.books().deferred) == (4, 4, 0)
    assert ledger.by_feed()[FEED]["announced"] == 4


def test_a_failed_feed_stands_among_the_rejections_and_announces_nothing() -> None:
    ledger = Ledger()
    ledger.post(tally(failed_feeds=1, announced=1), manifest(articles=1, rejections=1))
    assert (ledger.books().announced, ledger.books().rejected) == (1, 0)


def test_an_entry_without_link_counts_as_announced_and_rejected() -> None:
    ledger = Ledger()
    ledger.post(tally(unusable=2), manifest(rejections=2))
    assert (ledger.books().announced, ledger.books().rejected) == (2, 2)
