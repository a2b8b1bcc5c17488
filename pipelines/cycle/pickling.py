"""Quick pickles of the nouns that travel most: by their constructor, without a look at their fields.

A frozen dataclass with slots pickles itself by asking `dataclasses.fields` at every trip, which took a tenth
of the driver's time. Registered here, each noun becomes its class and a tuple. Readers need nothing of this:
the pickles are plain ones.
"""

import copyreg
from collections.abc import Callable
from dataclasses import fields
from operator import attrgetter
from typing import Any

from warta.schemas.article import Article, Removed
from warta.schemas.entry import Entry
from warta.schemas.feed import Feed, FeedHealth, FeedState
from warta.schemas.host import HostState
from warta.schemas.outcome import Deferral, Duplicate, Rejection
from warta.schemas.page import Page
from warta.schemas.record import Record
from warta.transforms.clean.furniture import FurnitureCount, Sighting
from warta.transforms.dedup.model import Arrival, IndexRow, Known, Match, Part, StoredText, Verdict

NOUNS: tuple[type[Any], ...] = (
    *(Article, Removed, Entry, Feed, FeedHealth, FeedState, HostState, Deferral, Duplicate, Rejection, Page),
    *(Record, FurnitureCount, Sighting, Arrival, IndexRow, Known, Match, Part, StoredText, Verdict),
)


def register() -> None:
    """Have this process pickle the nouns quickly. Calling it again changes nothing."""
    for noun in NOUNS:
        copyreg.pickle(noun, _reducer(noun))


def _reducer(noun: type[Any]) -> Callable[[Any], tuple[type[Any], tuple[Any, ...]]]:
    names = [field.name for field in fields(noun)]
    values = attrgetter(*names)
    if len(names) == 1:
        return lambda one: (noun, (values(one),))
    return lambda one: (noun, values(one))
