"""The newsroom on loopback: every site's feeds, pages, variants and odd addresses, under a clock."""

import fnmatch
import gzip
import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from urllib.parse import parse_qs

from warta.newsroom import page as pages
from warta.newsroom import syndication
from warta.newsroom.archive import EDITIONS, FeedSpec, Oddity, Piece, Site, pieces, sites, visible
from warta.newsroom.clocktext import rfc822
from warta.newsroom.loopback import ADDRESS, Answer, Ask, HostCounters, Loopback

HTML = ("Content-Type", "text/html; charset=utf-8")
XML = ("Content-Type", "text/xml; charset=utf-8")
PICTURE = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 9"><path fill="#8aa3b5" d="M0 0h16v9H0z"/>'
    b'<path fill="#5b7487" d="M0 9l5-5 3 3 4-4 4 4v2z"/></svg>'
)

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that goes wrong, by plan. All conditions must hold.

    `kind` is an HTTP status ("503", "429") or reset | truncate | stall | slow | html (a page in place of
    whatever was asked).
    """

    kind: str
    host: str = "*"
    path: str = "*"
    since: datetime | None = None
    until: datetime | None = None
    first: int = 0
    """Only the first N matching requests; 0 means all of them."""
    every: int = 1
    """Only every N-th matching request."""
    delay_s: float = 0.0
    retry_after: str = ""

    def matches(self, ask: Ask, now: datetime) -> bool:
        """True when the plan covers this request at this instant; counts are the server's business."""
        inside = (not self.since or self.since <= now) and (not self.until or now < self.until)
        return inside and fnmatch.fnmatch(ask.host, self.host) and fnmatch.fnmatch(ask.target, self.path)


@dataclass(frozen=True, slots=True)
class Visit:
    """One line of the access log."""

    host: str
    target: str
    status: int
    at: datetime
    """On the newsroom's clock."""


@dataclass(slots=True)
class Newsroom:
    """A newsroom that is being served."""

    clock: Clock
    faults: tuple[Fault, ...] = ()
    real_dates: bool = True
    """Send the machine's time as `Date`; a simulated clock sends its own."""
    visits: list[Visit] = field(default_factory=list)
    _server: Loopback | None = None
    _matched: dict[Fault, int] = field(default_factory=dict)

    @property
    def port(self) -> int:
        """The port on 127.0.0.1 that all hosts share."""
        assert self._server is not None
        return self._server.port

    @property
    def connect_to(self) -> tuple[tuple[str, str], ...]:
        """Where the newsroom's hosts are: pairs of host pattern and address."""
        return (("*.test", f"{ADDRESS}:{self.port}"),)

    @property
    def feeds_file(self) -> Path:
        """The feed list of all its publishers."""
        return Path(str(files("warta.newsroom").joinpath("feeds.toml")))

    @property
    def hosts(self) -> dict[str, HostCounters]:
        """Counters per host: requests, most open at once, least distance between two."""
        assert self._server is not None
        return self._server.hosts

    @property
    def problems(self) -> list[BaseException]:
        """What went wrong inside the newsroom itself; empty, or a bug."""
        assert self._server is not None
        return self._server.problems

    def answer(self, ask: Ask) -> Answer:
        """Answer one request: faults first, then the site."""
        now = self.clock()
        answer = _packed(ask, self._faulty(ask, now) or self._honest(ask, now))
        self.visits.append(Visit(ask.host, ask.target, answer.status, now))
        date = datetime.now(UTC) if self.real_dates else now
        headers = (("Date", rfc822(date)), ("Server", "warta-newsroom"), *answer.headers)
        return Answer(answer.status, answer.body, headers, answer.delay_s, answer.fault)

    def _faulty(self, ask: Ask, now: datetime) -> Answer | None:
        for fault in self.faults:
            if not fault.matches(ask, now):
                continue
            count = self._matched[fault] = self._matched.get(fault, 0) + 1
            if (fault.first and count > fault.first) or count % fault.every:
                continue
            return self._spoil(fault, ask, now)
        return None

    def _spoil(self, fault: Fault, ask: Ask, now: datetime) -> Answer:
        if fault.kind.isdigit():
            headers = (("Retry-After", fault.retry_after),) if fault.retry_after else ()
            return Answer(int(fault.kind), b"<h1>Sorry</h1>", (HTML, *headers), fault.delay_s)
        honest = self._honest(ask, now)
        if fault.kind == "html":
            return Answer(200, b"<html><body><h1>Sedang dalam pemeliharaan</h1></body></html>", (HTML,))
        if fault.kind == "slow":
            return Answer(honest.status, honest.body, honest.headers, fault.delay_s)
        return Answer(honest.status, honest.body, honest.headers, fault.delay_s, fault.kind)

    def _honest(self, ask: Ask, now: datetime) -> Answer:
        site, variant = site_of(ask.host)
        if site is None:
            return Answer(421, b"no such host here")
        if ask.path == "/robots.txt":
            return Answer(200, site.robots.encode(), (("Content-Type", "text/plain; charset=utf-8"),))
        if ask.path.startswith("/foto/"):
            return Answer(200, PICTURE, (("Content-Type", "image/svg+xml"),))
        for feed in site.feeds:
            if ask.path == feed.path and not variant:
                return _feed_answer(site, feed, ask, now)
        for odd in site.oddities:
            if ask.path == odd.path and ask.host == (odd.host or site.host) and odd.published <= now:
                return _odd_answer(site, odd, now)
        return _page_answer(site, variant, ask, now)


def _packed(ask: Ask, answer: Answer) -> Answer:
    site, _ = site_of(ask.host)
    accepted = "gzip" in ask.headers.get("accept-encoding", "")
    if not (site and site.gzip and accepted and answer.body):
        return answer
    body = gzip.compress(answer.body, mtime=0)
    headers = (*answer.headers, ("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding"))
    return Answer(answer.status, body, headers, answer.delay_s, answer.fault)


def site_of(host: str) -> tuple[Site | None, str]:
    """Return the site that answers at `host`, and its variant: "", "m" or "amp"."""
    for site in sites().values():
        if host == site.host:
            return site, ""
        bare = site.host.removeprefix("www.")
        if host in (f"m.{bare}", f"amp.{bare}"):
            return site, host.partition(".")[0]
        if host in (bare, f"www.{bare}"):
            return site, ""
    return None, ""


def _feed_answer(site: Site, feed: FeedSpec, ask: Ask, now: datetime) -> Answer:
    body = syndication.feed_document(site, feed, now).encode()
    change = syndication.newest_change(syndication.items(site, feed, now))
    etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    modified = rfc822(change) if change else ""
    headers = (("ETag", etag), ("Last-Modified", modified), ("Cache-Control", "max-age=300"))
    known = ask.headers.get("if-none-match")
    same = etag in known if known else bool(modified) and ask.headers.get("if-modified-since") == modified
    return Answer(304, b"", headers) if same else Answer(200, body, (XML, *headers))


def _odd_answer(site: Site, odd: Oddity, now: datetime) -> Answer:
    if odd.status in (301, 302, 307, 308):
        return Answer(odd.status, b"", (("Location", pieces()[odd.to].url),))
    if odd.status == 200 and odd.to:
        body = pages.article_page(pieces()[odd.to].at(now), variant="amp") or ""
        return Answer(200, body.encode(), (HTML,))
    if odd.status == 200:
        return Answer(200, pages.odd_page(site, odd.title, "Halaman khusus pelanggan.").encode(), (HTML,))
    return Answer(odd.status, pages.odd_page(site, odd.title, "Halaman tidak tersedia.").encode(), (HTML,))


def _page_answer(site: Site, variant: str, ask: Ask, now: datetime) -> Answer:
    if ask.path == "/":
        return Answer(200, pages.front_page(site, visible(site, now)[:20]).encode(), (HTML,))
    found = _find(site, ask, now)
    if found:
        piece, number, everything = found
        body = pages.article_page(piece, number, everything=everything, variant=variant)
        if body is not None:
            return Answer(200, body.encode(), (HTML,))
    return Answer(404, pages.odd_page(site, "404", "Halaman tidak ditemukan.").encode(), (HTML,))


def _find(site: Site, ask: Ask, now: datetime) -> tuple[Piece, int, bool] | None:
    wanted = parse_qs(ask.query).get("page", ["1"])[0]
    path = ask.path.rstrip("/")
    for piece in visible(site, now):
        names = {piece.path.rstrip("/"), pieces()[piece.key].path.rstrip("/")}  # a slug may have changed
        if path in names:
            number = int(wanted) if wanted.isdigit() and site.pager == "query" else 1
            return piece, number, wanted == "all"
        stem, _, tail = path.rpartition("/")
        if site.pager == "path" and stem in names and tail.isdigit():
            return piece, int(tail), False
    return None


@contextmanager
def serve(
    edition: int = 1,
    port: int = 0,
    *,
    clock: Clock | None = None,
    faults: Sequence[Fault] = (),
) -> Iterator[Newsroom]:
    """Serve the newsroom on 127.0.0.1 until the block ends.

    Args:
      edition: which fixed instant to show, a key of `EDITIONS`.
      port: 0 takes a free one.
      clock: shows the newsroom as of `clock()`, asked at each request; overrides `edition`. The week that
        articles appear in is 10 to 17 October 2025.
      faults: what goes wrong, in order of precedence.
    """
    instant = EDITIONS[edition]
    room = Newsroom(clock or (lambda: instant), tuple(faults), real_dates=clock is None)
    with Loopback(room.answer, port=port) as server:
        room._server = server
        yield room
