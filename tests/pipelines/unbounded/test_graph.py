"""The whole unbounded graph over the sample newsroom, on the engine that plays a `TestStream`."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.options.pipeline_options import PipelineOptions, StandardOptions
from apache_beam.testing.test_stream import TestStream as Played
from apache_beam.transforms.window import TimestampedValue

from tests.flink.run import rows
from tests.sample import warta
from warta import read
from warta.newsroom import Newsroom, serve
from warta.pipelines.articles import Asked, build
from warta.pipelines.options import Settings
from warta.pipelines.process.clock import Clock
from warta.pipelines.stream.loop import lock_output
from warta.pipelines.unbounded.graph import TICK_S, asked_at, steps
from warta.pipelines.unbounded.stored import StoredSoFar
from warta.transforms.parse.feed_list import read_feed_list
from warta.transforms.store.files import files_at
from warta.transforms.store.layout import Layout
from warta.transforms.store.manifest import numbers, read_manifest

HOUR_S = 3600.0
FIRST_S = 1_800_000_000.0


@pytest.fixture(name="newsroom", scope="module")
def _newsroom() -> Iterator[Newsroom]:
    with serve() as newsroom:
        yield newsroom


@pytest.fixture(name="wanted", scope="module")
def _wanted(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[object, ...]]:
    """The rows of a bounded run."""
    output = tmp_path_factory.mktemp("bounded") / "data"
    warta("sample", "--output", str(output), "--quiet", "--no-report")
    return rows(output)


class Ticks(beam.PTransform):
    """A source: ticks at the start of given windows, the watermark going along."""

    def __init__(self, stored: StoredSoFar, windows: list[int]) -> None:
        super().__init__()
        self.stored, self.windows = stored, windows

    def expand(self, pipeline: Any) -> Asked:
        stream = Played()
        for number in self.windows:
            start_s = FIRST_S + number * HOUR_S
            stream = stream.add_elements([TimestampedValue(start_s + TICK_S, start_s + TICK_S)])
            stream = stream.advance_watermark_to(start_s + HOUR_S + TICK_S)
        stream = stream.advance_watermark_to(FIRST_S + 999 * HOUR_S).advance_watermark_to_infinity()
        return asked_at(pipeline | stream, self.stored, HOUR_S, FIRST_S + self.windows[0] * HOUR_S)


def run(output: Path, newsroom: Newsroom, *windows: int, owner: str = "test") -> None:
    """Run the graph through windows that begin at their hours after `FIRST_S`."""
    settings = Settings(
        feeds=read_feed_list(newsroom.feeds_file),
        output=str(output),
        min_delay_s=0.0,
        allow_networks=("127.0.0.0/8",),
        connect_to=newsroom.connect_to,
        poll_every_s=HOUR_S,
        clock=Clock(FIRST_S + windows[0] * HOUR_S - time.time()),
    )
    options = PipelineOptions()
    options.view_as(StandardOptions).streaming = True
    lock = lock_output(str(output), owner)
    try:
        with beam.Pipeline(runner="BundleBasedDirectRunner", options=options) as pipeline:
            source = Ticks(StoredSoFar(str(output)), list(windows))
            build(pipeline, source, steps(settings, "test"))
    finally:
        lock.release()


def commits(output: Path) -> list[str]:
    layout, files = Layout(str(output)), files_at(str(output))
    found = [read_manifest(files, layout, number).cycle for number in numbers(files, layout)]
    return [name for name in found if not name.endswith("-stories")]


def test_windows_store_the_rows_of_a_run_however_often_they_fire(
    newsroom: Newsroom, wanted: set[tuple[object, ...]], tmp_path: Path
) -> None:
    output = tmp_path / "data"
    run(output, newsroom, 0, 1, 2)
    assert rows(output) == wanted
    assert "everything agrees" in warta("verify", str(output)).stdout
    # This engine holds no watermark at a timer: a window fires for each part of it, and that is harmless.
    assert len(set(commits(output))) == len(commits(output)) >= 1


def test_a_new_start_stores_nothing_twice(
    newsroom: Newsroom, wanted: set[tuple[object, ...]], tmp_path: Path
) -> None:
    output = tmp_path / "data"
    run(output, newsroom, 0)
    run(output, newsroom, 5)
    assert rows(output) == wanted
    assert read(str(output)).count_rows() == sum(row[0] == "articles" for row in wanted)
    assert "everything agrees" in warta("verify", str(output)).stdout


def test_a_window_in_which_nothing_is_due_commits_nothing(newsroom: Newsroom, tmp_path: Path) -> None:
    output = tmp_path / "data"
    run(output, newsroom, 0)
    before = commits(output)
    settings = Settings(
        feeds=(), output=str(output), poll_every_s=HOUR_S, clock=Clock(FIRST_S + HOUR_S - time.time())
    )
    options = PipelineOptions()
    options.view_as(StandardOptions).streaming = True
    with beam.Pipeline(runner="BundleBasedDirectRunner", options=options) as pipeline:
        build(pipeline, Ticks(StoredSoFar(str(output)), [1, 2]), steps(settings, "test"))
    assert commits(output) == before


def test_workers_commit_nothing_once_the_stream_is_somebody_else_s(
    newsroom: Newsroom, tmp_path: Path
) -> None:
    output = tmp_path / "data"
    with pytest.raises(Exception, match="the stream that this worker belongs to has ended"):
        run(output, newsroom, 0, owner="another")
    assert commits(output) == []
