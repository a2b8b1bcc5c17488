"""Page: the bytes one URL answered with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Page:
    """One complete HTTP answer, decompressed and within the byte cap."""

    url: str
    """As requested."""
    final_url: str
    """After redirects."""
    status: int
    body: bytes
    fetched_at: datetime
    headers: Mapping[str, str] = field(default_factory=dict)
    """Lower-case names; repeated headers joined with ", "."""
    elapsed_s: float = 0.0
    wire_bytes: int = 0
    redirects: tuple[tuple[int, str], ...] = ()
    """(status, target) of each hop, in order."""
