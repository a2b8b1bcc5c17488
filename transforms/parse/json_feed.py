"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/), read leniently."""

import json
from typing import Any

from warta.schemas.outcome import Reason
from warta.transforms.parse.entries import Item
from warta.transforms.parse.model import FeedError
from warta.transforms.parse.xml_feed import Listing


def read_json_feed(text: str, *, max_entries: int) -> Listing:
    """Return the items of a JSON Feed.

    Raises:
      FeedError: it is not JSON, or JSON of another kind.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FeedError(Reason.FEED_MALFORMED, f"not valid JSON: {error}"[:300]) from None
    items = document.get("items") if isinstance(document, dict) else None
    if not isinstance(items, list):
        raise FeedError(Reason.FEED_NOT_A_FEED, "JSON without a list of items")
    found = [item for item in items if isinstance(item, dict)]
    return Listing(
        items=tuple(_item(item) for item in found[:max_entries]),
        format="json",
        title=_text(document.get("title")),
        language=_text(document.get("language")),
        link=_text(document.get("home_page_url")),
        dropped=max(0, len(found) - max_entries),
        problems=()
        if len(found) == len(items)
        else (f"{len(items) - len(found)} items that are no objects",),
    )


def _item(item: dict[str, Any]) -> Item:
    content = _text(item.get("content_html")) or _text(item.get("content_text"))
    people = item.get("authors") if isinstance(item.get("authors"), list) else [item.get("author")]
    tags = item.get("tags") if isinstance(item.get("tags"), list) else []
    return Item(
        links=(_text(item.get("url")), _text(item.get("external_url"))),
        guid=_text(item.get("id")),
        title=_text(item.get("title")),
        summary=_text(item.get("summary")) or content,
        content=content,
        published=_text(item.get("date_published")),
        updated=_text(item.get("date_modified")),
        authors=tuple(_text(person.get("name")) for person in people or () if isinstance(person, dict)),
        categories=tuple(_text(tag) for tag in tags or ()),
        images=(_text(item.get("image")), _text(item.get("banner_image"))),
        language=_text(item.get("language")),
    )


def _text(value: object) -> str:
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""
