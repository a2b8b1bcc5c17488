"""One event, told in different words: articles put together by the names and rare words they share. Pure.

Each article is the 40 weightiest words of its title and lead, weighted by rarity (TF-IDF); names and figures
count double, because rewriting changes verbs and keeps them. Stories grow by average linkage: a new member
must resemble the whole story, or one long-running affair would chain everything that mentions it.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

import numpy as np

from warta.transforms.dedup.chains import components
from warta.transforms.dedup.segment import ragged
from warta.transforms.dedup.terms import Floats, Ints, Vectors, vectors
from warta.transforms.text import words as words_of

STORY_CUT: Final = 0.5
"""Least average cosine within a story. Of 60 pairs read by hand, .84 of those at .5 and above tell of one
happening, .63 of those at .4 to .5; three articles on one event in different words stand at .52 to .67,
others on the same people at .38 at most. `tests.gate.dedup` prints the bands."""

STORY_DAYS: Final = 3
"""Greatest distance in days at which two articles are compared. The next match or hearing of the same people
is usually a week away."""

LEAST_KEPT: Final = 0.2
"""Cosines below count as none in an average; below it most pairs share only a subject."""

BLOCK_CELLS: Final = 1_000_000
"""Pairs of articles compared at a time; memory follows it."""


class Pairs(NamedTuple):
    """Pairs of articles by their places in time: three arrays of one length."""

    ones: Ints
    others: Ints
    """Later than `ones`."""
    cosines: Floats


NO_PAIRS: Final = Pairs(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))

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
    alone = set(range(len(ordered)))
    groups: list[tuple[int, ...]] = []
    for chain, cosines in chains(similar_pairs(ordered), cut):
        alone -= chain
        groups += average_linkage(chain, cosines, cut)
    groups += [(place,) for place in alone]
    return [_story([ordered[place] for place in group]) for group in sorted(groups)]


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


def similar_pairs(ordered: Sequence[Telling]) -> Pairs:
    """Return all pairs that are near in time and have a cosine worth keeping."""
    words = vectors([(one.title, one.text) for one in ordered])
    postings = _Postings(words, len(ordered))
    days = _days(ordered)
    titles = [frozenset(words_of(one.title)) for one in ordered]
    publishers = np.unique([one.publisher for one in ordered], return_inverse=True)[1]
    blocks = []
    start = 0
    while start < len(ordered):
        end = min(start + max(1, BLOCK_CELLS // (len(ordered) - start)), len(ordered))
        reach = int(np.searchsorted(days, days[end - 1] + STORY_DAYS, side="right"))
        found = postings.cosines(start, end, reach)
        ones, others = np.nonzero(found >= LEAST_KEPT)
        cosines = found[ones, others]
        ones, others = ones + start, others + start
        keep = days[others] - days[ones] <= STORY_DAYS
        for place in np.flatnonzero(keep & (publishers[ones] == publishers[others])):
            keep[place] = not is_series(titles[ones[place]], titles[others[place]])
        blocks.append((ones[keep], others[keep], cosines[keep]))
        start = end
    return Pairs(*(np.concatenate(parts) for parts in zip(NO_PAIRS, *blocks, strict=True)))


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


def chains(pairs: Pairs, cut: float) -> Iterator[tuple[set[int], dict[tuple[int, int], float]]]:
    """Yield sets of places that are chained by pairs which reach `cut`, with all cosines among them.

    Stories lie within one such set: of two groups whose average reaches the cut, some pair does.
    """
    reach = pairs.cosines >= cut
    name_of = components(zip(pairs.ones[reach].tolist(), pairs.others[reach].tolist(), strict=True))
    names = np.full(1 + int(pairs.others.max(initial=0)), -1)
    names[list(name_of)] = list(name_of.values())
    chain_of = names[pairs.ones]
    chained = np.flatnonzero((chain_of >= 0) & (chain_of == names[pairs.others]))
    chained = chained[np.argsort(chain_of[chained], kind="stable")]
    bounds = np.flatnonzero(np.diff(chain_of[chained])) + 1
    for places in np.split(chained, bounds) if len(chained) else ():
        ones, others, cosines = (part[places].tolist() for part in pairs)
        yield {*ones, *others}, dict(zip(zip(ones, others, strict=True), cosines, strict=True))


def average_linkage(
    places: Iterable[int], pairs: Mapping[tuple[int, int], float], cut: float
) -> list[tuple[int, ...]]:
    """Return groups of places, each sorted, by their first: merged while their average cosine reaches `cut`.

    The closest two groups merge first; of equally close ones those with the earliest members.
    """
    members: dict[int, list[int]] = {place: [place] for place in places}
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


class _Postings:
    """Who uses a word: the words of all articles by word, then by article."""

    def __init__(self, words: Vectors, count: int) -> None:
        self._words = words
        self._count = count
        keys = words.terms.astype(np.int64) * count + words.owners
        order = np.argsort(keys, kind="stable")
        self._keys = keys[order]
        self._owners = words.owners[order]
        self._weights = words.weights[order]

    def cosines(self, start: int, end: int, reach: int) -> Floats:
        """Return the cosines of the articles from `start` to `end` with all later ones up to `reach`.

        A row for each of the former, a column for each article from `start` on.
        """
        mine = slice(*np.searchsorted(self._words.owners, [start, end]))
        owners, weights = self._words.owners[mine], self._words.weights[mine]
        rows = self._words.terms[mine].astype(np.int64) * self._count
        firsts = np.searchsorted(self._keys, rows + owners, side="right")
        lengths = np.searchsorted(self._keys, rows + reach, side="left") - firsts
        places = ragged(firsts, lengths)
        width = reach - start
        cells = np.repeat((owners - start).astype(np.int64) * width, lengths) + self._owners[places] - start
        products = np.repeat(weights, lengths) * self._weights[places]
        sums: Floats = np.bincount(cells, products, minlength=(end - start) * width).astype(np.float64)
        return sums.reshape(end - start, width)


def _days(ordered: Sequence[Telling]) -> Floats:
    """Return ascending days; an article without an instant stands with the last."""
    known = [one.published for one in ordered if one.published]
    last = max(known, default=datetime(1970, 1, 1, tzinfo=UTC))
    origin = datetime(1970, 1, 1, tzinfo=UTC)
    return np.array([((one.published or last) - origin) / timedelta(days=1) for one in ordered])
