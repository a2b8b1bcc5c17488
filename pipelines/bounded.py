"""The graph over one bounded cycle: what its plan holds, polled and settled once, staged for one commit."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

import apache_beam as beam

from warta.pipelines.articles import Asked, Steps, Yield
from warta.pipelines.cycle import memory
from warta.pipelines.cycle.furniture import FURNITURE, EarlierCounts, counts_writer
from warta.pipelines.cycle.several import Together, there
from warta.pipelines.cycle.staging import INDEX, StageTogether, Write, index_writer, noun_writer
from warta.pipelines.cycle.tally import TALLY, write_tally
from warta.pipelines.reading.later import finish_again, read_feed, read_page
from warta.schemas.entry import Entry
from warta.schemas.feed import Feed, FeedState
from warta.schemas.host import HostState
from warta.schemas.outcome import Deferral, Reason
from warta.transforms.clean.beam import StripFurniture
from warta.transforms.dedup.beam import Deduplicate, DropKnown, ReadTexts
from warta.transforms.dedup.index import IndexFiles
from warta.transforms.fetch.beam import FetchFeeds, FetchPages, OpenArchive
from warta.transforms.fetch.settings import FetchSettings
from warta.transforms.store.beam import StageTables
from warta.transforms.store.commit import Staging
from warta.transforms.store.state import read_entries


@dataclass(frozen=True)
class Plan:
    """What one cycle sets out to do, and where it writes."""

    run_id: str
    at: datetime
    """When the cycle was planned; rows without an instant of their own take it."""
    staging: Staging
    feeds: tuple[tuple[Feed, FeedState | None], ...]
    pending: tuple[Entry, ...]
    """Entries announced in earlier cycles and not settled, each address once."""
    hosts: tuple[HostState, ...]
    """What is known of hosts; nothing when a crawl is under way, which knows more."""
    index_files: IndexFiles
    read_texts: ReadTexts
    earlier_counts: EarlierCounts
    fetch: FetchSettings
    pending_files: tuple[str, ...] = ()
    """Where the graph reads `pending`: what is part of a graph is packed and unpacked several times."""
    keep_duplicate_text: bool = False
    archive: OpenArchive | None = None
    """Where raw pages are kept, if they are."""
    ahead: tuple[Entry, ...] = ()
    """What the next cycle will ask for, as far as is known; its pages may be read while this one settles."""
    beyond: int = 0
    """How many entries wait behind those."""


def steps(plan: Plan) -> Steps:
    """Return the graph's words for one cycle."""
    return Steps(
        fetch_feeds=FetchFeeds(read_feed, plan.fetch),
        drop_known=DropKnown(plan.index_files, apart=not plan.feeds),
        fetch_pages=FetchDuePages(plan),
        window=lambda articles: articles,  # the whole cycle is one
        strip=StripFurniture(plan.at, finish_again, plan.earlier_counts),
        deduplicate=Deduplicate(plan.index_files, plan.read_texts, plan.keep_duplicate_text),
        keep=Stage(plan),
    )


class Planned(beam.PTransform):
    """A source: the feeds, waiting entries and hosts of one plan."""

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan

    def expand(self, pipeline: Any) -> Asked:
        # What comes of them is shuffled to its host, or by its address, in any case.
        plan = self.plan
        polls = pipeline | "Feeds" >> beam.Create(plan.feeds, reshuffle=False) if plan.feeds else None
        hosts = pipeline | "Hosts" >> beam.Create(plan.hosts, reshuffle=False) if plan.hosts else None
        waiting = None
        if plan.pending_files or polls is None:
            files = pipeline | "WaitingFiles" >> beam.Create(plan.pending_files, reshuffle=False)
            waiting = files | "Waiting" >> beam.FlatMap(read_pending)
        asked = there(polls, hosts) | "FeedsAndHosts" >> Together() if polls is not None else None
        return Asked(asked, waiting, hosts)


def read_pending(path: str) -> list[Entry]:
    """Read the waiting entries of a plan."""
    return read_entries([path])


class Pages(NamedTuple):
    """What `FetchDuePages` gives."""

    articles: beam.PCollection
    rejections: beam.PCollection
    deferrals: tuple[beam.PCollection, ...]
    hosts: beam.PCollection
    repeated: beam.PCollection | None = None
    """None: what waits is known to `DropKnown`."""


class FetchDuePages(beam.PTransform):
    """Fetch the pages of entries that may be asked for at the plan's time; the others are deferred again."""

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan

    def expand(self, asked: Any) -> Pages:
        due, resting = asked | "Resting" >> beam.Partition(_is_resting, 2, self.plan.at)
        pages = due | FetchPages(read_page, self.plan.fetch, self.plan.archive)
        rested = resting | "Rest" >> beam.Map(_still_resting)
        return Pages(pages.articles, pages.rejections, (pages.deferrals, rested), pages.hosts)


class Stage(beam.PTransform):
    """Stage rows, state and counts where the driver's commit finds them."""

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan

    def expand(self, got: Yield) -> Any:  # Beam knows no annotation for a tuple of collections
        plan = self.plan
        got.rows | StageTables(plan.staging.path, plan.staging.cycle, plan.run_id, plan.at)
        return (got.learnt, got.counts) | "StageLearnt" >> StageTogether(writers(plan.staging))


def writers(staging: Staging) -> dict[str, Write]:
    """Return what writes each part of a cycle's memory."""
    nouns = {
        memory.FEED_STATES: FeedState,
        memory.HOSTS: HostState,
        memory.PENDING: Entry,
    }
    by_name = {name: noun_writer(noun, staging, name) for name, noun in nouns.items()}
    return by_name | {
        FURNITURE: counts_writer(staging),
        INDEX: index_writer(staging),
        TALLY: partial(write_tally, staging.path),
    }


def _is_resting(asked: Any, _: int, now: datetime) -> int:
    return int(isinstance(asked, Entry) and asked.not_before is not None and asked.not_before > now)


def _still_resting(entry: Entry) -> Deferral:
    return Deferral(entry, Reason.RETRY_AFTER, f"next try at {entry.not_before}")
