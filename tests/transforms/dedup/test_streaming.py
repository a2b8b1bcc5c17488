"""Duplicates over unbounded input: the verdicts of the bounded step, whatever the windows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.options.pipeline_options import PipelineOptions, StandardOptions
from apache_beam.testing.test_stream import TestStream as Played
from apache_beam.testing.util import assert_that
from apache_beam.transforms.window import TimestampedValue

from tests.transforms.dedup.conftest import article, prose
from tests.transforms.dedup.test_beam import World, listed, newsroom
from warta.schemas.article import Article
from warta.schemas.entry import Entry
from warta.transforms.dedup.index import IndexFiles, write_segment
from warta.transforms.dedup.streaming import DeduplicateWindows, DropKnownForEver, settle_window

MINUTE_S = 60.0
ORIGINAL, OTHER = prose(1), prose(2)
COPY = " ".join(ORIGINAL.split()[:180])


@dataclass
class NothingStored:
    """A store that no window was committed to, or one with `files`."""

    files: dict[str, list[str]] = field(default_factory=dict)
    until: float = 0.0

    def index_files(self) -> IndexFiles:
        return self.files

    def until_s(self) -> float:
        return self.until

    def texts(self, wanted: list[tuple[str, date | None, str]]) -> dict[str, str]:
        return {}


def in_window(number: int, *elements: Any) -> list[TimestampedValue]:
    return [TimestampedValue(element, number * MINUTE_S + 10) for element in elements]


def run(stream: Played, step: beam.PTransform, wanted: dict[str, list[str]]) -> None:
    """Assert the names of what each output of `step` gives."""
    options = PipelineOptions()
    options.view_as(StandardOptions).streaming = True
    with beam.Pipeline(runner="BundleBasedDirectRunner", options=options) as pipeline:
        outputs = pipeline | stream | step
        for name, names in wanted.items():
            output = getattr(outputs, name)
            (one,) = output if isinstance(output, tuple) else (output,)
            assert_that(one | f"Name {name}" >> beam.Map(name_of), _same(names), name)


def name_of(row: Any) -> str:
    if isinstance(row, Entry):
        return row.url.rpartition("/")[2]
    if hasattr(row, "article"):
        return f"{row.article.title} {row.revision}"
    return f"{row.title} {row.dup_kind}"


def _same(names: list[str]) -> Any:
    def check(found: Sequence[str]) -> None:
        assert sorted(found) == sorted(names)

    return check


def test_a_copy_in_the_next_window_is_found_though_nothing_is_committed_yet() -> None:
    stream = (
        Played()
        .add_elements(in_window(0, article("first", ORIGINAL)))
        .advance_watermark_to(MINUTE_S)
        .add_elements(in_window(1, article("copy", COPY, day=1, publisher="Pos"), article("other", OTHER)))
        .advance_watermark_to(9_000)
        .advance_watermark_to_infinity()
    )
    wanted = {"records": ["first 1", "other 1"], "duplicates": ["copy near"]}
    run(stream, DeduplicateWindows(NothingStored(), MINUTE_S), wanted)


def test_of_two_copies_in_one_window_the_earlier_published_survives() -> None:
    late, early = article("late", ORIGINAL, hour=9, publisher="Pos"), article("early", ORIGINAL, hour=8)
    stream = (
        Played()
        .add_elements(in_window(0, late, early))
        .advance_watermark_to(9_000)
        .advance_watermark_to_infinity()
    )
    run(
        stream,
        DeduplicateWindows(NothingStored(), MINUTE_S),
        {"records": ["early 1"], "duplicates": ["late exact"]},
    )


def test_a_late_page_is_settled_after_its_window_and_finds_its_original() -> None:
    stream = (
        Played()
        .add_elements(in_window(0, article("first", ORIGINAL)))
        .advance_watermark_to(3 * MINUTE_S)
        .add_elements(in_window(0, article("late", ORIGINAL, day=1, publisher="Pos")))
        .advance_watermark_to(4 * MINUTE_S)
        .add_elements(in_window(4, article("later", ORIGINAL, day=2, publisher="Antara")))
        .advance_watermark_to(9_000)
        .advance_watermark_to_infinity()
    )
    wanted = {"records": ["first 1"], "duplicates": ["late exact", "later exact"]}
    run(stream, DeduplicateWindows(NothingStored(), MINUTE_S), wanted)


def test_what_the_index_has_is_no_longer_remembered(tmp_path: Path) -> None:
    stored, first = NothingStored(), article("first", ORIGINAL)
    memory: dict[str, Any] = {}
    step = DeduplicateWindows(stored, MINUTE_S)._settling()
    outputs = list(step.settle(0, MINUTE_S, [first], memory))
    assert len(memory["recent"]) == 1
    rows = [one.value for one in outputs if getattr(one, "tag", "") == "index_rows"]
    stored.files, stored.until = write_segment(rows, str(tmp_path), "c1"), MINUTE_S
    copies = list(step.settle(0, 2 * MINUTE_S, [article("copy", ORIGINAL, day=1, publisher="Pos")], memory))
    assert [one.value.dup_kind for one in copies if getattr(one, "tag", "") == "duplicates"] == ["exact"]
    assert [end_s for end_s, _, _ in memory["recent"]] == [2 * MINUTE_S]


@pytest.mark.parametrize("seed", [1, 2])
def test_a_run_and_ten_windows_give_the_same_rows(seed: int, tmp_path: Path) -> None:
    articles = newsroom(60, seed=seed)
    at_once = World(tmp_path)
    at_once.settle(articles)
    memory: dict[str, Any] = {}
    step = DeduplicateWindows(NothingStored(), MINUTE_S)._settling()
    kept, copies = [], []
    for day in range(10):
        some = [one for one in articles if (one.date - articles[0].date).days == day]
        for output in step.settle(0, (day + 1) * MINUTE_S, some, memory) if some else ():
            if not hasattr(output, "tag"):
                kept.append((output.article.title, output.revision, output.similar_to, output.overlaps))
            elif output.tag == "duplicates":
                one = output.value
                copies.append((one.title, one.dup_kind, one.dup_of, one.containment, one.overlaps))
    assert sorted([*kept, *copies], key=str) == at_once.rows()


def test_the_order_in_a_window_does_not_matter() -> None:
    articles = newsroom(20)
    there, back = (
        [(one.title, verdict) for one, verdict in settle_window(some, NothingStored(), [])]
        for some in (articles, articles[::-1])
    )
    assert there == back


def test_an_entry_listed_again_while_it_is_under_way_is_a_repeat() -> None:
    stream = (
        Played()
        .add_elements(in_window(0, listed("a"), listed("a", feed="https://pos.test/rss")))
        .advance_watermark_to(MINUTE_S)
        .add_elements(in_window(1, listed("a"), listed("b")))
        .advance_watermark_to(9_000)
        .advance_watermark_to_infinity()
    )
    wanted: dict[str, list[str]] = {"entries": ["a", "b"], "known": [], "repeated": ["a", "a"]}
    run(stream, DropKnownForEver(NothingStored(), MINUTE_S), wanted)


def test_an_entry_that_the_index_has_is_known_and_a_changed_one_is_new(tmp_path: Path) -> None:
    from warta.transforms.dedup.model import Verdict
    from warta.transforms.dedup.seen import rows_of_article

    stored: Article = article("a", ORIGINAL)
    files = write_segment(rows_of_article(stored, Verdict(stored.url_id)), str(tmp_path), "c1")
    stream = (
        Played()
        .add_elements(in_window(0, listed("a")))
        .advance_watermark_to(MINUTE_S)
        .add_elements(in_window(1, listed("a", digest_="d2")))
        .advance_watermark_to(2 * MINUTE_S)
        .add_elements(in_window(2, listed("a", digest_="d2")))
        .advance_watermark_to(9_000)
        .advance_watermark_to_infinity()
    )
    wanted: dict[str, list[str]] = {"entries": ["a"], "known": ["a"], "repeated": ["a"]}
    run(stream, DropKnownForEver(NothingStored(files), MINUTE_S), wanted)
