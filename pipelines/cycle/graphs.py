"""Laying out a graph quickly: what Beam asks again and again of each step is answered once.

A cycle's graph has some hundred steps. For each Beam looks eight times for state and timers among the
arguments of all its methods, and parses its own options anew 260 times: together half of what an empty cycle
cost. The answers here are Beam's own.

What a step puts out, Beam passes on in pieces of 10 MB, each copied twice on its way. Smaller ones make a run
40 MB smaller. And behind each bundle it waits for a thread that looks every .2 s which step is at work.
"""

from types import MethodType
from typing import Any

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.worker import data_plane, statesampler
from apache_beam.transforms import userstate

PIECE_BYTES = 2**20
"""What a step puts out before it is passed on. 4,000 pages in slices of 2,000 peak at 567 MB with Beam's
10 MB, at 524 with 1 MB and at 538 with a quarter of it, which makes more pieces."""

LOOK_EVERY_MS = 10
"""How often it is looked which step is at work. With Beam's 200 a bundle ended up to .2 s late, the polling
of 720 feeds by .19 s, while nothing else had anything to do."""


Specs = tuple[set[Any], set[Any]]
"""Specifications of state and of timers."""


def register() -> None:
    """Have Beam do so in this process: pass on small pieces, end bundles when they end, and look once at the
    methods of each kind of step. Can be repeated."""
    data_plane.SizeBasedBufferingClosableOutputStream = _InPieces
    statesampler.StateSampler = _Watch
    userstate.get_dofn_specs = _specs_of


def _specs_of(step: beam.DoFn) -> Specs:
    """Return what Beam finds: of a kind of step always the same, unless one holds another or its methods."""
    if any(isinstance(own, MethodType | beam.DoFn) for own in vars(step).values()):
        return _look_at(step)  # type: ignore[no-any-return]
    kind = type(step)
    if kind not in _specs:
        _specs[kind] = _look_at(step)
    states, timers = _specs[kind]
    return set(states), set(timers)


_look_at = userstate.get_dofn_specs
_specs: dict[type[beam.DoFn], Specs] = {}


class _InPieces(data_plane.SizeBasedBufferingClosableOutputStream):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"size_flush_threshold": PIECE_BYTES, **kwargs})


class _Watch(statesampler.StateSampler):
    def __init__(self, prefix: str, counter_factory: Any, sampling_period_ms: int = LOOK_EVERY_MS) -> None:
        super().__init__(prefix, counter_factory, sampling_period_ms)


class GraphOptions(PipelineOptions):
    """Options whose views are made once; all views of one object share their values in any case."""

    def view_as(self, cls: Any) -> Any:
        views = self.__dict__.setdefault("_views", {})
        if cls not in views:
            views[cls] = super().view_as(cls)
        return views[cls]

    def __getstate__(self) -> Any:
        return {name: value for name, value in super().__getstate__().items() if name != "_views"}
