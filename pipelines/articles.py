"""The graph: feeds become entries, entries pages, pages articles, articles records.

    source -> FetchFeeds -> DropKnown -> FetchPages -> StripFurniture -> Deduplicate -> Keep
                 |             |             |                              |
             rejections      known     rejections, deferrals           duplicates

One sentence for both kinds of input. `bounded.py` says it over one cycle's plan, `unbounded/` over a clock
that never ends; they differ in source, windows and how duplicates are found. Every announced entry leaves the
graph exactly once: as record, duplicate, rejection or deferral. Both sides are counted inside the graph, and
whoever keeps a cycle compares the sums.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import apache_beam as beam

from warta.pipelines.cycle import graphs, memory, pickling
from warta.pipelines.cycle.furniture import FURNITURE
from warta.pipelines.cycle.staging import INDEX
from warta.pipelines.cycle.tally import Counted
from warta.schemas.outcome import Rejection, Stage
from warta.transforms.dedup.beam import Settled
from warta.transforms.dedup.seen import rows_of_rejection


class Asked(NamedTuple):
    """What a source gives."""

    feeds: beam.PCollection
    """What `Steps.fetch_feeds` takes: feeds to poll, or instants at which to look for some."""
    waiting: beam.PCollection
    """Entries announced earlier and not settled."""
    hosts: beam.PCollection
    """What `Steps.fetch_pages` needs besides entries."""


@dataclass(frozen=True)
class Steps:
    """The words of the sentence, as one kind of input says them."""

    fetch_feeds: beam.PTransform
    """To `.entries`, `.feed_states`, `.health`, `.rejections`, `.hosts`."""
    drop_known: beam.PTransform
    """To `.entries`, `.known`, `.repeated`."""
    fetch_pages: beam.PTransform
    """To `.articles`, `.rejections`, `.deferrals`, `.hosts`; `.repeated` where entries wait inside of it."""
    window: Callable[[beam.PCollection], beam.PCollection]
    """Put articles that are compared with each other into one window."""
    strip: beam.PTransform
    """To `.articles`, `.counts`."""
    deduplicate: beam.PTransform
    """To `.records`, `.duplicates`, `.index_rows`."""
    keep: beam.PTransform
    """Store a `Yield`."""


class Yield(NamedTuple):
    """What the graph gives to be kept; in as many collections as it comes, for a Flatten writes them anew."""

    rows: tuple[beam.PCollection, ...]
    """Records, duplicates, rejections and the health of feeds."""
    learnt: dict[str, tuple[beam.PCollection, ...]]
    """What the next cycle must know, by name."""
    counts: Counted
    """What is counted of all that happened."""


def build(pipeline: beam.Pipeline, source: beam.PTransform, steps: Steps) -> None:
    """Lay out the graph over `source` on `pipeline`."""
    pickling.register()
    graphs.register()
    asked = pipeline | source
    polled = asked.feeds | steps.fetch_feeds
    listed = (polled.entries, asked.waiting) | "Listed" >> beam.Flatten()
    sorted_ = listed | steps.drop_known
    due = (sorted_.entries, polled.hosts, asked.hosts) | "EntriesAndHosts" >> beam.Flatten()
    pages = due | steps.fetch_pages
    furniture, settled = settle(pages.articles, steps)

    unusable, failed_feeds = polled.rejections | "OfWholeFeeds" >> beam.Partition(_is_of_feed, 2)
    to_remember = (
        polled.rejections | "RejectionsToIndex" >> beam.FlatMap(rows_of_rejection),
        pages.rejections | "PageRejectionsToIndex" >> beam.FlatMap(rows_of_rejection),
    )
    unread = pages.rejections | "Unread" >> beam.Filter(lambda rejection: rejection.stage is not Stage.FETCH)
    counts = {
        ("feeds", "status"): (polled.health,),
        ("waited", ""): (asked.waiting,),
        ("listed", ""): (polled.entries,),
        ("known", ""): (sorted_.known,),
        ("repeated", ""): (sorted_.repeated,),
        ("announced", ""): (sorted_.entries,),
        ("unusable", ""): (unusable,),
        ("failed_feeds", ""): (failed_feeds,),
        ("read", ""): (pages.articles,),
        ("unread", ""): (unread,),
        ("kept", ""): settled.records,
        ("duplicates", "dup_kind"): (settled.duplicates,),
        ("rejected", "reason"): (pages.rejections, unusable),
        ("deferred", "reason"): (pages.deferrals,),
        ("replaced", ""): () if pages.repeated is None else (pages.repeated,),
    }
    learnt = {
        INDEX: (*settled.index_rows, *to_remember),
        memory.FEED_STATES: (polled.feed_states,),
        FURNITURE: (furniture,),
        memory.HOSTS: (polled.hosts, pages.hosts),
        memory.PENDING: (pages.deferrals | "EntriesLeft" >> beam.Map(lambda deferral: deferral.entry),),
    }
    rows = (*settled.records, settled.duplicates, polled.rejections, pages.rejections, polled.health)
    Yield(rows, learnt, counts) | steps.keep


def settle(articles: beam.PCollection, steps: Steps) -> tuple[beam.PCollection, Settled]:
    """Give articles that were read their place: without furniture, as records or duplicates.

    Returns:
      What was learnt of each host's furniture, and what became of the articles.
    """
    articles = steps.window(articles)
    stripped = articles | steps.strip
    return stripped.counts, stripped.articles | steps.deduplicate


def _is_of_feed(rejection: Rejection, _: int) -> int:
    return int(rejection.url == rejection.feed_url and not rejection.url_id)
