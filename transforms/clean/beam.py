"""StripFurniture: learn each host's repeated paragraphs and cut them, in this cycle and from state.

Only keys are shuffled (an article's id and the hashes of its paragraphs); the texts stay
where they are and meet the hashes as a side input.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam.metrics import Metrics
from apache_beam.pvalue import AsDict, TaggedOutput

from warta.schemas.article import Article
from warta.transforms.clean.cuts import cuts_of
from warta.transforms.clean.furniture import (
    HostCounts,
    Sighting,
    host_of,
    learn,
    sighting_of,
    strip_furniture,
)

Finish = Callable[[Article], Article]
"""Labels and signs an article anew after its text changed."""

LookUpCounts = Callable[[str], HostCounts]
"""What earlier runs counted of a host. Looked up where the host is: a shuffle of it would be larger than that
of the articles."""

COUNTS = "counts"


class Stripped(NamedTuple):
    """What `StripFurniture` gives."""

    articles: beam.PCollection
    """Every article that came in, once; those that carried furniture without it."""
    counts: beam.PCollection
    """`HostCounts` of each host met; they replace all earlier counts of that host."""


class StripFurniture(beam.PTransform):
    """Cut paragraphs that repeat over a host's articles.

    Counts `furniture/articles_changed` and `furniture/blocks_cut`.
    """

    def __init__(self, at: datetime, finish: Finish, earlier_counts: LookUpCounts) -> None:
        super().__init__()
        self.at = at
        self.finish = finish
        self.earlier_counts = earlier_counts

    def expand(self, articles: beam.PCollection[Article]) -> Any:
        learnt = (
            articles
            | "KeySightings" >> beam.Map(_keyed_sighting)
            | "GroupByHost" >> beam.GroupByKey()
            | "Learn"
            >> beam.FlatMap(_learn, self.at, self.earlier_counts).with_outputs(COUNTS, main="furniture")
        )
        stripped = articles | "Strip" >> beam.Map(_strip, AsDict(learnt.furniture), self.finish)
        return Stripped(stripped, learnt[COUNTS])


class StripFurnitureByHost(beam.PTransform):
    """`StripFurniture` in windows of unbounded input: articles meet at their host, without a side input.

    Texts are shuffled once; in return a window waits for nothing but its own end. Counts the same.
    """

    def __init__(self, finish: Finish, earlier_counts: LookUpCounts) -> None:
        super().__init__()
        self.finish = finish
        self.earlier_counts = earlier_counts

    def expand(self, articles: beam.PCollection[Article]) -> Any:
        stripped = (
            articles
            | "KeyArticles" >> beam.Map(_keyed_article)
            | "GroupByHost" >> beam.GroupByKey()
            | "LearnAndStrip"
            >> beam.FlatMap(_learn_and_strip, self.finish, self.earlier_counts).with_outputs(
                COUNTS, main="articles"
            )
        )
        return Stripped(stripped.articles, stripped[COUNTS])


def _keyed_article(article: Article) -> tuple[str, Article]:
    return host_of(article), article


def _learn_and_strip(
    grouped: tuple[str, Iterable[Article]],
    finish: Finish,
    earlier_counts: LookUpCounts,
    window: Any = beam.DoFn.WindowParam,
) -> Iterator[Any]:
    host, articles = grouped[0], list(grouped[1])
    furniture: dict[str, frozenset[str]] = {}
    at = window.max_timestamp().to_utc_datetime(has_tz=True, allow_lossy_conversion=True)
    for output in _learn((host, map(sighting_of, articles)), at, earlier_counts):
        if isinstance(output, TaggedOutput):
            yield output
        else:
            furniture |= dict([output])
    for article in articles:
        yield _strip(article, furniture, finish)


def _keyed_sighting(article: Article) -> tuple[str, Sighting]:
    return host_of(article), sighting_of(article)


def _learn(
    grouped: tuple[str, Iterable[Sighting]], at: datetime, earlier_counts: LookUpCounts
) -> Iterator[Any]:
    host, sightings = grouped
    furniture, counts = learn(sightings, earlier_counts(host), at=at)
    if furniture:
        yield host, furniture
    yield TaggedOutput(COUNTS, counts)


def _strip(article: Article, furniture: dict[str, frozenset[str]], finish: Finish) -> Article:
    if not furniture:
        return article
    text, removed = strip_furniture(article.text, furniture.get(host_of(article), frozenset()))
    if not removed:
        return article
    Metrics.counter("furniture", "articles_changed").inc()
    Metrics.counter("furniture", "blocks_cut").inc(len(removed))
    return finish(replace(article, text=text, removed=cuts_of(removed, article.removed)))
