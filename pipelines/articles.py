"""The graph: feeds become entries, entries pages, pages articles, articles records.

    feeds -> FetchFeeds -> DropKnown -> FetchPages -> StripFurniture -> Deduplicate -> StageTables
                 |             |             |                              |
             rejections      known     rejections, deferrals           duplicates

Every announced entry leaves the graph exactly once: as record, duplicate, rejection or deferral. Both sides
are counted inside the graph (`tally.py`), and the run compares the sums.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import apache_beam as beam

from warta.pipelines.cycle import memory, pickling
from warta.pipelines.cycle.furniture import FURNITURE, EarlierCounts
from warta.pipelines.cycle.staging import INDEX, StageTogether, Write, index_writer, noun_writer
from warta.pipelines.cycle.tally import TALLY, counted, write_tally
from warta.pipelines.reading.worker import finish_again, read_feed, read_page
from warta.schemas.article import Article
from warta.schemas.entry import Entry
from warta.schemas.feed import Feed, FeedState
from warta.schemas.host import HostState
from warta.schemas.outcome import Deferral, Reason, Rejection, Stage
from warta.transforms.clean.beam import StripFurniture
from warta.transforms.clean.furniture import FurnitureCount, host_of
from warta.transforms.dedup.beam import Deduplicate, DropKnown, ReadTexts, Settled
from warta.transforms.dedup.index import IndexFiles
from warta.transforms.dedup.seen import row_of_rejection
from warta.transforms.fetch.beam import FetchFeeds, FetchPages, OpenArchive
from warta.transforms.fetch.settings import FetchSettings
from warta.transforms.store.beam import StageTables
from warta.transforms.store.commit import Staging


@dataclass(frozen=True)
class Plan:
    """What one cycle sets out to do, and where it writes."""

    run_id: str
    at: datetime
    """When the cycle was planned; rows without an instant of their own take it."""
    staging: Staging
    feeds: tuple[tuple[Feed, FeedState | None], ...]
    pending: tuple[Entry, ...]
    """Entries announced in earlier cycles and not settled."""
    hosts: tuple[HostState, ...]
    index_files: IndexFiles
    read_texts: ReadTexts
    earlier_counts: EarlierCounts
    fetch: FetchSettings
    keep_duplicate_text: bool = False
    archive: OpenArchive | None = None
    """Where raw pages are kept, if they are."""


def build(pipeline: beam.Pipeline, plan: Plan) -> None:
    """Lay out one bounded cycle of `plan` on `pipeline`."""
    pickling.register()
    polls = pipeline | "Feeds" >> beam.Create(plan.feeds)
    waiting = pipeline | "Waiting" >> beam.Create(plan.pending)
    hosts = pipeline | "Hosts" >> beam.Create(plan.hosts)

    polled = (polls, hosts) | "FeedsAndHosts" >> beam.Flatten() | FetchFeeds(read_feed, plan.fetch)
    listed = (polled.entries, waiting) | "Listed" >> beam.Flatten()
    sorted_ = listed | DropKnown(plan.index_files)
    due, resting = sorted_.entries | "Resting" >> beam.Partition(_is_resting, 2, plan.at)
    asked = (due, polled.hosts, hosts) | "EntriesAndHosts" >> beam.Flatten()
    pages = asked | FetchPages(read_page, plan.fetch, plan.archive)
    furniture, settled = settle(pages.articles, plan)

    unusable, failed_feeds = polled.rejections | "OfWholeFeeds" >> beam.Partition(_is_of_feed, 2)
    rejections = (polled.rejections, pages.rejections) | "Rejections" >> beam.Flatten()
    rested = resting | "Rest" >> beam.Map(_still_resting)
    deferrals = (pages.deferrals, rested) | "Deferrals" >> beam.Flatten()
    rows = (settled.records, settled.duplicates, rejections, polled.health) | "Rows" >> beam.Flatten()
    rows | StageTables(plan.staging.path, plan.staging.cycle, plan.run_id, plan.at)

    to_remember = rejections | "RejectionsToIndex" >> beam.FlatMap(_index_rows)
    met = (polled.hosts, pages.hosts) | "HostsMet" >> beam.Flatten()
    left = deferrals | "EntriesLeft" >> beam.Map(lambda deferral: deferral.entry)
    index_rows = (settled.index_rows, to_remember) | "IndexRows" >> beam.Flatten()

    refused = (pages.rejections, unusable) | "EntriesRefused" >> beam.Flatten()
    unread = pages.rejections | "Unread" >> beam.Filter(lambda rejection: rejection.stage is not Stage.FETCH)
    counts = (
        counted("feeds", polled.health, "status"),
        counted("listed", polled.entries),
        counted("known", sorted_.known),
        counted("repeated", sorted_.repeated),
        counted("announced", sorted_.entries),
        counted("unusable", unusable),
        counted("failed_feeds", failed_feeds),
        counted("read", pages.articles),
        counted("unread", unread),
        counted("kept", settled.records),
        counted("duplicates", settled.duplicates, "dup_kind"),
        counted("rejected", refused, "reason"),
        counted("deferred", deferrals, "reason"),
    )
    tally = counts | "Counts" >> beam.Flatten() | "Tally" >> beam.combiners.Count.PerElement()
    learnt = {
        INDEX: index_rows,
        memory.FEED_STATES: polled.feed_states,
        FURNITURE: furniture,
        memory.HOSTS: met,
        memory.PENDING: left,
        TALLY: tally,
    }
    learnt | "StageLearnt" >> StageTogether(writers(plan.staging))


def settle(articles: beam.PCollection, plan: Plan) -> tuple[beam.PCollection, Settled]:
    """Give articles that were read their place: without furniture, as records or duplicates.

    Returns:
      What was learnt of each host's furniture, and what became of the articles.
    """
    hosts_read = articles | "HostsRead" >> beam.Map(_host_alone) | "EachHost" >> beam.GroupByKey()
    earlier = hosts_read | "EarlierCounts" >> beam.FlatMap(_earlier, plan.earlier_counts)
    stripped = (articles, earlier) | StripFurniture(plan.at, finish_again)
    deduplicate = Deduplicate(plan.index_files, plan.read_texts, plan.keep_duplicate_text)
    return stripped.counts, stripped.articles | deduplicate


def writers(staging: Staging) -> dict[str, Write]:
    """Return what writes each part of a cycle's memory."""
    nouns = {
        memory.FEED_STATES: FeedState,
        FURNITURE: FurnitureCount,
        memory.HOSTS: HostState,
        memory.PENDING: Entry,
    }
    by_name = {name: noun_writer(noun, staging, name) for name, noun in nouns.items()}
    return by_name | {INDEX: index_writer(staging), TALLY: partial(write_tally, staging.path)}


def _host_alone(article: Article) -> tuple[str, None]:
    return host_of(article), None


def _earlier(host: tuple[str, Iterable[None]], counts: EarlierCounts) -> Iterator[FurnitureCount]:
    return counts(host[0])


def _index_rows(rejection: Rejection) -> list[object]:
    row = row_of_rejection(rejection)
    return [row] if row else []


def _is_of_feed(rejection: Rejection, _: int) -> int:
    return int(rejection.url == rejection.feed_url and not rejection.url_id)


def _is_resting(entry: Entry, _: int, now: datetime) -> int:
    return int(entry.not_before is not None and entry.not_before > now)


def _still_resting(entry: Entry) -> Deferral:
    return Deferral(entry, Reason.RETRY_AFTER, f"next try at {entry.not_before}")
