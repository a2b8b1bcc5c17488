"""Feeds as they are served: blank lines, wrong charsets, no feed at all."""

import gzip
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.parse.feeds import ITEM, parse, rss
from warta.schemas.outcome import Reason
from warta.transforms.parse.model import FeedError, ParsedFeed

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


@pytest.mark.parametrize("homepage", ["ftp://x", "https://", "javascript:x"])
def test_a_bad_homepage_does_not_spoil_relative_links(homepage: str) -> None:
    (entry,) = parse(rss("<link>/b</link>", channel=f"<link>{homepage}</link>")).entries
    assert entry.url == "https://www.contoh.test/b"
