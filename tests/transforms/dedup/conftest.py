"""A small newsroom of made-up articles."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from warta.schemas.article import Article
from warta.transforms.dedup.exact import content_hash
from warta.transforms.dedup.near import fingerprint
from warta.transforms.text import digest

SYLLABLES = ("ba", "di", "ke", "lo", "mu", "na", "pa", "ri", "sa", "te", "wu", "yo")
FIRST_DAY = date(2026, 11, 1)


def prose(seed: int, words: int = 200) -> str:
    """Return made-up prose that shares nothing with that of another seed."""
    chance = random.Random(seed)
    return " ".join("".join(chance.choices(SYLLABLES, k=3)) for _ in range(words))


def article(
    name: str,
    text: str,
    *,
    day: int = 0,
    hour: int = 8,
    publisher: str = "Kabar",
    url_id: str = "",
    dateline: str = "",
    entry_digest: str = "d1",
    feed_url: str = "https://kabar.test/rss",
) -> Article:
    """Return an article as the reader hands it over; its id follows from `name`."""
    when = datetime(2026, 11, 1, hour, tzinfo=UTC) + timedelta(days=day)
    return Article(
        id=digest(name),
        url=f"https://{publisher.lower()}.test/{name}",
        canonical_url=f"https://{publisher.lower()}.test/{name}",
        publisher=publisher,
        feed_url=feed_url,
        title=name,
        text=text,
        fetched_at=when,
        date=when.date(),
        url_id=url_id or digest(name),
        published=when,
        dateline=dateline,
        topic="politics",
        entry_digest=entry_digest,
        content_hash=content_hash(text),
        fingerprint=fingerprint(text),
    )


@pytest.fixture(name="index_dir")
def _index_dir(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tmp_path_factory.mktemp("index"))
