"""Two steps: `DropKnown` before pages are fetched, `Deduplicate` after they are read.

Bounded input, one cycle at a time; windows are kept. Grouping is `GroupByKey` throughout: a stateful step
costs thirty times as much per key in Beam's batch engine. What is shuffled: entries by URL, signatures (an
id, a hash and some two dozen samples), pairs of keys, and each article that met another, once, to its group.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam.metrics import Metrics
from apache_beam.pvalue import AsDict, TaggedOutput
from apache_beam.utils.windowed_value import WindowedValue

from warta.schemas.article import Article
from warta.schemas.entry import Entry
from warta.transforms.dedup.chains import components
from warta.transforms.dedup.index import Index, IndexFiles
from warta.transforms.dedup.model import Arrival, Match, Part, StoredText, Verdict
from warta.transforms.dedup.near import WINDOW_DAYS
from warta.transforms.dedup.place import (
    by_partition,
    join_arrivals,
    join_shard,
    joined,
    matches_with_stored,
    parts_of,
    place_group,
)
from warta.transforms.dedup.resolve import arrival_of
from warta.transforms.dedup.seen import duplicate_of, is_settled, pick_entry, record_of, rows_of_article

ReadTexts = Callable[[list[tuple[str, date | None, str]]], dict[str, str]]
"""(id, date, topic) of stored articles -> their current texts by id; those that are gone are left out."""

LOOK_UP_BATCH = 4_096
"""Elements that one look-up in the index serves: neighbouring reads are joined, memory stays flat."""


class Sorted(NamedTuple):
    """What `DropKnown` gives."""

    entries: beam.PCollection
    """Entries to fetch."""
    known: beam.PCollection
    """Entries that an earlier run settled, unchanged."""
    repeated: beam.PCollection
    """Entries whose URL another entry of this cycle speaks for."""


class Settled(NamedTuple):
    """What `Deduplicate` gives: every article is one record or one duplicate."""

    records: tuple[beam.PCollection, ...]
    """Those that met nobody, and those that did, apart: together they would be written once more."""
    duplicates: beam.PCollection
    index_rows: tuple[beam.PCollection, ...]
    """What to append to the index (`index.write_segment`)."""


@dataclass
class DropKnown(beam.PTransform):
    """Sort listed entries into new, known and repeated. Counts `known`, `repeated`, `changed`.

    Args:
      index_files: paths of the index by state name (`index.URLS`, `index.PRINTS`), oldest first.
      apart: no two entries have one URL, so they need not be brought together.
    """

    index_files: IndexFiles
    apart: bool = False

    def expand(self, entries: beam.PCollection[Entry]) -> Any:
        sorted_ = (
            entries
            | "ByUrl" >> (beam.Map(_alone) if self.apart else _GroupByUrl())
            | "LookUpUrls"
            >> beam.ParDo(_SortEntries(self.index_files)).with_outputs("known", "repeated", main="new")
        )
        return Sorted(sorted_.new, sorted_.known, sorted_.repeated)


def _alone(entry: Entry) -> tuple[str, list[Entry]]:
    return entry.url_id, [entry]


class _GroupByUrl(beam.PTransform):
    def expand(self, entries: beam.PCollection[Entry]) -> Any:
        return (
            entries
            | "KeyByUrl" >> beam.Map(lambda entry: (entry.url_id, entry)).with_output_types(tuple[str, Entry])
            | "GroupByUrl" >> beam.GroupByKey()
        )


class _InBatches(beam.DoFn, ABC):
    """Looks elements up in the index together; windows and times stay with their elements."""

    def __init__(self, index_files: IndexFiles) -> None:
        self._files = {name: tuple(paths) for name, paths in index_files.items()}

    def setup(self) -> None:
        self._index = Index(self._files)

    def teardown(self) -> None:
        self._index.close()

    def start_bundle(self) -> None:
        self._waiting: list[tuple[Any, Any, Any]] = []

    def process(
        self, element: Any, at: Any = beam.DoFn.TimestampParam, window: Any = beam.DoFn.WindowParam
    ) -> Iterator[Any]:
        self._waiting.append((element, at, window))
        if len(self._waiting) >= LOOK_UP_BATCH:
            yield from self._flush()

    def finish_bundle(self) -> Iterator[Any]:
        yield from self._flush()

    def _flush(self) -> Iterator[Any]:
        waiting, self._waiting = self._waiting, []
        for place, tag, output in self.look_up([element for element, _, _ in waiting]):
            _, at, window = waiting[place]
            windowed = WindowedValue(output, at, [window])
            yield TaggedOutput(tag, windowed) if tag else windowed

    @abstractmethod
    def look_up(self, elements: list[Any]) -> Iterator[tuple[int, str, Any]]:
        """Yield (place of the element, tag or empty, output)."""


class _SortEntries(_InBatches):
    def __init__(self, index_files: IndexFiles) -> None:
        super().__init__(index_files)
        self._counters = {name: Metrics.counter("dedup", name) for name in ("known", "repeated", "changed")}

    def look_up(self, elements: list[tuple[str, Iterable[Entry]]]) -> Iterator[tuple[int, str, Any]]:
        rows = self._index.known(url_id for url_id, _ in elements)
        for place, (url_id, entries) in enumerate(elements):
            row = rows.get(url_id)
            first, repeats = pick_entry(entries, row)
            settled = is_settled(first, row)
            self._counters["known"].inc(settled)
            self._counters["changed"].inc(bool(row and not settled))
            self._counters["repeated"].inc(len(repeats))
            yield place, "known" if settled else "", first
            for entry in repeats:
                yield place, "repeated", entry


@dataclass
class Deduplicate(beam.PTransform):
    """Give every article its place: record, revision or duplicate. Counts `records`, `duplicates_<kind>`,
    `revisions`, `texts_missing`.

    Args:
      index_files: paths of the index by state name, oldest first.
      read_texts: fetches texts of stored articles; asked once per partition, for candidates only.
      keep_text: keep the text of duplicates.
      window_days: see `near.WINDOW_DAYS`.
      shards: ways to split the join of new articles; 1 in one process, about twice the workers elsewhere.
    """

    index_files: IndexFiles
    read_texts: ReadTexts
    keep_text: bool = False
    window_days: int = WINDOW_DAYS
    shards: int = 1

    def expand(self, articles: beam.PCollection[Article]) -> Any:
        arrivals = articles | "Sign" >> beam.Map(arrival_of).with_output_types(Arrival)
        stored = arrivals | "LookUpStored" >> beam.ParDo(
            _LookUpStored(self.index_files, self.window_days)
        ).with_output_types(Match)
        among = arrivals | "JoinArrivals" >> _JoinArrivals(self.shards, self.window_days)
        matches = (stored, among) | "Matches" >> beam.Flatten()
        groups = AsDict(matches | "GroupArrivals" >> _GroupArrivals())
        apart = articles | "SetApart" >> beam.ParDo(_SetApart(), groups).with_outputs(
            MET, INDEX_ROWS, main="records"
        )
        found = (
            matches | "ByArrival" >> beam.Map(lambda match: (match.arrival, match)),
            stored | "ReadStored" >> _ReadStored(self.read_texts),
        ) | "Found" >> beam.Flatten()
        settled = (
            (apart[MET], found | "ToGroup" >> beam.Map(_to_group, groups).with_output_types(tuple[str, Any]))
            | "Met" >> beam.Flatten()
            | "GroupItems" >> beam.GroupByKey()
            | "Settle"
            >> beam.ParDo(_Settle(self.keep_text)).with_outputs(DUPLICATES, INDEX_ROWS, main="records")
        )
        return Settled(
            (apart.records, settled.records), settled[DUPLICATES], (apart[INDEX_ROWS], settled[INDEX_ROWS])
        )


MET = "met"
DUPLICATES = "duplicates"
INDEX_ROWS = "index_rows"


class _LookUpStored(_InBatches):
    def __init__(self, index_files: IndexFiles, window_days: int) -> None:
        super().__init__(index_files)
        self._window_days = window_days

    def look_up(self, elements: list[Arrival]) -> Iterator[tuple[int, str, Any]]:
        for place, match in matches_with_stored(elements, self._index, self._window_days):
            yield place, "", match


@dataclass
class _JoinArrivals(beam.PTransform):
    shards: int
    window_days: int

    def expand(self, arrivals: beam.PCollection[Arrival]) -> beam.PCollection[Match]:
        shards, window_days = self.shards, self.window_days
        if shards == 1:
            return (
                arrivals
                | "AllTogether"
                >> beam.Map(lambda arrival: (0, arrival)).with_output_types(tuple[int, Arrival])
                | "GroupAll" >> beam.GroupByKey()
                | "Join"
                >> beam.FlatMapTuple(
                    lambda _, all_: join_arrivals(all_, window_days=window_days)
                ).with_output_types(Match)
            )
        return (
            arrivals
            | "SplitByHash" >> beam.FlatMap(parts_of, shards=shards).with_output_types(tuple[int, Part])
            | "GroupByShard" >> beam.GroupByKey()
            | "JoinShard" >> beam.FlatMapTuple(lambda _, parts: join_shard(parts, window_days=window_days))
            | "KeyByPair"
            >> beam.Map(lambda match: ((match.arrival, match.other), match)).with_output_types(
                tuple[tuple[str, str], Match]
            )
            | "GroupByPair" >> beam.GroupByKey()
            | "AddUp" >> beam.FlatMapTuple(lambda _, matches: joined(matches)).with_output_types(Match)
        )


class _GroupArrivals(beam.PTransform):
    """Chains of arrivals that meet: (arrival, name of its group), a group of one for who met stored articles.

    Only pairs of keys come together here.
    """

    def expand(self, matches: beam.PCollection[Match]) -> beam.PCollection[tuple[str, str]]:
        return (
            matches
            | "AllTogether" >> beam.Map(lambda match: (0, match)).with_output_types(tuple[int, Match])
            | "GroupMatches" >> beam.GroupByKey()
            | "Chain" >> beam.FlatMapTuple(lambda _, all_: chained(all_)).with_output_types(tuple[str, str])
        )


@dataclass
class _ReadStored(beam.PTransform):
    """Texts of the stored articles that arrivals may resemble: (arrival, StoredText)."""

    read_texts: ReadTexts

    def expand(self, matches: beam.PCollection[Match]) -> beam.PCollection[tuple[str, StoredText]]:
        return (
            matches
            | "KeyByPartition" >> beam.FlatMap(by_partition).with_output_types(tuple[str, Match])
            | "GroupByPartition" >> beam.GroupByKey()
            | "ReadTexts" >> beam.ParDo(_ReadTexts(self.read_texts))
        )


class _ReadTexts(beam.DoFn):
    def __init__(self, read_texts: ReadTexts) -> None:
        self._read_texts = read_texts
        self._missing = Metrics.counter("dedup", "texts_missing")

    def process(self, element: tuple[str, Iterable[Match]]) -> Iterator[tuple[str, StoredText]]:
        wanted = [(match.arrival, match.stored) for match in element[1] if match.stored]
        texts = self._read_texts(sorted({(row.key, row.day, row.topic) for _, row in wanted}))
        for arrival, row in wanted:
            if row.key in texts:
                yield arrival, StoredText(row.key, texts[row.key])
            else:
                self._missing.inc()


def chained(matches: Iterable[Match]) -> list[tuple[str, str]]:
    """Return (arrival, name of its group) for all arrivals that meet others or what is stored."""
    return sorted(components((match.arrival, match.other or match.arrival) for match in matches).items())


def _to_group(item: tuple[str, Any], groups: dict[str, str]) -> tuple[str, Any]:
    return groups[item[0]], item[1]


class _SetApart(beam.DoFn):
    """An article that met nobody is a record; the others go to their group."""

    def __init__(self) -> None:
        self._records = Metrics.counter("dedup", "records")

    def process(self, article: Article, groups: dict[str, str]) -> Iterator[Any]:
        key = article.url_id or article.id
        if key in groups:
            yield TaggedOutput(MET, (groups[key], article))
            return
        verdict = Verdict(key)
        self._records.inc()
        yield record_of(article, verdict)
        for row in rows_of_article(article, verdict):
            yield TaggedOutput(INDEX_ROWS, row)


class _Settle(beam.DoFn):
    def __init__(self, keep_text: bool) -> None:
        self._keep_text = keep_text
        self._counters = {
            name: Metrics.counter("dedup", name)
            for name in ("records", "revisions", "duplicates_url", "duplicates_exact", "duplicates_near")
        }

    def process(self, element: tuple[str, Iterable[Any]]) -> Iterator[Any]:
        items = list(element[1])
        for article, verdict in place_group(
            [item for item in items if isinstance(item, Article)],
            [item for item in items if isinstance(item, Match)],
            {item.id: item.text for item in items if isinstance(item, StoredText)},
        ):
            if verdict.dup_kind:
                self._counters[f"duplicates_{verdict.dup_kind}"].inc()
                yield TaggedOutput(DUPLICATES, duplicate_of(article, verdict, keep_text=self._keep_text))
            else:
                self._counters["revisions" if verdict.revision > 1 else "records"].inc()
                yield record_of(article, verdict)
            for row in rows_of_article(article, verdict):
                yield TaggedOutput(INDEX_ROWS, row)
