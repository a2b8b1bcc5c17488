"""Who goes first, and with whom."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warta.schemas.entry import Entry
from warta.schemas.feed import Feed
from warta.schemas.host import HostState
from warta.transforms.fetch.slices import in_turn, shard_key, site_of

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


def entry(url: str, age_h: int | None = None, published_h: int | None = None) -> Entry:
    announced, published = (
        None if hours is None else NOW - timedelta(hours=hours) for hours in (age_h, published_h)
    )
    return Entry(url=url, url_id=url, feed_url="", announced_at=announced, published=published)


def test_older_announcements_come_first_and_hosts_take_turns() -> None:
    entries = [entry("http://a.test/1", 1), entry("http://a.test/2", 9), entry("http://b.test/3", 5)]
    now, later = in_turn(entries, 2)
    assert [one.url for one in now] == ["http://a.test/2", "http://b.test/3"]
    assert [one.url for one in later] == ["http://a.test/1"]


def test_of_what_was_announced_together_the_original_comes_before_its_copies() -> None:
    entries = [entry("http://a.test/1", 1), entry("http://a.test/2", 1, 30), entry("http://a.test/3", 1, 50)]
    assert [one.url[-1] for one in in_turn(entries, 3)[0]] == ["3", "2", "1"]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 99)), max_size=40), st.integers(0, 50))
def test_nobody_is_lost_and_the_order_of_arrival_does_not_matter(
    names: list[tuple[int, int]], limit: int
) -> None:
    entries = [entry(f"http://h{host}.test/{page}", page) for host, page in names]
    now, later = in_turn(entries, limit)
    assert sorted(one.url for one in now + later) == sorted(one.url for one in entries)
    assert len(now) == min(limit, len(entries))
    assert in_turn(entries[::-1], limit) == (now, later)


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://www.kabar.test/a", "kabar.test"),
        ("kabar.test:8080", "kabar.test"),
        ("https://rss.koran.co.id/a", "koran.co.id"),
        ("https://koran.id/a", "koran.id"),
        ("http://[::1]:80/", "::1"),
        ("http://127.0.0.1:80/", "127.0.0.1"),
        ("localhost", "localhost"),
    ],
)
def test_the_hosts_of_a_publisher_are_one_site(url: str, site: str) -> None:
    assert site_of(url) == site


def test_feeds_pages_and_host_states_of_a_site_share_a_shard() -> None:
    keys = {
        shard_key(entry("https://www.kabar.test/a"), 64),
        shard_key((Feed(url="https://rss.kabar.test/rss"), None), 64),
        shard_key(HostState(host="m.kabar.test:8080"), 64),
    }
    assert len(keys) == 1
    assert shard_key(entry("https://lain.test/"), 1) == 0
    assert shard_key(entry("http://[broken"), 64) in range(64)
