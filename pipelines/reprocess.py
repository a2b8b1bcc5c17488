"""The raw archive read again, without network, with today's rules.

    archive -> ReadAgain -> StripFurniture -> Deduplicate -> StageTables

Into the same dataset only what changed is written: a text that reads differently becomes the next revision of
its article, a page that came to nothing and now reads becomes a record. What reads as before leaves no trace,
so a second run adds nothing. Into another folder the archive becomes a dataset of its own, with duplicates
and rejections.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from itertools import groupby

import apache_beam as beam

from warta.pipelines import batch
from warta.pipelines.articles import settle
from warta.pipelines.bounded import Plan, steps
from warta.pipelines.cycle import pickling
from warta.pipelines.cycle.books import balance, days_of
from warta.pipelines.cycle.furniture import FURNITURE, EarlierCounts, counts_writer, merged_counts
from warta.pipelines.cycle.graphs import GraphOptions
from warta.pipelines.cycle.plans import StoredTexts, fetch_settings, index_files
from warta.pipelines.cycle.staging import INDEX, StageTogether, index_writer
from warta.pipelines.cycle.tally import TALLY, read_tally, write_tally
from warta.pipelines.keep.again import Portion, ReadAgain
from warta.pipelines.options import BATCH_RUNNER, SLICE_PAGES, Settings
from warta.pipelines.process.machine import peak_rss_mb, tree_cpu_s
from warta.pipelines.stories import tell_stories
from warta.schemas.outcome import Books, RunReport
from warta.transforms.dedup.seen import rows_of_rejection
from warta.transforms.store.archived import Place, archive_files, places
from warta.transforms.store.beam import StageTables
from warta.transforms.store.commit import Store
from warta.transforms.store.errors import StoreError
from warta.transforms.store.files import absolute


@dataclass
class Reprocessed:
    """What became of the archive's entries: `read` is the sum of the others."""

    read: int = 0
    new: int = 0
    """Records written: new revisions, and articles that were none before."""
    unchanged: int = 0
    """In the same dataset: articles and duplicates that read as they are stored."""
    unread: int = 0
    """In the same dataset: pages that come to nothing; what is stored of them stays."""
    older: int = 0
    """Pages fetched before the stored text was, which has the last word."""
    duplicates: int = 0
    rejected: int = 0
    cycles: int = 0
    """Slices that were committed, because they brought something."""
    days: set[date] = field(default_factory=set)
    """Partitions of `articles` that got rows."""


def run(
    dataset: str, settings: Settings, *, since: date | None = None, until: date | None = None
) -> Reprocessed:
    """Read the archive of `dataset` again into `settings.output`, slice by slice, each committed whole.

    Args:
      since, until: days of the fetch, both included.

    Raises:
      StoreError: when there is no archive of those days, or the output cannot be used.
    """
    paths = archive_files(dataset, since=since, until=until)
    if not paths:
        raise StoreError(f"{dataset}/archive: no pages of these days; `warta run --archive` keeps them")
    in_place = absolute(dataset) == absolute(settings.output)
    found = latest(places(paths)) if in_place else list(places(paths))
    started = settings.clock.now()
    run_id = f"{started:%Y%m%dT%H%M%S.%f}Z"
    total = Reprocessed()
    with Store.open(settings.output, owner="warta reprocess", now=settings.clock.now) as store:
        for number, portion in enumerate(slices(found, SLICE_PAGES), start=1):
            _run_slice(_plan(store, settings, run_id, number), portion, store, total, in_place=in_place)
        if total.days:
            tell_stories(store, run_id, total.days, settings.clock.now())
            store.write_run_report(_report(total, run_id, started, settings.clock.now()))
    return total


def build(
    pipeline: beam.Pipeline, plan: Plan, portions: Iterable[Portion], root: str, *, in_place: bool
) -> None:
    """Lay out the reading of one slice of an archive on `pipeline`."""
    pickling.register()
    again = pipeline | "Portions" >> beam.Create(list(portions)) | ReadAgain(plan.fetch, root)
    furniture, settled = settle(again.articles, steps(plan))
    counts = {
        ("older", ""): (again.older,),
        ("kept", ""): settled.records,
        ("duplicates", "dup_kind"): (settled.duplicates,),
        ("rejected", "reason"): (again.rejections,),
    }
    learnt, rows = {INDEX: settled.index_rows}, settled.records
    if not in_place:
        refused = again.rejections | "RejectionsToIndex" >> beam.FlatMap(rows_of_rejection)
        learnt = {INDEX: (*settled.index_rows, refused), FURNITURE: (furniture,)}
        rows = (*rows, settled.duplicates, again.rejections)
    rows | StageTables(plan.staging.path, plan.staging.cycle, plan.run_id, plan.at)
    (learnt, counts) | "StageLearnt" >> StageTogether(
        {
            INDEX: index_writer(plan.staging),
            FURNITURE: counts_writer(plan.staging),
            TALLY: partial(write_tally, plan.staging.path),
        }
    )


def latest(found: Iterable[Place]) -> list[Place]:
    """Return the last place of each address, in the order of the archive."""
    last: dict[str, Place] = {}
    for place in found:
        other = last.get(place.url_id)
        if other is None or place.fetched_at >= other.fetched_at:
            last[place.url_id] = place
    return sorted(last.values(), key=lambda place: (place.path, place.offset))


def slices(found: Iterable[Place], most: int) -> Iterator[list[Portion]]:
    """Yield portions of at most `most` entries with no address twice: a revision is in a later one."""
    chosen: dict[str, Place] = {}
    for place in found:
        if len(chosen) >= most or place.url_id in chosen:
            yield _portions(chosen.values())
            chosen = {}
        chosen[place.url_id] = place
    if chosen:
        yield _portions(chosen.values())


def _portions(chosen: Iterable[Place]) -> list[Portion]:
    by_path = groupby(chosen, key=lambda place: place.path)
    return [(path, tuple(place.offset for place in group)) for path, group in by_path]


def _plan(store: Store, settings: Settings, run_id: str, number: int) -> Plan:
    return Plan(
        run_id=run_id,
        at=settings.clock.now(),
        staging=store.begin(f"{run_id}-{number:04d}"),
        feeds=(),
        pending=(),
        hosts=(),
        index_files=index_files(store),
        read_texts=StoredTexts(store.layout.root),
        earlier_counts=EarlierCounts(store.state_files(FURNITURE)),
        fetch=fetch_settings(settings, run_id),
    )


def _run_slice(
    plan: Plan, portions: list[Portion], store: Store, total: Reprocessed, *, in_place: bool
) -> None:
    """Run the graph over one slice; commit it when it brought something."""
    with beam.Pipeline(options=GraphOptions([batch.UNCHECKED, f"--runner={BATCH_RUNNER}"])) as pipeline:
        build(pipeline, plan, portions, store.layout.root, in_place=in_place)
    tally = read_tally(plan.staging.path)
    kept, older = tally.total("kept"), tally.total("older")
    duplicates, rejected = tally.total("duplicates"), tally.total("rejected")
    taken = sum(len(offsets) for _, offsets in portions)
    balance(plan.staging.cycle, taken, kept + older + duplicates + rejected, 0)
    total.read += taken
    total.new += kept
    total.older += older
    if in_place:
        total.unchanged += duplicates
        total.unread += rejected
    else:
        total.duplicates += duplicates
        total.rejected += rejected
    if not (kept if in_place else taken):
        store.discard(plan.staging)
        return
    furniture = {} if in_place else {FURNITURE: merged_counts(plan.earlier_counts.paths, plan.staging)}
    manifest = store.commit(
        plan.staging,
        replace={**batch.merged_index(plan.index_files, plan.staging, plan.at), **furniture},
        report={"run_id": plan.run_id, "counts": [[*what, n] for what, n in sorted(tally.counts.items())]},
    )
    total.cycles += 1
    total.days |= days_of(manifest)


def _report(done: Reprocessed, run_id: str, started: datetime, finished: datetime) -> RunReport:
    """Return the report of a run that read an archive: what reads as before stands under `known`."""
    return RunReport(
        run_id=run_id,
        started_at=started,
        finished_at=finished,
        command="warta reprocess",
        version=batch.VERSION,
        books=Books(done.new + done.duplicates + done.rejected, done.new, done.duplicates, done.rejected),
        listed=done.read,
        known=done.unchanged + done.older + done.unread,
        cycles=done.cycles,
        wall_s=(finished - started).total_seconds(),
        cpu_s=tree_cpu_s(),
        peak_rss_mb=peak_rss_mb(),
    )
