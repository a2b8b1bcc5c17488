"""Hostile documents through the real readers, from the socket to the reason, each bounded in time.

The readers run in the pool, as in production: what they cannot be trusted with is cut off there.
"""

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.hostile_server import ARTICLE, HostileServer, Reply
from tests.transforms.fetch.readers import double
from warta.pipelines.reading.worker import read_feed, read_page
from warta.schemas.article import Article
from warta.schemas.entry import Entry
from warta.schemas.feed import Feed, FeedHealth
from warta.schemas.host import HostState
from warta.schemas.outcome import Deferral, Reason, Rejection
from warta.transforms.fetch.feeds import crawl_feeds
from warta.transforms.fetch.pages import crawl_pages
from warta.transforms.fetch.pool import ReaderPool
from warta.transforms.fetch.settings import FetchSettings

READ_TIMEOUT_S = 10.0
MEMORY_MB = 1536
BOUND_S = 20.0
"""Request, reading deadline and the killing of a reader, on a loaded machine."""

RSS = '<rss version="2.0"><channel><title>F</title>{}</channel></rss>'
ITEM = "<item><title>B{0}</title><link>http://a.test/b/{0}</link></item>"
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
LAUGHING = f'<!DOCTYPE rss [<!ENTITY l0 "ha">{LAUGHS}]>' + RSS.format("<item><title>&l9;</title></item>")


@pytest.fixture(scope="module")
def server() -> Iterator[HostileServer]:
    with HostileServer() as running:
        yield running


@pytest.fixture(scope="module")
def pool() -> Iterator[ReaderPool]:
    running = ReaderPool(1, READ_TIMEOUT_S, MEMORY_MB, 1000, ("warta.pipelines.reading.worker:labeller",))
    asyncio.run(first_call(running))  # loading the models is not what is timed here
    yield running
    running.close()


@pytest.fixture
def settings(server: HostileServer) -> FetchSettings:
    return FetchSettings(
        allow_networks=("127.0.0.0/8",), connect_to=server.connect_to, use_proxies=False, min_delay_s=0.0
    )


async def first_call(pool: ReaderPool) -> None:
    assert await pool.run(double, 1) == 2


def outcomes_of(batches: Any) -> list[Any]:
    async def all_of_it() -> list[Any]:
        return [outcome async for batch in batches for outcome in batch]

    return asyncio.run(all_of_it())


@pytest.mark.parametrize(
    ("name", "body", "reason", "entries"),
    [
        ("html", ARTICLE, Reason.FEED_NOT_A_FEED, 0),
        ("empty", b"", Reason.FEED_NOT_A_FEED, 0),
        ("binary", bytes(range(256)) * 200, Reason.FEED_NOT_A_FEED, 0),
        ("billion-laughs", LAUGHING.encode(), Reason.FEED_ENTITY_DECLARED, 0),
        (
            "quadratic",
            (f'<!DOCTYPE rss [<!ENTITY x "{"x" * 50_000}">]>' + RSS.format("&x;" * 5000)).encode(),
            Reason.FEED_ENTITY_DECLARED,
            0,
        ),
        (
            "external-entity",
            ('<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + RSS.format("&x;")).encode(),
            Reason.FEED_ENTITY_DECLARED,
            0,
        ),
        ("100000-items", RSS.format("".join(map(ITEM.format, range(100_000)))).encode(), None, 2000),
        ("nul-bytes", RSS.format(ITEM.format(1)).replace("B1", "B\0001").encode(), None, 1),
        ("wrong-charset", RSS.format(ITEM.format(1)).replace("B1", "Café").encode("latin-1"), None, 1),
        ("deep", RSS.format(ITEM.format(1) + "<a>" * 50_000).encode(), None, None),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_hostile_feed_costs_itself_only(
    server: HostileServer,
    pool: ReaderPool,
    settings: FetchSettings,
    name: str,
    body: bytes,
    reason: Reason | None,
    entries: int | None,
) -> None:
    server.put("jahat.test", f"/{name}", Reply(body, headers={"Content-Type": "application/rss+xml"}))
    server.put("baik.test", "/rss", RSS.format(ITEM.format(7)).encode())
    polls = [(Feed(url=f"http://jahat.test/{name}"), None), (Feed(url="http://baik.test/rss"), None)]
    started = time.monotonic()
    outcomes = outcomes_of(crawl_feeds(polls, [], read_feed, settings, pool=pool))
    assert time.monotonic() - started < BOUND_S
    health = {one.feed_url: one for one in outcomes if isinstance(one, FeedHealth)}
    assert health["http://baik.test/rss"].status == "ok"
    bad = health[f"http://jahat.test/{name}"]
    if reason is not None:
        assert (bad.status, bad.reason) == ("failed", str(reason))
    if entries is not None:
        assert bad.entries == entries
    assert "root:" not in "".join(one.title for one in outcomes if isinstance(one, Entry))


@pytest.mark.parametrize(
    ("name", "content_type", "body", "reasons"),
    [
        ("feed", "application/rss+xml", RSS.format(ITEM.format(1)).encode(), {"content_type_unsupported"}),
        (
            "feed-as-html",
            "text/html",
            RSS.format(ITEM.format(1)).encode(),
            {"no_article", "body_too_short"},
        ),
        ("binary-as-html", "text/html", b"\x89PNG\r\n" + bytes(range(256)) * 200, {"page_not_html"}),
        ("binary", "image/png", b"\x89PNG", {"content_type_unsupported"}),
        ("nothing", "text/html", b"", {"page_empty"}),
        ("blank", "text/html", b" \n" * 5000, {"page_empty"}),
        ("deep", "text/html", b"<div>" * 200_000 + b"<p>isi</p>", {"page_too_deep", "no_article", "article"}),
        ("teaser", "text/html", b"<html><p>Pendek.</p></html>", {"body_too_short", "no_article"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_hostile_page_costs_itself_only(
    server: HostileServer,
    pool: ReaderPool,
    settings: FetchSettings,
    name: str,
    content_type: str,
    body: bytes,
    reasons: set[str],
) -> None:
    server.put("jahat.test", f"/p/{name}", Reply(body, headers={"Content-Type": content_type}))
    server.put("baik.test", "/berita", ARTICLE)
    entries = [
        Entry(url=f"http://jahat.test/p/{name}", url_id="bad", feed_url=""),
        Entry(url="http://baik.test/berita", url_id="good", feed_url=""),
    ]
    started = time.monotonic()
    outcomes = outcomes_of(crawl_pages(entries, [], read_page, settings, pool=pool))
    assert time.monotonic() - started < BOUND_S
    told = {ending(one) for one in outcomes if not isinstance(one, HostState)}
    assert ("good", "article") in told
    (bad,) = told - {("good", "article")}
    assert bad[0] == "bad"
    assert bad[1] in reasons


def ending(outcome: Article | Rejection | Deferral) -> tuple[str, str]:
    if isinstance(outcome, Article):
        return outcome.url_id, "article"
    if isinstance(outcome, Deferral):
        return outcome.entry.url_id, str(outcome.reason)
    return outcome.url_id, str(outcome.reason)
