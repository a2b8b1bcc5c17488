"""Small made-up rows and states for the tests of the store."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from warta.schemas.article import Article, Cuts
from warta.schemas.entry import Entry
from warta.schemas.feed import FeedHealth, FeedState
from warta.schemas.outcome import Duplicate, Reason, Rejection, Stage
from warta.schemas.record import Record
from warta.transforms.text import digest

NOON = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
TOPICS = ("economy", "sport", "unknown")
PUBLISHERS = ("Kabar Uji", "Warta Contoh", "The Sample Post")


def record(number: int, **changes: object) -> Record:
    """Return the record of a made-up article; the same number gives the same record."""
    at = NOON - timedelta(hours=number % 60)
    article = Article(
        id=digest("article", str(number)),
        url=f"https://kabar.example/{number}",
        canonical_url=f"https://kabar.example/{number}",
        publisher=PUBLISHERS[number % 3],
        feed_url="https://kabar.example/rss",
        title=f"Judul berita ke-{number}",
        text=f"Jakarta, berita contoh nomor {number}.\n\n" + "Isi yang cukup panjang. " * (number % 7 + 3),
        fetched_at=NOON,
        date=at.date(),
        url_id=digest("url", str(number)),
        authors=("Sari Contoh",),
        published=at,
        published_source="json_ld",
        language="id",
        language_score=0.99,
        language_source="model",
        topic=TOPICS[number % 3],
        topic_score=0.5,
        topic_source="model",
        content_hash=digest("text", str(number)),
        removed=(Cuts("inline_link:baca_juga", 1, 20),),
    )
    return Record(replace(article, **changes))


def duplicate(number: int) -> Duplicate:
    return Duplicate(
        id=digest("copy", str(number)),
        url=f"https://salinan.example/{number}",
        dup_of=digest("article", str(number)),
        dup_kind="near",
        publisher="Salinan",
        feed_url="https://salinan.example/rss",
        fetched_at=NOON,
        date=date(2026, 11, 21),
        containment=0.9,
    )


def rejection(number: int) -> Rejection:
    return Rejection(
        Stage.FETCH, Reason.NOT_FOUND, f"https://hilang.example/{number}", "404", rejected_at=NOON
    )


def health(number: int, run_id: str = "run-1") -> FeedHealth:
    return FeedHealth(f"https://umpan.example/{number}", "Umpan", run_id, NOON, "ok", 200, entries=3)


def feed_state(number: int) -> FeedState:
    return FeedState(f"https://umpan.example/{number}", etag=f'"{number}"', next_poll=NOON, interval_s=600.0)


def entry(number: int) -> Entry:
    url = f"https://kabar.example/{number}"
    return Entry(url, digest(url), "https://kabar.example/rss", authors=("A", "B"))
