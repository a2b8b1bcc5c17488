"""One bounded run: cycles of the graph, each committed whole, until nothing waits or time is up."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import apache_beam as beam

from warta.pipelines.articles import build
from warta.pipelines.bounded import Plan, Planned, steps
from warta.pipelines.cycle.books import Ledger
from warta.pipelines.cycle.furniture import FURNITURE, merged_counts
from warta.pipelines.cycle.graphs import GraphOptions
from warta.pipelines.cycle.memory import Memory, recall
from warta.pipelines.cycle.plans import first_plan, next_plan
from warta.pipelines.cycle.staging import staged_index
from warta.pipelines.cycle.tally import Tally, read_tally
from warta.pipelines.look.progress import doing
from warta.pipelines.options import Settings
from warta.pipelines.process.machine import keep_memory_tidy, peak_rss_mb, release_memory, tree_cpu_s
from warta.pipelines.stories import tell_stories
from warta.schemas.outcome import Books, RunReport
from warta.transforms.dedup.index import IndexFiles
from warta.transforms.dedup.merging import compact_index
from warta.transforms.fetch.ahead import ending_ahead, expect_slice, has_read_ahead
from warta.transforms.fetch.pool import close_shared_pools
from warta.transforms.fetch.progress import STOP, live
from warta.transforms.store import lock as locks
from warta.transforms.store.commit import Staging, Store
from warta.transforms.store.files import Files
from warta.transforms.urls import site_host

VERSION = "0.1.0"
UNCHECKED = "--no_pipeline_type_check"
"""The graph is the same in every run, and a test builds it with Beam's type checks on; they cost each cycle
.3 s of CPU, a quarter of what an empty one takes."""


def run(
    settings: Settings,
    *,
    command: str = "warta run",
    acquire: Callable[[Files, str, str], locks.Lock] = locks.acquire,
    spent_s: float = 0.0,
    last: bool = True,
) -> RunReport:
    """Poll the feeds once, settle what they announced and what waited, and store the report.

    Args:
      command: what asked for it, for the report and for whoever meets the lock.
      acquire: takes the output's lock; a stream's process works under its parent's.
      spent_s: CPU seconds that this process spent on earlier runs.
      last: no other run follows in this process; its readers are let go before stories are told.

    Raises:
      StoreError: when the output cannot be used; what was committed before is intact.
      BooksUnbalanced: when announced = kept + duplicates + rejected + deferred does not hold.
    """
    keep_memory_tidy()
    live.reset()  # its counts are of one run; a stream makes many in one process
    clock = settings.clock
    started = clock.now()
    run_id = f"{started:%Y%m%dT%H%M%S.%f}Z"
    deadline = clock() + settings.max_run_s if settings.max_run_s is not None else None
    ledger = Ledger()
    with (
        Store.open(settings.output, owner=command, now=clock.now, acquire=acquire) as store,
        ending_ahead(run_id),
    ):
        memory = recall(store)
        plan: Plan | None = first_plan(store, memory, settings, run_id, started, deadline)
        while plan is not None:
            memory = run_cycle(plan, store, memory, settings, ledger)
            finished = clock.now()
            ended = STOP.is_set() or (deadline is not None and clock() >= deadline)
            ended = ended and not has_read_ahead(run_id)  # that is one more slice, without a new request
            plan = None if ended else next_plan(plan, store, memory, ledger.cycles + 1, finished)
            if plan is not None:
                expect_slice(run_id, plan.ahead, plan.beyond)
        if last:
            close_shared_pools()
        if ledger.days and settings.tell_stories:
            doing.begin("telling stories")
            tell_stories(store, run_id, ledger.days, clock.now())
        report = report_of(ledger, settings, run_id, started, command, deadline)
        report = replace(report, cpu_s=report.cpu_s - spent_s)
        store.write_run_report(report)
    return report


def run_cycle(plan: Plan, store: Store, memory: Memory, settings: Settings, ledger: Ledger) -> Memory:
    """Run the graph once and commit everything it settled, or nothing; return what is known then."""
    doing.begin("fetching", ledger.cycles + 1)
    with beam.Pipeline(options=GraphOptions([UNCHECKED, *settings.beam_args])) as pipeline:
        build(pipeline, Planned(plan), steps(plan))
    release_memory()
    doing.begin("committing")
    tally = read_tally(plan.staging.path)
    learnt = memory.learn(plan.staging, plan.pending)
    counts = [[*what, count] for what, count in sorted(tally.counts.items())]
    manifest = store.commit(
        plan.staging,
        replace={
            **learnt.stage(plan.staging, store),
            **merged_index(plan.index_files, plan.staging, plan.at),
            FURNITURE: merged_counts(plan.earlier_counts.paths, plan.staging),
        },
        report={"run_id": plan.run_id, "counts": counts},
    )
    ledger.post(tally, manifest)
    release_memory()
    return learnt


def merged_index(index_files: IndexFiles, staging: Staging, at: datetime) -> dict[str, list[str]]:
    """Return the complete new list of index files; what was due to merge is merged."""
    new = staged_index(staging)
    files = {name: [*paths, *new.get(name, ())] for name, paths in index_files.items()}
    return files | compact_index(files, staging.state_dir("merged"), staging.cycle, at.date())


def report_of(
    ledger: Ledger, settings: Settings, run_id: str, started: datetime, command: str, deadline: float | None
) -> RunReport:
    """Return the report of a finished run; every number is a count of what was committed."""
    finished = settings.clock.now()
    tally = ledger.tally
    stopped = "signal" if STOP.is_set() else ""
    if not stopped and deadline is not None and settings.clock() >= deadline:
        stopped = "deadline"
    return RunReport(
        run_id=run_id,
        started_at=started,
        finished_at=finished,
        command=command,
        version=VERSION,
        books=ledger.books(),
        feeds=tally.by_detail("feeds"),
        listed=tally.total("listed"),
        known=tally.total("known"),
        repeated=tally.total("repeated"),
        fetched=tally.total("read") + tally.total("unread"),
        rejected_by_reason=tally.by_detail("rejected"),
        deferred_by_reason=ledger.deferred_by_reason(),
        publishers=by_publisher(ledger.by_feed(), settings),
        cycles=ledger.cycles,
        wire_bytes=live.counts().get("wire_bytes", 0),
        wall_s=(finished - started).total_seconds(),
        cpu_s=tree_cpu_s(),
        peak_rss_mb=peak_rss_mb(),
        stopped=stopped,
    )


def report_of_window(
    settings: Settings, tally: Tally, books: Books, run_id: str, ended: datetime
) -> RunReport:
    """Return the report of one committed window of a stream on an engine."""
    finished = settings.clock.now()
    begun = ended - timedelta(seconds=settings.poll_every_s or 0.0)
    return RunReport(
        run_id=run_id,
        started_at=begun,
        finished_at=finished,
        command="warta stream",
        version=VERSION,
        books=books,
        feeds=tally.by_detail("feeds"),
        listed=tally.total("listed"),
        known=tally.total("known"),
        repeated=tally.total("repeated"),
        fetched=tally.total("read") + tally.total("unread"),
        rejected_by_reason=tally.by_detail("rejected"),
        deferred_by_reason=tally.by_detail("deferred"),
        publishers=by_publisher(
            {feed: {"announced": n} for feed, n in tally.by_feed("announced").items()}, settings
        ),
        cycles=1,
        wall_s=(finished - begun).total_seconds(),
    )


def by_publisher(by_feed: Mapping[str, Mapping[str, int]], settings: Settings) -> dict[str, dict[str, int]]:
    """Add up counts of feeds for each publisher of the feed list; unnamed ones by their host."""
    names = {feed.url: feed.publisher for feed in settings.feeds}
    found: dict[str, Counter[str]] = {}
    for feed_url, counts in sorted(by_feed.items()):
        found.setdefault(names.get(feed_url) or site_host(feed_url), Counter()).update(counts)
    return {publisher: dict(counts) for publisher, counts in sorted(found.items())}
