"""The work between the shuffles of `Deduplicate`, on plain values."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from warta.schemas.article import Article
from warta.transforms.dedup.index import Index
from warta.transforms.dedup.model import Arrival, Kind, Known, Match, Part, Verdict
from warta.transforms.dedup.near import (
    COMMON_DOCUMENTS,
    WINDOW_DAYS,
    containment,
    least_shared,
    samples_of,
    shared_pairs,
    shingle_sets,
    spread,
)
from warta.transforms.dedup.resolve import arrival_of, settle


def parts_of(arrival: Arrival, shards: int) -> list[tuple[int, Part]]:
    """Return what each shard must know of an arrival; shards that need nothing are left out."""
    samples = samples_of(arrival.fingerprint)
    size = len(samples)
    if shards == 1:
        part = Part(arrival.key, arrival.id, arrival.content_hash, arrival.fingerprint, arrival.day, size)
        return [(0, part)]
    of_sample = spread(samples) // np.uint64((1 << 64) // shards)
    parts: dict[int, dict[str, str | bytes]] = {}
    for shard in np.unique(of_sample):
        parts[int(shard)] = {"samples": samples[of_sample == shard].tobytes()}
    for name, value in (("id", arrival.id), ("content_hash", arrival.content_hash)):
        if value:
            parts.setdefault(int(value[:8], 16) % shards, {})[name] = value
    return [
        (shard, Part(arrival.key, day=arrival.day, size=size, **found))  # type: ignore[arg-type]
        for shard, found in sorted(parts.items())
    ]


def join_shard(
    parts: Iterable[Part], *, window_days: int | None = WINDOW_DAYS, alone: bool = False
) -> list[Match]:
    """Return which arrivals meet in one shard, each pair once.

    Samples are counted within the shard. One that stands `alone` has all there are, and leaves out pairs
    that cannot count.
    """
    ordered = sorted(parts, key=lambda part: part.key)
    matches = [*_chains(ordered, "id"), *_chains(ordered, "content_hash")]
    prints = [samples_of(part.samples) for part in ordered]
    for low, high, shared in shared_pairs(prints, whole=alone, most=COMMON_DOCUMENTS):
        one, other = ordered[low], ordered[high]
        if is_within(one, other, window_days):
            matches.append(Match(one.key, other.key, shared=shared, smaller=min(one.size, other.size)))
    return matches


def is_within(one: Part | Arrival, other: Part | Arrival | Known, window_days: int | None) -> bool:
    """Return whether two days lie close enough to compare texts; an unknown day always does."""
    if window_days is None or one.day is None or other.day is None:
        return True
    return abs((one.day - other.day).days) <= window_days


def _chains(parts: Sequence[Part], name: str) -> Iterator[Match]:
    last: dict[str, str] = {}
    for part in parts:
        value = getattr(part, name)
        if value:
            if value in last:
                yield Match(last[value], part.key, met=True)
            last[value] = part.key


def joined(matches: Iterable[Match]) -> list[Match]:
    """Return the matches of one pair as one; nothing when they share too few samples in all."""
    together = list(matches)
    first = together[0]
    shared = sum(match.shared for match in together)
    smaller = max(match.smaller for match in together)
    met = any(match.met for match in together)
    enough = shared >= least_shared(smaller)
    if not enough and not met:
        return []
    return [Match(first.arrival, first.other, shared=shared if enough else 0, smaller=smaller, met=met)]


def join_arrivals(arrivals: Iterable[Arrival], *, window_days: int | None = WINDOW_DAYS) -> list[Match]:
    """Return which arrivals meet when all of them are at hand; a pair may be there twice, for two reasons."""
    parts = (part for arrival in arrivals for _, part in parts_of(arrival, 1))
    return join_shard(parts, window_days=window_days, alone=True)


def matches_with_stored(
    arrivals: Sequence[Arrival], index: Index, window_days: int = WINDOW_DAYS
) -> Iterator[tuple[int, Match]]:
    """Yield (place in `arrivals`, match) for all that the index has to say of them."""
    rows = index.known(key for arrival in arrivals for key in (arrival.key, arrival.id))
    texts = index.by_content(arrival.content_hash for arrival in arrivals)
    for place, arrival in enumerate(arrivals):
        if arrival.key in rows:
            yield place, Match(arrival.key, address=rows[arrival.key])
        for row in (rows.get(arrival.id), texts.get(arrival.content_hash)):
            if row and row.kind is Kind.RECORD:
                yield place, Match(arrival.key, stored=row, met=True)
    prints = [samples_of(arrival.fingerprint) for arrival in arrivals]
    days = [arrival.day for arrival in arrivals]
    for place, row, shared in index.near(prints, days, window_days=window_days):
        if row.key != arrivals[place].id:
            yield place, Match(arrivals[place].key, stored=row, shared=shared)


def by_partition(match: Match) -> Iterator[tuple[str, Match]]:
    """Yield a match whose stored text must be read, under the name of the partition that holds it."""
    if match.stored and match.shared:
        yield f"{match.stored.day}/{match.stored.topic}", match


def place(arrivals: Sequence[Arrival], matches: Iterable[Match], texts: Mapping[str, str]) -> list[Verdict]:
    """Return one verdict per arrival of a group, in order of rank.

    Args:
      arrivals: articles that may meet each other, with distinct keys.
      matches: what they meet, and what their addresses stood for.
      texts: by arrival's key or stored article's id; one that is missing resembles nothing.
    """

    known = list(matches)
    keys = sorted(_compared(known) & texts.keys())
    hashes = dict(zip(keys, shingle_sets([texts[key] for key in keys]), strict=True))

    def compare(arrival: str, other: str) -> float:
        return containment(hashes[arrival], hashes[other]) if other in hashes else 0.0

    return settle(
        arrivals,
        [match for match in known if not match.address],
        {match.arrival: match.address for match in known if match.address},
        compare,
    )


def _compared(matches: Iterable[Match]) -> set[str]:
    """Return the keys and ids whose texts are compared."""
    near = [match for match in matches if match.shared]
    return {match.arrival for match in near} | {
        match.stored.key if match.stored else match.other for match in near
    }


def place_group(
    articles: Iterable[Article], matches: Iterable[Match], texts: Mapping[str, str]
) -> list[tuple[Article, Verdict]]:
    """Return every article of a group with its verdict; `texts` are those of stored articles, by id."""
    by_key = {arrival_of(article).key: article for article in articles}
    arrivals = [arrival_of(article) for article in by_key.values()]
    all_texts = {**texts, **{key: article.text for key, article in by_key.items()}}
    return [(by_key[verdict.key], verdict) for verdict in place(arrivals, matches, all_texts)]
