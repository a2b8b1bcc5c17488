"""What a run says while it works: warnings and news on standard error, as text or as JSON lines.

Standard output belongs to results; `warta run > summary.txt` still shows its progress. Beam's own lines are
dropped unless they are errors, or `--verbose` asks for them.
"""

import argparse
import json
import logging
import sys
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TextIO

from rich.console import Console
from rich.text import Text

BEAM = "apache_beam"
UNASKED = ("apitools not found",)
"""What libraries say of things that are absent on purpose."""
_STYLES = {logging.WARNING: "yellow", logging.ERROR: "bold red", logging.CRITICAL: "bold red"}


@dataclass(frozen=True)
class Voice:
    """How much is said, and in which form."""

    quiet: bool = False
    """Warnings and errors only; no progress, no summary."""
    verbose: bool = False
    """Every rejection and deferral by its address, Beam's warnings, tracebacks."""
    as_json: bool = False

    @property
    def level(self) -> int:
        if self.quiet:
            return logging.WARNING
        return logging.DEBUG if self.verbose else logging.INFO


def voice_from(args: argparse.Namespace) -> Voice:
    """Return the voice that the command line asks for; the usual one where a command has no such options."""
    return Voice(
        quiet=getattr(args, "quiet", False),
        verbose=getattr(args, "verbose", False),
        as_json=getattr(args, "log_json", False),
    )


def set_up(voice: Voice, console: Console) -> None:
    """Send every log record of this process through one handler.

    Args:
      console: on standard error. When it is a terminal, lines are printed through it, above a live display.
    """
    own = logging.getLogger("warta")
    own.setLevel(voice.level)
    handler: logging.Handler
    if console.is_terminal and not voice.as_json:
        handler = _ConsoleHandler(console)
    else:
        handler = logging.StreamHandler(console.file)
        handler.setFormatter(JsonLines() if voice.as_json else PlainLines())
    handler.addFilter(is_news if not voice.verbose else is_asked_for)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.captureWarnings(True)
    if not voice.verbose:
        warnings.simplefilter("ignore")


def is_news(record: logging.LogRecord) -> bool:
    """Whether a record is for people: not one of Beam's, unless it is an error.

    Beam logs many lines through the root logger, so the place of the call counts too.
    """
    beams = record.name.startswith(BEAM) or f"/{BEAM}/" in record.pathname.replace("\\", "/")
    return is_asked_for(record) and (not beams or record.levelno >= logging.ERROR)


def is_asked_for(record: logging.LogRecord) -> bool:
    """Whether a record is of use to anybody."""
    return not any(words in record.getMessage() for words in UNASKED)


class PlainLines(logging.Formatter):
    """`12:04:05 what happened`; the level when it is more than news."""

    def format(self, record: logging.LogRecord) -> str:
        when = datetime.fromtimestamp(record.created).strftime("%H:%M:%S")
        level = "" if record.levelno <= logging.INFO else f"{record.levelname} "
        return f"{when} {level}{_said(record)}{_trace(self, record)}"


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, event, and the facts of the event by name."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": getattr(record, "event", "log"),
            "message": _said(record),
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class _ConsoleHandler(logging.Handler):
    """Prints through a console, so that a live display on it stays whole."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console
        self.setFormatter(PlainLines())

    def emit(self, record: logging.LogRecord) -> None:
        self._console.print(Text(self.format(record), style=_STYLES.get(record.levelno, "dim")))


def said(logger: logging.Logger, level: int, event: str, message: str, **facts: Any) -> None:
    """Log `message`; as JSON it carries `event` and `facts`."""
    logger.log(level, "%s", message, extra={"event": event, "facts": facts})


def progress_console(stream: TextIO | None = None) -> Console:
    """Return the console that progress and warnings go to."""
    return Console(file=stream or sys.stderr)


def _said(record: logging.LogRecord) -> str:
    return " ".join(record.getMessage().split())


def _trace(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    return "\n" + formatter.formatException(record.exc_info) if record.exc_info else ""
