"""`deploy/dataflow.sh` up to the job that Dataflow would be sent; nothing is submitted, nobody is asked."""

from pathlib import Path
from typing import Any

import pytest

from tests.deploy.dataflow import SENTENCE, arguments, arrived, described, faults, interpreter
from tests.environments import CannotBeMade


@pytest.fixture(scope="module")
def python() -> Path:
    try:
        return interpreter()
    except CannotBeMade as error:
        pytest.skip(f"no apache-beam[gcp] to check with: {error}")


@pytest.fixture(scope="module")
def jobs(python: Path) -> dict[str, dict[str, Any]]:
    return {command: described(python, [command, *arguments()[1:]]) for command in SENTENCE}


def test_the_script_asks_for_what_it_needs_and_fills_it_in() -> None:
    said = arguments(WORKERS="3", IMAGE="registry.test/warta:9")
    assert said[0] == "run"
    assert {"--project=dummy-project", "--temp_location=gs://dummy-bucket/tmp"} < set(said)
    assert {"--max_num_workers=3", "--sdk_container_image=registry.test/warta:9"} < set(said)


@pytest.mark.parametrize("command", SENTENCE)
def test_the_job_has_every_step_and_every_option(command: str, jobs: dict[str, dict[str, Any]]) -> None:
    assert faults([command, *arguments()[1:]], jobs[command]) == []


def test_a_run_is_a_batch_job_and_a_stream_is_none(jobs: dict[str, dict[str, Any]]) -> None:
    assert jobs["run"]["job"]["type"] == "JOB_TYPE_BATCH"
    assert jobs["stream"]["job"]["type"] == "JOB_TYPE_STREAMING"


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ("--max_num_wrkers=3", "unknown option '--max_num_wrkers=3'"),
        ("--max_num_workers=many", "--max_num_workers: invalid int value: 'many'"),
        ("--project=Some Project", "Invalid Project ID (Some Project)"),
    ],
    ids=["unknown", "no number", "no project"],
)
def test_a_wrong_option_is_named_and_makes_no_job(option: str, told: str, python: Path) -> None:
    found = described(python, [*arguments(), option])
    assert faults(arguments(), found) == [found["error"]]
    assert told in found["error"]
    assert "job" not in found


def test_what_is_dropped_or_changed_on_the_way_is_a_fault(jobs: dict[str, dict[str, Any]]) -> None:
    said = [*arguments(), "--worker_zone=asia-southeast2-a", "--max_num_workers=11"]
    assert faults(said, jobs["run"]) == [
        "--worker_zone=asia-southeast2-a did not arrive: None",
        "--max_num_workers=11 did not arrive: 10.0",
        "other workers: 10",
    ]


@pytest.mark.parametrize(
    ("value", "found"),
    [("10", 10.0), ("use_runner_v2", ["other", "use_runner_v2"]), ("gs://b/tmp", "gs://b/tmp/job.1")],
    ids=["number", "list", "folder"],
)
def test_an_option_may_arrive_in_the_job_s_own_form(value: str, found: object) -> None:
    assert arrived("temp_location", value, {"temp_location": found})
    assert not arrived("temp_location", "9", {"temp_location": found})
