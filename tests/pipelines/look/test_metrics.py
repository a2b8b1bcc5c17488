"""The metrics file: Prometheus' own parser reads it, it agrees with the report, and alerts use its names."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from tests.sample import warta
from warta.pipelines.look.metrics import BEAM_COUNTERS, LAST_SUCCESS, METRICS, MetricsFile, document
from warta.pipelines.options import UsageError
from warta.schemas.outcome import Books, RunReport

ROOT = Path(__file__).parents[3]
AT = datetime(2026, 11, 20, 2, 10, tzinfo=UTC)
REPORT = RunReport(
    run_id="r",
    started_at=AT,
    finished_at=AT,
    command="warta run",
    version="0.1.0",
    books=Books(announced=10, kept=5, duplicates=2, rejected=2, deferred=1),
    feeds={"ok": 3, "failed": 1},
    rejected_by_reason={"gone": 2},
    deferred_by_reason={"timeout": 1},
    publishers={'Harian "Kutip" \\ Baru\n': {"kept": 5, "rejected": 2}},
    cycles=2,
    wire_bytes=1234,
    wall_s=5.5,
    stopped="deadline",
)


def parsed(path: Path) -> dict[tuple[str, ...], float]:
    """Return the figures by name and label values (the dataset aside), as Prometheus reads them."""
    families = text_string_to_metric_families(path.read_text(encoding="utf-8"))
    return {
        (one.name, *(value for label, value in one.labels.items() if label != "dataset")): one.value
        for family in families
        for one in family.samples
    }


def test_prometheus_reads_what_the_report_says(tmp_path: Path) -> None:
    path = tmp_path / "warta.prom"
    MetricsFile(str(path), "data").write(REPORT)
    found = parsed(path)
    assert found[("warta_run_success",)] == 1
    assert found[("warta_entries", "kept")] == 5
    assert found[("warta_entries_rejected", "gone")] == 2
    assert found[("warta_feeds", "failed")] == 1
    assert found[("warta_run_stopped", "deadline")] == 1
    assert found[("warta_run_stopped", "signal")] == 0
    assert found[("warta_publisher_entries", 'Harian "Kutip" \\ Baru\n', "kept")] == 5
    assert found[(LAST_SUCCESS,)] == AT.timestamp()
    endings = sum(found[("warta_entries", one)] for one in ("kept", "duplicates", "rejected", "deferred"))
    assert endings == found[("warta_entries_announced",)]


def test_every_metric_is_written_with_help_type_and_its_labels(tmp_path: Path) -> None:
    path = tmp_path / "warta.prom"
    MetricsFile(str(path), "data").write(REPORT)
    families = {one.name: one for one in text_string_to_metric_families(path.read_text(encoding="utf-8"))}
    assert set(families) == {metric.name for metric in METRICS}
    for metric in METRICS:
        family = families[metric.name]
        assert (family.type, family.documentation) == ("gauge", metric.about)
        assert all(set(one.labels) == {"dataset", *metric.labels} for one in family.samples)


def test_a_failed_run_keeps_the_time_of_the_last_good_one(tmp_path: Path) -> None:
    file = MetricsFile(str(tmp_path / "warta.prom"), "data")
    file.write(REPORT)
    file.write_failure(datetime(2026, 11, 21, tzinfo=UTC))
    file.write_failure(datetime(2026, 11, 22, tzinfo=UTC))
    found = parsed(file.path)
    assert found[("warta_run_success",)] == 0
    assert found[(LAST_SUCCESS,)] == AT.timestamp()
    assert found[("warta_run_finished_timestamp_seconds",)] == datetime(2026, 11, 22, tzinfo=UTC).timestamp()


def test_a_first_run_that_fails_names_no_good_one(tmp_path: Path) -> None:
    file = MetricsFile(str(tmp_path / "warta.prom"), "data")
    file.write_failure(AT)
    assert (LAST_SUCCESS,) not in parsed(file.path)


def test_nothing_but_the_file_is_left_and_others_may_read_it(tmp_path: Path) -> None:
    MetricsFile(str(tmp_path / "warta.prom"), "data").write(REPORT)
    (left,) = tmp_path.iterdir()
    assert left.name == "warta.prom"
    assert left.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(
    ("name", "said"),
    [("missing/warta.prom", "there is no folder"), ("warta.txt", "names that end in .prom only")],
    ids=["no folder", "ending"],
)
def test_a_file_that_could_not_be_used_is_refused_before_the_run(
    tmp_path: Path, name: str, said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        MetricsFile(str(tmp_path / name), "data")


def test_a_run_writes_its_figures(tmp_path: Path) -> None:
    feeds = tmp_path / "feeds.txt"
    feeds.write_text("http://www.example.test/rss\n")
    options = ["--connect-to", "*.test=127.0.0.1:9", "--allow-network", "127.0.0.0/8", "--quiet"]
    output, path = tmp_path / "out", tmp_path / "warta.prom"
    warta("run", "--feeds", str(feeds), "--output", str(output), "--metrics-file", str(path), *options)
    found = parsed(path)
    assert found[("warta_run_success",)] == 1
    assert found[("warta_feeds", "failed")] == 1
    assert f'dataset="{output}"' in path.read_text()


def test_a_run_that_fails_writes_that(tmp_path: Path) -> None:
    feeds, output, path = tmp_path / "feeds.txt", tmp_path / "out", tmp_path / "warta.prom"
    feeds.write_text("http://www.example.test/rss\n")
    output.mkdir()
    (output / "manifests").write_text("no folder")
    given = ["run", "--feeds", str(feeds), "--output", str(output), "--metrics-file", str(path)]
    assert warta(*given, check=False).returncode == 1
    assert parsed(path)[("warta_run_success",)] == 0


def test_the_document_is_current() -> None:
    told = "run `python -m warta.pipelines.look.metrics > deploy/METRICS.md`"
    assert (ROOT / "deploy" / "METRICS.md").read_text(encoding="utf-8") == document(), told


def test_every_beam_counter_in_the_code_is_documented() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "transforms").rglob("beam.py")]
    found = re.findall(r'Metrics\.(?:counter|distribution|gauge)\(\s*"(\w+)",\s*f?"(\w+)', "\n".join(sources))
    documented = {name for name, _ in BEAM_COUNTERS}
    assert found
    for namespace, name in found:
        assert any(one.startswith(f"{namespace}:{name}") for one in documented), f"{namespace}:{name}"


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load((ROOT / "deploy" / "alerts.yaml").read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_an_alert_is_whole_and_uses_names_and_labels_that_exist(rule: dict[str, Any]) -> None:
    assert set(rule) == {"alert", "expr", "for", "labels", "annotations"}
    assert re.fullmatch(r"Warta[A-Z]\w+", rule["alert"])
    assert re.fullmatch(r"\d+[smhd]", rule["for"])
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert set(rule["annotations"]) == {"summary", "description"}
    labels = {metric.name: metric.labels for metric in METRICS}
    used = re.findall(r"(warta_\w+)(?:\{([^}]*)\})?", rule["expr"])
    assert used
    for name, selector in used:
        assert name in labels
        assert set(re.findall(r"(\w+)\s*[!=~]+", selector)) <= {"dataset", *labels[name]}
    assert rule["expr"].count("(") == rule["expr"].count(")")
