"""The shared corpus as a world: each real page under its own host and path, on loopback.

Where a page lives:

- Under the host, path and query of its row's `url`; `https` becomes `http`, blanks at the ends and the
  fragment go. "http://site/" is the front page of that host.
- A row without a usable address (none, or `hard::…`) lives at `http://<id>.test/<id>`: a host of its own,
  so that no two sites mix.
- When two rows claim one address, the first in file order has it; each later one gets `corpus-copy=<id>`
  in its query.

How pages are announced: one RSS 2.0 feed per site group (the row's `site`, else the host) at
`/warta-corpus.xml` of the group's first host. The item's title is the page's own `<title>`, never the
ground truth, and it carries no date: a feed that knew the answers would flatter the reader. Items have no
summary. The 76 real feeds live at `http://feeds.test/<file>`, byte for byte; what they announce answers 404,
and where they announce `https` the connection is refused at once (the world speaks no TLS).
"""

import argparse
import gzip
import html
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit
from xml.sax.saxutils import escape

from tests.bench.world import Served, serve_apart
from tests.shared import SHARED
from warta.newsroom.loopback import Answer, Ask

FEED_PATH = "/warta-corpus.xml"
_TITLE = re.compile(rb"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_CHARSET = re.compile(rb"charset=[\"']?\s*([\w-]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CorpusPage:
    """One page and where it lives."""

    id: str
    url: str
    site: str
    file: str
    language: str
    timezone: str


def corpus_folder() -> Path | None:
    """Return the shared corpus, from $WARTA_SHARED or beside the checkout; None where it is absent."""
    folder = SHARED / "corpus"
    return folder if (folder / "dev.jsonl").is_file() else None


def corpus_rows(folder: Path) -> list[dict[str, Any]]:
    """Return the ground truth rows, in file order."""
    return [json.loads(line) for line in (folder / "dev.jsonl").read_text(encoding="utf-8").splitlines()]


def corpus_pages(rows: list[dict[str, Any]]) -> list[CorpusPage]:
    """Give every row its address (module docstring: the rule for clashes)."""
    pages, taken = [], set()
    for row in rows:
        url = _address(row)
        if _key(url) in taken:
            url += f"{'&' if '?' in url else '?'}corpus-copy={row['id']}"
        taken.add(_key(url))
        group = row["site"] or urlsplit(url).netloc
        zone = "Asia/Jakarta" if row["country"] == "ID" else ""
        pages.append(CorpusPage(row["id"], url, group, row["file"], row["lang"] or "", zone))
    return pages


def _address(row: dict[str, Any]) -> str:
    parts = urlsplit((row["url"] or "").strip())
    if parts.scheme not in ("http", "https"):
        return f"http://{row['id'].lower().replace('_', '-')}.test/{row['id']}"
    query = f"?{parts.query}" if parts.query else ""
    path = parts.path[:-1] if parts.path.endswith("/.") else parts.path or "/"  # RFC 3986 5.2.4
    return f"http://{parts.netloc.lower()}{path}{query}".replace(" ", "%20")


def _key(url: str) -> tuple[str, str]:
    """Return what two spellings of one address share."""
    parts = urlsplit(url)
    return parts.netloc.lower(), unquote(parts.path + (f"?{parts.query}" if parts.query else ""))


def truth(folder: Path) -> dict[str, str]:
    """Return the mapping of announced address to corpus id."""
    return {page.url: page.id for page in corpus_pages(corpus_rows(folder))}


class CorpusServer:
    """The handler inside the server's process; pages are read when they are asked for."""

    def __init__(self, folder: Path, latency_s: float = 0.0) -> None:
        self.folder = folder
        self.latency_s = latency_s
        self.take(corpus_pages(corpus_rows(folder)))

    def take(self, pages: list[CorpusPage]) -> None:
        """Serve `pages` and no others."""
        self.pages = pages
        self._exact = {_key(page.url): page for page in self.pages}
        self._by_path: dict[tuple[str, str], list[CorpusPage]] = {}
        for page in self.pages:
            host, target = _key(page.url)
            self._by_path.setdefault((host, target.partition("?")[0]), []).append(page)
        self._groups = feed_groups(self.pages)

    def __call__(self, ask: Ask) -> Answer:
        if ask.path == "/robots.txt":
            return Answer(404, b"", delay_s=self.latency_s)
        if ask.host == "feeds.test":
            return self._real_feed(ask.path[1:])
        if ask.path == FEED_PATH and ask.host in self._groups:
            body = self._feed(ask.host, self._groups[ask.host])
            return Answer(
                200, body, (("Content-Type", "application/rss+xml; charset=utf-8"),), self.latency_s
            )
        page = self._find(ask)
        if page is None:
            return Answer(404, b"not in the corpus", (("Content-Type", "text/plain"),), self.latency_s)
        # no charset in the header: the bytes must speak for themselves, as they did to the corpus' makers
        return Answer(200, self._body(page), (("Content-Type", "text/html"),), self.latency_s)

    def _find(self, ask: Ask) -> CorpusPage | None:
        target = unquote(ask.target)
        if page := self._exact.get((ask.host, target)):
            return page
        if "page=" in ask.query:  # a further page of an article; the corpus holds first pages only
            return None
        same_path = self._by_path.get((ask.host, target.partition("?")[0]), [])
        return same_path[0] if len(same_path) == 1 else None  # trackers dropped from the query

    def _body(self, page: CorpusPage) -> bytes:
        return gzip.decompress((self.folder / page.file).read_bytes())

    def _feed(self, host: str, group: list[CorpusPage]) -> bytes:
        items = "".join(
            f"<item><title>{escape(page_title(self._body(page)))}</title><link>{escape(page.url)}</link>"
            f"<guid>{escape(page.url)}</guid></item>\n"
            for page in group
        )
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel>'
            f"<title>{escape(group[0].site)}</title><link>http://{host}/</link>"
            f"<description>Pages of the corpus</description>\n{items}</channel></rss>\n"
        ).encode()

    def _real_feed(self, name: str) -> Answer:
        path = self.folder / "feeds" / name
        if "/" in name or not path.is_file():
            return Answer(404, b"", delay_s=self.latency_s)
        return Answer(200, path.read_bytes(), (("Content-Type", "text/xml"),), self.latency_s)


def page_title(body: bytes) -> str:
    """Return the page's own `<title>`, as a feed made by its software would have it."""
    match = _TITLE.search(body)
    if not match:
        return ""
    charset = _CHARSET.search(body[:4_096])
    try:
        text = match[1].decode(charset[1].decode() if charset else "utf-8", "replace")
    except LookupError:
        text = match[1].decode("utf-8", "replace")
    text = html.unescape(re.sub(r"<[^>]*>", "", text))
    return " ".join("".join(mark for mark in text if mark.isprintable() or mark.isspace()).split())


def feed_groups(pages: list[CorpusPage]) -> dict[str, list[CorpusPage]]:
    """Return the pages by the host of the feed that announces them: one feed per site group."""
    groups: dict[str, list[CorpusPage]] = {}
    for page in pages:
        groups.setdefault(page.site, []).append(page)
    feeds: dict[str, list[CorpusPage]] = {}
    for group in groups.values():
        feeds.setdefault(urlsplit(group[0].url).netloc, []).extend(group)
    return feeds


def feed_list(folder: Path, *, real_feeds: bool = True) -> str:
    """Return the feed list as TOML: one per site group, then the real feeds."""
    rows = [feed_list_of(feed_groups(corpus_pages(corpus_rows(folder))))]
    if real_feeds:
        index = (folder / "feeds" / "index.jsonl").read_text(encoding="utf-8").splitlines()
        names = [Path(json.loads(line)["file"]).name for line in index]
        rows += [
            f'[[feed]]\nurl = "http://feeds.test/{name}"\npublisher = {json.dumps(name)}\n' for name in names
        ]
    return "\n".join(rows)


def feed_list_of(groups: dict[str, list[CorpusPage]]) -> str:
    """Return the feed list of site groups as TOML."""
    rows = []
    for host, group in groups.items():
        first = group[0]
        rows.append(f'[[feed]]\nurl = "http://{host}{FEED_PATH}"\npublisher = {json.dumps(first.site)}\n')
        if len({page.timezone for page in group}) == 1 and first.timezone:
            rows[-1] += f'timezone = "{first.timezone}"\n'
    return "\n".join(rows)


@contextmanager
def serve_corpus(folder: Path, *, latency_s: float = 0.0, real_feeds: bool = True) -> Iterator[Served]:
    """Serve the corpus on 127.0.0.1 from a process of its own until the block ends.

    `connect_to` of the result leads every host there is to the server ("*"), since the pages keep their
    real hosts: run nothing else with it.
    """
    feeds = feed_list(folder, real_feeds=real_feeds)
    with serve_apart(CorpusServer, folder, latency_s, feeds=feeds, pattern="*") as served:
        yield served


def main() -> None:
    """Ask for every page and feed of the corpus world once and print what came."""
    import http.client

    argparse.ArgumentParser(description=main.__doc__).parse_args()
    folder = corpus_folder()
    if folder is None:
        raise SystemExit("the shared corpus is absent: set WARTA_SHARED or put it beside the checkout")
    mapping = truth(folder)
    announced = same = size = 0
    with serve_corpus(folder) as world:
        link = http.client.HTTPConnection("127.0.0.1", world.port)
        bodies = CorpusServer(folder)
        by_id = {page.id: page for page in bodies.pages}
        for url, id_ in mapping.items():
            parts = urlsplit(url)
            target = parts.path + (f"?{parts.query}" if parts.query else "")
            link.request("GET", quote(target, safe="/?&=%+:;,@!$'()*~"), headers={"Host": parts.netloc})
            body = link.getresponse().read()
            same += body == bodies._body(by_id[id_])
            size += len(body)
        for host, group in feed_groups(bodies.pages).items():
            link.request("GET", FEED_PATH, headers={"Host": host})
            announced += link.getresponse().read().count(b"<item>")
            assert len(group) > 0
        feeds = world.feeds_file.read_text(encoding="utf-8").count("[[feed]]")
        totals = world.totals()
    print(f"corpus world: {len(mapping)} addresses, {same} served byte for byte ({size / 1e6:.0f} MB)")
    print(f"feeds {feeds}, items announced by the synthetic ones {announced}, statuses {totals['statuses']}")


if __name__ == "__main__":
    main()
