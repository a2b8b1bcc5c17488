"""Describe the Dataflow job that `warta run …` (or `stream`) would submit, and submit nothing; print JSON.

python tests/deploy/dataflow_job.py run --feeds … --output gs://… --runner=DataflowRunner …

Runs in an environment with `apache-beam[gcp]` (tests/deploy/dataflow.py makes it). The graph is warta's own
over an empty dataset and every feed of the list; Beam's runner translates it (its own `--dry_run`), and its
client describes the job as it does before it sends it. What it would upload is kept here, what it would look
up on the network is refused and reported: no account or key is needed, and none is asked for.
"""

import json
import socket
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import apache_beam as beam
from apache_beam.options.pipeline_options import (
    GoogleCloudOptions,
    PipelineOptions,
    StandardOptions,
    TestOptions,
)
from apache_beam.runners.dataflow.internal import apiclient
from google.protobuf import json_format

from warta.pipelines.articles import build
from warta.pipelines.batch import UNCHECKED
from warta.pipelines.bounded import Planned, steps
from warta.pipelines.cli.main import build_parser
from warta.pipelines.cycle.memory import recall
from warta.pipelines.cycle.plans import StoredTexts, first_plan
from warta.pipelines.engines import check_engine
from warta.pipelines.options import Settings, UsageError, settings_from
from warta.pipelines.stream.loop import stream_settings
from warta.pipelines.unbounded import graph
from warta.pipelines.unbounded.graph import EveryWindow
from warta.pipelines.unbounded.stored import StoredSoFar
from warta.transforms.store.commit import Staging, Store
from warta.transforms.store.layout import Layout

AT = datetime(2026, 11, 21, tzinfo=UTC)
RUN_ID = "20261121T000000.000000Z"
EXIT_DONE, EXIT_REFUSED = 0, 2

looked_up: list[str] = []
"""Every address that somebody asked for."""


class Unsent(apiclient.DataflowApplicationClient):
    """Beam's client, which keeps what it would upload."""

    def __init__(self, job: apiclient.Job) -> None:
        super().__init__(job.options, job.root_staging_location)
        self.staged: dict[str, int] = {}

    def stage_file_with_retry(self, folder: str, name: str, stream: Any, **_: Any) -> None:
        data = Path(stream).read_bytes() if isinstance(stream, str) else stream.read()
        self.staged[f"{folder}/{name}"] = len(data)

    def submit_job_description(self, job: apiclient.Job) -> None:
        raise AssertionError("nothing is submitted here")


def main() -> int:
    """Print the description of the job, or why there is none."""
    refuse_network()
    try:
        described = describe(settings_of(sys.argv[1:]))
    except (UsageError, ValueError) as error:  # ours; Beam's, of the options of a cloud
        print(json.dumps({"error": str(error), "looked_up": looked_up}))
        return EXIT_REFUSED
    print(json.dumps(described | {"looked_up": looked_up}))
    return EXIT_DONE


def settings_of(arguments: list[str]) -> Settings:
    """Return the settings of a command line, checked as `warta run` and `warta stream` check them."""
    args, rest = build_parser().parse_known_args(arguments)
    settings = stream_settings(args, rest) if args.command == "stream" else settings_from(args, rest)
    check_engine(settings)
    return settings


def describe(settings: Settings) -> dict[str, Any]:
    """Return the job as Dataflow would be told of it."""
    endless = settings.poll_every_s is not None
    options = PipelineOptions([*([] if endless else [UNCHECKED]), *settings.beam_args])
    options.view_as(StandardOptions).streaming = endless
    options.view_as(TestOptions).dry_run = True
    options.view_as(GoogleCloudOptions).no_auth = True
    pipeline = beam.Pipeline(options=options)
    (lay_out_windows if endless else lay_out_cycle)(pipeline, settings)
    job = pipeline.run().job
    client = Unsent(job)
    client.create_job_description(job)
    transforms = job.proto_pipeline.components.transforms.values()
    return {
        "steps": sorted(transform.unique_name for transform in transforms),
        "job": json_format.MessageToDict(job.proto._pb),
        "staged": client.staged,
    }


def lay_out_cycle(pipeline: beam.Pipeline, settings: Settings) -> None:
    """Lay out the first cycle of a run; it is planned in an empty folder of this disk."""
    with tempfile.TemporaryDirectory() as scratch, Store.open(scratch, owner="check") as store:
        plan = first_plan(store, recall(store), settings, RUN_ID, AT, None)
    cycle = plan.staging.cycle
    plan = replace(
        plan,
        staging=Staging(cycle, Layout(settings.output).staging(cycle)),
        read_texts=StoredTexts(settings.output),
    )
    build(pipeline, Planned(plan), steps(plan))


def lay_out_windows(pipeline: beam.Pipeline, settings: Settings) -> None:
    """Lay out a stream that begins at `AT`."""
    source = EveryWindow(StoredSoFar(settings.output), settings.poll_every_s or 0.0, AT.timestamp(), None)
    build(pipeline, source, graph.steps(settings, "check"))


def refuse_network() -> None:
    """Refuse every address, and note it; options that make Beam look around are found so."""

    def refused(host: Any, *_: Any, **__: Any) -> Any:
        looked_up.append(str(host))
        raise OSError(f"no network in this check: {host}")

    socket.getaddrinfo = refused
    socket.create_connection = refused
    socket.socket.connect = lambda _, address: refused(address)


if __name__ == "__main__":
    sys.exit(main())
