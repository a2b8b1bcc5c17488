"""The benchmark world serves what its spec says, counts what it served, and spoils what it was told to."""

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.bench.world import Served, WorldSpec, serve_world
from tests.bench.world_pages import SIZES_KB, article, page_body, pool, summary
from tests.newsroom.visitor import visit

SPEC = WorldSpec(hosts=3, feeds=6, pages=60, published=48, faults={"404": 0.2, "503": 0.2})


@pytest.fixture(scope="module")
def world() -> Iterator[Served]:
    with serve_world(SPEC) as served:
        yield served


def test_a_feed_lists_its_newest_pages(world: Served) -> None:
    body = visit(world.port, SPEC.feed_url(1)).text
    assert body.count("<item>") == 48 // 6
    assert SPEC.page_url(43) in body
    assert SPEC.page_url(2) not in body


def test_a_feed_answers_304_until_something_is_published(world: Served) -> None:
    first = visit(world.port, SPEC.feed_url(0))
    assert visit(world.port, SPEC.feed_url(0), If_None_Match=first.headers["etag"]).status == 304
    assert world.publish(6) == 54
    second = visit(world.port, SPEC.feed_url(0), If_None_Match=first.headers["etag"])
    assert second.status == 200
    assert SPEC.page_url(48) in second.text


def test_pages_are_served_or_spoiled_and_always_the_same_ones(world: Served) -> None:
    first = [visit(world.port, SPEC.page_url(page)) for page in range(48)]
    again = [visit(world.port, SPEC.page_url(page)).status for page in range(48)]
    assert [reply.status for reply in first] == again
    assert {200, 404, 503} == set(again)
    good = [page for page, reply in enumerate(first) if reply.status == 200]
    assert all(first[page].body == SPEC.page(page) for page in good)


def test_what_is_not_published_is_not_there(world: Served) -> None:
    assert visit(world.port, SPEC.page_url(59)).status == 404
    assert visit(world.port, f"http://{SPEC.host(0)}/robots.txt").status == 404
    assert visit(world.port, f"http://{SPEC.host(0)}/other").status == 404


def test_the_server_counts_per_host(world: Served) -> None:
    world.reset()
    for _ in range(3):
        visit(world.port, SPEC.feed_url(2))
    totals = world.totals()
    assert (totals["requests"], totals["hosts"], totals["open_most"]) == (3, 1, 1)
    assert totals["statuses"] == {200: 3}
    assert 0 < totals["least_rest_s"] <= totals["least_gap_s"] < 10
    assert totals["problems"] == []
    assert world.per_host()[SPEC.host(2)]["requests"] == 3


def test_the_feed_list_names_every_feed(world: Served) -> None:
    text = world.feeds_file.read_text(encoding="utf-8")
    assert all(f'url = "{SPEC.feed_url(feed)}"' in text for feed in range(6))


def test_latency_and_robots_are_as_told() -> None:
    spec = WorldSpec(hosts=1, feeds=1, pages=1, latency_s=0.1, robots="User-agent: *\nCrawl-delay: 1\n")
    with serve_world(spec) as slow:
        link = socket.create_connection(("127.0.0.1", slow.port))
        link.settimeout(0.05)
        link.sendall(b"GET /robots.txt HTTP/1.1\r\nHost: h0.test\r\n\r\n")
        with pytest.raises(TimeoutError):
            link.recv(1)
        link.close()
        assert visit(slow.port, "http://h0.test/robots.txt").text == spec.robots


def test_a_world_ends_with_its_block() -> None:
    with serve_world(WorldSpec(hosts=1, feeds=1, pages=1)) as served:
        port = served.port
    with pytest.raises(ConnectionError):
        socket.create_connection(("127.0.0.1", port))


@pytest.mark.parametrize("language", ["id", "en", "de", "es", "fr"])
def test_pages_have_real_weight(language: str) -> None:
    sizes = [len(page_body(page, 0, language)) for page in range(len(SIZES_KB))]
    assert min(sizes) >= 35_000
    assert 200_000 < max(sizes) < 330_000


def test_articles_share_sentences_by_chance_only() -> None:
    texts = [set(article(page, "id")) for page in range(200)]
    shared = [len(a & b) for n, a in enumerate(texts) for b in texts[n + 1 :]]
    assert max(shared) <= 1
    assert len(pool("id")) == len(set(pool("id")))


def test_a_page_url_belongs_to_the_host_of_its_feed() -> None:
    for page in range(12):
        feed = SPEC.feed_of(page)
        assert urlsplit(SPEC.page_url(page)).netloc == urlsplit(SPEC.feed_url(feed)).netloc


def test_a_feed_says_the_first_sentence_of_the_page() -> None:
    assert all(article(page, "en")[0].startswith(summary(page, "en")) for page in range(50))
