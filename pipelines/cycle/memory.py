"""What a writer remembers between cycles: feeds, hosts and waiting entries."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Protocol

from warta.pipelines.cycle.staging import staged_nouns
from warta.schemas.entry import Entry
from warta.schemas.feed import FeedState
from warta.schemas.host import HostState
from warta.transforms.store import state
from warta.transforms.store.commit import Staging
from warta.transforms.store.errors import StateCorrupt

log = logging.getLogger(__name__)

FEED_STATES, HOSTS, PENDING = "feed_states", "hosts", "pending"


@dataclass(frozen=True)
class Memory:
    """State between cycles. `pending` holds entries that were announced and not settled, by `url_id`."""

    feeds: dict[str, FeedState] = field(default_factory=dict)
    hosts: dict[str, HostState] = field(default_factory=dict)
    pending: dict[str, Entry] = field(default_factory=dict)

    def learn(self, staging: Staging, taken: Iterable[Entry]) -> "Memory":
        """Return what is known after a cycle: what it settled is no longer pending."""
        pending = dict(self.pending)
        for entry in taken:
            pending.pop(entry.url_id, None)
        pending |= {entry.url_id: entry for entry in staged_nouns(Entry, staging, PENDING)}
        return replace(
            self,
            feeds=self.feeds | {one.url: one for one in staged_nouns(FeedState, staging, FEED_STATES)},
            hosts=self.hosts | {one.host: one for one in staged_nouns(HostState, staging, HOSTS)},
            pending=pending,
        )

    def stage(self, staging: Staging) -> dict[str, list[str]]:
        """Write everything into `staging`; return the files by state name, for `Store.commit(replace=…)`."""
        return {
            FEED_STATES: [state.write_feed_states(self.feeds.values(), staging.state_dir(FEED_STATES))],
            HOSTS: [state.write_host_states(self.hosts.values(), staging.state_dir(HOSTS))],
            PENDING: [state.write_entries(self.pending.values(), staging.state_dir(PENDING))],
        }


class StateFiles(Protocol):
    """Who knows the current state files: an open `Store`, or somebody who only looks."""

    def state_files(self, name: str) -> list[str]: ...


def recall(store: StateFiles) -> Memory:
    """Read what is remembered.

    A damaged file is not trusted in part: feeds are then polled in full again, which announces anew
    whatever was waiting; the index of what is stored keeps that from becoming duplicates.
    """
    try:
        return Memory(
            state.read_feed_states(store.state_files(FEED_STATES)),
            state.read_host_states(store.state_files(HOSTS)),
            {entry.url_id: entry for entry in state.read_entries(store.state_files(PENDING))},
        )
    except StateCorrupt as error:
        log.warning("%s; every feed will be polled in full", error)
        return Memory()
