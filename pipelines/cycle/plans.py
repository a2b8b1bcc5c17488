"""What the next cycle sets out to do: every feed first, then slices of what still waits."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from warta.pipelines.bounded import Plan
from warta.pipelines.cycle.archiving import CycleArchive
from warta.pipelines.cycle.furniture import FURNITURE, EarlierCounts
from warta.pipelines.cycle.memory import Memory
from warta.pipelines.options import Settings, works_elsewhere
from warta.schemas.entry import Entry
from warta.schemas.feed import Feed, FeedState
from warta.transforms.dedup.index import PRINTS, URLS
from warta.transforms.fetch.ahead import is_under_way
from warta.transforms.fetch.conditional import is_due
from warta.transforms.fetch.settings import USER_AGENT, FetchSettings
from warta.transforms.fetch.slices import in_turn
from warta.transforms.store.commit import Staging, Store
from warta.transforms.store.files import files_at
from warta.transforms.store.layout import join, partition_path
from warta.transforms.store.parquet import read_columns
from warta.transforms.store.state import write_entries

CLUSTER_SHARDS = 64
"""Groups of hosts that workers share out on an engine that parallelises by itself: enough that no worker
of a few dozen idles, few enough that one of them still sees many hosts at once."""


def first_plan(
    store: Store, remembered: Memory, settings: Settings, run_id: str, at: datetime, deadline: float | None
) -> Plan:
    """Return the plan that polls the feeds and takes everything that waits.

    Waiting entries must all take part, for a feed may list one of them again.
    """
    staging = store.begin(f"{run_id}-0001")
    pending = tuple(remembered.pending.values())
    return Plan(
        run_id=run_id,
        at=at,
        staging=staging,
        feeds=tuple(_polls(remembered, settings, at)),
        pending=pending,
        pending_files=_pending_files(staging, pending),
        hosts=tuple(remembered.hosts.values()),
        index_files=index_files(store),
        read_texts=StoredTexts(store.layout.root),
        earlier_counts=EarlierCounts(store.state_files(FURNITURE)),
        fetch=fetch_settings(settings, run_id, deadline),
        keep_duplicate_text=settings.keep_duplicate_text,
        archive=_archive(staging, at) if settings.archive else None,
    )


def next_plan(plan: Plan, store: Store, remembered: Memory, number: int, at: datetime) -> Plan | None:
    """Return the plan for the next slice of what waits; None when nothing may be asked now."""
    due = [entry for entry in remembered.pending.values() if not _rests(entry, at)]
    chosen, left = in_turn(due, plan.fetch.max_pages)
    ahead, rest = in_turn(left, plan.fetch.max_pages)
    if not chosen:
        return None
    staging = store.begin(f"{plan.run_id}-{number:04d}")
    return replace(
        plan,
        at=at,
        staging=staging,
        archive=_archive(staging, at) if plan.archive else None,
        feeds=(),
        pending=tuple(chosen),
        pending_files=_pending_files(staging, chosen),
        hosts=() if is_under_way(plan.run_id) else tuple(remembered.hosts.values()),
        index_files=index_files(store),
        earlier_counts=EarlierCounts(store.state_files(FURNITURE)),
        ahead=tuple(ahead),
        beyond=len(rest),
    )


def fetch_settings(settings: Settings, run_id: str = "", deadline: float | None = None) -> FetchSettings:
    """Return the settings of the fetch room. An engine that parallelises by itself reads pages inline."""
    return FetchSettings(
        user_agent=settings.user_agent or USER_AGENT,
        min_delay_s=settings.min_delay_s,
        per_host_concurrency=settings.per_host_concurrency,
        allow_networks=settings.allow_networks,
        connect_to=settings.connect_to,
        workers=settings.workers if settings.is_local else 0,
        deadline=deadline,
        max_pages=settings.slice_pages if settings.is_local else None,
        read_ahead=settings.is_local and not works_elsewhere(settings.beam_args),
        reader_setup=("warta.pipelines.reading.worker:labeller",),
        shards=1 if settings.is_local else CLUSTER_SHARDS,
        run_id=run_id,
        poll_bounds_s=(settings.poll_every_s, settings.poll_every_s) if settings.poll_every_s else None,
        clock=settings.clock,
    )


def _archive(staging: Staging, at: datetime) -> CycleArchive:
    return CycleArchive(staging.path, staging.cycle, at.date())


def _pending_files(staging: Staging, entries: Sequence[Entry]) -> tuple[str, ...]:
    return (write_entries(entries, staging.state_dir("asked")),) if entries else ()


def index_files(store: Store) -> dict[str, list[str]]:
    """Return the current files of the duplicate index, by state name."""
    return {name: store.state_files(name) for name in (URLS, PRINTS)}


class StoredTexts:
    """Texts of stored articles: `(id, date, topic)` to the text of the latest revision, by id."""

    def __init__(self, root: str) -> None:
        self.root = root

    def __call__(self, wanted: list[tuple[str, date | None, str]]) -> dict[str, str]:
        """Read only the partitions that are named; ids that are not there are left out."""
        places: dict[str, list[str]] = {}
        for id_, day, topic in wanted:
            place = join(self.root, "articles", partition_path("articles", {"date": day, "topic": topic}))
            places.setdefault(place, []).append(id_)
        texts: dict[str, str] = {}
        for place, ids in sorted(places.items()):
            texts |= _texts_in(place, ids)
        return texts


def _texts_in(place: str, ids: list[str]) -> dict[str, str]:
    files = files_at(place)
    rows: list[dict[str, Any]] = []
    for name in files.names(place):
        found = read_columns(files, join(place, name), ["id", "revision", "text"])
        rows += found.filter(pc.is_in(found.column("id"), pa.array(ids, pa.string()))).to_pylist()
    return {row["id"]: row["text"] for row in sorted(rows, key=lambda row: row["revision"])}


def _polls(remembered: Memory, settings: Settings, at: datetime) -> Iterator[tuple[Feed, FeedState | None]]:
    soon = at + timedelta(seconds=settings.early_s)
    for feed in settings.feeds:
        state = remembered.feeds.get(feed.url)
        due = settings.poll_all or is_due(state, soon)
        if due or settings.poll_every_s is None:
            yield feed, replace(state, next_poll=None) if state and due else state


def _rests(entry: Entry, at: datetime) -> bool:
    return entry.not_before is not None and entry.not_before > at
