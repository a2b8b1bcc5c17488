"""The 76 real feeds of the shared corpus against what their index says of them.

`python -m tests.gate.feeds` prints the figures; the corpus is looked for beside the checkout, or in
`$WARTA_SHARED`.
"""

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.shared import SHARED
from warta.schemas.feed import Feed
from warta.transforms import urls
from warta.transforms.dates import parse_instant
from warta.transforms.parse.feed import parse_feed

INDEX = SHARED / "corpus" / "feeds" / "index.jsonl"
NOW = datetime(2026, 11, 21, tzinfo=UTC)
REDIRECTORS = ("feedproxy.google.com", "feeds.feedburner.com", "feeds.jn.pt")
"""Hosts whose links only forward; the feed names the article's own address beside them, which we take."""


@dataclass
class Figures:
    """Sums over the feeds, and where one falls short."""

    feeds: int = 0
    items: int = 0
    entries: int = 0
    rejected: int = 0
    dated: int = 0
    dated_by_feedparser: int = 0
    short: list[str] = field(default_factory=list)


def rows() -> Iterator[dict[str, Any]]:
    """Yield the index, one row a feed."""
    with INDEX.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines)


def measure() -> Figures:
    """Read every feed and hold it against its row."""
    figures = Figures()
    for row in rows():
        body = (SHARED / "corpus" / row["file"]).read_bytes()
        parsed = parse_feed(body, {}, Feed("https://umpan.test/rss"), now=NOW)
        listed = len(parsed.entries) + len(parsed.rejections)
        dated = sum(entry.published is not None for entry in parsed.entries)
        figures.feeds += 1
        figures.items += row["items_in_xml"]
        figures.entries += len(parsed.entries)
        figures.rejected += len(parsed.rejections)
        figures.dated += dated
        figures.dated_by_feedparser += row["with_field"].get("published_parsed", 0)
        figures.short += [f"{row['id']}: {what}" for what in _shortcomings(row, parsed.entries, listed)]
    return figures


def _shortcomings(row: dict[str, Any], entries: Any, listed: int) -> Iterator[str]:
    if listed < max(row["items_in_xml"], row["entries_feedparser"]):
        yield f"{listed} items of {row['items_in_xml']}"
    if len(entries) < row["with_field"].get("link", 0):
        yield f"{len(entries)} entries, {row['with_field']['link']} items have a link"
    first = row["first"]
    if not entries or not first["link"]:
        return
    if not first["link"].startswith("/") and not any(host in first["link"] for host in REDIRECTORS):
        wanted = urls.canonical_url(first["link"])
        if urls.canonical_url(entries[0].url) != wanted and "/~r/" not in first["link"]:
            yield f"first link {entries[0].url}, not {first['link']}"
    if first["published"] and entries[0].published != parse_instant(first["published"]):
        yield f"first date {entries[0].published}, not {first['published']}"
    words = "".join(char for char in first["title"] or "" if char.isalnum())
    if words and "<" not in first["title"] and "".join(filter(str.isalnum, entries[0].title)) != words:
        yield f"first title {entries[0].title!r}, not {first['title']!r}"


if __name__ == "__main__":
    if not INDEX.exists():
        sys.exit(f"the shared corpus is not at {SHARED}; set WARTA_SHARED")
    begun = time.perf_counter()
    result = measure()
    print(f"feeds {result.feeds}  items {result.items}  entries {result.entries}  rejected {result.rejected}")
    print(f"dated {result.dated}  dated by feedparser {result.dated_by_feedparser}")
    print(f"short {len(result.short)}", *result.short, sep="\n  ")
    print(f"{time.perf_counter() - begun:.1f} s")
    sys.exit(bool(result.short))
