"""Where the figures of a run go besides the screen: a file for Prometheus, a collector of OpenTelemetry."""

import argparse
import importlib.util
import logging
import os
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from warta.pipelines.look.metrics import MetricsFile
from warta.pipelines.options import UsageError
from warta.schemas.outcome import RunReport

log = logging.getLogger(__name__)

ENDPOINTS = tuple(f"OTEL_EXPORTER_OTLP_{kind}ENDPOINT" for kind in ("", "METRICS_", "TRACES_"))
"""The standard's own environment variables; any of them asks for OpenTelemetry."""
PACKAGES = ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http")


class Outlet(Protocol):
    """Takes the end of each run; never makes a run fail."""

    def write(self, report: RunReport) -> None: ...
    def write_failure(self, at: datetime) -> None: ...


def outlets_from(args: argparse.Namespace, output: str) -> list[Outlet]:
    """Return the outlets that the command line and the environment ask for.

    Raises:
      UsageError: when one that was asked for cannot work.
    """
    outlets: list[Outlet] = []
    if args.metrics_file:
        outlets.append(MetricsFile(args.metrics_file, output))
    if args.otel or is_asked_for(os.environ):
        if installed():
            from warta.pipelines.look.telemetry import Telemetry

            outlets.append(Telemetry(output))
        elif args.otel:
            raise UsageError("--otel needs OpenTelemetry: pip install 'warta[otel]'")
        else:
            log.warning("no OpenTelemetry, though the environment asks for it: pip install 'warta[otel]'")
    return outlets


def is_asked_for(environment: Mapping[str, str]) -> bool:
    """Whether the environment names a collector and does not forbid to use it.

    >>> is_asked_for({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4318"}), is_asked_for({})
    (True, False)
    """
    forbidden = environment.get("OTEL_SDK_DISABLED", "").strip().lower() == "true"
    return not forbidden and any(environment.get(name) for name in ENDPOINTS)


def installed() -> bool:
    """Whether the packages of the extra `otel` are there."""
    try:
        return all(importlib.util.find_spec(name) for name in PACKAGES)
    except ModuleNotFoundError:
        return False
