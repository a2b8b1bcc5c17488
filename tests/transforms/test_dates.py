"""Dates: every way the news writes one, and nothing that is none."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warta.transforms import dates

AFTERNOON = datetime(2026, 11, 21, 7, 5, tzinfo=UTC)
"""14.05 WIB on 21 November 2026, a Saturday."""

ZONED = [
    "Sat, 21 Nov 2026 14:05:00 +0700",
    "Sab, 21 Nov 2026 14:05 WIB",
    "Sat, 21 Nov 2026 15:05:00 WITA",
    "Sat, 21 Nov 2026 16:05:00 WIT",
    "Sat, 21 Nov 2026 02:05:00 EST",
    "Sabtu, 21 November 2026 | 14.05 WIB",
    "Sabtu (21/11/2026) pukul 14.05 WIB",
    "Diterbitkan: 21 Nopember 2026, Pukul 14:05:00 WIB",
    "Kompas.com - 21/11/2026, 14:05 WIB",
    "14.05 WIB, 21 November 2026",
    "21 Nov 2026 14:05 GMT+7",
    "21 Nov 2026 14:05 (UTC+07:00)",
    "2026-11-21T14:05:00+07:00",
    "2026-11-21T14:05+07",
    "2026-11-21T07:05:00Z",
    "2026-11-21T07:05:00.123Z",
    "20261121T070500Z",
    "2026-11-21 14:05:00 +0700",
    "2026/11/21 14:05 WIB",
    "Sat Nov 21 14:05:00 WIB 2026",
    "Nov. 21, 2026, 2:05 p.m. WIB",
    "November 21st, 2026 2:05PM ICT",
    "Setu Pon, 21 November 2026 14:05 WIB",
    "1795244700",
    "1795244700000",
    "1795244700000000",
]

LOCAL = [
    "21/11/2026 14:05",
    "21-11-2026 14.05",
    "21.11.2026, 14.05 Uhr",
    "21/11/26 14:05",
    "21-Nov-2026 14:05:00",
    "2026-11-21 14:05",
    "2026-11-21T14:05:00",
    "20261121140500",
    "202611211405",
    "Sat Nov 21 14:05:00 2026",
    "Sat, Nov 21 2026 02:05:00 PM",
    "Saturday, 21 November 2026 - 14:05",
    "Sabtu, 21 Ogos 2026 14:05",
    "21 de noviembre de 2026 a las 14:05",
    "Le 21 novembre 2026 à 14h05",
    "21 ноября 2026, 14:05",
    "2026年11月21日 14時05分",
    "2026년 11월 21일 14시 05분",
    "٢١ نوفمبر ٢٠٢٦ ١٤:٠٥",
    "21 Kasım 2026 14:05",
    "21 listopada 2026, 14:05",
]


@pytest.mark.parametrize("text", ZONED)
def test_a_date_with_its_zone_is_one_instant_anywhere(text: str) -> None:
    assert dates.parse_instant(text, timezone="America/New_York") == AFTERNOON
    assert dates.has_zone(text)


@pytest.mark.parametrize("text", LOCAL)
def test_a_date_without_zone_is_read_where_the_publisher_lives(text: str) -> None:
    wanted = AFTERNOON if "Ogos" not in text else datetime(2026, 8, 21, 7, 5, tzinfo=UTC)
    assert dates.parse_instant(text, timezone="Asia/Jakarta") == wanted
    assert dates.parse_instant(text) == wanted + timedelta(hours=7)
    assert not dates.has_zone(text)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("21 November 2026", date(2026, 11, 21)),
        ("11/12/2026", date(2026, 12, 11)),
        ("12/31/2026", date(2026, 12, 31)),
        ("Mei 31, 2019", date(2019, 5, 31)),
        ("19-Sep-19", date(2019, 9, 19)),
        ("31 Disember 2026", date(2026, 12, 31)),
        ("Mar, 3 Nov 2026", date(2026, 11, 3)),
        ("mar. 3 mars 2026", date(2026, 3, 3)),
        ("2026-02-28", date(2026, 2, 28)),
        ("20261121", date(2026, 11, 21)),
    ],
)
def test_a_day_alone_is_midnight(text: str, day: date) -> None:
    assert dates.parse_instant(text) == datetime(day.year, day.month, day.day, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("21 Nov 2026 24:00 WIB", datetime(2026, 11, 21, 17, tzinfo=UTC)),
        ("21 Nov 2026 24.10 WIB", datetime(2026, 11, 21, 17, 10, tzinfo=UTC)),
        ("31 Dec 2026 24:00:00 +0700", datetime(2026, 12, 31, 17, tzinfo=UTC)),
        ("21 Nov 2026 12:15 am", datetime(2026, 11, 21, 0, 15, tzinfo=UTC)),
        ("21 Nov 2026 12:15 pm", datetime(2026, 11, 21, 12, 15, tzinfo=UTC)),
        ("Nov. 21, 2026, 2 p.m. EST", datetime(2026, 11, 21, 19, tzinfo=UTC)),
        ("21 Nov 2026 23:59:60 GMT", datetime(2026, 11, 21, 23, 59, 59, tzinfo=UTC)),
        ("21 Nov 2026 - 14:05 +0000", datetime(2026, 11, 21, 14, 5, tzinfo=UTC)),
        ("2026-11-21T14:05:00-03:30", datetime(2026, 11, 21, 17, 35, tzinfo=UTC)),
        ("21 Nov 2026 14:05 XYZ", datetime(2026, 11, 21, 14, 5, tzinfo=UTC)),
        ("21 Nov 2026 99:99", datetime(2026, 11, 21, tzinfo=UTC)),
    ],
)
def test_odd_clocks_are_understood(text: str, wanted: datetime) -> None:
    assert dates.parse_instant(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "besok", "12345", "2026", "20269999", "0", "x" * 10_000),
        *("31 Februari 2026", "2026-13-45", "99/99/9999", "21 Nov 202", "1970-01-01"),
        *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00"),
        *("Rp 1.000.000", "Harga 21.500 per 11 kg"),
    ],
)
def test_what_is_no_date_or_absurd_is_none(text: str) -> None:
    assert dates.parse_instant(text) is None


def test_a_date_years_ahead_is_absurd_only_where_now_is_known() -> None:
    assert dates.parse_instant("21 Nov 2036", now=AFTERNOON) is None
    assert dates.parse_instant("21 Nov 2036") is not None
    assert dates.parse_instant("21 Dec 2026", now=AFTERNOON) is not None


def test_a_zone_that_lies_can_be_passed_over() -> None:
    text = "Sat, 21 Nov 2026 14:05:00 GMT"
    assert dates.written_offset_min(text) == 0
    assert dates.parse_instant(text, timezone="WIB", trust_zone=False) == AFTERNOON


def test_no_month_name_means_two_months() -> None:
    meanings = defaultdict(set)
    for months in dates._DATA["months"].values():
        assert len(months) == 12
        for number, names in enumerate(months, start=1):
            for name in names:
                meanings[dates._plain(name)].add(number)
    assert {name: found for name, found in meanings.items() if len(found) > 1} == {}


@pytest.mark.parametrize(
    ("name", "hours"),
    [
        ("Asia/Jakarta", 7),
        ("WIB", 7),
        ("wita", 8),
        ("WIT", 9),
        ("UTC", 0),
        ("+07:00", 7),
        ("GMT+8", 8),
        ("-0330", -3.5),
    ],
)
def test_zones_are_known_by_their_names(name: str, hours: float) -> None:
    assert dates.zone(name).utcoffset(datetime(2026, 11, 21)) == timedelta(hours=hours)


@pytest.mark.parametrize("name", ["", "Asia/Wakanda", "../../etc/passwd", "/etc/localtime", "WI", "+99:00"])
def test_an_unknown_zone_says_so(name: str) -> None:
    with pytest.raises(ValueError, match="unknown time zone"):
        dates.zone(name)


@pytest.mark.parametrize(
    ("published", "day"),
    [
        (datetime(2026, 11, 20, 17, 30, tzinfo=UTC), date(2026, 11, 21)),
        (datetime(2026, 11, 20, 16, 30, tzinfo=UTC), date(2026, 11, 20)),
        (AFTERNOON + timedelta(hours=20), date(2026, 11, 22)),
        (AFTERNOON + timedelta(hours=40), date(2026, 11, 21)),
        (AFTERNOON + timedelta(days=400), date(2026, 11, 21)),
        (None, date(2026, 11, 21)),
    ],
    ids=["next day there", "same day there", "tomorrow", "past tomorrow", "next year", "unknown"],
)
def test_the_publication_day_is_local_and_never_far_ahead(published: datetime | None, day: date) -> None:
    assert dates.publication_day(published, AFTERNOON, "Asia/Jakarta") == day


INSTANTS = st.datetimes(datetime(1971, 1, 2), datetime(2199, 12, 30)).map(
    lambda at: at.replace(microsecond=0, tzinfo=UTC)
)


@given(INSTANTS, st.sampled_from(["WIB", "Asia/Makassar", "UTC", "America/New_York"]))
def test_what_is_written_is_read_back(instant: datetime, name: str) -> None:
    local = instant.astimezone(dates.zone(name))
    for text in (
        local.isoformat(),
        local.strftime("%a, %d %b %Y %H:%M:%S %z"),
        str(int(instant.timestamp())),
    ):
        if len(text) >= 9:
            assert dates.parse_instant(text) == instant


@given(st.text(max_size=80), st.sampled_from(["", "WIB"]))
def test_any_text_is_an_instant_or_none(text: str, timezone: str) -> None:
    found = dates.parse_instant(text, timezone=timezone)
    assert found is None or found.tzinfo is UTC
