"""What a writer remembers between cycles: feeds, hosts and waiting entries."""

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from warta.pipelines.cycle.staging import staged_nouns
from warta.pipelines.options import SLICE_PAGES
from warta.schemas.entry import Entry
from warta.schemas.feed import FeedState
from warta.schemas.host import HostState
from warta.transforms.fetch.slices import in_turn
from warta.transforms.store import state
from warta.transforms.store.commit import Staging
from warta.transforms.store.errors import StateCorrupt

log = logging.getLogger(__name__)

FEED_STATES, HOSTS, PENDING = "feed_states", "hosts", "pending"

SHELF = SLICE_PAGES
"""Waiting entries in one file: a slice of a run. A cycle writes anew only the files it took from, so a
run that announces 200,000 pages does not write most of them a hundred times."""


@dataclass(frozen=True)
class Memory:
    """State between cycles. `pending` holds entries that were announced and not settled, by `url_id`."""

    feeds: dict[str, FeedState] = field(default_factory=dict)
    hosts: dict[str, HostState] = field(default_factory=dict)
    pending: dict[str, Entry] = field(default_factory=dict)
    shelves: tuple[tuple[str, ...], ...] = ()
    """The `url_id`s in each file of waiting entries."""
    kept: tuple[int, ...] = ()
    """Which of the files before this cycle are the first of `shelves`."""

    def learn(self, staging: Staging, taken: Iterable[Entry]) -> "Memory":
        """Return what is known after a cycle: what it settled is no longer pending."""
        new = {entry.url_id: entry for entry in staged_nouns(Entry, staging, PENDING)}
        touched = {entry.url_id for entry in taken} | new.keys()
        pending = {key: entry for key, entry in self.pending.items() if key not in touched} | new
        kept, shelves = _shelved(self.shelves, touched, pending)
        return Memory(
            feeds=self.feeds | {one.url: one for one in staged_nouns(FeedState, staging, FEED_STATES)},
            hosts=self.hosts | {one.host: one for one in staged_nouns(HostState, staging, HOSTS)},
            pending=pending,
            shelves=shelves,
            kept=kept,
        )

    def stage(self, staging: Staging, store: "StateFiles") -> dict[str, list[str]]:
        """Write what has changed into `staging`; return the files by state name, for
        `Store.commit(replace=…)`. `store` is as it was before the cycle."""
        before = store.state_files(PENDING)
        folder = staging.state_dir(PENDING)
        new = self.shelves[len(self.kept) :]
        return {
            FEED_STATES: [state.write_feed_states(self.feeds.values(), staging.state_dir(FEED_STATES))],
            HOSTS: [state.write_host_states(self.hosts.values(), staging.state_dir(HOSTS))],
            PENDING: [
                *(before[place] for place in self.kept),
                *(
                    state.write_entries([self.pending[key] for key in shelf], folder, f"pending-{number:04d}")
                    for number, shelf in enumerate(new)
                ),
            ],
        }


def _shelved(
    shelves: Sequence[tuple[str, ...]], touched: Collection[str], pending: Mapping[str, Entry]
) -> tuple[tuple[int, ...], tuple[tuple[str, ...], ...]]:
    """Return the places of files that stay, and all shelves after: those, then new ones in order of turn.

    What is on none of them is put on new ones, and so is what lies on shelves less than half full.
    """
    whole = [place for place, shelf in enumerate(shelves) if set(shelf).isdisjoint(touched)]
    if sum(len(shelves[place]) for place in whole) < len(pending):
        whole = [place for place in whole if 2 * len(shelves[place]) >= SHELF]
    stay = [shelves[place] for place in whole]
    loose = pending.keys() - {key for shelf in stay for key in shelf}
    ordered, _ = in_turn([pending[key] for key in loose], None)
    keys = [entry.url_id for entry in ordered]
    new = [tuple(keys[start : start + SHELF]) for start in range(0, len(keys), SHELF)]
    return tuple(whole), (*stay, *new)


class StateFiles(Protocol):
    """Who knows the current state files: an open `Store`, or somebody who only looks."""

    def state_files(self, name: str) -> list[str]: ...


def recall(store: StateFiles) -> Memory:
    """Read what is remembered.

    A damaged file is not trusted in part: feeds are then polled in full again, which announces anew
    whatever was waiting; the index of what is stored keeps that from becoming duplicates.
    """
    try:
        shelves = [state.read_entries([path]) for path in store.state_files(PENDING)]
        return Memory(
            feeds=state.read_feed_states(store.state_files(FEED_STATES)),
            hosts=state.read_host_states(store.state_files(HOSTS)),
            pending={entry.url_id: entry for shelf in shelves for entry in shelf},
            shelves=tuple(tuple(entry.url_id for entry in shelf) for shelf in shelves),
        )
    except StateCorrupt as error:
        log.warning("%s; every feed will be polled in full", error)
        return Memory()
