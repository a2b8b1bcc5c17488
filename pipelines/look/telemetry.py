"""A run's figures and a span of it for OpenTelemetry, sent at the end of each run over OTLP and HTTP.

The figures are those of the Prometheus file, under the same names, so that one set of alert rules serves
both. A run of `warta run` and each cycle of `warta stream` is one span, with its books as attributes. Where
to send, with which headers and how long to try is read from the standard's own environment variables.
Beam's workers send nothing: what they count may be counted again when work is retried.
"""

import logging
import os
from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime
from typing import Any

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader, MetricExportResult
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Status, StatusCode

from warta.pipelines.look.metrics import METRICS, Sample, samples
from warta.schemas.outcome import Books, RunReport

log = logging.getLogger(__name__)

TIMEOUT_S = 5.0
"""How long a run waits for the collector where OTEL_EXPORTER_OTLP_TIMEOUT says nothing; the standard's 10 s,
for figures and for the span, would make a short run twice as long when nobody listens."""
UNITS = {"_seconds": "s", "_bytes": "By"}
"""Units by the end of a name, as UCUM codes."""


class Telemetry:
    """Sends the end of each run to a collector.

    Args:
      dataset: the output folder, an attribute of every figure and span.
    """

    def __init__(self, dataset: str) -> None:
        from importlib.metadata import version

        logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)  # `_sent` says it once, in our words
        named = os.environ.get("OTEL_SERVICE_NAME") or "warta"
        resource = Resource.create({"service.name": named, "service.version": version("warta")})
        timeout_s = None if "OTEL_EXPORTER_OTLP_TIMEOUT" in os.environ else TIMEOUT_S
        self._dataset = dataset
        self._resource = resource
        self._figures = OTLPMetricExporter(timeout=timeout_s)
        self._spans = _Listening(OTLPSpanExporter(timeout=timeout_s))
        tracers = TracerProvider(resource=resource, shutdown_on_exit=False)
        tracers.add_span_processor(SimpleSpanProcessor(self._spans))
        self._tracer = tracers.get_tracer("warta")

    def write(self, report: RunReport) -> None:
        """Send the figures and the span of a finished run."""
        self._send_figures(samples(report))
        books: dict[str, Any] = {
            f"warta.{one.name}": getattr(report.books, one.name) for one in fields(Books)
        }
        about = {
            "warta.run_id": report.run_id,
            "warta.stopped": report.stopped,
            "warta.cycles": report.cycles,
        }
        span = self._tracer.start_span(
            "warta run",
            start_time=_nanoseconds(report.started_at),
            attributes=books | about | {"warta.dataset": self._dataset},
        )
        span.set_status(Status(StatusCode.OK))
        span.end(_nanoseconds(report.finished_at))
        self._sent(self._spans.went_well, self._spans.endpoint)

    def write_failure(self, at: datetime) -> None:
        """Send the news that a run failed."""
        self._send_figures(
            [("warta_run_success", {}, 0), ("warta_run_finished_timestamp_seconds", {}, at.timestamp())]
        )
        span = self._tracer.start_span(
            "warta run", start_time=_nanoseconds(at), attributes={"warta.dataset": self._dataset}
        )
        span.set_status(Status(StatusCode.ERROR, "the run failed, earlier data is intact"))
        span.end(_nanoseconds(at))

    def _send_figures(self, figures: list[Sample]) -> None:
        reader = (
            InMemoryMetricReader()
        )  # a new one each time, or it would repeat what the last run no longer has
        meter = MeterProvider([reader], self._resource, shutdown_on_exit=False).get_meter("warta")
        gauges = {one.name: meter.create_gauge(one.name, _unit(one.name), one.about) for one in METRICS}
        for name, labels, value in figures:
            gauges[name].set(float(value), {"dataset": self._dataset, **labels})
        data = reader.get_metrics_data()
        if data is not None:
            done = self._figures.export(data)
            self._sent(done is MetricExportResult.SUCCESS, _endpoint(self._figures))

    def _sent(self, went_well: bool, endpoint: str) -> None:
        if not went_well:
            log.warning("OpenTelemetry: nothing could be sent to %s; is a collector there?", endpoint)


class _Listening(SpanExporter):
    """Remembers how the last export went, which the processor keeps to itself."""

    def __init__(self, exporter: OTLPSpanExporter) -> None:
        self._exporter = exporter
        self.endpoint = _endpoint(exporter)
        self.went_well = True

    def export(self, spans: "Iterator[ReadableSpan]") -> SpanExportResult:  # type: ignore[override]
        done = self._exporter.export(spans)  # type: ignore[arg-type]
        self.went_well = done is SpanExportResult.SUCCESS
        return done

    def shutdown(self) -> None:
        self._exporter.shutdown()  # type: ignore[no-untyped-call]


def _endpoint(exporter: OTLPMetricExporter | OTLPSpanExporter) -> str:
    return str(getattr(exporter, "_endpoint", "the collector"))


def _unit(name: str) -> str:
    return next((unit for ending, unit in UNITS.items() if name.endswith(ending)), "1")


def _nanoseconds(at: datetime) -> int:
    return int(at.timestamp() * 1_000_000) * 1000
