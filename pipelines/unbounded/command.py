"""`warta stream` on an engine: start the graph, tell of each window that is stored, stop it in order."""

import logging
import math
import secrets
import threading
import time
from collections.abc import Callable

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions, StandardOptions

from warta.pipelines.articles import build
from warta.pipelines.options import Settings, UsageError
from warta.pipelines.process.logs import said
from warta.pipelines.unbounded.crawl import Pace
from warta.pipelines.unbounded.graph import EveryWindow, steps
from warta.pipelines.unbounded.stored import StoredSoFar
from warta.transforms.store.manifest import Manifest

log = logging.getLogger(__name__)

LOOK_S = 1.0
ENDED = frozenset({"DONE", "FAILED", "CANCELLED", "UPDATED", "DRAINED"})


def check_window(settings: Settings) -> None:
    """Check that a window is long enough to poll and to fetch in.

    Raises:
      UsageError: when it is not.
    """
    from warta.pipelines.cycle.plans import fetch_settings

    least_s = 4 * Pace(settings.poll_every_s or 0.0, fetch_settings(settings)).margin_s
    if (settings.poll_every_s or 0.0) < least_s:
        raise UsageError(
            f"--interval {settings.poll_every_s:g}s: too short on an engine, where polls and pages share it; "
            f"at least {least_s:g}s"
        )


def owner_of(command: str) -> str:
    """Return a name for this very stream, by which its workers recognise its lock."""
    return f"{command} [{secrets.token_hex(4)}]"


def run_windows(
    settings: Settings,
    owner: str,
    *,
    windows: int | None,
    stopped: Callable[[float], bool],
    told: Callable[[Manifest], None],
) -> str:
    """Run until `windows` are done or `stopped`; return the engine's last word ("DONE", "CANCELLED", …).

    Args:
      settings: checked; the caller holds the lock as `owner`.
      stopped: waits for so many seconds; True when the stream shall end.
      told: hears of each commit.
    """
    assert settings.poll_every_s is not None
    stored = StoredSoFar(settings.output)
    # The first window begins after the start, and no two streams' windows overlap.
    first_s = math.ceil(time.time() / settings.poll_every_s) * settings.poll_every_s
    options = PipelineOptions(list(settings.beam_args))
    options.view_as(StandardOptions).streaming = True
    pipeline = beam.Pipeline(options=options)
    build(pipeline, EveryWindow(stored, settings.poll_every_s, first_s, windows), steps(settings, owner))
    said(
        log, logging.INFO, "started", f"first window at {time.strftime('%H:%M:%S', time.localtime(first_s))}"
    )
    result = pipeline.run()
    seen = stored.manifest().number
    while result.state not in ENDED:
        if stopped(LOOK_S):
            _cancel(result)
            break
        seen = _tell(stored, seen, told)
    _tell(stored, seen, told)
    return str(result.state)


def _tell(stored: StoredSoFar, seen: int, told: Callable[[Manifest], None]) -> int:
    manifest = stored.manifest()
    if manifest.number > seen:
        told(manifest)
    return manifest.number


def _cancel(result: beam.runners.runner.PipelineResult) -> None:
    """Ask the engine to stop; a window that is not committed is due again."""
    asking = threading.Thread(target=result.cancel, daemon=True)
    asking.start()
    asking.join(timeout=8.0)
