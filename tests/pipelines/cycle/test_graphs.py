"""What is said to Beam in its own words: the answers are those that it would find itself."""

import pickle

import apache_beam as beam
import pytest
from apache_beam.coders import VarIntCoder
from apache_beam.options.pipeline_options import StandardOptions, TypeOptions
from apache_beam.runners.worker import data_plane, statesampler
from apache_beam.transforms import core, userstate
from apache_beam.utils.counters import CounterFactory

from warta.pipelines.cycle.graphs import HOOK, LOOK_EVERY_MS, OWN, PIECE_BYTES, GraphOptions, register


class Counting(beam.DoFn):
    SEEN = userstate.ReadModifyWriteStateSpec("seen", VarIntCoder())
    LATER = userstate.TimerSpec("later", beam.TimeDomain.WATERMARK)

    def process(self, element: tuple[str, int], seen: object = beam.DoFn.StateParam(SEEN)) -> None: ...

    @userstate.on_timer(LATER)
    def expire(self, seen: object = beam.DoFn.StateParam(SEEN)) -> None: ...


STEPS = [Counting(), beam.Map(str.lower).fn, beam.FlatMap(lambda one, other=3: [one]).fn]


@pytest.mark.parametrize("step", STEPS, ids=["stateful", "built in", "lambda"])
def test_the_arguments_said_are_those_that_beam_finds(step: beam.DoFn) -> None:
    register()
    said = [name for name in dir(step) if name not in OWN and hasattr(step, HOOK + name)]
    assert len(said) > 15
    for name in said:
        found = core.get_function_args_defaults(getattr(step, name))
        assert core.get_function_arguments(step, name) == found, name


def test_state_and_timers_are_found_as_before() -> None:
    register()
    assert userstate.is_stateful_dofn(STEPS[0])
    assert [spec.name for specs in userstate.get_dofn_specs(STEPS[0]) for spec in specs] == ["seen"]
    assert not userstate.is_stateful_dofn(STEPS[1])


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
