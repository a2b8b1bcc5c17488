"""Entries through the whole crawl over loopback: every one comes out once, as what it deserves."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.hostile_server import ARTICLE, HostileServer, Reply
from tests.transforms.fetch.readers import read_text
from warta.schemas.article import Article
from warta.schemas.entry import Entry
from warta.schemas.host import HostState
from warta.schemas.outcome import MAX_ATTEMPTS, Deferral, Reason, Rejection
from warta.transforms.fetch.pages import crawl_pages, is_not_a_page
from warta.transforms.fetch.pool import MIN_CRASHES, InlinePool, ReadersBroken
from warta.transforms.fetch.progress import STOP, live
from warta.transforms.fetch.settings import FetchSettings
from warta.transforms.urls import article_id

MIN_DELAY_S = 0.02


@pytest.fixture
def server() -> Iterator[HostileServer]:
    with HostileServer() as running:
        yield running


def settings(server: HostileServer, **knobs: Any) -> FetchSettings:
    usual = {
        "allow_networks": ("127.0.0.0/8",),
        "connect_to": server.connect_to,
        "use_proxies": False,
        "min_delay_s": MIN_DELAY_S,
        "timeout_s": 1.0,
        "max_page_bytes": 2**20,
    }
    return FetchSettings(**(usual | knobs))


def entry(url: str, **facts: Any) -> Entry:
    return Entry(
        url=url, url_id=article_id(url), feed_url="http://a.test/rss", publisher="A", digest="d", **facts
    )


def crawl(entries: Sequence[Entry], chosen: FetchSettings, states: Sequence[HostState] = ()) -> list[Any]:
    async def all_of_it() -> list[Any]:
        batches = crawl_pages(list(entries), list(states), read_text, chosen, pool=InlinePool())
        return [outcome async for batch in batches for outcome in batch]

    return asyncio.run(all_of_it())


def name_of(outcome: Article | Rejection | Deferral) -> str:
    if isinstance(outcome, Article):
        return outcome.id
    return outcome.entry.url_id if isinstance(outcome, Deferral) else outcome.url_id


def only(outcomes: list[Any]) -> Any:
    (outcome,) = [outcome for outcome in outcomes if not isinstance(outcome, HostState)]
    return outcome


def test_a_page_becomes_an_article_and_its_host_is_remembered(server: HostileServer) -> None:
    server.put("a.test", "/1", b"isi berita")
    outcomes = crawl([entry("http://a.test/1")], settings(server))
    assert isinstance(outcomes[0], Article)
    assert outcomes[0].text == "isi berita"
    assert [state.host for state in outcomes[1:]] == ["a.test"]


def test_every_entry_comes_out_once_whatever_its_server_does(server: HostileServer) -> None:
    paths = [
        "/ok",
        "/missing",
        "/gzip-bomb",
        "/reset",
        "/redirect-file",
        "/silent",
        "/image",
        "/broken",
        "/no",
    ]
    entries = []
    for number in range(4):
        host = f"h{number}.test"
        server.put(host, "/robots.txt", b"User-agent: *\nDisallow: /no")
        server.put(host, "/ok", b"isi")
        entries += [entry(f"http://{host}{path}") for path in paths]
    outcomes = crawl(entries, settings(server))
    told = [name_of(outcome) for outcome in outcomes if not isinstance(outcome, HostState)]
    assert sorted(told) == sorted(one.url_id for one in entries)
    reasons = {str(outcome.reason) for outcome in outcomes if isinstance(outcome, (Rejection, Deferral))}
    assert reasons == {
        "not_found",
        "too_large",
        "connection_reset",
        "redirect_invalid",
        "timeout",
        "content_type_unsupported",
        "server_error",
        "robots_disallowed",
    }


def test_manners_hold_at_the_server(server: HostileServer) -> None:
    entries = [entry(f"http://h{number % 5}.test/{number}") for number in range(40)]
    for number in range(40):
        server.put(f"h{number % 5}.test", f"/{number}", Reply(ARTICLE, delay_s=0.01))
    crawl(entries, settings(server, min_delay_s=0.05))
    assert max(server.most_open.values()) == 1
    for number in range(5):
        asked = server.asked(f"h{number}.test")
        assert asked[0].path == "/robots.txt"
        assert len(asked) == 9
        assert min(server.gaps(f"h{number}.test")) >= 0.05


def test_redirects_wait_their_turn_at_the_other_host(server: HostileServer) -> None:
    for number in range(3):
        to = Reply(status=302, headers={"Location": f"http://tujuan.test/{number}"})
        server.put(f"asal{number}.test", "/", to)
        server.put("tujuan.test", f"/{number}", b"isi")
    server.put("tujuan.test", "/robots.txt", b"User-agent: *\nDisallow: /2")
    outcomes = crawl(
        [entry(f"http://asal{number}.test/") for number in range(3)], settings(server, min_delay_s=0.1)
    )
    assert sum(isinstance(outcome, Article) for outcome in outcomes) == 2
    assert [outcome.reason for outcome in outcomes if isinstance(outcome, Rejection)] == [
        Reason.ROBOTS_DISALLOWED
    ]
    assert server.most_open["tujuan.test"] == 1
    assert min(server.gaps("tujuan.test")) >= 0.1


@pytest.mark.parametrize(
    ("path", "reason"),
    [("/silent", Reason.TIMEOUT), ("/reset", Reason.CONNECTION_RESET), ("/broken", Reason.SERVER_ERROR)],
)
def test_what_may_pass_is_deferred_with_back_off_until_it_failed_too_often(
    server: HostileServer, path: str, reason: Reason
) -> None:
    before = datetime.now(UTC)
    deferral = only(crawl([entry(f"http://a.test{path}")], settings(server)))
    assert isinstance(deferral, Deferral)
    assert (deferral.reason, deferral.entry.attempts) == (reason, 1)
    assert deferral.entry.not_before is not None
    assert deferral.entry.not_before >= before + timedelta(minutes=10)
    rejection = only(crawl([entry(f"http://a.test{path}", attempts=MAX_ATTEMPTS - 1)], settings(server)))
    assert isinstance(rejection, Rejection)
    assert (rejection.reason, rejection.feed_url, rejection.entry_digest) == (
        reason,
        "http://a.test/rss",
        "d",
    )


def test_a_short_retry_after_is_sat_out(server: HostileServer) -> None:
    server.put("a.test", "/1", Reply(status=429, headers={"Retry-After": "1"}), Reply(b"isi"))
    server.put("a.test", "/2", b"isi")
    outcomes = crawl([entry("http://a.test/1"), entry("http://a.test/2")], settings(server))
    assert sum(isinstance(outcome, Article) for outcome in outcomes) == 2
    assert max(server.gaps("a.test")) >= 1.0


def test_a_long_retry_after_defers_the_whole_host(server: HostileServer) -> None:
    server.put("a.test", "/1", Reply(status=503, headers={"Retry-After": "3600"}))
    outcomes = crawl([entry(f"http://a.test/{number}") for number in (1, 2, 3)], settings(server))
    deferrals = [outcome for outcome in outcomes if isinstance(outcome, Deferral)]
    assert [deferral.reason for deferral in deferrals] == [Reason.RETRY_AFTER] * 3
    assert all(deferral.entry.attempts == 0 for deferral in deferrals)
    assert len(server.asked("a.test")) == 2
    (state,) = [outcome for outcome in outcomes if isinstance(outcome, HostState)]
    assert state.not_before is not None
    assert state.not_before > datetime.now(UTC) + timedelta(minutes=59)


def test_the_next_run_still_waits_for_the_host(server: HostileServer) -> None:
    state = HostState("a.test", not_before=datetime.now(UTC) + timedelta(hours=1))
    deferral = only(crawl([entry("http://a.test/1")], settings(server), [state]))
    assert deferral.reason is Reason.RETRY_AFTER
    assert server.requests == []


def test_the_pages_of_an_article_are_joined(server: HostileServer) -> None:
    server.put("a.test", "/1", b"next http://www.a.test/1/2")
    server.put("www.a.test", "/1/2", b"next http://www.a.test/1/3")
    server.put("www.a.test", "/1/3", b"tamat")
    article = only(crawl([entry("http://a.test/1")], settings(server)))
    assert article.text.count("\n\n") == 2
    assert article.text.endswith("tamat")


@pytest.mark.parametrize(
    "follow",
    ["http://lain.test/2", "http://a.test/1", "http://a.test/missing", "javascript:void(0)"],
    ids=["another site", "itself", "missing", "no address"],
)
def test_an_article_survives_a_second_page_that_cannot_be_had(server: HostileServer, follow: str) -> None:
    server.put("a.test", "/1", f"next {follow}".encode())
    server.put("lain.test", "/2", b"milik orang")
    article = only(crawl([entry("http://a.test/1")], settings(server)))
    assert isinstance(article, Article)
    assert article.text == f"next {follow}"
    assert server.asked("lain.test") == []


def test_a_reader_that_keeps_nothing_loses_the_article_to_a_reason(server: HostileServer) -> None:
    server.put("a.test", "/1", b"bare-next http://lain.test/2")
    assert only(crawl([entry("http://a.test/1")], settings(server))).reason is Reason.NO_ARTICLE


def test_endless_pages_end_at_the_cap(server: HostileServer) -> None:
    for number in range(1, 9):
        server.put("a.test", f"/{number}", f"next http://a.test/{number + 1}".encode())
    article = only(crawl([entry("http://a.test/1")], settings(server, max_article_pages=4)))
    assert article.text.count("next") == 4


def test_a_full_slice_leaves_the_rest_for_later(server: HostileServer) -> None:
    entries = [entry(f"http://a.test/{number}") for number in range(5)]
    outcomes = crawl(entries, settings(server, max_pages=2))
    left = [outcome for outcome in outcomes if isinstance(outcome, Deferral)]
    assert [deferral.reason for deferral in left] == [Reason.SLICE_FULL] * 3
    assert len(server.asked("a.test")) == 3


def test_the_deadline_defers_what_manners_did_not_let_through(server: HostileServer) -> None:
    entries = [entry(f"http://a.test/{number}") for number in range(50)]
    for number in range(50):
        server.put("a.test", f"/{number}", b"isi")
    started = time.monotonic()
    outcomes = crawl(entries, settings(server, min_delay_s=0.1, deadline=time.time() + 0.55))
    deferrals = [outcome for outcome in outcomes if isinstance(outcome, Deferral)]
    articles = [outcome for outcome in outcomes if isinstance(outcome, Article)]
    assert time.monotonic() - started < 2.0
    assert len(articles) in range(2, 6)
    assert len(articles) + len(deferrals) == 50
    assert {deferral.reason for deferral in deferrals} == {Reason.RUN_DEADLINE}
    assert all(deferral.entry.attempts == 0 for deferral in deferrals)


def test_a_deadline_in_the_past_asks_nobody(server: HostileServer) -> None:
    deferral = only(crawl([entry("http://a.test/1")], settings(server, deadline=time.time() - 1)))
    assert deferral.reason is Reason.RUN_DEADLINE
    assert server.requests == []


def test_the_stop_flag_ends_a_crawl_in_about_a_second(server: HostileServer) -> None:
    entries = [entry(f"http://h{number}.test/silent") for number in range(20)]
    entries += [entry(f"http://h{number}.test/waits") for number in range(20)]
    chosen = settings(server, timeout_s=30.0, obey_robots=False)

    async def all_of_it() -> list[Any]:
        asyncio.get_running_loop().call_later(0.3, STOP.set)
        batches = crawl_pages(entries, [], read_text, chosen, pool=InlinePool())
        return [outcome async for batch in batches for outcome in batch]

    started = time.monotonic()
    try:
        outcomes = asyncio.run(all_of_it())
    finally:
        STOP.clear()
    deferrals = [outcome for outcome in outcomes if isinstance(outcome, Deferral)]
    assert time.monotonic() - started < 2.0
    assert [deferral.reason for deferral in deferrals] == [Reason.RUN_STOPPED] * 40


def test_progress_counts_what_happens(server: HostileServer) -> None:
    live.reset()
    server.put("a.test", "/1", b"isi")
    crawl([entry("http://a.test/1"), entry("http://a.test/2")], settings(server))
    counts = live.counts()
    assert (counts["pages_total"], counts["pages_settled"], counts["pages_read"]) == (2, 2, 1)
    assert counts["rejected:not_found"] == 1
    assert live.waits() == {}


@pytest.mark.parametrize(
    ("content_type", "refused"),
    [
        ("text/html; charset=utf-8", False),
        ("TEXT/HTML", False),
        ("application/xhtml+xml", False),
        ("text/plain", False),
        ("application/octet-stream", False),
        ("", False),
        ("image/jpeg", True),
        ("Video/mp4", True),
        ("application/pdf", True),
        ("application/rss+xml; charset=utf-8", True),
        ("application/vnd.ms-excel", True),
        ("application/json", True),
    ],
)
def test_types_that_cannot_be_an_article_are_refused(content_type: str, refused: bool) -> None:
    assert is_not_a_page(content_type) is refused


def test_readers_that_crash_on_everything_end_the_run(server: HostileServer) -> None:
    for number in range(2 * MIN_CRASHES):
        server.put("a.test", f"/{number}", b"raise")
    entries = [entry(f"http://a.test/{number}") for number in range(2 * MIN_CRASHES)]
    with pytest.raises(ReadersBroken, match="KeyError"):
        crawl(entries, settings(server, min_delay_s=0.0))


def test_a_few_crashes_among_many_pages_are_rejections(server: HostileServer) -> None:
    for number in range(3 * MIN_CRASHES):
        server.put("a.test", f"/{number}", b"raise" if number % 3 == 0 else b"isi")
    entries = [entry(f"http://a.test/{number}") for number in range(3 * MIN_CRASHES)]
    outcomes = crawl(entries, settings(server, min_delay_s=0.0))
    assert sum(isinstance(outcome, Rejection) for outcome in outcomes) == MIN_CRASHES
