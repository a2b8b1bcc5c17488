"""One crawl over slices: the next one is read meanwhile, nobody is asked twice, nothing is lost."""

import time
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.hostile_server import HostileServer
from tests.transforms.fetch.readers import read_text
from warta.schemas.article import Article
from warta.schemas.entry import Entry
from warta.schemas.host import HostState
from warta.schemas.outcome import Deferral, Reason
from warta.transforms.fetch.ahead import crawl_slice, ending_ahead, expect_slice, has_read_ahead
from warta.transforms.fetch.crawl import STOP_GRACE_S, WATCH_S
from warta.transforms.fetch.model import NextPage
from warta.transforms.fetch.pool import InlinePool
from warta.transforms.fetch.progress import STOP
from warta.transforms.fetch.settings import FetchSettings

RUN = "run"
HOSTS = 3
SLICE = 6
PATIENCE_S = 10.0


class Watched(Entry):
    """An entry of which one can tell when nobody holds it any more."""

    __slots__ = ("__weakref__",)


@pytest.fixture
def server() -> Iterator[HostileServer]:
    with HostileServer() as running, ending_ahead(RUN):
        for host in range(HOSTS):
            for number in range(10):
                running.put(f"h{host}.test", f"/{number}", b"isi")
        yield running


def entries(count: int) -> list[Entry]:
    urls = [f"http://h{n % HOSTS}.test/{n // HOSTS}" for n in range(count)]
    return [Entry(url=url, url_id=url, feed_url="") for url in urls]


def take(server: HostileServer, asked: list[Entry], read: Callable[..., Any] = read_text) -> list[Any]:
    return list(take_lazily(server, asked, read))


def take_lazily(
    server: HostileServer, asked: list[Entry], read: Callable[..., Any] = read_text
) -> Iterator[Any]:
    settings = FetchSettings(
        allow_networks=("127.0.0.0/8",),
        connect_to=server.connect_to,
        use_proxies=False,
        min_delay_s=0.02,
        obey_robots=False,
        max_pages=SLICE,
        read_ahead=True,
        run_id=RUN,
    )
    return crawl_slice(asked, [], read, settings, InlinePool())


def articles(outcomes: list[Any]) -> list[str]:
    return [outcome.id for outcome in outcomes if isinstance(outcome, Article)]


def left(outcomes: list[Any]) -> list[Entry]:
    return [outcome.entry for outcome in outcomes if isinstance(outcome, Deferral)]


def until(is_so: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < ends, "it never came"
        time.sleep(0.01)


def test_the_next_slice_is_fetched_while_this_one_is_settled_and_no_more(server: HostileServer) -> None:
    waiting = left(take(server, entries(20)))
    until(lambda: len(server.asked()) == 2 * SLICE)
    time.sleep(0.2)
    assert len(server.asked()) == 2 * SLICE
    expect_slice(RUN, waiting[SLICE : 2 * SLICE], len(waiting) - 2 * SLICE)
    assert len(articles(take(server, waiting[:SLICE]))) == SLICE
    until(lambda: len(server.asked()) == 3 * SLICE)


def test_slices_hold_every_entry_once_and_no_page_is_asked_for_twice(server: HostileServer) -> None:
    waiting, found, sizes = entries(20), [], []
    while waiting:
        first = not found
        expect_slice(RUN, waiting[SLICE : 2 * SLICE], 0)  # the first slice brings all, itself
        outcomes = take(server, waiting if first else waiting[:SLICE])
        sizes.append(len(articles(outcomes)))
        found += articles(outcomes)
        waiting = left(outcomes) if first else waiting[SLICE:]
        assert isinstance(outcomes[-1], HostState)
    assert sizes == [SLICE, SLICE, SLICE, 2]
    assert sorted(found) == sorted(entry.url_id for entry in entries(20))
    assert len(server.asked()) == 20
    assert max(server.most_open.values()) == 1
    assert min(gap for host in range(HOSTS) for gap in server.gaps(f"h{host}.test")) >= 0.02


def test_entries_beyond_the_next_slice_are_let_go(server: HostileServer) -> None:
    asked = [Watched(url=entry.url, url_id=entry.url_id, feed_url="") for entry in entries(20)]
    last = weakref.ref(asked[-1])
    slice_ = take_lazily(server, asked)
    assert isinstance(next(slice_), Article)
    assert all(isinstance(next(slice_), Deferral) for _ in range(20 - SLICE))
    assert last() is not None
    del asked
    assert isinstance(next(slice_), Article)
    assert last() is None


def test_what_a_slice_does_not_ask_for_stays_out_of_it(server: HostileServer) -> None:
    waiting = left(take(server, entries(14)))
    until(lambda: len(server.asked()) == 2 * SLICE)
    others = waiting[1:SLICE]
    assert sorted(articles(take(server, others))) == sorted(entry.url_id for entry in others)
    assert len(articles(take(server, waiting[SLICE:]))) == 2


def test_a_displaced_entry_keeps_what_was_read_of_it(server: HostileServer) -> None:
    waiting = left(take(server, entries(12)))
    until(lambda: len(server.asked()) == 2 * SLICE)
    take(server, waiting[1:])
    assert articles(take(server, waiting[:1])) == [waiting[0].url_id]
    assert len(server.asked()) == 2 * SLICE


def test_a_stopped_run_saves_what_is_read_and_then_ends(server: HostileServer) -> None:
    waiting = left(take(server, entries(30)))
    until(lambda: len(server.asked()) == 2 * SLICE)
    STOP.set()
    try:
        time.sleep(2 * WATCH_S + STOP_GRACE_S)
        assert has_read_ahead(RUN)
        assert len(articles(take(server, waiting[:SLICE]))) == SLICE
        assert not has_read_ahead(RUN)
        rest = take(server, waiting[SLICE : 2 * SLICE])
        assert {outcome.reason for outcome in rest if isinstance(outcome, Deferral)} == {Reason.RUN_STOPPED}
    finally:
        STOP.clear()
    assert len(server.asked()) == 2 * SLICE


def test_a_bug_ahead_ends_the_slice_that_asks(server: HostileServer) -> None:
    def read(entry: Entry, pages: Any) -> Any:
        if entry.url_id.endswith("/3"):
            return NextPage(7)  # type: ignore[arg-type]
        return read_text(entry, pages)

    waiting = left(take(server, entries(12), read))
    with pytest.raises(TypeError):
        take(server, waiting)
    assert not has_read_ahead("another run")


def test_a_slice_of_nothing_starts_no_crawl(server: HostileServer) -> None:
    assert take(server, []) == []
    assert not has_read_ahead(RUN)
