"""Dates of feeds: Indonesian words and zones, clocks labelled wrongly, dates nobody can believe."""

from datetime import UTC, datetime

import pytest

from tests.transforms.parse.feeds import FEED, ITEM, parse, rss
from warta.schemas.feed import Feed
from warta.transforms.dates import parse_instant
from warta.transforms.parse.model import ParsedFeed


@pytest.mark.parametrize(
    "date",
    [
        "Sat, 21 Nov 2026 14:05:00 WIB",
        "Sat, 21 Nov 2026 15:05:00 WITA",
        "Sat, 21 Nov 2026 16:05:00 WIT",
        "Sab, 21 Nov 2026 14:05:00 +0700",
        "Sabtu, 21 November 2026 | 14.05 WIB",
        "Sat, 21 Nov 2026 14:05:00 GMT+7",
        "2026-11-21 14:05:00",
        "21/11/2026 14:05",
        "1795244700",
    ],
)
def test_indonesian_dates_are_the_right_instant(date: str) -> None:
    (entry,) = parse(rss(ITEM + f"<pubDate>{date}</pubDate>")).entries
    assert entry.published == datetime(2026, 11, 21, 7, 5, tzinfo=UTC)


def dated(*dates: str, feed: Feed = FEED) -> ParsedFeed:
    items = [f"<link>/{n}</link><pubDate>{date}</pubDate>" for n, date in enumerate(dates)]
    return parse(rss(*items), feed)


def test_local_clocks_labelled_as_utc_are_read_as_local() -> None:
    parsed = dated("Sat, 21 Nov 2026 14:05:00 GMT", "Fri, 20 Nov 2026 09:00:00 +0000")
    assert [entry.published for entry in parsed.entries] == [
        datetime(2026, 11, 21, 7, 5, tzinfo=UTC),
        datetime(2026, 11, 20, 2, 0, tzinfo=UTC),
    ]
    assert "Asia/Jakarta labelled as UTC" in parsed.problems[-1]


@pytest.mark.parametrize(
    ("dates", "timezone"),
    [
        (["Sat, 21 Nov 2026 07:05:00 GMT"], "Asia/Jakarta"),
        (["Sat, 21 Nov 2026 08:05:00 GMT"], "Asia/Jakarta"),
        (["Sat, 21 Nov 2026 20:00:00 GMT"], "Asia/Jakarta"),
        (["Sat, 21 Nov 2026 14:05:00 GMT", "Sat, 21 Nov 2026 14:00:00 +0700"], "Asia/Jakarta"),
        (["Sat, 21 Nov 2026 14:05:00 GMT"], ""),
        (["Sat, 21 Nov 2026 14:05:00 GMT"], "America/New_York"),
    ],
    ids=["past", "a fast clock", "too far ahead", "other zones too", "no zone listed", "west of Greenwich"],
)
def test_a_label_is_believed_without_such_evidence(dates: list[str], timezone: str) -> None:
    parsed = dated(*dates, feed=Feed(FEED.url, timezone=timezone))
    assert parsed.entries[0].published == parse_instant(dates[0])
    assert parsed.problems == ()


@pytest.mark.parametrize("date", ["", "besok", "Thu, 01 Jan 1970 00:00:00 GMT", "21 Nov 2099"])
def test_an_entry_without_a_believable_date_is_kept_undated(date: str) -> None:
    parsed = parse(rss(ITEM + f"<pubDate>{date}</pubDate>"))
    assert parsed.entries[0].published is None
    assert parsed.newest is None
    assert "1 of 1 entries without a date" in parsed.problems[-1]


def test_a_date_only_feedparser_knows_is_taken_from_it() -> None:
    (entry,) = parse(rss(ITEM + "<pubDate>2026-11</pubDate>")).entries
    assert entry.published == datetime(2026, 11, 1, tzinfo=UTC)
