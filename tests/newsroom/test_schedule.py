"""A simulated week: a patient reader loses nothing, whatever the plan of mishaps does to it."""

import http.client
import re
from datetime import timedelta

import pytest

from tests.newsroom.visitor import Reply, visit
from warta.newsroom import WEEK_END, WEEK_START, Fault, Newsroom, VirtualClock, serve, truth, week_of_mishaps
from warta.newsroom.archive import sites

FEEDS = [site.base + feed.path for site in sites().values() for feed in site.feeds]
ANNOUNCED = re.compile(
    rb'<item(?: rdf:about="([^"]+)")?>|<link>(http[^<]+)</link>|type="text/html" href="([^"]+)"'
)
STEP = timedelta(hours=2)


def ask(room: Newsroom, url: str) -> Reply | None:
    """Return the answer, or None when the connection broke."""
    try:
        return visit(room.port, url)
    except (OSError, http.client.HTTPException):
        return None


def read_for_a_week(faults: tuple[Fault, ...]) -> tuple[dict[str, int], Newsroom]:
    """Poll all feeds every two hours and ask for what is new until it is settled."""
    clock = VirtualClock(WEEK_START)
    settled: dict[str, int] = {}
    waiting: dict[str, None] = {}
    with serve(clock=clock, faults=faults) as room:
        while clock() <= WEEK_END:
            for feed in FEEDS:
                reply = ask(room, feed)
                if reply and reply.status == 200:
                    found = (
                        first or second or third for first, second, third in ANNOUNCED.findall(reply.body)
                    )
                    waiting |= {url.decode(): None for url in found if url and not url.endswith(b".test/")}
            for url in [url for url in waiting if url not in settled]:
                reply = ask(room, url)
                if reply and reply.status not in (429, 500, 503):
                    settled[url] = reply.status
            clock.advance(STEP)
        assert room.problems == []
        return settled, room


@pytest.mark.parametrize("faults", [(), week_of_mishaps()], ids=["calm", "mishaps"])
def test_nothing_is_lost_in_a_week(faults: tuple[Fault, ...]) -> None:
    settled, room = read_for_a_week(faults)
    first_addresses = {row.url for row in truth(now=WEEK_END)}
    assert first_addresses <= set(settled)
    assert set(settled.values()) == {200, 301, 404, 410}
    spoiled = sum(visit_.status in (429, 500, 503) for visit_ in room.visits)
    assert bool(spoiled) == bool(faults)
