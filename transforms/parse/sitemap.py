"""Sitemaps, Google News sitemaps and sitemap indexes (https://www.sitemaps.org/protocol.html)."""

from collections.abc import Iterator
from typing import Any

from lxml import etree

from warta.schemas.outcome import Reason
from warta.transforms.parse.document import Document
from warta.transforms.parse.entries import Item
from warta.transforms.parse.model import FeedError
from warta.transforms.parse.xml_feed import Listing

MAX_CHILDREN = 10
"""Sitemaps followed from one index, newest first. News sites list a month or a section each and change the
newest; an archive index lists thousands."""


def read_sitemap(document: Document, *, max_entries: int) -> Listing:
    """Return the addresses of a sitemap as items, or the children of a sitemap index.

    Items come newest first where there are more than `max_entries`, since sitemaps know no order.

    Raises:
      FeedError: the document breaks off before anything is read.
    """
    root, problem = _root(document)
    problems = (problem,) if problem else ()
    if document.root == "sitemapindex":
        return Listing(items=(), format="sitemap_index", more=_children(root), problems=problems)
    fields = [dict(_fields(element)) for element in root if _name(element) == "url"]
    if problem and not fields:
        raise FeedError(Reason.FEED_MALFORMED, f"sitemap {problem}")
    news = any("publication_date" in row for row in fields)
    if len(fields) > max_entries:
        fields.sort(key=_day, reverse=True)
    title = next((row["name"] for row in fields if row.get("name")), "")
    return Listing(
        items=tuple(_item(row) for row in fields[:max_entries]),
        format="news_sitemap" if news else "sitemap",
        title=title,
        dropped=max(0, len(fields) - max_entries),
        problems=problems,
    )


def _root(document: Document) -> tuple[Any, str]:
    """Return the root element, as much of it as could be read, and what was wrong with the rest."""
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        recover=True,
        huge_tree=False,
    )
    body = document.text[document.start :].encode("utf-8", "replace")
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError:
        root = None
    problem = f"not well-formed: {parser.error_log[0].message}" if parser.error_log else ""
    return (etree.Element("urlset"), problem or "empty") if root is None else (root, problem)


def _children(root: Any) -> tuple[str, ...]:
    rows = [dict(_fields(element)) for element in root if _name(element) == "sitemap"]
    rows.sort(key=lambda row: row.get("lastmod", ""), reverse=True)
    return tuple(dict.fromkeys(row["loc"] for row in rows if row.get("loc")))[:MAX_CHILDREN]


def _fields(element: Any) -> Iterator[tuple[str, str]]:
    """Yield the leaves below `element` by local name: the first `loc` is the page's, the next an image's."""
    seen: set[str] = set()
    for leaf in element.iter():
        name, text = _name(leaf), (leaf.text or "").strip()
        if name == "loc" and name in seen:
            name = "image"
        if name and text and name not in seen:
            seen.add(name)
            yield name, text


def _name(element: Any) -> str:
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def _day(row: dict[str, str]) -> str:
    return row.get("publication_date") or row.get("lastmod") or ""


def _item(row: dict[str, str]) -> Item:
    return Item(
        links=(row.get("loc", ""),),
        title=row.get("title", ""),
        published=row.get("publication_date", ""),
        updated=row.get("lastmod", ""),
        categories=tuple(row.get("keywords", "").split(",")),
        images=(row.get("image", ""),),
        language=row.get("language", ""),
    )
