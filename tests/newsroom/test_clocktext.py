"""One instant in the many ways that pages and feeds write it."""

from datetime import UTC, datetime

import pytest

from warta.newsroom.archive import sites
from warta.newsroom.clocktext import feed_date, machine_date, rfc822, visible_date

INSTANT = datetime(2025, 10, 14, 18, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("rfc822", "Wed, 15 Oct 2025 02:05:00 +0800"),
        ("rfc822_zone", "Wed, 15 Oct 2025 02:05:00 WITA"),
        ("rfc822_gmt", "Tue, 14 Oct 2025 18:05:00 GMT"),
        ("rfc822_gmt7", "Wed, 15 Oct 2025 02:05:00 GMT+7"),
        ("indonesian", "Rab, 15 Okt 2025 02:05:00 +0800"),
        ("iso", "2025-10-15T02:05:00+08:00"),
        ("iso_utc", "2025-10-14T18:05:00Z"),
    ],
)
def test_feeds_write_an_instant_in_their_style(style: str, expected: str) -> None:
    assert feed_date(INSTANT, sites()["suaratimur"], style) == expected


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("kabarnusa", "Rabu, 15 Okt 2025 01:05 WIB"),
        ("lentera", "15/10/2025, 01:05 WIB"),
        ("suaratimur", "Rabu, 15 Oktober 2025 | 02:05 WITA"),
        ("cenderawasih", "Oktober 15, 2025 03:05 WIT"),
        ("bolaraya", "15 Oktober 2025, 01.05 WIB"),
        ("archipelago", "Wednesday, October 15, 2025"),
        ("ledger", "15 October 2025 02:05 SGT"),
    ],
)
def test_pages_show_an_instant_on_the_clock_of_their_town(key: str, expected: str) -> None:
    assert visible_date(INSTANT, sites()[key]) == expected


def test_metadata_is_in_utc_where_the_site_says_so() -> None:
    assert machine_date(INSTANT, sites()["lentera"]) == "2025-10-14T18:05:00Z"
    assert machine_date(INSTANT, sites()["kabarnusa"]) == "2025-10-15T01:05:00+07:00"


def test_http_dates_are_in_gmt() -> None:
    assert rfc822(INSTANT) == "Tue, 14 Oct 2025 18:05:00 GMT"
