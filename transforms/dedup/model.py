"""The nouns of this room: what the index holds and what is said of an arriving article."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum


class Kind(IntEnum):
    """What a key of the URL index stands for. The smaller number wins where one key has several rows."""

    RECORD = 1
    """The id of a stored article."""
    ADDRESS = 2
    """The announced address of a stored article whose id is another; it may bring revisions."""
    COPY = 3
    """The announced address of a duplicate."""
    REJECTED = 4
    """An address that came to nothing."""


@dataclass(frozen=True, slots=True)
class IndexRow:
    """One thing to remember: a row of a new index segment."""

    key: str
    """32 hex characters: an article id (`RECORD`) or a url_id."""
    kind: Kind
    digest: str = ""
    """Digest of the feed entry, empty when it is not known."""
    feed_url: str = ""
    """The feed that announced it: only that feed's digest can ask for a new fetch."""
    target: str = ""
    """Id of the article that an address or a copy leads to."""
    content_hash: str = ""
    revision: int = 0
    day: date | None = None
    seen: date | None = None
    """Day of the fetch: an old article is remembered as long as a new one."""
    topic: str = ""
    publisher: str = ""
    fingerprint: bytes = b""
    """Only of records; empty when the text has not changed since the last row."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the index answers for one key."""

    key: str
    kind: Kind
    target: str
    """The article's id: the key itself for a record, empty for a rejection."""
    digest: int
    """First 32 bits of the entry's digest; 0 when it was not known."""
    feed: int
    """16 bits of the feed's hash; 0 when it was not known."""
    content_hash: str = ""
    revision: int = 0
    day: date | None = None
    topic: str = ""
    publisher: str = ""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A new article, as far as its place among the others depends on it. `key` is its url_id."""

    key: str
    id: str
    content_hash: str = ""
    publisher: str = ""
    published: datetime | None = None
    own_dateline: bool = False
    day: date | None = None
    fingerprint: bytes = b""


@dataclass(frozen=True, slots=True)
class Part:
    """What one shard of the join must know of an arrival."""

    key: str
    id: str = ""
    content_hash: str = ""
    samples: bytes = b""
    day: date | None = None
    size: int = 0
    """Samples that the text has in all shards."""


@dataclass(frozen=True, slots=True)
class Match:
    """A reason to compare: an arrival meets another arrival or a stored article."""

    arrival: str
    other: str = ""
    """Key of the other arrival, if it is one."""
    stored: Known | None = None
    shared: int = 0
    """Sampled 5-grams in common."""
    smaller: int = 0
    """Sampled 5-grams of the smaller text."""
    met: bool = False
    """They have the id or the content hash in common."""
    address: Known | None = None
    """Instead of a meeting: what the arrival's own address stood for before this cycle."""


@dataclass(frozen=True, slots=True)
class StoredText:
    """The current text of a stored article."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of one arrival."""

    key: str
    dup_of: str = ""
    dup_kind: str = ""
    """url | exact | near; empty: it is kept."""
    dup_of_publisher: str = ""
    revision: int = 1
    previous_hash: str = ""
    overlaps: tuple[tuple[str, float], ...] = ()
    """(id, containment) of earlier records with at least `near.SIMILAR`, closest first."""
    renewed: Known | None = None
    """The stored row whose text this refetch confirmed."""
