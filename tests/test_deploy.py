"""What `deploy/` names must exist: options, files, feeds; each file parses as what it is."""

import ast
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deploy.check import faults
from warta.pipelines.cli.main import build_parser
from warta.pipelines.options import checked_beam_args
from warta.transforms.parse.feed_list import read_feed_list

DEPLOY = Path(__file__).parents[1] / "deploy"


def parse(command: list[str]) -> Any:
    """Parse a `warta` command line as the program would."""
    args, rest = build_parser().parse_known_args(command)
    checked_beam_args(rest)
    return args


def documents(name: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((DEPLOY / name).read_text()))


def warta_lines(text: str) -> list[list[str]]:
    """Return the words after `warta` of every command in a text, continued lines joined."""
    text = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text)  # a shell default stands for its variable
    lines = text.replace("\\\n", " ").replace(" && ", "\n").splitlines()
    found = (shlex.split(line, comments=True) for line in lines if "/warta " in line or "exec warta" in line)
    return [words[next(i for i, word in enumerate(words) if word.endswith("warta")) + 1 :] for words in found]


def test_the_cron_job_starts_a_run_that_parses() -> None:
    job, claim = documents("kubernetes/cronjob.yaml")
    pod = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    args = parse(pod["containers"][0]["args"])
    assert args.command == "run"
    assert job["spec"]["concurrencyPolicy"] == "Forbid"
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert claim["metadata"]["name"] == pod["volumes"][0]["persistentVolumeClaim"]["claimName"]
    assert job["spec"]["jobTemplate"]["spec"]["activeDeadlineSeconds"] > args.max_run_s


def test_the_flink_manifest_starts_a_stream_that_parses() -> None:
    flink, _, driver = documents("kubernetes/flink.yaml")
    assert faults(flink) == []
    pod = driver["spec"]["template"]["spec"]
    args = parse(pod["containers"][0]["args"])
    assert (args.command, driver["spec"]["strategy"]["type"]) == ("stream", "Recreate")
    assert pod["securityContext"]["runAsNonRoot"] is True
    pool = flink["spec"]["taskManager"]["podTemplate"]["spec"]["containers"][1]
    assert (
        f"--environment_config=localhost:{pool['command'][-1].partition('=')[2]}"
        in pod["containers"][0]["args"]
    )


def test_the_flink_driver_asks_for_checkpoints_itself() -> None:
    _, asked, driver = documents("kubernetes/flink.yaml")
    assert "execution.checkpointing.interval" in yaml.safe_load(asked["data"]["config.yaml"])
    pod = driver["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    (named,) = (one["value"] for one in container["env"] if one["name"] == "FLINK_CONF_DIR")
    (volume,) = (one["name"] for one in container["volumeMounts"] if one["mountPath"] == named)
    assert {"name": volume, "configMap": {"name": asked["metadata"]["name"]}} in pod["volumes"]


def test_who_submits_to_flink_has_java() -> None:
    image = (DEPLOY / "Dockerfile").read_text()
    (compose,) = documents("compose.yaml")
    assert "ARG JAVA" in image
    assert "jre" in compose["services"]["warta"]["build"]["args"]["JAVA"]
    driver = documents("kubernetes/flink.yaml")[-1]
    assert driver["spec"]["template"]["spec"]["containers"][0]["image"].endswith("-java")


def test_a_flink_manifest_with_an_unknown_field_is_refused() -> None:
    flink, *_ = documents("kubernetes/flink.yaml")
    flink["spec"]["jobManager"]["memory"] = "1g"
    assert faults(flink) == ["spec.jobManager.memory"]


def test_the_compose_file_starts_a_flink_run_that_parses() -> None:
    (compose,) = documents("compose.yaml")
    assert parse(compose["services"]["warta"]["command"]).command == "run"


@pytest.mark.parametrize("name", ["crontab", "systemd/warta.service", "dataflow.sh"])
def test_every_command_is_one_that_the_program_knows(name: str) -> None:
    commands = warta_lines((DEPLOY / name).read_text())
    assert commands
    assert all(parse(command).command for command in commands)


def test_the_systemd_units_are_valid(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not installed on this system")
    for name in ("warta.service", "warta.timer"):
        unit = (DEPLOY / "systemd" / name).read_text()
        (tmp_path / name).write_text(unit.replace("/opt/warta/bin/warta", "/bin/true"))
    ended = subprocess.run(
        [analyze, "verify", *map(str, sorted(tmp_path.iterdir()))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert not [line for line in ended.stderr.splitlines() if "warta" in line]


def test_the_airflow_file_compiles_and_runs_commands_that_parse() -> None:
    text = (DEPLOY / "airflow" / "warta_dag.py").read_text()
    ast.parse(text)
    assert "max_active_runs=1" in text


@pytest.mark.parametrize("name", ["indonesia.toml", "world.toml"])
def test_the_feed_lists_that_ship_can_be_read(name: str) -> None:
    assert len(read_feed_list(DEPLOY / "feeds" / name)) >= 20
