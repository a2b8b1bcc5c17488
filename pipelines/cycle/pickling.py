"""Quick pickles of the nouns that travel most: by their constructor, without a look at their fields.

A frozen dataclass with slots pickles itself by asking `dataclasses.fields` at every trip, which took a tenth
of the driver's time. Registered here, each noun becomes its class and a tuple; and UTC, which nearly every
noun holds, becomes a call, for the way that Python takes with a time zone costs 4 us each time.
"""

import copyreg
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, timezone
from operator import attrgetter
from typing import Any

from warta.schemas.article import Article, Cuts
from warta.schemas.entry import Entry
from warta.schemas.feed import Feed, FeedHealth, FeedState
from warta.schemas.host import HostState
from warta.schemas.outcome import Deferral, Duplicate, Rejection
from warta.schemas.page import Page
from warta.schemas.record import Record
from warta.transforms.clean.furniture import HostCounts, Sighting
from warta.transforms.dedup.model import Arrival, IndexRow, Known, Match, Part, StoredText, Verdict

NOUNS: tuple[type[Any], ...] = (
    *(Article, Cuts, Entry, Feed, FeedHealth, FeedState, HostState, Deferral, Duplicate, Rejection, Page),
    *(Record, HostCounts, Sighting, Arrival, IndexRow, Known, Match, Part, StoredText, Verdict),
)


def register() -> None:
    """Have this process pickle the nouns quickly. Calling it again changes nothing."""
    for noun in NOUNS:
        copyreg.pickle(noun, _reducer(noun))
    copyreg.pickle(timezone, _reduced_zone)


def _reducer(noun: type[Any]) -> Callable[[Any], tuple[type[Any], tuple[Any, ...]]]:
    names = [field.name for field in fields(noun)]
    values = attrgetter(*names)
    if len(names) == 1:
        return lambda one: (noun, (values(one),))
    return lambda one: (noun, values(one))


def utc() -> timezone:
    """Return UTC, for who unpickles it."""
    return UTC


def _reduced_zone(zone: timezone) -> tuple[Callable[..., Any], tuple[Any, ...]]:
    if zone is UTC:
        return utc, ()
    return timezone, zone.__getinitargs__()  # type: ignore[attr-defined]
