"""Who survives: arrivals placed one after another among the stored articles. Pure, and order-free.

A cycle is settled as if its articles had arrived one by one in the order of `rank`, so one run over ten days
and ten runs over one day each give the same rows. What is stored keeps its place for ever: an original that
arrives after its copy is marked as the copy's duplicate, because rows that readers have seen do not change.

Only kept articles are compared with. Two copies of one article need no link between them, and what was
dropped cannot be read again; both keeps the comparison the same whether the earlier one came in this run or
in another.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from warta.schemas.article import Article
from warta.transforms.dedup.model import Arrival, Kind, Known, Match, Verdict
from warta.transforms.dedup.near import COPY, SIMILAR
from warta.transforms.text import fold

_LAST = datetime.max.replace(tzinfo=UTC)
_WORD = re.compile(r"\w+")

Compare = Callable[[str, str], float]
"""Containment of an arrival (by key) with another arrival (by key) or a stored article (by id)."""


def rank(arrival: Arrival) -> tuple[datetime, bool, str, str]:
    """Return the sort key of survival: earliest published, then its own dateline, then id."""
    return (arrival.published or _LAST, not arrival.own_dateline, arrival.id, arrival.key)


def arrival_of(article: Article) -> Arrival:
    """Return what decides an article's place."""
    return Arrival(
        key=article.url_id or article.id,
        id=article.id,
        content_hash=article.content_hash,
        publisher=article.publisher,
        published=article.published,
        own_dateline=has_own_dateline(article.dateline, article.publisher),
        day=article.date,
        fingerprint=article.fingerprint,
    )


def has_own_dateline(dateline: str, publisher: str) -> bool:
    """Return whether a dateline names the publisher itself ("KOMPAS.com, Jakarta"), as reprints do not."""
    name = next(iter(_WORD.findall(fold(publisher))), "")
    return bool(name) and name in _WORD.findall(fold(dateline))


def settle(
    arrivals: Sequence[Arrival],
    matches: Iterable[Match],
    addresses: Mapping[str, Known],
    compare: Compare,
) -> list[Verdict]:
    """Return one verdict per arrival, in order of rank.

    Args:
      arrivals: articles that may meet each other; their keys are distinct.
      matches: whom each may meet; both directions of a pair count as one.
      addresses: what the index knew of each arrival's key before this cycle.
      compare: containment of two texts, asked for only where it decides.
    """
    places = _Places(compare)
    for match in matches:
        places.note(match)
    return [places.settle(arrival, addresses.get(arrival.key)) for arrival in sorted(arrivals, key=rank)]


@dataclass
class _Places:
    """The records so far: those stored that somebody met, and the arrivals kept."""

    compare: Compare
    by_id: dict[str, Known] = field(default_factory=dict)
    by_content: dict[str, Known] = field(default_factory=dict)
    near: dict[str, set[str]] = field(default_factory=dict)
    """Arrival's key -> keys or ids it shares samples with."""
    kept: dict[str, str] = field(default_factory=dict)
    """Key of a kept arrival, or id of a stored record -> its id."""

    def note(self, match: Match) -> None:
        if match.stored:
            self._keep(match.stored.key, match.stored)
            other = match.stored.key
        else:
            other = match.other
        if match.shared:
            self.near.setdefault(match.arrival, set()).add(other)
            if not match.stored:
                self.near.setdefault(other, set()).add(match.arrival)

    def settle(self, arrival: Arrival, address: Known | None) -> Verdict:
        """Place one arrival after all that were placed before."""
        mine = self.by_id.get(arrival.id)
        if mine and mine.content_hash == arrival.content_hash:
            return Verdict(
                arrival.key,
                mine.key,
                "url",
                mine.publisher,
                revision=mine.revision,
                renewed=mine if _is_own(address, arrival.id) else None,
            )
        if mine and not _is_own(address, arrival.id):
            return Verdict(arrival.key, mine.key, "url", mine.publisher, revision=mine.revision)
        same = self.by_content.get(arrival.content_hash) if arrival.content_hash else None
        if same and not mine:
            own = same.publisher and same.publisher == arrival.publisher  # a changed slug, not a reprint
            kind = "url" if own else "exact"
            return Verdict(arrival.key, same.key, kind, same.publisher, overlaps=((same.key, 1.0),))
        overlaps = self._overlaps(arrival)
        if overlaps and overlaps[0][1] >= COPY and not mine:
            original = self.by_id[overlaps[0][0]]
            return Verdict(arrival.key, original.key, "near", original.publisher, overlaps=overlaps)
        return self._kept(arrival, mine, overlaps)

    def _overlaps(self, arrival: Arrival) -> tuple[tuple[str, float], ...]:
        """Return the earlier records that share half or more, closest first, then by id."""
        found: dict[str, float] = {}
        for other in sorted(self.near.get(arrival.key, ())):
            id_ = self.kept.get(other)
            if id_ and id_ != arrival.id:
                share = self.compare(arrival.key, other)
                if share >= SIMILAR:
                    found[id_] = max(share, found.get(id_, 0.0))
        return tuple(sorted(found.items(), key=lambda one: (-one[1], one[0])))

    def _kept(self, arrival: Arrival, mine: Known | None, overlaps: tuple[tuple[str, float], ...]) -> Verdict:
        revision = mine.revision + 1 if mine else 1
        row = Known(
            key=arrival.id,
            kind=Kind.RECORD,
            target=arrival.id,
            digest=0,
            feed=0,
            content_hash=arrival.content_hash,
            revision=revision,
            day=arrival.day,
            publisher=arrival.publisher,
        )
        self._keep(arrival.key, row)
        return Verdict(
            arrival.key,
            revision=revision,
            previous_hash=mine.content_hash if mine else "",
            overlaps=overlaps,
        )

    def _keep(self, key: str, row: Known) -> None:
        self.by_id[row.key] = row
        self.kept[key] = row.key
        if row.content_hash:
            self.by_content.setdefault(row.content_hash, row)


def _is_own(address: Known | None, id_: str) -> bool:
    """Return whether an address is the stored article's own, not that of another copy of it."""
    return address is not None and address.kind in (Kind.RECORD, Kind.ADDRESS) and address.target == id_
