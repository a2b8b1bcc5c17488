"""`DropKnown` and `Deduplicate` over unbounded input: state and watermark timers, the same contract.

What is stored answers from the index files, read anew with every commit. What is on its way there, settled
but not yet committed, answers from state, and is forgotten once the index has it. The verdicts are those of
`resolve`: windows are settled in order, so a day in windows and a day in one run give the same rows.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol, TypeVar

import apache_beam as beam
from apache_beam.metrics import Metrics
from apache_beam.pvalue import TaggedOutput
from apache_beam.transforms.window import GlobalWindows

from warta.schemas.article import Article
from warta.schemas.entry import Entry
from warta.transforms.dedup.beam import DUPLICATES, INDEX_ROWS, Settled, Sorted
from warta.transforms.dedup.index import Index, IndexFiles, write_segment
from warta.transforms.dedup.model import IndexRow, Match, Verdict
from warta.transforms.dedup.place import join_arrivals, matches_with_stored, place
from warta.transforms.dedup.resolve import arrival_of
from warta.transforms.dedup.seen import duplicate_of, is_settled, pick_entry, record_of, rows_of_article
from warta.transforms.windows import SettleWindows

KNOWN_ORDER, ORDER = -4, -2
"""See `SettleWindows`: one before pages are fetched, one after, both before windows are kept."""
DIGEST = "digest"
"""Memory of an address: the digest of the entry that was let through."""
UNDER_WAY_S = 2 * 86_400.0
"""How long a URL counts as under way after it was last listed. The index has it within a few windows of its
page being read; a page may be retried for a day."""
TRIES = 5
"""A commit may replace the index files between reading their names and opening them."""

Answer = TypeVar("Answer")


class Stored(Protocol):
    """Who knows what has been committed; picklable, and cheap to ask."""

    def index_files(self) -> IndexFiles: ...
    def until_s(self) -> float:
        """End of the last window that was committed, Unix seconds; 0 before the first."""

    def texts(self, wanted: list[tuple[str, date | None, str]]) -> dict[str, str]:
        """(id, date, topic) of stored articles -> their texts by id."""


class FreshIndex:
    """The stored index as it is now, opened again when a commit has changed it."""

    def __init__(self, stored: Stored) -> None:
        self._stored = stored
        self._names: IndexFiles = {}
        self._index = Index({})

    def ask(self, question: Callable[[Index], Answer], newer: IndexFiles | None = None) -> Answer:
        """Return the answer of the stored index with `newer` segments added."""
        for attempt in range(TRIES):
            names = self._stored.index_files()
            if newer:
                names = {one: [*names.get(one, ()), *newer.get(one, ())] for one in {**names, **newer}}
            try:
                if names != self._names:
                    self.close()
                    self._index, self._names = Index(names), names
                return question(self._index)
            except FileNotFoundError:
                self._names = {}
                if attempt == TRIES - 1:
                    raise
        raise AssertionError("unreachable")

    def close(self) -> None:
        self._index.close()


@dataclass
class DropKnownForEver(beam.PTransform):
    """Sort listed entries into new, known and repeated; unbounded. Counts `dedup/known`, `dedup/repeated`.

    Entries of one address and window are looked at together. One that was announced before is a repeat while
    it is under way, and known once it is settled.
    """

    stored: Stored
    length_s: float

    def expand(self, entries: beam.PCollection) -> Any:
        sorted_ = (
            entries
            | "KeyByUrl" >> beam.Map(lambda entry: (entry.url_id, entry)).with_output_types(tuple[str, Entry])
            | "LookUpUrls"
            >> beam.ParDo(_DropUnderWay(self.stored, self.length_s)).with_outputs(
                "known", "repeated", main="new"
            )
        )
        return Sorted(sorted_.new, sorted_.known, sorted_.repeated)


class _DropUnderWay(SettleWindows):
    def __init__(self, stored: Stored, length_s: float) -> None:
        super().__init__(length_s, KNOWN_ORDER, UNDER_WAY_S)
        self._stored = stored
        self._counters = {name: Metrics.counter("dedup", name) for name in ("known", "repeated", "changed")}

    def setup(self) -> None:
        self._index = FreshIndex(self._stored)

    def teardown(self) -> None:
        self._index.close()

    def settle(self, key: str, end_s: float, elements: list[Any], memory: dict[str, Any]) -> Iterator[Any]:
        row = self._index.ask(lambda index: index.known([key])).get(key)
        first, repeats = pick_entry(elements, row)
        # With the index silent, what is under way speaks for its address; else only for the same words.
        under_way = DIGEST in memory and (row is None or memory[DIGEST] == first.digest)
        if is_settled(first, row) or under_way:
            tag = "repeated" if under_way and not is_settled(first, row) else "known"
            self._counters[tag].inc()
            yield TaggedOutput(tag, first)
        else:
            memory[DIGEST] = first.digest
            self._counters["changed"].inc(bool(row))
            yield first
        self._counters["repeated"].inc(len(repeats))
        for entry in repeats:
            yield TaggedOutput("repeated", entry)


@dataclass
class DeduplicateWindows(beam.PTransform):
    """Give every article its place among all before it; unbounded. One survivor, copies marked.

    Articles of one window are settled together, in order of `resolve.rank`; windows in order of time. All
    of it happens under one key: 5,000 articles a second are compared on one core (`make bench-dedup`), and
    a million feeds publish some 60.

    Args:
      stored: what has been committed.
      length_s: of a window.
      keep_text: keep the text of duplicates.
    """

    stored: Stored
    length_s: float
    keep_text: bool = False

    def expand(self, articles: beam.PCollection) -> Any:
        settled = (
            articles
            | "AllWindows" >> beam.WindowInto(GlobalWindows())
            | "AllTogether" >> beam.Map(lambda article: (0, article)).with_output_types(tuple[int, Article])
            | "Settle" >> beam.ParDo(self._settling()).with_outputs(DUPLICATES, INDEX_ROWS, main="records")
        )
        return Settled((settled.records,), settled[DUPLICATES], (settled[INDEX_ROWS],))

    def _settling(self) -> "_SettleArticles":
        return _SettleArticles(self.stored, self.length_s, self.keep_text)


RECENT = "recent"
"""Memory of `_SettleArticles`: (window end, rows, texts by id) of windows that are not committed yet."""
Recent = list[tuple[float, list[IndexRow], dict[str, str]]]


class _SettleArticles(SettleWindows):
    def __init__(self, stored: Stored, length_s: float, keep_text: bool) -> None:
        super().__init__(length_s, ORDER)
        self._stored = stored
        self._keep_text = keep_text
        self._late = Metrics.counter("dedup", "late_windows")

    def settle(self, key: Any, end_s: float, elements: list[Any], memory: dict[str, Any]) -> Iterator[Any]:
        until_s = self._stored.until_s()
        recent: Recent = [one for one in memory.get(RECENT, []) if one[0] > until_s]
        if recent and recent[-1][0] >= end_s:
            self._late.inc()
        rows: list[IndexRow] = []
        texts: dict[str, str] = {}
        for article, verdict in settle_window(elements, self._stored, recent):
            rows += rows_of_article(article, verdict)
            if verdict.dup_kind:
                yield TaggedOutput(DUPLICATES, duplicate_of(article, verdict, keep_text=self._keep_text))
            else:
                texts[article.id] = article.text
                yield record_of(article, verdict)
        for row in rows:
            yield TaggedOutput(INDEX_ROWS, row)
        # A late window is remembered until the newest one is committed: its own end may have passed long ago.
        remembered_until = max([end_s, *(one[0] for one in recent)])
        memory[RECENT] = [*recent, (remembered_until, rows, texts)]


def settle_window(
    articles: Sequence[Article], stored: Stored, recent: Recent
) -> list[tuple[Article, Verdict]]:
    """Return a window's articles with their verdicts, given what is stored and what is on its way there."""
    by_key = {
        arrival_of(article).key: article for article in sorted(articles, key=lambda one: one.fetched_at)
    }
    arrivals = [arrival_of(article) for article in by_key.values()]
    with tempfile.TemporaryDirectory() as folder:
        newer: dict[str, list[str]] = {}
        for number, (_, rows, _) in enumerate(recent):
            for name, paths in write_segment(rows, folder, f"recent-{number:04d}").items():
                newer.setdefault(name, []).extend(paths)
        index = FreshIndex(stored)
        found = index.ask(lambda index: list(matches_with_stored(arrivals, index)), newer)
        index.close()
    met = [match for _, match in found]
    texts = _texts(met, stored, recent) | {key: article.text for key, article in by_key.items()}
    verdicts = place(arrivals, [*met, *join_arrivals(arrivals)], texts)
    return [(by_key[verdict.key], verdict) for verdict in verdicts]


def _texts(matches: list[Match], stored: Stored, recent: Recent) -> dict[str, str]:
    """Return the texts of stored articles that are compared: those on their way from state."""
    wanted = {match.stored.key: match.stored for match in matches if match.stored and match.shared}
    fresh = {id_: text for _, _, texts in recent for id_, text in texts.items()}
    asked = sorted((row.key, row.day, row.topic) for row in wanted.values() if row.key not in fresh)
    return (stored.texts(asked) if asked else {}) | {id_: fresh[id_] for id_ in wanted if id_ in fresh}
