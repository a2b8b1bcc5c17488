"""The date of publication: order of trust, zones, conflicts."""

from datetime import UTC, date, datetime

import pytest
from lxml import html

from warta.transforms.extract.metadata import read_metadata
from warta.transforms.extract.model import Hints, Metadata
from warta.transforms.extract.signals import read_signals

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
PROSE = "<p>" + "Warga kembali ke rumah setelah air surut, kata petugas di lokasi kejadian. " * 4 + "</p>"
H1 = "<h1>Banjir di Demak Surut</h1>"


def read(
    head: str = "", body: str = H1 + PROSE, url: str = "https://contoh.test/1", **hints: object
) -> Metadata:
    """Return the metadata of a page of `head` and `body`."""
    lang = hints.pop("lang", "id")
    tree = html.document_fromstring(f"<html lang='{lang}'><head>{head}</head><body>{body}</body></html>")
    return read_metadata(read_signals(tree), url, hints=Hints(**hints), now=NOW)  # type: ignore[arg-type]


def linked(published: str) -> str:
    """Return a JSON-LD article published then."""
    return (
        f'<script type="application/ld+json">{{"@type":"NewsArticle","datePublished":"{published}"}}</script>'
    )


def meta(published: str, name: str = "article:published_time") -> str:
    """Return a meta element with a date."""
    return f'<meta property="{name}" content="{published}">'


def local_day(found: Metadata) -> date:
    """Return the day on the publisher's clock."""
    assert found.published is not None
    clock = datetime.fromisoformat(f"2000-01-01T00:00{found.published_zone}")
    return found.published.astimezone(clock.tzinfo).date()


SOURCES = {
    "json_ld": (linked("2026-11-20T11:15:00+07:00"), H1 + PROSE, "json_ld"),
    "meta": (meta("2026-11-20T11:15:00+07:00"), H1 + PROSE, "meta"),
    "meta_in_words": (meta("Jum'at, 20 November 2026 - 11:15 WIB"), H1 + PROSE, "meta"),
    "meta_by_another_name": (meta("2026-11-20 11:15:00 +0700", "pubdate"), H1 + PROSE, "meta"),
    "epoch": (meta("1795148100"), H1 + PROSE, "meta"),
    "time": ("", f'{H1}<time datetime="2026-11-20T11:15+07:00">kemarin</time>{PROSE}', "time"),
    "microdata": ("", f'{H1}<b itemprop="datePublished" content="2026-11-20T04:15:00Z"></b>{PROSE}', "time"),
    "visible_wib": ("", f"{H1}<div>Jumat, 20 November 2026 11:15 WIB</div>{PROSE}", "visible"),
    "visible_wita": ("", f"{H1}<div>Jumat, 20 Nov 2026 | 12.15 WITA</div>{PROSE}", "visible"),
    "visible_wit": ("", f"{H1}<div>20/11/2026, 13:15 WIT</div>{PROSE}", "visible"),
    "visible_in_a_byline": (
        "",
        f"{H1}<div>Oleh Sri Wahyuni | 20 Nov 2026, 11:15 WIB</div>{PROSE}",
        "visible",
    ),
    "visible_above_the_headline": ("", f"<div>20 November 2026 | 11:15 WIB</div>{H1}{PROSE}", "visible"),
}


@pytest.mark.parametrize(("head", "body", "source"), SOURCES.values(), ids=SOURCES.keys())
def test_each_source_gives_the_same_instant(head: str, body: str, source: str) -> None:
    found = read(head, body)
    assert (found.published, found.published_source) == (datetime(2026, 11, 20, 4, 15, tzinfo=UTC), source)


def test_sources_are_trusted_in_order_and_the_loser_is_recorded() -> None:
    found = read(
        linked("2026-11-20T11:15:00+07:00") + meta("2026-11-18T10:00:00+07:00"),
        f'{H1}<time datetime="2026-11-17T10:00:00+07:00"></time>{PROSE}',
        published=datetime(2026, 11, 16, tzinfo=UTC),
    )
    assert found.published_source == "json_ld"
    assert [line.split()[0] for line in found.published_conflicts] == ["meta", "time", "feed"]


def test_a_bare_day_gives_way_to_an_instant_of_the_same_day() -> None:
    found = read(linked("2026-11-20"), f"{H1}<div>20 November 2026 11:15 WIB</div>{PROSE}")
    assert (found.published, found.date_only) == (datetime(2026, 11, 20, 4, 15, tzinfo=UTC), False)


def test_a_bare_day_does_not_give_way_to_an_instant_of_another_day() -> None:
    found = read(linked("2026-11-20"), f"{H1}<div>18 November 2026 11:15 WIB</div>{PROSE}")
    assert (local_day(found), found.date_only) == (date(2026, 11, 20), True)


def test_the_feed_fills_the_clock_time_of_a_bare_day() -> None:
    found = read(linked("2026-11-20"), published=datetime(2026, 11, 20, 4, 15, tzinfo=UTC))
    assert (found.published, found.published_source) == (datetime(2026, 11, 20, 4, 15, tzinfo=UTC), "feed")


def test_a_local_clock_marked_as_utc_is_taken_for_local() -> None:
    found = read(linked("2026-11-20T23:15:00Z") + meta("2026-11-20T23:15:00+07:00"))
    assert found.published == datetime(2026, 11, 20, 16, 15, tzinfo=UTC)


DAYS = {
    "feed_list": ("https://contoh.test/1", "en", "", "Asia/Jakarta"),
    "country_of_the_address": ("https://contoh.co.id/1", "en", "", ""),
    "address": ("https://contoh.test/2026/11/21/banjir", "en", "", ""),
    "local_clock_on_the_page": (
        "https://contoh.test/1",
        "en",
        "<time datetime='2026-11-21T02:15:00'></time>",
        "",
    ),
    "bare_day_on_the_page": ("https://contoh.test/1", "en", "<div>21 November 2026</div>", ""),
    "language": ("https://contoh.test/1", "id", "", ""),
    "region_of_the_language": ("https://contoh.test/1", "en-SG", "", ""),
}


@pytest.mark.parametrize(("url", "lang", "line", "timezone"), DAYS.values(), ids=DAYS.keys())
def test_an_instant_in_utc_falls_on_the_publishers_own_day(
    url: str, lang: str, line: str, timezone: str
) -> None:
    found = read(linked("2026-11-20T19:15:00Z"), H1 + line + PROSE, url, lang=lang, timezone=timezone)
    assert found.published == datetime(2026, 11, 20, 19, 15, tzinfo=UTC)
    assert local_day(found) == date(2026, 11, 21)


@pytest.mark.parametrize(
    ("lang", "expected"), [("en-US", date(2026, 3, 4)), ("en-GB", date(2026, 4, 3)), ("id", date(2026, 4, 3))]
)
def test_american_pages_write_the_month_first(lang: str, expected: date) -> None:
    assert local_day(read(body=f"{H1}<div>03/04/2026 11:15</div>{PROSE}", lang=lang)) == expected


@pytest.mark.parametrize(
    "stamp", ["0001-01-01T00:00:00Z", "1970-01-01", "2027-11-20T10:00:00Z", "kemarin", "12"]
)
def test_absurd_dates_are_not_believed(stamp: str) -> None:
    assert read(linked(stamp)).published is None


STRANGERS = {
    "side_column": f"{H1}{PROSE}<aside><div>19 Nov 2026 10:00 WIB</div></aside>",
    "related_times": f'{H1}{PROSE}<div class="related"><time datetime="2026-11-19T10:00Z"></time></div>',
    "link_list": f"{H1}<ul><li><a href='/2'>Gempa di Ambon 19 Nov 2026 10:00</a></li></ul>{PROSE}",
    "prose": f"{H1}<p>{'Pada 19 November 2026 pukul 10.00 warga mengungsi ke balai desa. ' * 4}</p>",
}


@pytest.mark.parametrize("body", STRANGERS.values(), ids=STRANGERS.keys())
def test_dates_of_other_articles_and_of_the_story_are_left_alone(body: str) -> None:
    found = read(body=body, published=datetime(2026, 11, 20, 4, 15, tzinfo=UTC))
    assert found.published_source == "feed"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://contoh.test/2026/11/20/banjir", date(2026, 11, 20)),
        ("https://contoh.test/read/20261120/banjir", date(2026, 11, 20)),
        ("https://contoh.test/2026/1/2/banjir", date(2026, 1, 2)),
        ("https://contoh.test/berita/26/11/20/banjir", date(2026, 11, 20)),
        ("https://contoh.test/artikel/20261120123456", date(2026, 11, 20)),
    ],
)
def test_the_address_dates_a_page_that_does_not(url: str, expected: date) -> None:
    found = read(url=url)
    assert (local_day(found), found.published_source, found.date_only) == (expected, "url", True)


@pytest.mark.parametrize(
    "url", ["https://contoh.test/2026/13/45/x", "https://contoh.test/12345678", "https://contoh.test/2026"]
)
def test_numbers_that_are_no_day_date_nothing(url: str) -> None:
    assert read(url=url).published is None


def test_a_change_is_not_the_publication() -> None:
    found = read(
        body=f"{H1}<p>Diperbarui: 21 November 2026 09:00 WIB</p><p>20 November 2026 11:15 WIB</p>{PROSE}"
    )
    assert found.published == datetime(2026, 11, 20, 4, 15, tzinfo=UTC)


def test_the_last_change_is_kept_apart() -> None:
    found = read(
        linked("2026-11-20T11:15:00+07:00") + meta("2026-11-21T09:00:00+07:00", "article:modified_time")
    )
    assert found.modified == datetime(2026, 11, 21, 2, tzinfo=UTC)
