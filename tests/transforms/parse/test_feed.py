"""Feeds of every format: the entries they announce."""

from datetime import UTC, datetime

import pytest

from tests.transforms.parse.feeds import ATOM, FEED, FORMATS, ITEM, NOW, parse, rss
from warta.schemas.feed import Feed
from warta.schemas.outcome import Reason
from warta.transforms import urls


@pytest.mark.parametrize(("name", "body"), FORMATS, ids=[row[0] for row in FORMATS])
def test_every_format_gives_the_same_entry(name: str, body: str) -> None:
    parsed = parse(body)
    (entry,) = parsed.entries
    assert parsed.format == name
    assert parsed.title == "Contoh"
    assert parsed.rejections == ()
    assert entry.url == "https://www.contoh.test/a"
    assert entry.url_id == urls.article_id("https://www.contoh.test/a")
    assert entry.title == "Banjir surut"
    assert entry.published == datetime(2026, 11, 21, 7, 5, tzinfo=UTC)
    assert parsed.newest == entry.published
    assert entry.announced_at == NOW


def test_the_feed_list_is_folded_into_every_entry() -> None:
    (entry,) = parse(rss(ITEM), Feed(FEED.url, "Contoh", "id", "Asia/Jakarta", "economy", "Ekonomi")).entries
    assert (entry.feed_url, entry.publisher, entry.language) == (FEED.url, "Contoh", "id")
    assert (entry.timezone, entry.topic, entry.section) == ("Asia/Jakarta", "economy", "Ekonomi")


def test_a_feed_without_settings_is_named_after_its_site() -> None:
    (entry,) = parse(rss(ITEM), Feed("https://www.contoh.test/rss")).entries
    assert entry.publisher == "contoh.test"


@pytest.mark.parametrize(
    ("item", "listed", "channel", "wanted"),
    [
        ("en-US", "id", "fr", "en"),
        ("", "id", "fr", "id"),
        ("", "", "fr-FR", "fr"),
        ("", "", "in_ID", "id"),
        ("", "", "?", ""),
    ],
    ids=["entry", "feed list", "feed", "retired code", "nonsense"],
)
def test_the_nearest_declared_language_counts(item: str, listed: str, channel: str, wanted: str) -> None:
    body = rss(
        ITEM + (f"<dc:language>{item}</dc:language>" if item else ""),
        channel=f"<language>{channel}</language>",
    ).replace("<rss ", '<rss xmlns:dc="http://purl.org/dc/elements/1.1/" ')
    (entry,) = parse(body, Feed(FEED.url, language=listed)).entries
    assert entry.language == wanted


B = "https://www.contoh.test/b"
LINKS = [
    ("relative to the homepage", "<link>/b?id=1</link>", f"{B}?id=1"),
    ("trackers", f"<link>{B}?utm_source=x&amp;id=1#top</link>", f"{B}?id=1"),
    ("escaped twice", f"<link>{B}?a=1&amp;amp;b=2</link>", f"{B}?a=1&b=2"),
    ("cdata with blanks", f"<link><![CDATA[\n {B} \n]]></link>", B),
    ("guid as permalink", f"<guid>{B}</guid>", B),
    ("guid that says no", f'<guid isPermaLink="false">{B}</guid>', B),
    ("link before guid", f"<guid>https://www.contoh.test/?p=1</guid><link>{B}</link>", B),
    ("bad link, good guid", f"<link>javascript:void(0)</link><guid>{B}</guid>", B),
    ("google alert", f"<link>https://www.google.com/url?rct=j&amp;url={B}&amp;ct=ga</link>", B),
    ("atom link in rss", f'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" href="{B}"/>', B),
    (
        "feedburner",
        '<link>https://feeds.test/~r/1</link><f:origLink xmlns:f="http://rssnamespace.org/feedburner/ext/1.0">'
        f"{B}</f:origLink>",
        B,
    ),
]


@pytest.mark.parametrize(("_", "item", "wanted"), LINKS, ids=[row[0] for row in LINKS])
def test_the_article_address_is_found(_: str, item: str, wanted: str) -> None:
    (entry,) = parse(rss("<title>Judul</title>" + item)).entries
    assert entry.url == wanted


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        ("<title>Tanpa tautan</title>", Reason.ENTRY_WITHOUT_LINK),
        ("<title>x</title><guid>12</guid>", Reason.ENTRY_WITHOUT_LINK),
        ("<title>x</title><link></link>", Reason.ENTRY_WITHOUT_LINK),
        ("<title>x</title><link>javascript:alert(1)</link>", Reason.ENTRY_LINK_INVALID),
        ("<title>x</title><link>data:text/html,hai</link>", Reason.ENTRY_LINK_INVALID),
        ("<title>x</title><link>file:///etc/passwd</link>", Reason.ENTRY_LINK_INVALID),
        ("<title>x</title><link>https://a b/</link>", Reason.ENTRY_LINK_INVALID),
    ],
)
def test_an_item_without_a_usable_link_is_rejected_by_name(item: str, reason: Reason) -> None:
    parsed = parse(rss(ITEM, item))
    (rejection,) = parsed.rejections
    assert len(parsed.entries) == 1
    assert rejection.reason == reason
    assert (rejection.feed_url, rejection.publisher, rejection.stage) == (FEED.url, "Contoh", "parse")
    assert "x" in rejection.detail or "Tanpa tautan" in rejection.detail
    assert parse(rss(ITEM, item)).rejections == (rejection,)
    assert rejection.url_id
    assert rejection.rejected_at == NOW


def test_relative_links_count_from_the_address_that_answered() -> None:
    (entry,) = parse(rss("<link>b</link>", channel=""), base="https://baru.test/rubrik/rss").entries
    assert entry.url == "https://baru.test/rubrik/b"


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        ("&lt;b&gt;Harga&lt;/b&gt; &lt;i&gt;naik&lt;/i&gt;", "Harga naik"),
        ("<![CDATA[Harga &amp; upah]]>", "Harga & upah"),
        ("Harga &amp;amp;quot;naik&amp;amp;quot;", 'Harga "naik"'),
        ("3 &lt; 5, kata &lt;pakar&gt;", "3 < 5, kata <pakar>"),
        ("\n  Harga\n\tnaik ", "Harga naik"),
        ("Raymond &amp;#8211; Budi", "Raymond – Budi"),
        ("x" * 900, "x" * 500),
    ],
)
def test_titles_are_plain_text(title: str, wanted: str) -> None:
    (entry,) = parse(rss(f"<title>{title}</title><link>https://www.contoh.test/a</link>")).entries
    assert entry.title == wanted


def test_a_summary_is_plain_and_bounded() -> None:
    html = "<p>Satu.</p><script>alert(1)</script><ul><li>Dua</li><li>Tiga</li></ul>" + "kata " * 1_000
    (entry,) = parse(rss(ITEM + f"<description><![CDATA[{html}]]></description>")).entries
    assert entry.summary.startswith("Satu. Dua Tiga kata kata")
    assert len(entry.summary) <= 1_000
    assert entry.summary.endswith("kata")


def test_people_topics_and_picture_are_kept() -> None:
    body = rss(
        ITEM
        + "<author>redaksi@contoh.test (Budi Santoso)</author><category>Ekonomi</category>"
        + "<category>Ekonomi</category><category>Pajak</category>"
        + "<enclosure url='/a.jpg' type='image/jpeg' length='1'/>"
    )
    (entry,) = parse(body).entries
    assert entry.authors == ("Budi Santoso",)
    assert entry.categories == ("Ekonomi", "Pajak")
    assert entry.image_url == "https://www.contoh.test/a.jpg"


def test_a_picture_inside_the_summary_counts_and_a_pixel_does_not() -> None:
    html = "&lt;img width=1 src='https://stat.test/pixel.gif'&gt;"
    assert parse(rss(ITEM + f"<description>{html}</description>")).entries[0].image_url == ""
    html = "&lt;img src='/foto.jpg?w=1&amp;amp;h=2'&gt; Teks"
    (entry,) = parse(rss(ITEM + f"<description>{html}</description>")).entries
    assert entry.image_url == "https://www.contoh.test/foto.jpg?w=1&h=2"


def test_the_digest_changes_with_what_is_said_and_not_with_how() -> None:
    plain = parse(rss(ITEM + "<description>Air surut.</description>")).entries[0].digest
    marked = parse(rss(ITEM + "<description>&lt;p&gt;Air  surut.&lt;/p&gt;</description>")).entries[0].digest
    moved = (
        parse(rss(ITEM + "<description>Air surut.</description><pubDate>21 Nov 2026</pubDate>"))
        .entries[0]
        .digest
    )
    changed = parse(rss(ITEM + "<description>Air naik.</description>")).entries[0].digest
    assert plain == marked == moved
    assert changed != plain
    updated = parse(ATOM.replace("15:00:00", "16:00:00")).entries[0].digest
    assert updated != parse(ATOM).entries[0].digest


@pytest.mark.parametrize(
    ("channel", "seconds"),
    [
        ("<ttl>15</ttl>", 900),
        ("<ttl>0</ttl>", None),
        ("<ttl>soon</ttl>", None),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>", 1_800),
        ("", None),
    ],
)
def test_a_feed_says_how_long_it_keeps(channel: str, seconds: int | None) -> None:
    body = rss(ITEM, channel=channel).replace(
        "<rss ", '<rss xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" '
    )
    assert parse(body).ttl_s == seconds


def test_the_same_bytes_give_the_same_entries() -> None:
    assert parse(ATOM) == parse(ATOM)
