"""The newsroom answers as real sites do, and goes wrong on demand."""

import gzip
import http.client
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta

import pytest

from tests.newsroom.visitor import visit
from warta.newsroom import EDITIONS, WEEK_END, Fault, VirtualClock, serve, week_of_mishaps
from warta.newsroom.archive import pieces, sites

FEEDS = [site.base + feed.path for site in sites().values() for feed in site.feeds]
RSS = "http://www.kabarnusa.test/rss"
ARTICLE = pieces()["kabarnusa-tarif-tol-lingkar-timur-naik"]


@pytest.mark.parametrize("url", FEEDS)
def test_a_feed_answers_304_to_its_own_validators(url: str) -> None:
    with serve() as room:
        first = visit(room.port, url)
        by_etag = visit(room.port, url, If_None_Match=first.headers["etag"])
        by_date = visit(room.port, url, If_Modified_Since=first.headers["last-modified"])
    assert (first.status, by_etag.status, by_date.status) == (200, 304, 304)
    assert first.body.count(b"<item") + first.body.count(b"<entry>") >= 2
    assert by_etag.body == b""


def test_some_sites_compress_for_those_who_can_read_it() -> None:
    url = "http://www.straitsledger.test/feeds/all.atom"
    with serve() as room:
        plain, packed = visit(room.port, url), visit(room.port, url, Accept_Encoding="gzip, br")
        other = visit(room.port, RSS, Accept_Encoding="gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert "content-encoding" not in other.headers


def test_a_feed_changes_between_the_editions() -> None:
    with serve(1) as room:
        first = visit(room.port, RSS)
    with serve(2) as room:
        second = visit(room.port, RSS, If_None_Match=first.headers["etag"])
    assert second.status == 200
    assert b"<atom:updated>2025-10-17T09:05:00+07:00</atom:updated>" in second.body
    assert b"<atom:updated>" not in first.body


def test_the_same_edition_has_the_same_bytes() -> None:
    with serve() as one, serve() as other:
        assert visit(one.port, RSS).body == visit(other.port, RSS).body
        assert visit(one.port, ARTICLE.url).body == visit(other.port, ARTICLE.url).body


def test_some_feeds_begin_with_a_blank_line() -> None:
    with serve() as room:
        assert visit(room.port, "http://www.cakrawalanews.test/rss/terkini.xml").body.startswith(b"\n<?xml")


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("http://www.kabarnusa.test/", 200),
        ("http://www.kabarnusa.test/robots.txt", 200),
        ("http://www.kabarnusa.test/foto/x.jpg", 200),
        ("http://www.kabarnusa.test/tidak-ada", 404),
        ("http://amp.kabarnusa.test/rss", 404),
        ("http://nobody.test/", 421),
    ],
)
def test_other_addresses_answer_too(url: str, status: int) -> None:
    with serve() as room:
        assert visit(room.port, url).status == status


@pytest.mark.parametrize("host", ["amp.kabarnusa.test", "m.kabarnusa.test", "kabarnusa.test"])
def test_an_article_has_variants_that_name_the_original(host: str) -> None:
    with serve() as room:
        reply = visit(room.port, f"http://{host}{ARTICLE.path}")
    assert reply.status == 200
    assert f'<link rel="canonical" href="{ARTICLE.url}">' in reply.text


@pytest.mark.parametrize(
    ("key", "second"),
    [
        ("lentera-beasiswa-guru-pulau-terluar", "{url}?page=2"),
        ("niaga-pabrik-baterai-morowali", "{url}/2"),
        ("cenderawasih-penyu-belimbing-jeen", "{url}2/"),
    ],
)
def test_a_further_page_is_linked_and_holds_further_text(key: str, second: str) -> None:
    piece = pieces()[key]
    address = second.format(url=piece.url)
    later = next(block.text for block in piece.pages[1] if block.kind == "p")
    with serve() as room:
        first, further = visit(room.port, piece.url), visit(room.port, address)
    assert f'href="{address}"' in first.text
    assert later not in first.text
    assert later in further.text


def test_page_all_joins_the_pages() -> None:
    piece = pieces()["lentera-beasiswa-guru-pulau-terluar"]
    with serve() as room:
        text = visit(room.port, f"{piece.url}?page=all").text
    assert all(paragraph in text for paragraph in piece.paragraphs)


def test_a_changed_slug_still_answers_at_the_old_address() -> None:
    piece = pieces()["cakrawala-dprd-sahkan-perda-transportasi-air"]
    with serve(2) as room:
        assert visit(room.port, piece.url).status == 200
        assert visit(room.port, piece.at(EDITIONS[2]).url).status == 200


def test_a_clock_decides_what_is_visible() -> None:
    clock = VirtualClock(ARTICLE.published - timedelta(minutes=1))
    with serve(clock=clock) as room:
        before = visit(room.port, ARTICLE.url)
        clock.advance(timedelta(minutes=2))
        after = visit(room.port, ARTICLE.url)
    assert (before.status, after.status) == (404, 200)
    assert after.headers["date"] == "Tue, 14 Oct 2025 03:16:00 GMT"


def test_a_virtual_clock_does_not_run_backwards() -> None:
    with pytest.raises(ValueError, match="backwards"):
        VirtualClock().advance(timedelta(seconds=-1))


def test_a_fault_of_a_status_answers_it_with_retry_after() -> None:
    with serve(faults=[Fault("503", host="www.kabarnusa.test", first=1, retry_after="7")]) as room:
        first, second = visit(room.port, RSS), visit(room.port, RSS)
    assert (first.status, first.headers["retry-after"]) == (503, "7")
    assert second.status == 200


def test_a_reset_closes_without_an_answer() -> None:
    with serve(faults=[Fault("reset")]) as room, pytest.raises((ConnectionError, http.client.HTTPException)):
        visit(room.port, RSS)


def test_a_visitor_who_speaks_tls_is_refused_at_once() -> None:
    with serve() as room:
        link = socket.create_connection(("127.0.0.1", room.port), timeout=5)
        with link, pytest.raises(OSError, match=r"EOF|reset|aborted"):
            ssl.create_default_context().wrap_socket(link, server_hostname="www.kabarnusa.test")


def test_a_truncated_answer_promises_more_than_it_sends() -> None:
    with serve(faults=[Fault("truncate")]) as room, pytest.raises(http.client.IncompleteRead):
        visit(room.port, RSS)


def test_a_stalled_answer_never_comes_and_ends_with_its_visitor() -> None:
    with serve(faults=[Fault("stall")]) as room:
        link = socket.create_connection(("127.0.0.1", room.port))
        link.settimeout(0.2)
        link.sendall(b"GET /rss HTTP/1.1\r\nHost: www.kabarnusa.test\r\n\r\n")
        with pytest.raises(TimeoutError):
            link.recv(1)
        assert room.hosts["www.kabarnusa.test"].open_now == 1
        link.close()


def test_a_slow_answer_is_honest_but_late() -> None:
    with serve(faults=[Fault("slow", delay_s=0.05)]) as room:
        assert visit(room.port, RSS).status == 200


def test_a_feed_can_turn_into_a_page() -> None:
    with serve(faults=[Fault("html", path="/rss")]) as room:
        assert visit(room.port, RSS).body.startswith(b"<html>")


def test_a_fault_can_strike_every_third_time() -> None:
    with serve(faults=[Fault("500", every=3)]) as room:
        assert [visit(room.port, RSS).status for _ in range(6)] == [200, 200, 500, 200, 200, 500]


def test_the_week_of_mishaps_is_over_before_the_week() -> None:
    assert len({fault.host for fault in week_of_mishaps()}) >= 8
    assert all(fault.until and fault.until < WEEK_END - timedelta(days=1) for fault in week_of_mishaps())


def test_faults_hold_only_between_their_instants() -> None:
    noon = datetime(2025, 10, 11, 12, tzinfo=UTC)
    clock = VirtualClock(noon - timedelta(hours=1))
    fault = Fault("503", since=noon, until=noon + timedelta(hours=1))
    statuses = []
    with serve(clock=clock, faults=[fault]) as room:
        for _ in range(3):
            statuses.append(visit(room.port, RSS).status)
            clock.advance(timedelta(hours=1))
    assert statuses == [200, 503, 200]


def test_counters_tell_how_many_were_open_at_once_and_how_far_apart() -> None:
    together = threading.Barrier(2)

    def hurry(port: int) -> None:
        together.wait()
        visit(port, RSS)

    with serve(faults=[Fault("slow", delay_s=0.2)]) as room:
        threads = [threading.Thread(target=hurry, args=(room.port,)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        counters = room.hosts["www.kabarnusa.test"]
        assert (counters.requests, counters.open_most, counters.least_rest_s) == (2, 2, 0.0)
        assert counters.least_gap_s < 0.2
        assert counters.statuses == {200: 2}


def test_visits_are_written_down() -> None:
    with serve() as room:
        visit(room.port, RSS)
        assert [(entry.host, entry.target, entry.status) for entry in room.visits] == [
            ("www.kabarnusa.test", "/rss", 200)
        ]
        assert room.connect_to == (("*.test", f"127.0.0.1:{room.port}"),)


def test_a_taken_port_is_an_error_at_once() -> None:
    with serve() as room, pytest.raises(OSError, match="in use"), serve(port=room.port):
        pytest.fail("two servers on one port")
