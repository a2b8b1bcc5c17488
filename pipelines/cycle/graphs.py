"""Laying out a graph quickly: what Beam asks again and again of each step is answered once.

A cycle's graph has some hundred steps. For each Beam looks several times for state and timers among the
arguments of all its methods, 26,000 signatures a cycle, and parses its own options anew 260 times: together
half of what an empty cycle cost. The answers here are Beam's own.
"""

from functools import partial
from types import MethodType
from typing import Any

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.transforms import core

HOOK = "_inspect_"
"""Begins the name of what `core.get_function_arguments` asks instead of looking at a method."""

OWN = frozenset({"process", "process_batch", "setup", "start_bundle", "finish_bundle", "teardown"})
"""Methods that steps define themselves, where state and timers may be: Beam goes on looking at these."""


def register() -> None:
    """Say, for the methods that every step has from Beam, what their arguments are. Can be repeated."""
    for kind in (beam.DoFn, core.CallableWrapperDoFn):
        step = kind.__new__(kind)
        for name in dir(step):
            if name in OWN or name.startswith(HOOK) or HOOK + name in vars(kind):
                continue
            if isinstance(method := getattr(step, name, None), MethodType):
                said = core.get_function_args_defaults(method)
                setattr(kind, HOOK + name, staticmethod(partial(_said, said)))


def _said(arguments: Any) -> Any:
    return arguments


class GraphOptions(PipelineOptions):
    """Options whose views are made once; all views of one object share their values in any case."""

    def view_as(self, cls: Any) -> Any:
        views = self.__dict__.setdefault("_views", {})
        if cls not in views:
            views[cls] = super().view_as(cls)
        return views[cls]

    def __getstate__(self) -> Any:
        return {name: value for name, value in super().__getstate__().items() if name != "_views"}
