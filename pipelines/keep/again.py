"""The steps that read an archive again, in the same reader processes as a run's."""

import asyncio
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

import apache_beam as beam
import pyarrow.dataset as ds
from apache_beam import pvalue
from apache_beam.utils.windowed_value import WindowedValue

from warta.pipelines.reading.worker import read_page, reject
from warta.schemas.article import Article
from warta.schemas.outcome import Reason, Rejection
from warta.transforms.fetch.model import NextPage
from warta.transforms.fetch.pool import Pool, ReadError, WatchedPool, shared_pool
from warta.transforms.fetch.settings import FetchSettings
from warta.transforms.store.archived import Kept, read_places
from warta.transforms.store.read import read

LOOK_AHEAD = 32
"""Entries under way at a time: keeps a dozen readers busy with some 5 MB of pages in memory."""

LOOK_UP_BATCH = 2_000
"""Articles whose stored rows are looked up together."""

Portion = tuple[str, tuple[int, ...]]
"""(archive file, offsets of entries in it)."""


class Again(NamedTuple):
    """What `ReadAgain` gives."""

    articles: beam.PCollection
    older: beam.PCollection
    """Articles whose stored text was fetched later than their archived page."""
    rejections: beam.PCollection


class ReadAgain(beam.PTransform):
    """Read archived entries and look at what is stored of them; bounded.

    Input: `Portion`s. Output: `Again`, in which every entry stands once.

    Args:
      root: the output folder.
    """

    def __init__(self, settings: FetchSettings, root: str) -> None:
        super().__init__()
        self._settings = settings
        self._root = root

    def expand(self, portions: beam.PCollection) -> Any:
        outcomes = portions | "ReadArchive" >> beam.ParDo(_ReadAgain(self._settings)).with_outputs(
            "rejections", main="articles"
        )
        newer = outcomes.articles | "SetOlderAside" >> beam.ParDo(_SetOlderAside(self._root)).with_outputs(
            "older", main="articles"
        )
        return Again(newer.articles, newer.older, outcomes.rejections)


class _ReadAgain(beam.DoFn):
    def __init__(self, settings: FetchSettings) -> None:
        self._settings = settings

    def process(self, portion: Portion) -> Iterator[Any]:
        loop = asyncio.new_event_loop()
        outcomes = _outcomes(read_places(*portion), WatchedPool(shared_pool(self._settings)))
        try:
            while (outcome := loop.run_until_complete(anext(outcomes, None))) is not None:
                rejected = isinstance(outcome, Rejection)
                yield pvalue.TaggedOutput("rejections", outcome) if rejected else outcome
        finally:
            loop.run_until_complete(outcomes.aclose())
            loop.close()


async def _outcomes(all_kept: Iterable[Kept], pool: Pool) -> Any:
    """Yield what each entry comes to, in order, with at most `LOOK_AHEAD` under way."""
    waiting: list[asyncio.Future[Article | Rejection]] = []
    try:
        for kept in all_kept:
            waiting.append(asyncio.ensure_future(_outcome(kept, pool)))
            if len(waiting) >= LOOK_AHEAD:
                yield await waiting.pop(0)
        while waiting:
            yield await waiting.pop(0)
    finally:
        for one in waiting:
            one.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


async def _outcome(kept: Kept, pool: Pool) -> Article | Rejection:
    outcome: Article | Rejection | NextPage
    try:
        outcome = await pool.run(read_page, kept.entry, kept.pages)
    except ReadError as error:
        return reject(kept.entry, kept.pages[-1], error.reason, error.detail)
    if isinstance(outcome, NextPage):
        so_far: Article | Rejection | None = outcome.so_far
        return so_far or reject(kept.entry, kept.pages[-1], Reason.NO_ARTICLE, "its next page was not kept")
    return outcome


class _SetOlderAside(beam.DoFn):
    """Sets aside articles whose stored text was fetched later than their archived page."""

    def __init__(self, root: str) -> None:
        self._root = root

    def start_bundle(self) -> None:
        self._waiting: list[Any] = []

    def process(
        self, article: Article, at: Any = beam.DoFn.TimestampParam, window: Any = beam.DoFn.WindowParam
    ) -> Iterator[Any]:
        self._waiting.append((article, at, window))
        if len(self._waiting) >= LOOK_UP_BATCH:
            yield from self.finish_bundle()

    def finish_bundle(self) -> Iterator[Any]:
        waiting, self._waiting = self._waiting, []
        stored = _fetched_at(self._root, {article.id for article, _, _ in waiting})
        for article, at, window in waiting:
            windowed = WindowedValue(article, at, [window])
            is_older = article.fetched_at < stored.get(article.id, article.fetched_at)
            yield pvalue.TaggedOutput("older", windowed) if is_older else windowed


def _fetched_at(root: str, ids: set[str]) -> dict[str, datetime]:
    """Return when the stored text of each of `ids` was fetched; those that are not stored are left out."""
    rows = read(root).to_table(columns=["id", "fetched_at"], filter=ds.field("id").isin(sorted(ids)))
    found: dict[str, datetime] = {}
    for row in rows.to_pylist():
        found[row["id"]] = max(row["fetched_at"], found.get(row["id"], row["fetched_at"]))
    return found
