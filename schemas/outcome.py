"""How things end: every announced URL becomes one record, duplicate, rejection or deferral."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from warta.schemas.entry import Entry

Day = date
"""The type, under a name that a field called `date` with a default does not hide."""


class Stage(StrEnum):
    """The arrow at which something ended."""

    FETCH = "fetch"
    PARSE = "parse"
    EXTRACT = "extract"
    CLEAN = "clean"
    LABEL = "label"
    DEDUP = "dedup"
    STORE = "store"


class Reason(StrEnum):
    """The closed list of reason codes. A new ending is a new member and a CHANGELOG line."""

    # the address
    URL_INVALID = "url_invalid"
    SCHEME_UNSUPPORTED = "scheme_unsupported"
    ADDRESS_FORBIDDEN = "address_forbidden"
    DNS_FAILED = "dns_failed"
    # the connection
    CONNECT_FAILED = "connect_failed"
    TLS_FAILED = "tls_failed"
    TIMEOUT = "timeout"
    CONNECTION_RESET = "connection_reset"
    PROTOCOL_ERROR = "protocol_error"
    # the answer
    ROBOTS_DISALLOWED = "robots_disallowed"
    ROBOTS_UNAVAILABLE = "robots_unavailable"
    REDIRECT_LOOP = "redirect_loop"
    REDIRECT_INVALID = "redirect_invalid"
    NOT_FOUND = "not_found"
    GONE = "gone"
    ACCESS_DENIED = "access_denied"
    RATE_LIMITED = "rate_limited"
    CLIENT_ERROR = "client_error"
    SERVER_ERROR = "server_error"
    STATUS_UNEXPECTED = "status_unexpected"
    TOO_LARGE = "too_large"
    BODY_TRUNCATED = "body_truncated"
    ENCODING_INVALID = "encoding_invalid"
    ENCODING_UNSUPPORTED = "encoding_unsupported"
    CONTENT_TYPE_UNSUPPORTED = "content_type_unsupported"
    # the feed
    FEED_NOT_A_FEED = "feed_not_a_feed"
    FEED_MALFORMED = "feed_malformed"
    FEED_ENTITY_DECLARED = "feed_entity_declared"
    ENTRY_CAP_EXCEEDED = "entry_cap_exceeded"
    ENTRY_WITHOUT_LINK = "entry_without_link"
    ENTRY_LINK_INVALID = "entry_link_invalid"
    # the page
    PAGE_EMPTY = "page_empty"
    PAGE_NOT_HTML = "page_not_html"
    PAGE_TOO_DEEP = "page_too_deep"
    NO_ARTICLE = "no_article"
    BODY_TOO_SHORT = "body_too_short"
    READER_TIMEOUT = "reader_timeout"
    READER_CRASHED = "reader_crashed"
    # waiting
    RUN_DEADLINE = "run_deadline"
    RUN_STOPPED = "run_stopped"
    RETRY_AFTER = "retry_after"
    SLICE_FULL = "slice_full"
    # the store
    ROW_INVALID = "row_invalid"


PASSING: frozenset[Reason] = frozenset(
    {
        Reason.DNS_FAILED,
        Reason.CONNECT_FAILED,
        Reason.TIMEOUT,
        Reason.CONNECTION_RESET,
        Reason.ROBOTS_UNAVAILABLE,
        Reason.RATE_LIMITED,
        Reason.SERVER_ERROR,
        Reason.BODY_TRUNCATED,
    }
)
"""Reasons that may pass: the entry is deferred with back-off until `MAX_ATTEMPTS`, then rejected."""

MAX_ATTEMPTS = 5
"""Tries of one page before a passing reason becomes final; with doubling from 10 min about 5 hours."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """An announced URL that will not become a record, and why."""

    stage: Stage
    reason: Reason
    url: str
    detail: str = ""
    """One line for a person: what was seen, with numbers. At most 300 characters."""
    url_id: str = ""
    feed_url: str = ""
    publisher: str = ""
    rejected_at: datetime | None = None
    entry_digest: str = ""


@dataclass(frozen=True, slots=True)
class Deferral:
    """An announced URL that this run could not settle; first in line in the next."""

    entry: Entry
    reason: Reason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """An announced URL whose article is stored already, here or under another name."""

    id: str
    url: str
    dup_of: str
    """Id of the surviving record."""
    dup_kind: str
    """url (another address of the same article) | exact (same text) | near (a copy at other length)."""
    publisher: str = ""
    feed_url: str = ""
    title: str = ""
    published: datetime | None = None
    fetched_at: datetime | None = None
    date: Day | None = None
    """Publisher-local day, the partition."""
    containment: float | None = None
    dup_of_publisher: str = ""
    url_id: str = ""
    text: str = ""
    """Only kept with `--keep-duplicate-text`."""
    overlaps: tuple[tuple[str, float], ...] = ()
    """(id, containment) of every earlier record that shares half or more; `dup_of` is the first of a copy."""


@dataclass(frozen=True, slots=True)
class Books:
    """The sum that every run must balance: announced = kept + duplicates + rejected + deferred."""

    announced: int = 0
    kept: int = 0
    duplicates: int = 0
    rejected: int = 0
    deferred: int = 0


@dataclass(frozen=True, slots=True)
class RunReport:
    """What one run did; stored as `runs/RUN_ID.json`."""

    run_id: str
    started_at: datetime
    finished_at: datetime
    command: str
    version: str
    books: Books
    feeds: dict[str, int] = field(default_factory=dict)
    """Feeds by status (ok, not_modified, unchanged, failed, not_due, deferred)."""
    listed: int = 0
    """Entries that feeds listed, repeats and known ones included."""
    known: int = 0
    """Listed entries that an earlier run had settled, unchanged."""
    repeated: int = 0
    """Listed again within this run, in another feed or twice in one."""
    fetched: int = 0
    rejected_by_reason: dict[str, int] = field(default_factory=dict)
    deferred_by_reason: dict[str, int] = field(default_factory=dict)
    publishers: dict[str, dict[str, int]] = field(default_factory=dict)
    cycles: int = 0
    wire_bytes: int = 0
    wall_s: float = 0.0
    cpu_s: float = 0.0
    peak_rss_mb: float = 0.0
    stopped: str = ""
    """Why the run ended early ("deadline", "signal"), else empty."""
