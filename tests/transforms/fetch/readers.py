"""Readers for tests: top-level callables, because reader processes import them by name."""

import os
import signal
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from warta.schemas.article import Article
from warta.schemas.entry import Entry
from warta.schemas.feed import Feed
from warta.schemas.outcome import Reason, Rejection, Stage
from warta.schemas.page import Page
from warta.transforms.fetch.model import NextPage
from warta.transforms.urls import article_id, request_url

DAY = datetime(2026, 11, 21, tzinfo=UTC).date()


class Unreadable(Exception):
    """What a parser raises that knows its reason."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True)
class Lines:
    """A listing: every line of the body is an address; a line "more URL" is a further document."""

    entries: tuple[Entry, ...]
    rejections: tuple[Rejection, ...] = ()
    ttl_s: int | None = None
    newest: datetime | None = None
    more: tuple[str, ...] = ()


def read_lines(feed: Feed, page: Page) -> Lines:
    """Read a body of one address a line."""
    lines = page.body.decode().split("\n")
    if lines[0].startswith("<html"):
        raise Unreadable(Reason.FEED_NOT_A_FEED, "an HTML page")
    urls = [request_url(line, page.final_url) for line in lines if line and not line.startswith("more ")]
    return Lines(
        entries=tuple(Entry(url=url, url_id=article_id(url), feed_url=feed.url) for url in urls),
        more=tuple(line[5:] for line in lines if line.startswith("more ")),
    )


def read_text(entry: Entry, pages: tuple[Page, ...]) -> Article | Rejection | NextPage:
    """Take the body as the text; "next URL" asks for one more page, other words misbehave."""
    body = pages[-1].body.decode("utf-8", "replace")
    if body.startswith("next "):
        return NextPage(body.split()[1], _article(entry, pages))
    if body.startswith("bare-next "):
        return NextPage(body.split()[1])
    if body == "empty":
        return Rejection(Stage.EXTRACT, Reason.NO_ARTICLE, entry.url, url_id=entry.url_id)
    if body == "hang":
        time.sleep(3600)
    if body == "crash":
        os._exit(7)
    if body == "raise":
        raise KeyError("body")
    if body == "greedy":
        bytearray(64 * 2**30)
    return _article(entry, pages)


def killed_the_first_time(marker: str) -> str:
    """Die by SIGKILL in the middle of the first call, as when the system is short of memory."""
    try:
        os.close(os.open(marker, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return "read"
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("unreachable")


def _article(entry: Entry, pages: tuple[Page, ...]) -> Article:
    return Article(
        id=entry.url_id,
        url=pages[0].final_url,
        canonical_url=entry.url,
        publisher=entry.publisher,
        feed_url=entry.feed_url,
        title=entry.title,
        text="\n\n".join(page.body.decode("utf-8", "replace") for page in pages),
        fetched_at=pages[0].fetched_at,
        date=DAY,
    )


def double(number: int) -> int:
    return 2 * number


def same(text: str) -> str:
    return text


def process_id(_: int) -> int:
    return os.getpid()


def nap(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


_setups: list[float] = []


def slow_setup() -> None:
    """Take longer than a page may."""
    time.sleep(2.5)
    _setups.append(time.monotonic())


def set_up_at(_: int) -> int:
    return len(_setups)


def die() -> None:
    os._exit(9)
