"""Windows settled in order, late elements, empty windows, memory: on the engine that plays a `TestStream`."""

from collections.abc import Iterator
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.options.pipeline_options import PipelineOptions, StandardOptions
from apache_beam.testing.test_stream import TestStream as Played
from apache_beam.testing.util import assert_that, equal_to
from apache_beam.transforms.window import TimestampedValue
from apache_beam.utils.timestamp import Timestamp

from warta.transforms.windows import SettleWindows, window_end

MINUTE_S = 60.0


class Listed(SettleWindows):
    """Gives each window's elements and how many windows its key saw before."""

    def settle(self, key: Any, end_s: float, elements: list[Any], memory: dict[str, Any]) -> Iterator[Any]:
        yield end_s, "".join(sorted(elements)), memory.get("before", 0)
        memory["before"] = memory.get("before", 0) + 1


def at(second: float, *letters: str) -> list[TimestampedValue]:
    return [TimestampedValue(letter, second) for letter in letters]


def settled(stream: Played, wanted: list[Any], keep_s: float | None = None) -> None:
    options = PipelineOptions()
    options.view_as(StandardOptions).streaming = True
    with beam.Pipeline(runner="BundleBasedDirectRunner", options=options) as pipeline:
        windows = (
            pipeline
            | stream
            | beam.Map(lambda letter: (0, letter))
            | beam.ParDo(Listed(MINUTE_S, order=-1, keep_s=keep_s))
        )
        assert_that(windows, equal_to(wanted))


@pytest.mark.parametrize(("second", "end_s"), [(0, 60), (59.999, 60), (60, 120), (61, 120)], ids=str)
def test_an_instant_belongs_to_one_window(second: float, end_s: float) -> None:
    assert window_end(Timestamp(second), MINUTE_S) == end_s * 1_000_000


def test_windows_are_settled_in_order_once_the_watermark_has_passed() -> None:
    stream = (
        Played()
        .add_elements([*at(70, "c"), *at(10, "a"), *at(20, "b")])
        .advance_watermark_to(60)
        .add_elements(at(80, "d"))
        .advance_watermark_to(9_000)
        .advance_watermark_to_infinity()
    )
    settled(stream, [(60.0, "ab", 0), (120.0, "cd", 1)])


def test_both_windows_are_settled_when_the_watermark_leaps() -> None:
    stream = (
        Played()
        .add_elements([*at(70, "c"), *at(10, "a")])
        .advance_watermark_to(9_000)
        .advance_watermark_to_infinity()
    )
    settled(stream, [(60.0, "a", 0), (120.0, "c", 1)])


def test_a_window_without_elements_is_not_settled() -> None:
    stream = (
        Played()
        .add_elements(at(10, "a"))
        .advance_watermark_to(600)
        .add_elements(at(610, "b"))
        .advance_watermark_to(9_000)
        .advance_watermark_to_infinity()
    )
    settled(stream, [(60.0, "a", 0), (660.0, "b", 1)])


def test_a_late_element_is_settled_alone_and_not_dropped() -> None:
    stream = (
        Played()
        .add_elements(at(10, "a"))
        .advance_watermark_to(200)
        .add_elements(at(20, "b"))
        .advance_watermark_to(9_000)
        .advance_watermark_to_infinity()
    )
    settled(stream, [(60.0, "a", 0), (60.0, "b", 1)])


def test_memory_is_forgotten_when_its_time_has_passed() -> None:
    stream = (
        Played()
        .add_elements(at(10, "a"))
        .advance_watermark_to(400)
        .add_elements(at(410, "b"))
        .advance_watermark_to(9_000)
        .advance_watermark_to_infinity()
    )
    settled(stream, [(60.0, "a", 0), (420.0, "b", 0)], keep_s=120.0)
