"""How well the reader reads the newsroom, against its ground truth: `python -m tests.newsroom.score`.

Not a gate: the newsroom is small and friendly. It shows at a glance which field of which site went wrong.
"""

import argparse
from collections import Counter
from datetime import UTC, datetime
from urllib.parse import urlsplit

from tests.newsroom.visitor import visit
from warta.newsroom import EDITIONS, TruthRow, serve, truth
from warta.newsroom.archive import pieces
from warta.newsroom.page import article_page
from warta.pipelines.reading.page import read_html
from warta.transforms.extract.model import Hints
from warta.transforms.parse.feed import parse_feed
from warta.transforms.parse.feed_list import read_feed_list

NOW = datetime(2025, 10, 18, tzinfo=UTC)
FIELDS = ("title", "authors", "editors", "published", "section", "caption")


def announced(edition: int) -> dict[str, Hints]:
    """Return what the feeds say of each address."""
    hints = {}
    with serve(edition) as room:
        for feed in read_feed_list(room.feeds_file):
            reply = visit(room.port, feed.url)
            for entry in parse_feed(reply.body, reply.headers, feed, now=NOW).entries:
                hints[entry.url] = Hints(
                    title=entry.title,
                    summary=entry.summary,
                    published=entry.published,
                    timezone=entry.timezone,
                    language=entry.language,
                    section=entry.section,
                    authors=entry.authors,
                    publisher=feed.publisher,
                )
    return hints


def mistakes(row: TruthRow, hints: Hints, edition: int) -> dict[str, str]:
    """Return what the reader got wrong of one article, by field."""
    page = article_page(pieces()[row.key].at(EDITIONS[edition]), everything=True) or ""
    reading = read_html(page.encode(), row.canonical_url, hints=hints, now=NOW)
    text = "\n\n".join(reading.paragraphs)
    wrong = {}
    if missing := [part for part in row.paragraphs if part not in text]:
        wrong["loss"] = f"{len(missing)} of {len(row.paragraphs)}: {missing[0][:60]}"
    if leaks := [part for part in row.residue if part in text]:
        wrong["leak"] = "; ".join(part[:40] for part in leaks[:3])
    for name in FIELDS:
        found, wanted = getattr(reading.metadata, name), getattr(row, name)
        if (found or type(wanted)()) != wanted if wanted is not None else False:
            wrong[name] = f"{found!r} for {wanted!r}"
    if (reading.dateline or "") != row.dateline:
        wrong["dateline"] = f"{reading.dateline!r} for {row.dateline!r}"
    return wrong


def main() -> None:
    """Read all articles of an edition and print the mistakes by field and site."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--edition", type=int, default=2)
    parser.add_argument("--quiet", action="store_true", help="the totals only")
    args = parser.parse_args()
    hints = announced(args.edition)
    rows = [row for row in truth(args.edition) if row.key]
    totals: Counter[str] = Counter()
    for row in rows:
        for field, what in mistakes(row, hints.get(row.url, Hints()), args.edition).items():
            totals[field] += 1
            if not args.quiet:
                print(f"{urlsplit(row.url).netloc:26} {field:9} {what}   [{row.key}]")
    print(f"{len(rows)} pages, {len(hints)} announced")
    for field in ("loss", "leak", *FIELDS, "dateline"):
        print(f"{field:9} right {1 - totals[field] / len(rows):.3f}  wrong {totals[field]}")


if __name__ == "__main__":
    main()
