"""Discovery: what a homepage announces, what it links, and where feeds usually are."""

import pytest

from warta.transforms.parse.discover import discover_feeds

HOME = "https://www.contoh.test/beranda/"


def test_announced_feeds_come_first_and_once() -> None:
    page = b"""<html><head>
    <link rel="alternate" type="application/rss+xml" title="Contoh" href="/rss"/>
    <link rel="alternate" type="application/atom+xml; charset=utf-8" href="atom.xml">
    <link rel="alternate" type="application/rss+xml" title="Komentar" href="/comments/feed/">
    <link rel="alternate" hreflang="en" href="/en"><link rel="stylesheet" href="/feed.css">
    </head><body><a href="/rss">RSS</a><a href="/rss/ekonomi">Ekonomi</a><a href="/feedback">x</a></body>"""
    found = discover_feeds(page, HOME)
    assert [(candidate.url, candidate.title, candidate.evidence) for candidate in found] == [
        ("https://www.contoh.test/rss", "Contoh", "announced"),
        ("https://www.contoh.test/beranda/atom.xml", "", "announced"),
        ("https://www.contoh.test/rss/ekonomi", "Ekonomi", "linked"),
    ]


def test_a_base_element_moves_relative_links() -> None:
    page = b'<base href="https://lain.test/x/"><link rel="feed" href="umpan.json">'
    assert discover_feeds(page, HOME)[0].url == "https://lain.test/x/umpan.json"


def test_unusable_links_are_passed_over() -> None:
    page = b'<base href="mailto:x"><link rel="feed" href="javascript:rss"><a href="file:///rss">x</a>'
    assert discover_feeds(page, HOME, guess=False) == ()


@pytest.mark.parametrize("body", [b"", b"<html></html>", b"\x00\xff", b"<!-- nothing -->"])
def test_a_silent_page_leaves_the_usual_places(body: bytes) -> None:
    found = discover_feeds(body, HOME)
    assert found[0].url == "https://www.contoh.test/feed/"
    assert {candidate.evidence for candidate in found} == {"usual"}
    assert discover_feeds(body, HOME, guess=False) == ()


def test_a_portal_with_hundreds_of_feeds_is_bounded() -> None:
    page = b"".join(b'<a href="/rss/%d">x</a>' % n for n in range(500))
    assert len(discover_feeds(page, HOME)) == 30
