"""HostState: what politeness must remember about one host, between stages, cycles and runs."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class HostState:
    """Travels with the requests of its host, so that no worker starts from nothing."""

    host: str
    """`urls.host_key`: "host" or "host:port"."""
    last_request: datetime | None = None
    not_before: datetime | None = None
    """From Retry-After; nothing is asked of the host before."""
    robots_body: str = ""
    """Last robots.txt, at most 500 KiB (RFC 9309 2.5)."""
    robots_status: int | None = None
    """HTTP status of that answer; None when it was never asked."""
    robots_expires: datetime | None = None
