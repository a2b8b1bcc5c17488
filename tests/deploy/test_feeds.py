"""The feed lists that ship: they load, they are many, and each feed says where it was found."""

import re
from pathlib import Path

import pytest

from warta.transforms.parse.feed_list import FeedListError, parse_feed_list, read_feed_list

FEEDS = Path(__file__).parents[2] / "deploy" / "feeds"


@pytest.mark.parametrize(("name", "feeds", "publishers"), [("indonesia", 40, 20), ("world", 20, 20)])
def test_a_shipped_list_has_many_feeds_of_many_publishers(name: str, feeds: int, publishers: int) -> None:
    found = read_feed_list(FEEDS / f"{name}.toml")
    assert len(found) >= feeds
    assert len({feed.publisher for feed in found}) >= publishers
    assert all(feed.publisher and feed.language and feed.timezone for feed in found)


@pytest.mark.parametrize("name", ["indonesia", "world"])
def test_every_shipped_feed_says_where_and_when_it_was_seen(name: str) -> None:
    text = (FEEDS / f"{name}.toml").read_text(encoding="utf-8")
    tables = text.split("[[feed]]\n")[1:]
    assert [table for table in tables if not re.match(r"# seen: .+20\d\d-\d\d", table)] == []


def test_the_indonesian_list_covers_the_country_its_zones_and_english() -> None:
    found = read_feed_list(FEEDS / "indonesia.toml")
    assert {feed.timezone for feed in found} == {"Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"}
    assert {feed.language for feed in found} == {"id", "en"}
    assert {"economy", "sport", "politics", "health"} <= {feed.topic for feed in found}


def test_the_shipped_lists_do_not_repeat_each_other() -> None:
    every = [feed.url for name in ("indonesia", "world") for feed in read_feed_list(FEEDS / f"{name}.toml")]
    assert len(every) == len(set(every))


def test_the_readme_shows_a_list_that_loads_and_a_mistake_as_it_is_told() -> None:
    text = (FEEDS / "README.md").read_text(encoding="utf-8")
    example, message = re.findall(r"```(?:toml)?\n(.*?)```", text, re.DOTALL)
    assert len(parse_feed_list(example, "feeds.toml")) == 2
    wrong = '[[feed]]\nurl = "https://a.test/"\n\n\n\n\ntopic = "sports"\n'
    with pytest.raises(FeedListError) as caught:
        parse_feed_list(wrong, "feeds.toml")
    assert str(caught.value) == message.strip()
