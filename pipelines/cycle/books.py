"""The books of a run: what was counted in the graph against what was committed, cycle by cycle."""

import re
from collections import Counter
from collections.abc import Mapping
from datetime import date

from warta.pipelines.cycle.tally import Tally
from warta.schemas.outcome import Books, Reason
from warta.transforms.store.manifest import Manifest

_DAY = re.compile(r"date=(\d{4}-\d\d-\d\d)")
ROWS = ("articles", "duplicates", "rejections")
MET = ("known", "repeated")
"""How an entry is counted that its cycle does not take in."""

Waiting = Counter[tuple[str, str]]
"""Deferred entries by feed and reason."""


class BooksUnbalanced(Exception):
    """Something announced has no ending, or two. A bug in warta, never the input's fault."""


class Ledger:
    """What a run has counted so far.

    A cycle takes in what feeds announced and what waited (`announced`), and entries without a usable link
    (`unusable`). All of it must come out as rows or deferrals. A later cycle takes in some of what earlier
    ones deferred, so of deferrals those count that no cycle took up. What a later cycle finds already known
    (an earlier slice met the address on its way) was announced for nothing, and leaves the sum. Feeds that
    failed as a whole stand among the stored rejections too; they announced nothing and are left out.
    """

    def __init__(self) -> None:
        self.tally = Tally()
        self.rows: Counter[str] = Counter()
        self.cycles = 0
        self.days: set[date] = set()
        """Partitions of `articles` that got rows."""
        self._first = Tally()
        self._met: Counter[str] = Counter()
        """Entries that later cycles found known, by feed."""
        self._waiting: Waiting = Counter()

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
        if self.cycles:
            self._met += Counter(tally.by_feed(*MET))
            self._waiting = untaken(self._waiting, tally.by_feed("announced", *MET))
        else:
            self._first = tally
        self._waiting += deferred(tally)
        self.cycles += 1

    def books(self) -> Books:
        """Return the sum of the run.

        Raises:
          BooksUnbalanced: when it does not hold.
        """
        announced = self._first.total("announced") + self._first.total("unusable")
        books = Books(
            announced=announced - self._met.total(),
            kept=self.rows["articles"],
            duplicates=self.rows["duplicates"],
            rejected=self.rows["rejections"],
            deferred=self._waiting.total(),
        )
        stored = books.kept + books.duplicates + books.rejected
        balance("the run", books.announced, stored, books.deferred)
        return books

    def deferred_by_reason(self) -> dict[str, int]:
        """Return what waits at the end of the run, by reason."""
        found: Counter[str] = Counter()
        for (_, reason), count in self._waiting.items():
            found[reason] += count
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))

    def by_feed(self) -> dict[str, dict[str, int]]:
        """Return announced, fetched, kept, duplicates, rejected and deferred, by the feed that announced."""
        waiting: Counter[str] = Counter()
        for (feed_url, _), count in self._waiting.items():
            waiting[feed_url] += count
        found: dict[str, Counter[str]] = {}
        for name, counts in (
            ("announced", Counter(self._first.by_feed("announced", "unusable")) - self._met),
            ("fetched", self.tally.by_feed("read", "unread")),
            ("kept", self.tally.by_feed("kept")),
            ("duplicates", self.tally.by_feed("duplicates")),
            ("rejected", self.tally.by_feed("rejected")),
            ("deferred", waiting),
        ):
            for feed_url, count in counts.items():
                found.setdefault(feed_url, Counter())[name] += count
        return {feed_url: dict(counts) for feed_url, counts in found.items()}


def deferred(tally: Tally) -> Waiting:
    """Return what one cycle left waiting."""
    found: Waiting = Counter()
    for (what, reason, feed_url), count in tally.counts.items():
        if what == "deferred":
            found[feed_url, reason] += count
    return found


def untaken(waiting: Waiting, taken: Mapping[str, int]) -> Waiting:
    """Return what still waits when a cycle took up so many entries of each feed.

    Which ones is not counted; a slice is made of those left by earlier slices before all others.
    """
    left = Counter(waiting)
    for feed_url, count in taken.items():
        reasons = sorted((reason for feed, reason in left if feed == feed_url), key=_left_by_slices_first)
        for reason in reasons:
            now = min(count, left[feed_url, reason])
            left[feed_url, reason] -= now
            count -= now
    return +left


def _left_by_slices_first(reason: str) -> tuple[bool, str]:
    return reason != Reason.SLICE_FULL, reason


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
