"""Feeds of every format, as publishers write them and as enemies do."""

import gzip
import json
import pickle
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warta.schemas.feed import Feed
from warta.schemas.outcome import Reason, Rejection
from warta.transforms import urls
from warta.transforms.dates import parse_instant
from warta.transforms.parse.feed import parse_feed
from warta.transforms.parse.model import FeedError, ParsedFeed

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
FEED = Feed("https://www.contoh.test/rss", "Contoh", "id", "Asia/Jakarta", section="Ekonomi")


def parse(body: str | bytes, feed: Feed = FEED, *, content_type: str = "", **kw: object) -> ParsedFeed:
    raw = body.encode() if isinstance(body, str) else body
    return parse_feed(raw, {"content-type": content_type}, feed, now=NOW, **kw)  # type: ignore[arg-type]


def rss(*items: str, channel: str = "<link>https://www.contoh.test/</link>") -> str:
    inner = "".join(f"<item>{item}</item>" for item in items)
    head = '<?xml version="1.0"?><rss version="2.0"><channel><title>Contoh</title>'
    return f"{head}{channel}{inner}</channel></rss>"


ITEM = "<title>Banjir surut</title><link>https://www.contoh.test/a</link>"

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>Contoh</title>
<link href="https://www.contoh.test/"/><entry><title type="html">Banjir &lt;b&gt;surut&lt;/b&gt;</title>
<link rel="edit" href="https://www.contoh.test/edit"/><link href="/a?utm_source=atom"/><id>tag:1</id>
<published>2026-11-21T14:05:00+07:00</published><updated>2026-11-21T15:00:00+07:00</updated>
<author><name>Budi Santoso</name></author><category term="Jawa Tengah"/>
<summary>Air surut.</summary></entry></feed>"""

RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>Contoh</title>
<link>https://www.contoh.test/</link></channel><item rdf:about="https://www.contoh.test/a">
<title>Banjir surut</title><link>https://www.contoh.test/a</link><dc:date>2026-11-21T14:05:00+07:00</dc:date>
<dc:creator>Budi Santoso</dc:creator></item></rdf:RDF>"""

JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Contoh",
        "home_page_url": "https://www.contoh.test/",
        "items": [
            {
                "id": 7,
                "url": "/a",
                "title": "Banjir surut",
                "content_html": "<p>Air <b>surut</b>.</p>",
                "date_published": "2026-11-21T14:05:00+07:00",
                "authors": [{"name": "Budi Santoso"}],
                "tags": ["banjir"],
            }
        ],
    }
)

NEWS = """<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc>https://www.contoh.test/a</loc><lastmod>2026-11-21T15:00:00+07:00</lastmod>
<image:image><image:loc>https://img.contoh.test/a.jpg</image:loc></image:image>
<news:news><news:publication><news:name>Contoh</news:name><news:language>id</news:language></news:publication>
<news:publication_date>2026-11-21T14:05:00+07:00</news:publication_date><news:title>Banjir surut</news:title>
<news:keywords>banjir, Demak</news:keywords></news:news></url></urlset>"""

FORMATS = [
    ("rss20", rss(ITEM + "<pubDate>Sat, 21 Nov 2026 14:05:00 WIB</pubDate>")),
    ("atom10", ATOM),
    ("rss10", RDF),
    ("json", JSON),
    ("news_sitemap", NEWS),
]


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


BYTES = [
    ("blank lines first", b"\n\n  " + rss(ITEM).encode(), ""),
    ("byte order mark", b"\xef\xbb\xbf" + rss(ITEM).encode(), ""),
    ("utf-16", rss(ITEM).encode("utf-16"), ""),
    ("utf-16 without a mark", rss(ITEM).encode("utf-16-be"), ""),
    ("utf-32", rss(ITEM).encode("utf-32"), ""),
    ("utf-8 called latin-1", rss(ITEM).encode(), "text/xml; charset=iso-8859-1"),
    ("an unknown charset", rss(ITEM).encode(), "text/xml; charset=klingon"),
    ("a warning first", b"<br />\n<b>Warning</b>: mysql in <b>/x.php</b>\n" + rss(ITEM).encode(), ""),
    ("a gzip file", gzip.compress(rss(ITEM).encode()), "application/gzip"),
    ("NUL bytes", rss(ITEM).encode().replace(b"surut", b"su\x00rut"), ""),
    ("control characters", rss(ITEM).encode().replace(b"surut", b"su\x08\x1frut"), ""),
    ("cut off", rss(ITEM).encode().partition(b"</item>")[0], ""),
    ("unescaped ampersand", rss(ITEM, "<title>A & B &nbsp;</title><link>/b</link>").encode(), ""),
    ("served as html", rss(ITEM).encode(), "text/html"),
    ("a style sheet", rss(ITEM).replace("?>", "?><?xml-stylesheet href='x'?><!-- hai -->", 1).encode(), ""),
    ("a doctype", rss(ITEM).replace("?>", "?><!DOCTYPE rss [<!ELEMENT x ANY>]>", 1).encode(), ""),
]


@pytest.mark.parametrize(("_", "body", "content_type"), BYTES, ids=[row[0] for row in BYTES])
def test_an_ill_served_feed_is_read_all_the_same(_: str, body: bytes, content_type: str) -> None:
    parsed = parse(body, content_type=content_type)
    assert parsed.entries[0].title == "Banjir surut"
    assert parsed.entries[0].url == "https://www.contoh.test/a"


@pytest.mark.parametrize(
    ("charset", "declared", "header"),
    [
        ("windows-1252", "", ""),
        ("windows-1252", "utf-8", ""),
        ("windows-1252", "iso-8859-1", ""),
        ("utf-8", "iso-8859-1", ""),
        ("iso-8859-2", "", "iso-8859-2"),
        ("utf-8", "utf-7", "utf-7"),
        ("cp037", "", ""),
    ],
)
def test_letters_survive_a_wrong_charset(charset: str, declared: str, header: str) -> None:
    title = "Café à Köln" if charset != "iso-8859-2" else "Café ä Köln"
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else '<?xml version="1.0"?>'
    body = rss(ITEM.replace("Banjir surut", title)).replace('<?xml version="1.0"?>', declaration)
    parsed = parse(body.encode(charset), content_type=f"text/xml; charset={header}" if header else "")
    assert parsed.entries[0].title == title


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", Reason.FEED_NOT_A_FEED),
        (" \n ", Reason.FEED_NOT_A_FEED),
        ("<!DOCTYPE html><html><head><title>404</title></head></html>", Reason.FEED_NOT_A_FEED),
        ("<html><body><p>Masuk dulu</p></body></html>", Reason.FEED_NOT_A_FEED),
        ("Tidak ditemukan", Reason.FEED_NOT_A_FEED),
        ("<opml version='2.0'><body/></opml>", Reason.FEED_NOT_A_FEED),
        ("%PDF-1.7 \x00\x01", Reason.FEED_NOT_A_FEED),
        ('{"status": "ok"}', Reason.FEED_NOT_A_FEED),
        ('{"items": [', Reason.FEED_MALFORMED),
        ("[" * 200_000, Reason.FEED_MALFORMED),
        ("<rss version='2.0'><chan", Reason.FEED_MALFORMED),
        (b"\x1f\x8b\x08not gzip", Reason.ENCODING_INVALID),
        (gzip.compress(b" " * 30_000_000), Reason.TOO_LARGE),
    ],
)
def test_what_is_no_feed_says_so(body: str | bytes, reason: Reason) -> None:
    with pytest.raises(FeedError) as caught:
        parse(body)
    assert caught.value.reason == reason
    assert caught.value.detail


def test_an_html_page_is_named_in_the_error() -> None:
    with pytest.raises(FeedError, match="HTML page called 'Masuk'"):
        parse("<html><head><title>Masuk</title></head></html>")


def test_an_empty_feed_is_a_feed() -> None:
    assert parse(rss()).entries == ()


def test_a_feed_error_survives_the_way_between_processes() -> None:
    error = pickle.loads(pickle.dumps(FeedError(Reason.TOO_LARGE, "30 MB")))
    assert (error.reason, error.detail) == (Reason.TOO_LARGE, "30 MB")


LAUGHS = "<!ENTITY a0 'ha'>" + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10))


@pytest.mark.parametrize(
    "doctype",
    [
        f"<!DOCTYPE rss [{LAUGHS}]>",
        f"<!DOCTYPE rss [<!ENTITY a '{'ha' * 50_000}'>]>",
        "<!DOCTYPE rss [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>",
        "<!DOCTYPE rss [<!ENTITY % x SYSTEM 'http://169.254.169.254/'> %x;]>",
        "<!doctype rss [<!-- > --><! entity x 'y'>]>",
        "<!-- <rss --><!DOCTYPE rss [<!ENTITY x 'y'>]>",
    ],
    ids=["laughs", "one long", "file", "parameter", "odd spelling", "behind a comment"],
)
@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "utf-32", "cp037"])
def test_a_declared_entity_is_refused_before_any_parser_runs(doctype: str, charset: str) -> None:
    body = rss(ITEM).replace("?>", f"?>{doctype}", 1)
    begun = time.process_time()
    with pytest.raises(FeedError) as caught:
        parse(body.encode(charset))
    assert caught.value.reason == Reason.FEED_ENTITY_DECLARED
    assert time.process_time() - begun < 1


def test_a_sitemap_with_entities_is_refused_too() -> None:
    with pytest.raises(FeedError, match="entity"):
        parse(NEWS.replace("?>", "?><!DOCTYPE urlset [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>", 1))


def test_an_article_about_entities_is_no_attack() -> None:
    (entry,) = parse(rss(ITEM + "<description><![CDATA[Write <!ENTITY x 'y'> so]]></description>")).entries
    assert "Write" in entry.summary


@pytest.mark.parametrize("kind", ["rss", "atom", "rdf", "json", "sitemap"])
def test_a_hundred_thousand_items_are_capped_before_they_are_parsed(kind: str) -> None:
    count = 100_000
    item = "<item><title>t</title><link>https://a.test/{}</link></item>"
    body = {
        "rss": lambda: "<rss version='2.0'><channel>" + item * count + "</channel></rss>",
        "rdf": lambda: RDF.partition("<item")[0] + item * count + "</rdf:RDF>",
        "atom": lambda: (
            ATOM.partition("<entry>")[0]
            + '<entry><link href="https://a.test/x"/></entry>' * count
            + "</feed>"
        ),
        "json": lambda: '{"items": [' + ",".join(['{"url": "https://a.test/x"}'] * count) + "]}",
        "sitemap": lambda: (
            NEWS.partition("<url>")[0] + "<url><loc>https://a.test/x</loc></url>" * count + "</urlset>"
        ),
    }[kind]()
    begun = time.process_time()
    parsed = parse(body, max_entries=300)
    assert time.process_time() - begun < 4
    assert len(parsed.entries) == 300
    (rejection,) = parsed.rejections
    assert rejection.reason == Reason.ENTRY_CAP_EXCEEDED
    assert rejection.url == FEED.url
    assert "100000" in rejection.detail
    assert not any("well-formed" in problem for problem in parsed.problems)


@pytest.mark.parametrize("element", ["div", "x", "item", "channel", "rss", "b"])
def test_deep_nesting_neither_crashes_nor_hangs(element: str) -> None:
    deep = f"<{element}>" * 50_000
    begun = time.process_time()
    try:
        parsed = parse(rss(ITEM, ITEM + f"<description>{deep}</description>"))
    except FeedError:
        parsed = ParsedFeed()
    assert time.process_time() - begun < 10
    assert all(isinstance(rejection, Rejection) for rejection in parsed.rejections)


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


@given(st.binary(max_size=300))
def test_any_bytes_are_a_feed_or_a_feed_error(body: bytes) -> None:
    for prefix in (
        b"",
        b"<rss version='2.0'><channel><item><title>",
        b"<feed><entry>",
        b'{"items": [',
        b"<urlset><url>",
    ):
        try:
            parsed = parse(prefix + body)
        except FeedError:
            continue
        assert isinstance(parsed, ParsedFeed)


def test_a_sitemap_that_breaks_off_gives_what_it_has() -> None:
    parsed = parse(NEWS.partition("<news:news>")[0])
    assert len(parsed.entries) == 1
    assert "not well-formed" in parsed.problems[0]
    with pytest.raises(FeedError, match="sitemap"):
        parse("<urlset <<<")


@pytest.mark.parametrize("homepage", ["ftp://x", "https://", "javascript:x"])
def test_a_bad_homepage_does_not_spoil_relative_links(homepage: str) -> None:
    (entry,) = parse(rss("<link>/b</link>", channel=f"<link>{homepage}</link>")).entries
    assert entry.url == "https://www.contoh.test/b"


def test_an_index_skips_children_that_are_no_addresses() -> None:
    children = "<sitemap><loc>javascript:x</loc></sitemap><sitemap><loc>/a.xml</loc></sitemap>"
    assert parse(f"<sitemapindex>{children}</sitemapindex>").more == ("https://www.contoh.test/a.xml",)


def test_the_same_bytes_give_the_same_entries() -> None:
    assert parse(ATOM) == parse(ATOM)
