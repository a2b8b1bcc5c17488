"""The graph of a cycle, built with Beam's type checks on: a run leaves them out."""

from datetime import UTC, datetime
from pathlib import Path

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions, TypeOptions

from warta.pipelines.articles import build
from warta.pipelines.bounded import Planned, steps
from warta.pipelines.cycle.memory import Memory
from warta.pipelines.cycle.plans import first_plan
from warta.pipelines.options import Settings
from warta.schemas.feed import Feed
from warta.transforms.store.commit import Store

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def test_the_graph_of_a_cycle_passes_the_type_checks(tmp_path: Path) -> None:
    settings = Settings(feeds=(Feed("http://h.test/feed.xml"),), output=str(tmp_path / "data"), workers=0)
    options = PipelineOptions(["--runner=FnApiRunner"])
    assert options.view_as(TypeOptions).pipeline_type_check
    with Store.open(settings.output, owner="test") as store:
        plan = first_plan(store, Memory(), settings, "run", NOW, None)
        build(beam.Pipeline(options=options), Planned(plan), steps(plan))
