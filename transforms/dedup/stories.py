"""One event, told in different words: articles put together by the names and rare words they share. Pure.

Each article is the 40 weightiest words of its title and lead, weighted by rarity (TF-IDF); names and figures
count double, because rewriting changes verbs and keeps them. Stories grow by average linkage: a new member
must resemble the whole story, or one long-running affair would chain everything that mentions it.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np

from warta.transforms.dedup.terms import WORD, Floats, Ints, vectors

STORY_CUT: Final = 0.5
"""Least average cosine within a story. Of 60 pairs read by hand, .84 of those at .5 and above tell of one
happening, .63 of those at .4 to .5; three articles on one event in different words stand at .52 to .67,
others on the same people at .38 at most. `tests.gate.dedup` prints the bands."""

STORY_DAYS: Final = 3
"""Greatest distance in days at which two articles are compared. The next match or hearing of the same people
is usually a week away."""

LEAST_KEPT: Final = 0.2
"""Cosines below count as none in an average; below it most pairs share only a subject."""

BLOCK: Final = 256
"""Articles compared at a time with all that are near in time; memory follows it."""

_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Telling:
    """An article, as far as its story depends on it."""

    id: str
    title: str
    text: str
    published: datetime | None = None
    publisher: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """Articles about one event, earliest first. A row of `stories/`."""

    id: str
    article_ids: tuple[str, ...]
    publishers: tuple[str, ...]
    headline: str
    first_seen: datetime | None
    last_seen: datetime | None


def find_stories(tellings: Iterable[Telling], *, cut: float = STORY_CUT) -> list[Story]:
    """Return the stories of some articles, by their first article's place in time; singles are stories too.

    The same articles give the same stories, whatever their order.
    """
    ordered = sorted(tellings, key=lambda one: (one.published or _LAST, one.id))
    groups = average_linkage(len(ordered), similar_pairs(ordered), cut)
    return [_story([ordered[place] for place in group]) for group in groups]


def _story(members: Sequence[Telling]) -> Story:
    times = [one.published for one in members if one.published]
    return Story(
        id=members[0].id,
        article_ids=tuple(one.id for one in members),
        publishers=tuple(sorted({one.publisher for one in members} - {""})),
        headline=members[0].title,
        first_seen=min(times, default=None),
        last_seen=max(times, default=None),
    )


def similar_pairs(ordered: Sequence[Telling]) -> dict[tuple[int, int], float]:
    """Return the cosine of all pairs that are near in time and have one worth keeping, by place."""
    owners, terms, weights = vectors([(one.title, one.text) for one in ordered])
    if not len(owners):
        return {}
    days = _days(ordered)
    titles = [frozenset(WORD.findall(one.title.lower())) for one in ordered]
    pairs: dict[tuple[int, int], float] = {}
    for start in range(0, len(ordered), BLOCK):
        end = min(start + BLOCK, len(ordered))
        reach = int(np.searchsorted(days, days[end - 1] + STORY_DAYS, side="right"))
        mine = slice(*np.searchsorted(owners, [start, end]))
        theirs = slice(*np.searchsorted(owners, [start, reach]))
        found = _cosines(
            (owners[mine] - start, terms[mine], weights[mine]),
            (owners[theirs] - start, terms[theirs], weights[theirs]),
            reach - start,
        )
        for place in np.flatnonzero(found >= LEAST_KEPT):
            one, other = (start + number for number in divmod(int(place), reach - start))
            if one >= other or days[other] - days[one] > STORY_DAYS:
                continue
            if ordered[one].publisher != ordered[other].publisher or not is_series(
                titles[one], titles[other]
            ):
                pairs[one, other] = float(found[place])
    return pairs


def is_series(one: frozenset[str], other: frozenset[str]) -> bool:
    """Return whether two titles of one publisher differ like parts of a series: mostly in their numbers.

    Episodes, daily forecasts and price lists share nearly all names, and each is an event of its own.

    >>> is_series(frozenset({"badai", "episode", "3"}), frozenset({"badai", "episode", "4"}))
    True
    """
    numbers, others = ({word for word in title if word.isdecimal()} for title in (one, other))
    common = (one & other) - numbers
    return bool(numbers and others and numbers != others) and 2 * len(common) >= min(
        len(one - numbers), len(other - others)
    )


def average_linkage(count: int, pairs: Mapping[tuple[int, int], float], cut: float) -> list[tuple[int, ...]]:
    """Return groups of places, each sorted, by their first: merged while their average cosine reaches `cut`.

    The closest two groups merge first; of equally close ones those with the earliest members.
    """
    members: dict[int, list[int]] = {place: [place] for place in range(count)}
    sums: dict[int, dict[int, float]] = defaultdict(dict)
    for (one, other), value in pairs.items():
        sums[one][other] = sums[other][one] = value
    heap = [(-value, one, other) for (one, other), value in pairs.items() if value >= cut]
    heapq.heapify(heap)
    while heap:
        negative, one, other = heapq.heappop(heap)
        if one not in members or other not in members:
            continue
        average = sums[one].get(other, 0.0) / (len(members[one]) * len(members[other]))
        if average < cut or average != -negative:
            continue  # said of groups that have grown since
        _merge(one, other, members, sums)
        for third, total in sums[one].items():
            average = total / (len(members[one]) * len(members[third]))
            if average >= cut:
                heapq.heappush(heap, (-average, min(one, third), max(one, third)))
    return sorted(tuple(sorted(group)) for group in members.values())


def _merge(one: int, other: int, members: dict[int, list[int]], sums: dict[int, dict[int, float]]) -> None:
    """Let group `one` take in group `other`, a later one."""
    members[one] += members.pop(other)
    for third, total in sums.pop(other).items():
        sums[third].pop(other, None)
        if third != one:
            sums[one][third] = sums[third][one] = sums[one].get(third, 0.0) + total
    sums[one].pop(other, None)


def _cosines(mine: tuple[Ints, Ints, Floats], theirs: tuple[Ints, Ints, Floats], width: int) -> Floats:
    """Return the cosines of a block with its surroundings, as one row after another."""
    order = np.argsort(theirs[1], kind="stable")
    others, terms, weights = (values[order] for values in theirs)
    starts = np.searchsorted(terms, mine[1], side="left")
    lengths = np.searchsorted(terms, mine[1], side="right") - starts
    places = np.arange(int(lengths.sum())) + np.repeat(starts - (np.cumsum(lengths) - lengths), lengths)
    cells = np.repeat(mine[0] * width, lengths) + others[places]
    products = np.repeat(mine[2], lengths) * weights[places]
    return np.bincount(cells, products, minlength=BLOCK * width).astype(np.float64)


def _days(ordered: Sequence[Telling]) -> Floats:
    """Return ascending days; an article without an instant stands with the last."""
    known = [one.published for one in ordered if one.published]
    last = max(known, default=datetime(1970, 1, 1, tzinfo=UTC))
    origin = datetime(1970, 1, 1, tzinfo=UTC)
    return np.array([((one.published or last) - origin) / timedelta(days=1) for one in ordered])
