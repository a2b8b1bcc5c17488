"""Feeds made to hurt: entities, a hundred thousand items, deep nesting."""

import time

import pytest

from tests.transforms.parse.feeds import ATOM, FEED, ITEM, NEWS, RDF, parse, rss
from warta.schemas.outcome import Reason, Rejection
from warta.transforms.parse.model import FeedError, ParsedFeed

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
