"""OpenTelemetry: figures and spans reach a collector of our own on loopback; a missing one harms no run."""

import gzip
import logging
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.sample import warta
from warta.pipelines.look.metrics import samples
from warta.pipelines.look.outlets import is_asked_for
from warta.pipelines.look.telemetry import Telemetry
from warta.schemas.outcome import Books, RunReport

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
REPORT = RunReport(
    run_id="r1",
    started_at=NOON,
    finished_at=NOON + timedelta(seconds=90),
    command="warta run",
    version="0",
    books=Books(10, 6, 2, 1, 1),
    feeds={"ok": 3, "failed": 1},
    rejected_by_reason={"gone": 1},
    publishers={"Kabar": {"announced": 10, "kept": 6}},
    wall_s=90.0,
    stopped="deadline",
)
READ = {"/v1/metrics": ExportMetricsServiceRequest, "/v1/traces": ExportTraceServiceRequest}


class Collector:
    """Keeps what was sent: figures by (name, labels), and spans."""

    def __init__(self) -> None:
        self.figures: list[dict[tuple[Any, ...], float]] = []
        self.units: dict[str, str] = {}
        self.spans: list[Any] = []
        self.services: set[str] = set()

    def take(self, path: str, body: bytes) -> None:
        said = READ[path].FromString(body)
        if path == "/v1/traces":
            for resource in said.resource_spans:
                self.services |= set(_labels(resource.resource.attributes).values())
                self.spans += [span for scope in resource.scope_spans for span in scope.spans]
            return
        found = {}
        for resource in said.resource_metrics:
            for metric in (one for scope in resource.scope_metrics for one in scope.metrics):
                self.units[metric.name] = metric.unit
                for point in metric.gauge.data_points:
                    found[metric.name, *sorted(_labels(point.attributes).items())] = point.as_double
        self.figures.append(found)


def _labels(attributes: Any) -> dict[str, Any]:
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in attributes}


@contextmanager
def collecting(status: int = 200) -> Iterator[tuple[Collector, str]]:
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            packed = self.headers.get("Content-Encoding") == "gzip"
            if status == 200:
                collector.take(self.path, gzip.decompress(body) if packed else body)
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield collector, f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    with collecting() as (found, address):
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", address)
        yield found


def test_the_collector_gets_the_figures_of_the_prometheus_file(collector: Collector) -> None:
    Telemetry("data").write(REPORT)
    assert collector.figures == [
        {
            (name, *sorted({"dataset": "data", **labels}.items())): float(value)
            for name, labels, value in samples(REPORT)
        }
    ]
    units = ("warta_run_duration_seconds", "warta_run_received_bytes", "warta_entries")
    assert [collector.units[name] for name in units] == ["s", "By", "1"]


def test_each_run_is_a_span_as_long_as_the_run(collector: Collector) -> None:
    telemetry = Telemetry("data")
    telemetry.write(REPORT)
    telemetry.write(REPORT)
    first, second = collector.spans
    assert first.span_id != second.span_id
    assert (first.name, first.status.code) == ("warta run", 1)
    assert first.end_time_unix_nano - first.start_time_unix_nano == 90 * 10**9
    about = _labels(first.attributes)
    assert (about["warta.run_id"], about["warta.kept"], about["warta.stopped"]) == ("r1", 6, "deadline")
    assert "warta" in collector.services


def test_what_the_last_run_no_longer_has_is_not_sent_again(collector: Collector) -> None:
    telemetry = Telemetry("data")
    telemetry.write(REPORT)
    telemetry.write(RunReport("r2", NOON, NOON, "warta run", "0", Books()))
    assert [any("gone" in str(key) for key in figures) for figures in collector.figures] == [True, False]


def test_a_failed_run_is_told_as_one(collector: Collector) -> None:
    Telemetry("data").write_failure(NOON)
    assert collector.figures[0]["warta_run_success", ("dataset", "data")] == 0
    assert collector.spans[0].status.code == 2


@pytest.mark.parametrize("trouble", ["nobody there", "refuses"])
def test_a_collector_in_trouble_is_a_warning(
    trouble: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with collecting(status=400) as (_, address), socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{unused.getsockname()[1]}"
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", nobody if trouble == "nobody there" else address)
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
        with caplog.at_level(logging.WARNING, "warta"):
            Telemetry("data").write(REPORT)
    assert "nothing could be sent to http://127.0.0.1" in caplog.text


@pytest.mark.parametrize(
    ("environment", "asked"),
    [
        ({}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318"}, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://c:4318/v1/traces"}, True),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318", "OTEL_SDK_DISABLED": "TRUE"}, False),
    ],
)
def test_the_standard_environment_asks_for_it(environment: dict[str, str], asked: bool) -> None:
    assert is_asked_for(environment) is asked


def test_a_run_sends_what_it_counted(tmp_path: Path, collector: Collector) -> None:
    warta("sample", "--output", str(tmp_path / "data"), "--no-report", "--quiet")
    (figures,) = collector.figures
    dataset = ("dataset", str(tmp_path / "data"))
    assert figures["warta_entries", dataset, ("ending", "kept")] == 55
    (span,) = collector.spans
    assert _labels(span.attributes)["warta.announced"] == 61


def test_nothing_of_it_is_loaded_unless_asked_for() -> None:
    code = (
        "import sys, argparse; from warta.pipelines.look.outlets import outlets_from;"
        "print(outlets_from(argparse.Namespace(metrics_file=None, otel=False), 'data'),"
        "any('opentelemetry' in name for name in sys.modules))"
    )
    clean = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    done = subprocess.run([sys.executable, "-c", code], env=clean, capture_output=True, text=True, check=True)
    assert done.stdout == "[] False\n"
