"""Feeds through the whole crawl over loopback: polled when due, parsed when new, never given up."""

import asyncio
import gzip
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.hostile_server import HostileServer, Reply
from tests.transforms.fetch.readers import read_lines
from warta.schemas.entry import Entry
from warta.schemas.feed import Feed, FeedHealth, FeedState
from warta.schemas.host import HostState
from warta.schemas.outcome import Reason, Rejection, Stage
from warta.transforms.fetch.feeds import crawl_feeds
from warta.transforms.fetch.pool import InlinePool
from warta.transforms.fetch.settings import FetchSettings

URL = "http://a.test/rss"
FEED = Feed(url=URL, publisher="A")
BODY = b"/berita/1\n/berita/2"


@pytest.fixture
def server() -> Iterator[HostileServer]:
    with HostileServer() as running:
        yield running


class Poll:
    """The outcomes of one round of polling, by kind."""

    def __init__(self, outcomes: Sequence[Any]) -> None:
        self.entries = [one for one in outcomes if isinstance(one, Entry)]
        self.states = {one.url: one for one in outcomes if isinstance(one, FeedState)}
        self.health = {one.feed_url: one for one in outcomes if isinstance(one, FeedHealth)}
        self.rejections = [one for one in outcomes if isinstance(one, Rejection)]
        self.hosts = [one for one in outcomes if isinstance(one, HostState)]

    @property
    def status(self) -> str:
        (health,) = self.health.values()
        return health.status


def poll(
    server: HostileServer,
    *asked: Feed | tuple[Feed, FeedState | None],
    at: datetime | None = None,
    hosts: Sequence[HostState] = (),
    **knobs: Any,
) -> Poll:
    usual = {
        "allow_networks": ("127.0.0.0/8",),
        "connect_to": server.connect_to,
        "use_proxies": False,
        "min_delay_s": 0.0,
        "timeout_s": 1.0,
        "run_id": "run",
    }
    settings = FetchSettings(**(usual | knobs))
    polls = [one if isinstance(one, tuple) else (one, None) for one in asked]
    clock = (lambda: at.timestamp()) if at else (lambda: datetime.now(UTC).timestamp())

    async def all_of_it() -> list[Any]:
        batches = crawl_feeds(polls, list(hosts), read_lines, settings, pool=InlinePool(), clock=clock)
        return [outcome async for batch in batches for outcome in batch]

    return Poll(asyncio.run(all_of_it()))


def test_a_first_poll_lists_its_entries_and_leaves_a_state(server: HostileServer) -> None:
    server.put("a.test", "/rss", Reply(BODY, headers={"ETag": '"1"'}))
    first = poll(server, FEED)
    assert [entry.url for entry in first.entries] == ["http://a.test/berita/1", "http://a.test/berita/2"]
    assert all(entry.announced_at is not None for entry in first.entries)
    health = first.health[URL]
    assert (health.status, health.http_status, health.entries, health.run_id) == ("ok", 200, 2, "run")
    assert (health.body_bytes, health.publisher) == (len(BODY), "A")
    assert first.states[URL].etag == '"1"'
    assert first.states[URL].next_poll == health.next_poll


def test_a_feed_that_is_not_due_is_not_asked(server: HostileServer) -> None:
    state = FeedState(url=URL, next_poll=datetime.now(UTC) + timedelta(minutes=1))
    later = poll(server, (FEED, state))
    assert (later.status, later.states, server.requests) == ("not_due", {}, [])


def test_304_is_not_parsed_again(server: HostileServer) -> None:
    server.put("a.test", "/rss", Reply(BODY, headers={"ETag": '"1"'}), Reply(status=304))
    state = poll(server, FEED).states[URL]
    again = poll(server, (FEED, state), at=datetime.now(UTC) + timedelta(days=1))
    asked = server.asked("a.test", "/rss")[-1].headers
    assert (asked["if-none-match"], asked["a-im"]) == ('"1"', "feed")
    assert (again.status, again.entries) == ("not_modified", [])
    assert again.states[URL].conditional_polls == 1


def test_an_equal_body_is_not_parsed_again(server: HostileServer) -> None:
    server.put("a.test", "/rss", BODY)
    state = poll(server, FEED).states[URL]
    again = poll(server, (FEED, state), at=datetime.now(UTC) + timedelta(days=1))
    assert (again.status, again.entries) == ("unchanged", [])


def test_what_is_new_is_counted_against_the_last_listing(server: HostileServer) -> None:
    server.put("a.test", "/rss", BODY, BODY + b"\n/berita/3")
    state = poll(server, FEED).states[URL]
    again = poll(server, (FEED, state), at=datetime.now(UTC) + timedelta(days=1))
    assert (again.health[URL].entries, again.health[URL].new_entries) == (3, 1)


@pytest.mark.parametrize(
    ("path", "reason", "stage"),
    [
        ("/missing", Reason.NOT_FOUND, Stage.FETCH),
        ("/reset", Reason.CONNECTION_RESET, Stage.FETCH),
        ("/gzip-bomb", Reason.TOO_LARGE, Stage.FETCH),
        ("/not-modified", Reason.STATUS_UNEXPECTED, Stage.FETCH),
        ("/gzip-members", Reason.FEED_NOT_A_FEED, Stage.PARSE),
    ],
)
def test_a_failing_feed_names_feed_url_and_reason_and_hurts_nobody_else(
    server: HostileServer, path: str, reason: Reason, stage: Stage
) -> None:
    server.put("a.test", "/rss", BODY)
    bad = f"http://b.test{path}"
    both = poll(server, Feed(url=bad, publisher="B"), FEED)
    assert len(both.entries) == 2
    assert (both.health[bad].status, both.health[bad].reason) == ("failed", reason)
    (rejection,) = both.rejections
    assert (rejection.url, rejection.feed_url, rejection.reason, rejection.stage) == (bad, bad, reason, stage)
    assert (rejection.publisher, rejection.url_id) == ("B", "")
    assert both.states[bad].failures > 0
    assert both.states[bad].next_poll is not None


def test_a_failed_feed_comes_back_by_itself(server: HostileServer) -> None:
    server.put("a.test", "/rss", Reply(status=500), BODY)
    failed = poll(server, FEED).states[URL]
    again = poll(server, (FEED, failed), at=datetime.now(UTC) + timedelta(days=1))
    assert (again.status, len(again.entries), again.states[URL].failures) == ("ok", 2, 0.0)


def test_feeds_of_one_host_share_its_turns(server: HostileServer) -> None:
    feeds = [Feed(url=f"http://a.test/rss/{number}") for number in range(4)]
    for number in range(4):
        server.put("a.test", f"/rss/{number}", BODY)
    told = poll(server, *feeds, min_delay_s=0.05)
    assert server.most_open["a.test"] == 1
    assert min(server.gaps("a.test")) >= 0.05
    assert [state.host for state in told.hosts] == ["a.test"]


def test_robots_rule_feeds_too(server: HostileServer) -> None:
    server.put("a.test", "/robots.txt", b"User-agent: *\nDisallow: /")
    server.put("a.test", "/rss", BODY)
    assert poll(server, FEED).health[URL].reason == Reason.ROBOTS_DISALLOWED
    assert poll(server, FEED, obey_robots=False).status == "ok"


def test_a_barred_host_defers_its_feeds_until_it_may_be_asked(server: HostileServer) -> None:
    until = datetime.now(UTC) + timedelta(hours=2)
    told = poll(server, FEED, hosts=[HostState("a.test", not_before=until)])
    assert (told.status, told.health[URL].reason) == ("deferred", Reason.RETRY_AFTER)
    assert told.states[URL].next_poll == until
    assert server.requests == []


def test_the_deadline_defers_feeds_and_leaves_their_state_alone(server: HostileServer) -> None:
    told = poll(server, FEED, deadline=1.0)
    assert (told.status, told.health[URL].reason, told.states) == ("deferred", Reason.RUN_DEADLINE, {})


def test_a_permanent_redirect_is_observed_and_then_followed_at_once(server: HostileServer) -> None:
    server.put("a.test", "/rss", Reply(status=301, headers={"Location": "http://b.test/rss"}))
    server.put("b.test", "/rss", BODY)
    state = poll(server, FEED).states[URL]
    assert state.moved_to == "http://b.test/rss"
    asked = len(server.asked("a.test", "/rss"))
    moved = poll(server, (FEED, state), at=datetime.now(UTC) + timedelta(days=8))
    assert moved.status == "unchanged"
    assert len(server.asked("a.test", "/rss")) == asked
    assert moved.states[URL].moved_to == "http://b.test/rss"


def test_a_redirecting_feed_may_answer_304_at_its_end(server: HostileServer) -> None:
    server.put("a.test", "/rss", Reply(status=302, headers={"Location": "http://b.test/rss"}))
    server.put("b.test", "/rss", Reply(BODY, headers={"ETag": '"1"'}), Reply(status=304))
    state = poll(server, FEED).states[URL]
    assert poll(server, (FEED, state), at=datetime.now(UTC) + timedelta(days=1)).status == "not_modified"


def test_the_children_of_a_sitemap_index_are_read_and_one_may_fail(server: HostileServer) -> None:
    index = b"more http://a.test/s1\nmore http://a.test/missing\nmore http://a.test/s2\nmore http://a.test/s3"
    server.put("a.test", "/rss", Reply(index, headers={"ETag": '"1"'}))
    server.put("a.test", "/s1", BODY)
    server.put("a.test", "/s2", BODY + b"\n/berita/9")
    server.put("a.test", "/s3", b"/berita/7")
    told = poll(server, FEED, max_sitemaps=3)
    assert [entry.url for entry in told.entries] == [f"http://a.test/berita/{number}" for number in (1, 2, 9)]
    assert (told.states[URL].etag, told.states[URL].body_sha256) == ("", "")


def test_a_gzip_file_is_unpacked_within_the_cap(server: HostileServer) -> None:
    server.put("a.test", "/rss", Reply(gzip.compress(BODY), headers={"Content-Type": "application/gzip"}))
    assert len(poll(server, FEED).entries) == 2
    server.put("a.test", "/rss", gzip.compress(bytes(2**21)))
    assert poll(server, FEED, max_feed_bytes=2**20).health[URL].reason == Reason.TOO_LARGE
    server.put("a.test", "/rss", gzip.compress(BODY)[:-5])
    assert poll(server, FEED).health[URL].reason == Reason.ENCODING_INVALID


def test_226_brings_what_is_new(server: HostileServer) -> None:
    server.put("a.test", "/rss", Reply(BODY, status=226, headers={"IM": "feed"}))
    assert poll(server, FEED).status == "ok"
