"""The feeds that a homepage announces, and where feeds usually live when it announces none."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree, html

from warta.transforms import urls

MAX_PAGE_BYTES = 3 * 1024 * 1024
"""Of the homepage that is looked at; announcements stand in the head."""
MAX_CANDIDATES = 30
"""Candidates returned; portals link dozens of section feeds from one page."""

_FEED_TYPES = re.compile(
    r"application/(?:rss|atom|rdf|feed)\+(?:xml|json)|text/(?:xml|rss)|application/json", re.I
)
_FEED_PATH = re.compile(
    r"(?:^|[/._-])(?:rss2?|feeds?|atom|rdf)(?:[/._-]|$)|\.(?:rss|atom|rdf)$|[?&](?:feed|mib|format)=(?:rss|atom)",
    re.I,
)
_NOT_A_FEED = re.compile(
    r"comments?/feed|/comments/|oembed|\.(?:css|js|png|jpe?g|svg|gif|ico|pdf)$|wp-json", re.I
)
_USUAL = ("/feed/", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/sitemap-news.xml", "/news-sitemap.xml")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place where a feed may be; only fetching it tells."""

    url: str
    title: str = ""
    evidence: str = ""
    """announced (a link in the head), linked (a link on the page) or usual (a guess)."""


def discover_feeds(body: bytes, url: str, *, guess: bool = True) -> tuple[Candidate, ...]:
    """Return where the homepage at `url` says its feeds are, best first.

    Args:
      body: the homepage's HTML.
      url: its address, after redirects.
      guess: add the usual places when the page announces and links nothing.

    Raises:
      ValueError: `url` is no http(s) address.
    """
    base = urls.request_url(url)
    tree = _tree(body)
    found: dict[str, Candidate] = {}
    if tree is not None:
        base = _base(tree, base)
        for candidate in (*_announced(tree, base), *_linked(tree, base)):
            found.setdefault(candidate.url, candidate)
    if not found and guess:
        return tuple(Candidate(urls.request_url(path, base), "", "usual") for path in _USUAL)
    return tuple(found.values())[:MAX_CANDIDATES]


def _tree(body: bytes) -> Any:
    try:
        return html.document_fromstring(body[:MAX_PAGE_BYTES], parser=html.HTMLParser(huge_tree=False))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


def _base(tree: Any, base: str) -> str:
    for element in tree.iter("base"):
        try:
            return urls.request_url(element.get("href", ""), base)
        except ValueError:
            continue
    return base


def _announced(tree: Any, base: str) -> Iterator[Candidate]:
    for link in tree.iter("link"):
        relations = link.get("rel", "").lower().split()
        typed = _FEED_TYPES.fullmatch(link.get("type", "").split(";")[0].strip())
        if "feed" in relations or ("alternate" in relations and typed):
            yield from _candidate(link.get("href", ""), link.get("title", ""), base, "announced")


def _linked(tree: Any, base: str) -> Iterator[Candidate]:
    for anchor in tree.iter("a"):
        href = anchor.get("href", "")
        if _FEED_PATH.search(href):
            title = " ".join("".join(anchor.itertext()).split())[:100]
            yield from _candidate(href, title or anchor.get("title", ""), base, "linked")


def _candidate(href: str, title: str, base: str, evidence: str) -> Iterator[Candidate]:
    try:
        address = urls.request_url(href, base)
    except ValueError:
        return
    if href.strip() and not _NOT_A_FEED.search(address):
        yield Candidate(address, " ".join(title.split())[:200], evidence)
