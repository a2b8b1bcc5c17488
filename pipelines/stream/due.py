"""What a stream has to do next, read from the state files alone: no lock, no Beam, a few milliseconds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from warta.schemas.entry import Entry
from warta.schemas.feed import Feed, FeedState
from warta.transforms.fetch.conditional import is_due
from warta.transforms.store import state
from warta.transforms.store.errors import StateCorrupt
from warta.transforms.store.files import absolute, files_at
from warta.transforms.store.layout import Layout
from warta.transforms.store.manifest import current

FEED_STATES, PENDING = "feed_states", "pending"


@dataclass(frozen=True)
class Agenda:
    """What is due at one instant."""

    feeds: int
    """Feeds to poll, those included that are due within `early_s`."""
    entries: int
    """Waiting entries that may be asked for now."""
    next_at: datetime | None
    """When something is due: in the past when it is already; None when nothing ever will be."""
    failing: tuple[FeedState, ...] = ()
    waiting: int = 0
    """Entries that wait, due or not."""

    def is_due(self, now: datetime) -> bool:
        """True when a cycle has something to do."""
        return self.next_at is not None and self.next_at <= now


class Agendas:
    """Reads agendas of one output; state files are read again only when a commit has replaced them."""

    def __init__(self, output: str, feeds: Iterable[Feed], early_s: float) -> None:
        self._layout = Layout(absolute(output))
        self._files = files_at(self._layout.root)
        self._feeds = tuple(feeds)
        self._early = timedelta(seconds=early_s)
        self._number = -1
        self._states: dict[str, FeedState] = {}
        self._pending: list[datetime | None] = []

    def at(self, now: datetime) -> Agenda:
        """Return what is due at `now`."""
        self._remember()
        states = [self._states.get(feed.url) for feed in self._feeds]
        times = [one.next_poll if one and one.next_poll else _EVER for one in states]
        times += [one or _EVER for one in self._pending]
        failing = tuple(one for one in states if one and one.failing_since)
        return Agenda(
            feeds=sum(is_due(one, now + self._early) for one in states),
            entries=sum(one is None or one <= now for one in self._pending),
            next_at=min(times, default=None),
            failing=failing,
            waiting=len(self._pending),
        )

    def _remember(self) -> None:
        manifest = current(self._files, self._layout)
        if manifest.number == self._number:
            return
        paths = {
            name: [self._layout.path(path) for path in manifest.state.get(name, ())]
            for name in (FEED_STATES, PENDING)
        }
        try:
            self._states = state.read_feed_states(paths[FEED_STATES])
            self._pending = [entry.not_before for entry in state.read_nouns(Entry, paths[PENDING])]
        except StateCorrupt:  # the next cycle says so, and polls everything
            self._states, self._pending = {}, []
        self._number = manifest.number


_EVER = datetime(1, 1, 1, tzinfo=UTC)
"""Due since always."""
