"""News sitemaps and their indexes, read as feeds."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.transforms.parse.feeds import NEWS, NOW, parse
from warta.transforms.parse.model import FeedError


def test_a_sitemap_index_names_its_newest_children() -> None:
    children = "".join(
        f"<sitemap><loc>/peta-{day:02}.xml</loc><lastmod>2026-11-{day:02}</lastmod></sitemap>"
        for day in range(1, 21)
    )
    index = f"<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{children}</sitemapindex>"
    parsed = parse(index)
    assert parsed.format == "sitemap_index"
    assert parsed.entries == ()
    assert len(parsed.more) == 10
    assert parsed.more[0] == "https://www.contoh.test/peta-20.xml"


def test_a_news_sitemap_tells_what_it_knows() -> None:
    (entry,) = parse(NEWS).entries
    assert entry.categories == ("banjir", "Demak")
    assert entry.image_url == "https://img.contoh.test/a.jpg"
    assert entry.updated == datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


def test_a_large_sitemap_keeps_the_newest() -> None:
    rows = "".join(
        f"<url><loc>https://a.test/{n}</loc><lastmod>{(NOW - timedelta(days=90 - n)).date()}</lastmod></url>"
        for n in range(90)
    )
    parsed = parse(f"<urlset>{rows}</urlset>", max_entries=3)
    assert [entry.url for entry in parsed.entries] == [
        "https://a.test/89",
        "https://a.test/88",
        "https://a.test/87",
    ]


def test_a_sitemap_that_breaks_off_gives_what_it_has() -> None:
    parsed = parse(NEWS.partition("<news:news>")[0])
    assert len(parsed.entries) == 1
    assert "not well-formed" in parsed.problems[0]
    with pytest.raises(FeedError, match="sitemap"):
        parse("<urlset <<<")


def test_an_index_skips_children_that_are_no_addresses() -> None:
    children = "<sitemap><loc>javascript:x</loc></sitemap><sitemap><loc>/a.xml</loc></sitemap>"
    assert parse(f"<sitemapindex>{children}</sitemapindex>").more == ("https://www.contoh.test/a.xml",)
