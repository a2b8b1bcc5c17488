"""Both composites in a pipeline: tags, politeness across stages, nothing lost."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.runners.portability.fn_api_runner import FnApiRunner

from tests.hostile_server import HostileServer
from tests.transforms.fetch.readers import read_lines, read_text
from warta.schemas.article import Article
from warta.schemas.entry import Entry
from warta.schemas.feed import Feed, FeedHealth, FeedState
from warta.schemas.host import HostState
from warta.schemas.outcome import Rejection
from warta.transforms.fetch.beam import FetchFeeds, FetchPages
from warta.transforms.fetch.settings import FetchSettings

SEEN: dict[str, list[Any]] = defaultdict(list)


@pytest.fixture
def server() -> Iterator[HostileServer]:
    with HostileServer() as running:
        yield running


def note(element: Any, name: str) -> None:
    SEEN[name].append(element)


@pytest.mark.parametrize("shards", [1, 3])
def test_feeds_become_articles_with_manners_across_the_stages(server: HostileServer, shards: int) -> None:
    SEEN.clear()
    for host in ("a.test", "b.test"):
        server.put(host, "/rss", b"/1\n/2\n/hilang")
        server.put(host, "/1", b"satu")
        server.put(host, "/2", b"empty")
    settings = FetchSettings(
        allow_networks=("127.0.0.0/8",),
        connect_to=server.connect_to,
        use_proxies=False,
        min_delay_s=0.1,
        shards=shards,
        run_id="run",
    )
    with beam.Pipeline(runner=FnApiRunner()) as p:
        polls = p | beam.Create([(Feed(url=f"http://{host}/rss"), None) for host in ("a.test", "b.test")])
        feeds = polls | FetchFeeds(read_lines, settings)
        pages = (feeds.entries, feeds.hosts) | beam.Flatten() | FetchPages(read_text, settings)
        for outputs, tags in (
            (feeds, ("entries", "feed_states", "health", "rejections")),
            (pages, ("articles", "rejections", "deferrals", "hosts")),
        ):
            for tag in tags:
                outputs[tag] | f"Note{id(outputs)}{tag}" >> beam.Map(note, tag)
    kinds = {name: {type(element) for element in elements} for name, elements in SEEN.items()}
    assert kinds == {
        "entries": {Entry},
        "feed_states": {FeedState},
        "health": {FeedHealth},
        "articles": {Article},
        "rejections": {Rejection},
        "hosts": {HostState},
    }
    assert Counter(str(one.reason) for one in SEEN["rejections"]) == {"not_found": 2, "no_article": 2}
    assert len(SEEN["articles"]) == 2
    for host in ("a.test", "b.test"):
        assert [request.path for request in server.asked(host)][:2] == ["/robots.txt", "/rss"]
        assert len(server.asked(host, "/robots.txt")) == 1
        assert min(server.gaps(host)) >= 0.1
        assert server.most_open[host] == 1


def test_every_entry_leaves_the_step_once(server: HostileServer) -> None:
    SEEN.clear()
    entries = [Entry(url=f"http://h{n % 3}.test/{n}", url_id=f"{n}", feed_url="") for n in range(30)]
    settings = FetchSettings(
        allow_networks=("127.0.0.0/8",), connect_to=server.connect_to, min_delay_s=0.0, max_pages=20
    )
    with beam.Pipeline(runner=FnApiRunner()) as p:
        pages = p | beam.Create(entries) | FetchPages(read_text, settings)
        for tag in ("articles", "rejections", "deferrals"):
            pages[tag] | f"Note{tag}" >> beam.Map(note, tag)
    told = [one.url_id for one in SEEN["rejections"]]
    told += [one.entry.url_id for one in SEEN["deferrals"]]
    assert sorted(told) == sorted(entry.url_id for entry in entries)
    assert len(SEEN["deferrals"]) == 10
