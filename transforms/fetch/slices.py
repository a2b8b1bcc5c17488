"""Which requests go together, and which go first. Pure."""

from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from warta.schemas.entry import Entry
from warta.schemas.host import HostState
from warta.transforms.urls import shard

_LATE = datetime.max.replace(tzinfo=UTC)


def site_of(url: str) -> str:
    """Return a rough registered domain of `url`, so that the hosts of one publisher share a shard.

    Redirects mostly lead from one of them to another, and a host is only paced by its own shard. Rough is
    enough: too large a group costs balance, never manners.

    >>> site_of("https://news.kabar.co.id:8080/a"), site_of("http://127.0.0.1/")
    ('kabar.co.id', '127.0.0.1')
    """
    host = (urlsplit(url if "//" in url else f"//{url}").hostname or "").rstrip(".")
    labels = host.split(".")
    if labels[-1].isdecimal() or ":" in host:
        return host
    second_level = len(labels) > 2 and (len(labels[-2]) <= 3) and len(labels[-1]) == 2
    return ".".join(labels[-3 if second_level else -2 :])


def shard_key(request: Any, shards: int) -> int:
    """Return the shard of an Entry, a (Feed, FeedState) pair or a HostState."""
    if shards <= 1:
        return 0
    if isinstance(request, HostState):
        return shard(site_of(request.host), shards)
    url = request.url if isinstance(request, Entry) else request[0].url
    try:
        return shard(site_of(url), shards)
    except ValueError:
        return 0


def in_turn(entries: Sequence[Entry], limit: int | None) -> tuple[list[Entry], list[Entry]]:
    """Order entries and cut them: earlier announced ones first, then earlier published ones, hosts in turn.

    So an original is settled before its copies: what a slice has stored keeps its place for ever.

    Returns:
      The entries to fetch now, at most `limit`, and those left for later.
    """
    ordered = sorted(
        entries, key=lambda entry: (entry.announced_at or _LATE, entry.published or _LATE, entry.url)
    )
    queues: dict[str, deque[Entry]] = {}
    for entry in ordered:
        queues.setdefault(urlsplit(entry.url).netloc, deque()).append(entry)
    turns: list[Entry] = []
    while queues:
        for host in list(queues):
            turns.append(queues[host].popleft())
            if not queues[host]:
                del queues[host]
    cut = len(turns) if limit is None else limit
    return turns[:cut], turns[cut:]
