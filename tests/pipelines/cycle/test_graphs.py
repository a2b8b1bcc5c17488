"""What is said to Beam in its own words: the answers are those that it would find itself."""

import pickle
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.coders import VarIntCoder
from apache_beam.options.pipeline_options import StandardOptions, TypeOptions
from apache_beam.runners.worker import data_plane, statesampler
from apache_beam.transforms import userstate
from apache_beam.utils.counters import CounterFactory

from warta.pipelines.cycle import graphs
from warta.pipelines.cycle.graphs import LOOK_EVERY_MS, PIECE_BYTES, GraphOptions, register


class Counting(beam.DoFn):
    SEEN = userstate.ReadModifyWriteStateSpec("seen", VarIntCoder())
    LATER = userstate.TimerSpec("later", beam.TimeDomain.WATERMARK)

    def process(
        self,
        element: tuple[str, int],
        seen: object = beam.DoFn.StateParam(SEEN),
        later: object = beam.DoFn.TimerParam(LATER),
    ) -> None: ...

    @userstate.on_timer(LATER)
    def expire(self, seen: object = beam.DoFn.StateParam(SEEN)) -> None: ...


class Watching:
    SEEN = userstate.ReadModifyWriteStateSpec("watched", VarIntCoder())

    def look(self, element: tuple[str, int], seen: object = beam.DoFn.StateParam(SEEN)) -> list[int]: ...


def names(specs: tuple[set[Any], set[Any]]) -> list[list[str]]:
    return [sorted(spec.name for spec in some) for some in specs]


def test_state_and_timers_are_those_that_beam_finds() -> None:
    register()
    for _ in range(2):
        assert names(userstate.get_dofn_specs(Counting())) == [["seen"], ["ts-later"]]
        assert names(userstate.get_dofn_specs(beam.FlatMap(Watching().look).fn)) == [["watched"], []]
        assert names(userstate.get_dofn_specs(beam.Map(str.lower).fn)) == [[], []]
        assert names(userstate.get_dofn_specs(beam.FlatMap(lambda one, other=3: [one]).fn)) == [[], []]


def test_a_kind_of_step_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    register()
    looked: list[beam.DoFn] = []
    monkeypatch.setattr(graphs, "_look_at", lambda step: looked.append(step) or (set(), set()))

    class Plain(beam.DoFn):
        def process(self, element: int) -> None: ...

    first, second = Plain(), Plain()
    userstate.get_dofn_specs(first)[0].add("a caller may change what it gets")
    assert userstate.get_dofn_specs(second) == (set(), set())
    assert looked == [first]


def test_views_share_their_values() -> None:
    options = GraphOptions(["--no_pipeline_type_check"])
    assert options.view_as(TypeOptions) is options.view_as(TypeOptions)
    assert options.view_as(TypeOptions).pipeline_type_check is False
    options.view_as(StandardOptions).runner = "FnApiRunner"
    assert options.get_all_options()["runner"] == "FnApiRunner"
    assert pickle.loads(pickle.dumps(options)).view_as(StandardOptions).runner == "FnApiRunner"


def test_what_a_step_puts_out_is_passed_on_in_small_pieces() -> None:
    register()
    pieces: list[bytes] = []
    stream = data_plane.ClosableOutputStream.create(pieces.append, pieces.append, 0)
    for _ in range(5):
        stream.write(b"x" * (PIECE_BYTES // 2))
        stream.maybe_flush()
    stream.close()
    assert [len(piece) for piece in pieces] == [3 * PIECE_BYTES // 2, PIECE_BYTES]


def test_a_bundle_ends_when_it_ends() -> None:
    register()
    watch = statesampler.StateSampler("stage", CounterFactory())
    assert watch.sampling_period_ms == LOOK_EVERY_MS
    assert watch.scoped_state("step", "process").name.step_name == "step"
