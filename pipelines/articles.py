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
from warta.pipelines.cycle.several import Together, each, there
from warta.pipelines.cycle.staging import INDEX
from warta.pipelines.cycle.tally import Counted
from warta.schemas.outcome import Rejection, Stage
from warta.transforms.dedup.beam import Settled
from warta.transforms.dedup.seen import rows_of_rejection


class Asked(NamedTuple):
    """What a source gives; None is what it has none of, and costs nothing."""

    feeds: beam.PCollection | None
    """What `Steps.fetch_feeds` takes: feeds to poll, or instants at which to look for some."""
    waiting: beam.PCollection | None
    """Entries announced earlier and not settled."""
    hosts: beam.PCollection | None
    """What `Steps.fetch_pages` needs besides entries."""


class Polled(NamedTuple):
    """What `Steps.fetch_feeds` gives."""

    entries: beam.PCollection | None = None
    feed_states: beam.PCollection | None = None
    health: beam.PCollection | None = None
    rejections: beam.PCollection | None = None
    hosts: beam.PCollection | None = None


NOT_POLLED = Polled()
"""Of a source without feeds."""


@dataclass(frozen=True)
class Steps:
    """The words of the sentence, as one kind of input says them."""

    fetch_feeds: beam.PTransform
    """To what `Polled` has."""
    drop_known: beam.PTransform
    """To `.entries`, `.known`, `.repeated`."""
    fetch_pages: beam.PTransform
    """To `.articles`, `.rejections`, `.deferrals` (several), `.hosts`; `.repeated`, None where nothing waits
    inside of it."""
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
    polled = NOT_POLLED if asked.feeds is None else asked.feeds | steps.fetch_feeds
    listed = there(polled.entries, asked.waiting) | "Listed" >> Together()
    sorted_ = listed | steps.drop_known
    due = there(sorted_.entries, polled.hosts, asked.hosts) | "EntriesAndHosts" >> Together()
    pages = due | steps.fetch_pages
    furniture, settled = settle(pages.articles, steps)

    unusable, failed_feeds = unusable_and_failed(polled.rejections)
    rejections = there(polled.rejections, pages.rejections)
    unread = pages.rejections | "Unread" >> beam.Filter(lambda rejection: rejection.stage is not Stage.FETCH)
    counts = {
        ("feeds", "status"): there(polled.health),
        ("waited", ""): there(asked.waiting),
        ("listed", ""): there(polled.entries),
        ("known", ""): (sorted_.known,),
        ("repeated", ""): (sorted_.repeated,),
        ("announced", ""): (sorted_.entries,),
        ("unusable", ""): there(unusable),
        ("failed_feeds", ""): there(failed_feeds),
        ("read", ""): (pages.articles,),
        ("unread", ""): (unread,),
        ("kept", ""): settled.records,
        ("duplicates", "dup_kind"): (settled.duplicates,),
        ("rejected", "reason"): there(pages.rejections, unusable),
        ("deferred", "reason"): pages.deferrals,
        ("replaced", ""): there(pages.repeated),
    }
    learnt = {
        INDEX: (*settled.index_rows, *each(rejections, "ToIndex", beam.FlatMap(rows_of_rejection))),
        memory.FEED_STATES: there(polled.feed_states),
        FURNITURE: (furniture,),
        memory.HOSTS: there(polled.hosts, pages.hosts),
        memory.PENDING: each(pages.deferrals, "EntriesLeft", beam.Map(lambda deferral: deferral.entry)),
    }
    rows = (*settled.records, settled.duplicates, *rejections, *there(polled.health))
    Yield(rows, learnt, counts) | steps.keep


def settle(articles: beam.PCollection, steps: Steps) -> tuple[beam.PCollection, Settled]:
    """Give articles that were read their place: without furniture, as records or duplicates.

    Returns:
      What was learnt of each host's furniture, and what became of the articles.
    """
    articles = steps.window(articles)
    stripped = articles | steps.strip
    return stripped.counts, stripped.articles | steps.deduplicate


def unusable_and_failed(rejections: beam.PCollection | None) -> list[beam.PCollection | None]:
    """Tell entries that cannot be used from feeds that failed as a whole, in what polling rejected."""
    if rejections is None:
        return [None, None]
    return list(rejections | "OfWholeFeeds" >> beam.Partition(_is_of_feed, 2))


def _is_of_feed(rejection: Rejection, _: int) -> int:
    return int(rejection.url == rejection.feed_url and not rejection.url_id)
