"""`deploy/dataflow.sh`, its very options, up to the job that Dataflow would be sent: `make deploy-check`.

The script runs as it is, with dummies for what it asks for and a `warta` that only notes its arguments. What
a real one would submit is described by `dataflow_job.py`, in an environment of its own under `.cache/`, for
the client library is large. The same options with `stream` in place of `run` describe the unbounded graph.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.environments import CannotBeMade, environment
from warta.pipelines.cli.main import build_parser
from warta.pipelines.engines import beam_version

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "deploy" / "dataflow.sh"
HOME = ROOT / ".cache" / "dataflow"
DUMMIES = {"PROJECT": "dummy-project", "REGION": "asia-southeast2", "BUCKET": "gs://dummy-bucket"}
NOTE = "#!/bin/sh\nprintf '%s\\0' \"$@\"\n"
"""A `warta` that prints its arguments."""
SENTENCE = {
    "run": ("Planned", "FetchFeeds", "DropKnown", "FetchDuePages", "StripFurniture", "Deduplicate", "Stage"),
    "stream": (
        "EveryWindow",
        "PollForEver",
        "DropKnownForEver",
        "FetchForEver",
        "StripFurnitureByHost",
        "DeduplicateWindows",
        "CommitWindows",
    ),
}
"""Fetch, parse, fetch, extract, clean, label, dedup, store, as each graph says it. After a run's `Stage` the
driver commits; in the unbounded graph a step does."""
DESCRIBE_S = 300


def interpreter() -> Path:
    """Return a Python with this checkout and Dataflow's client library.

    Raises:
      CannotBeMade: when they cannot be installed.
    """
    packages = ("pip", f"apache-beam[gcp]=={beam_version()}", "-e", str(ROOT))
    return environment(HOME, packages, (ROOT / "setup.py").read_text(encoding="utf-8"))


def arguments(**variables: str) -> list[str]:
    """Return what the script calls `warta` with."""
    with tempfile.TemporaryDirectory() as scratch:
        noted = Path(scratch) / "warta"
        noted.write_text(NOTE, encoding="utf-8")
        noted.chmod(0o755)
        path = os.pathsep.join([scratch, os.environ["PATH"]])
        ended = subprocess.run(
            ["bash", str(SCRIPT)],
            env={"PATH": path} | DUMMIES | variables,
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        )
    return ended.stdout.split("\0")[:-1]


def described(python: Path, said: Sequence[str]) -> dict[str, Any]:
    """Return the job that `warta` with the arguments `said` would submit; `error` says why there is none."""
    command = [str(python), str(Path(__file__).with_name("dataflow_job.py")), *said]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=DESCRIBE_S)
    if not ended.stdout:
        return {"error": ended.stderr.strip().rpartition("\n")[2], "looked_up": []}
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def faults(said: Sequence[str], found: dict[str, Any]) -> list[str]:
    """Return what a job description lacks of what the command line said."""
    if "error" in found:
        return [found["error"]]
    beam_args = build_parser().parse_known_args(list(said))[1]
    given = [tuple(arg.removeprefix("--").split("=", 1)) for arg in beam_args]
    sent = found["job"]["environment"]
    options = sent["sdkPipelineOptions"]["options"]
    (pool,) = sent["workerPools"]
    images = {image["containerImage"] for image in pool["sdkHarnessContainerImages"]}
    one = dict(given)
    wanted = {
        "image": ({one["sdk_container_image"]}, images),
        "workers": (int(one["max_num_workers"]), pool["autoscalingSettings"]["maxNumWorkers"]),
        "threads": (int(one["number_of_worker_harness_threads"]), pool["numThreadsPerWorker"]),
    }
    return [
        *(f"no step {step}" for step in SENTENCE[said[0]] if step not in found["steps"]),
        *(
            f"--{name}={value} did not arrive: {options.get(name)}"
            for name, value in given
            if not arrived(name, value, options)
        ),
        *(f"other {what}: {got}" for what, (want, got) in wanted.items() if want != got),
        *(f"staged elsewhere: {path}" for path in found["staged"] if not _is_below(path, one)),
        *(f"looked up on the network: {address}" for address in found["looked_up"]),
    ]


def _is_below(path: str, one: dict[str, str]) -> bool:
    return path.startswith(f"{one['staging_location']}/")


def arrived(name: str, value: str, options: dict[str, Any]) -> bool:
    """Whether one option reached the job; folders get the job's name behind them, numbers become floats."""
    found = options.get(name)
    if isinstance(found, list):
        return value in found
    if isinstance(found, float):
        return found == float(value)
    return str(found) == value or (name.endswith("_location") and str(found).startswith(f"{value}/"))


def main() -> int:
    """Describe both jobs; return how many have faults."""
    try:
        python = interpreter()
    except CannotBeMade as error:
        print(f"dataflow.sh: not checked, its environment cannot be made: {error}")
        return 0
    failed = 0
    said = arguments()
    for command in SENTENCE:
        found = described(python, [command, *said[1:]])
        wrong = faults([command, *said[1:]], found)
        size = sum(found.get("staged", {}).values())
        print(
            f"dataflow.sh, `warta {command}`: {len(found.get('steps', ()))} steps, "
            f"{len(said) - 1} options, {size} B staged, nothing submitted: {wrong or 'no faults'}"
        )
        failed += bool(wrong)
    return failed


if __name__ == "__main__":
    sys.exit(main())
