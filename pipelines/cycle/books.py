"""The books of a run: what was counted in the graph against what was committed, cycle by cycle."""

import re
from collections import Counter
from datetime import date

from warta.pipelines.cycle.tally import Tally
from warta.schemas.outcome import Books
from warta.transforms.store.manifest import Manifest

_DAY = re.compile(r"date=(\d{4}-\d\d-\d\d)")
ROWS = ("articles", "duplicates", "rejections")


class BooksUnbalanced(Exception):
    """Something announced has no ending, or two. A bug in warta, never the input's fault."""


class Ledger:
    """What a run has counted so far.

    A cycle takes in what feeds announced and what waited (`announced`), and entries without a usable link
    (`unusable`). All of it must come out as rows or deferrals. Deferrals of one cycle are the next one's
    intake, so of those only the last count. Feeds that failed as a whole stand among the stored rejections
    too; they announced nothing and are left out of the sum.
    """

    def __init__(self) -> None:
        self.tally = Tally()
        self.rows: Counter[str] = Counter()
        self.cycles = 0
        self.days: set[date] = set()
        """Partitions of `articles` that got rows."""
        self._first = Tally()
        self._last = Tally()

    def post(self, tally: Tally, manifest: Manifest) -> None:
        """Enter one committed cycle.

        Raises:
          BooksUnbalanced: when the cycle's own sum does not hold.
        """
        rows = Counter(dict.fromkeys(ROWS, 0))
        for file in manifest.added:
            rows[file.table] += file.rows
        self.days |= days_of(manifest)
        rows["rejections"] -= tally.total("failed_feeds")
        taken_in = tally.total("announced") + tally.total("unusable")
        stored = sum(rows[table] for table in ROWS)
        balance(manifest.cycle, taken_in, stored, tally.total("deferred"))
        self.rows += rows
        self.tally += tally
        self._last = tally
        self._first = self._first if self.cycles else tally
        self.cycles += 1

    def books(self) -> Books:
        """Return the sum of the run.

        Raises:
          BooksUnbalanced: when it does not hold.
        """
        books = Books(
            announced=self._first.total("announced") + self._first.total("unusable"),
            kept=self.rows["articles"],
            duplicates=self.rows["duplicates"],
            rejected=self.rows["rejections"],
            deferred=self._last.total("deferred"),
        )
        stored = books.kept + books.duplicates + books.rejected
        balance("the run", books.announced, stored, books.deferred)
        return books

    def deferred_by_reason(self) -> dict[str, int]:
        """Return what waits at the end of the run, by reason."""
        return self._last.by_detail("deferred")

    def by_feed(self) -> dict[str, dict[str, int]]:
        """Return announced, fetched, kept, duplicates, rejected and deferred, by the feed that announced."""
        found: dict[str, Counter[str]] = {}
        for name, tally, whats in (
            ("announced", self._first, ("announced", "unusable")),
            ("fetched", self.tally, ("read", "unread")),
            ("kept", self.tally, ("kept",)),
            ("duplicates", self.tally, ("duplicates",)),
            ("rejected", self.tally, ("rejected",)),
            ("deferred", self._last, ("deferred",)),
        ):
            for feed_url, count in tally.by_feed(*whats).items():
                found.setdefault(feed_url, Counter())[name] += count
        return {feed_url: dict(counts) for feed_url, counts in found.items()}


def days_of(manifest: Manifest) -> set[date]:
    """Return the partitions of `articles` that a commit added to."""
    paths = [file.path for file in manifest.added if file.table == "articles"]
    return {date.fromisoformat(_DAY.findall(path)[0]) for path in paths}


def balance(what: str, announced: int, stored: int, deferred: int) -> None:
    """Raise `BooksUnbalanced` unless everything announced is stored or deferred."""
    if announced != stored + deferred:
        raise BooksUnbalanced(
            f"{what}: announced {announced}, but {stored} rows stored and {deferred} deferred; "
            "this is a bug in warta: please report it with the last file in manifests/"
        )
