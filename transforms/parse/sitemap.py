"""Sitemaps, Google News sitemaps and sitemap indexes (https://www.sitemaps.org/protocol.html)."""

from collections.abc import Iterator

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
    root = _root(document)
    if document.root == "sitemapindex":
        return Listing(items=(), format="sitemap_index", more=_children(root))
    fields = [dict(_fields(element)) for element in root if _name(element) == "url"]
    news = any("publication_date" in row for row in fields)
    if len(fields) > max_entries:
        fields.sort(key=_day, reverse=True)
    title = next((row["name"] for row in fields if row.get("name")), "")
    return Listing(
        items=tuple(_item(row) for row in fields[:max_entries]),
        format="news_sitemap" if news else "sitemap",
        title=title,
        dropped=max(0, len(fields) - max_entries),
    )


def _root(document: Document) -> etree._Element:
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        recover=True,
        huge_tree=False,
    )
    text = document.text[document.start :]
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        raise FeedError(Reason.FEED_MALFORMED, f"sitemap: {error}"[:300]) from None
    if root is None:
        raise FeedError(Reason.FEED_MALFORMED, "sitemap: nothing could be read")
    return root


def _children(root: etree._Element) -> tuple[str, ...]:
    rows = [dict(_fields(element)) for element in root if _name(element) == "sitemap"]
    rows.sort(key=lambda row: row.get("lastmod", ""), reverse=True)
    return tuple(dict.fromkeys(row["loc"] for row in rows if row.get("loc")))[:MAX_CHILDREN]


def _fields(element: etree._Element) -> Iterator[tuple[str, str]]:
    """Yield the leaves below `element` by local name: the first `loc` is the page's, the next an image's."""
    seen: set[str] = set()
    for leaf in element.iter():
        name, text = _name(leaf), (leaf.text or "").strip()
        if name == "loc" and name in seen:
            name = "image"
        if name and text and name not in seen:
            seen.add(name)
            yield name, text


def _name(element: etree._Element) -> str:
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
