"""The command line of a run, turned once into one frozen, validated `Settings`."""

import argparse
import importlib.util
import io
import ipaddress
import os
from collections.abc import Sequence
from contextlib import redirect_stderr
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from warta.pipelines.process.clock import Clock
from warta.schemas.feed import Feed

if TYPE_CHECKING:
    from warta.transforms.fetch.settings import FetchSettings

BATCH_RUNNER = "FnApiRunner"
"""What `DirectRunner` means here: Beam's in-memory batch engine. The SDK's own DirectRunner may first try
to download another engine, without a time limit (measured with Beam 2.77)."""

SLICE_PAGES = 1_500
"""Pages per cycle on a local runner. Memory follows the slice, not the run; each slice is one commit.

Over 2,000 pages slices of 1,000 cost 8 % more CPU than those of 2,000 (a graph more, and a file more for each
partition that both meet); 20,000 pages peak at 600 MB in slices of 1,500 and at 621 in those of 2,000.
"""


GATHER_SHARE, MOST_EARLY_S = 0.1, 30.0
"""Feeds due within a tenth of a stream's interval, and 30 s at most, are polled together: more saves cycles
(0.7 CPU-s each), less keeps closer to what servers say about freshness."""


class UsageError(ValueError):
    """The command line or a file it names cannot be used. The message says what to do; exit code 2."""


@dataclass(frozen=True)
class Settings:
    """Everything a run was told, checked. Units are in the names."""

    feeds: tuple[Feed, ...]
    output: str
    min_delay_s: float = 1.0
    per_host_concurrency: int = 1
    max_run_s: float | None = None
    slice_pages: int = SLICE_PAGES
    workers: int = 0
    allow_networks: tuple[str, ...] = ()
    connect_to: tuple[tuple[str, str], ...] = ()
    user_agent: str = ""
    keep_duplicate_text: bool = False
    archive: bool = False
    """Keep every fetched page as WARC, to be read again without network."""
    poll_all: bool = False
    tell_stories: bool = True
    beam_args: tuple[str, ...] = field(default=())
    poll_every_s: float | None = None
    """A stream's interval: healthy feeds are polled this often, and only those that are due take part."""
    clock: Clock = field(default_factory=Clock)

    @property
    def early_s(self) -> float:
        """How long before its time a feed may join a cycle that takes place anyway."""
        return min(self.poll_every_s * GATHER_SHARE, MOST_EARLY_S) if self.poll_every_s else 0.0

    @property
    def is_local(self) -> bool:
        """True when this process is the engine: fetch with its own reader processes, slice by slice."""
        return runner_of(self.beam_args) == BATCH_RUNNER


def add_run_arguments(parser: argparse.ArgumentParser) -> None:
    """Teach `parser` the options of `warta run`."""
    where = parser.add_argument_group("what and where")
    where.add_argument("--feeds", required=True, metavar="FILE", help="feed list: .toml, .txt or .opml")
    where.add_argument("--output", required=True, metavar="DIR", help="dataset folder; made when missing")
    where.add_argument(
        "--dry-run",
        action="store_true",
        help="show feeds, hosts, what is due and what waits; ask nobody, write nothing",
    )
    manners = parser.add_argument_group("manners")
    manners.add_argument(
        "--min-delay-s",
        type=float,
        default=1.0,
        metavar="S",
        help="least seconds between two requests to one host (default 1)",
    )
    manners.add_argument(
        "--per-host-concurrency",
        type=int,
        default=1,
        metavar="N",
        help="most requests open at one host (default 1)",
    )
    manners.add_argument(
        "--max-run-s",
        type=float,
        metavar="S",
        help="stop asking after S seconds; the rest is deferred and first in line next time",
    )
    manners.add_argument(
        "--user-agent", default="", metavar="TEXT", help="how you introduce yourself; name a contact"
    )
    manners.add_argument("--poll-all", action="store_true", help="poll every feed now, due or not")
    add_network_arguments(parser)
    work = parser.add_argument_group("work")
    work.add_argument(
        "--workers", type=int, default=0, metavar="N", help="reader processes (default: the cores)"
    )
    work.add_argument(
        "--slice-pages",
        type=int,
        default=SLICE_PAGES,
        metavar="N",
        help=f"pages per commit on a local runner (default {SLICE_PAGES}); memory follows it",
    )
    work.add_argument("--keep-duplicate-text", action="store_true", help="store the text of duplicates too")
    add_archive_argument(work)
    add_voice_arguments(parser)


def add_archive_argument(parser: "argparse.ArgumentParser | argparse._ArgumentGroup") -> None:
    """Teach `parser` to keep raw pages."""
    parser.add_argument(
        "--archive",
        action="store_true",
        help="keep every fetched page in DIR/archive (WARC), for `warta reprocess`",
    )


def checked_archive(asked: bool) -> bool:
    """Return whether raw pages are to be kept.

    Raises:
      UsageError: when what writes them is not installed.
    """
    if asked and importlib.util.find_spec("warcio") is None:
        raise UsageError("--archive needs the package warcio: pip install 'warta[archive]'")
    return asked


def add_network_arguments(parser: argparse.ArgumentParser) -> None:
    """Teach `parser` how to reach hosts that are private or elsewhere."""
    network = parser.add_argument_group("network")
    network.add_argument(
        "--allow-network",
        action="append",
        default=[],
        metavar="CIDR",
        help="open a private range that is refused by default (repeatable)",
    )
    network.add_argument(
        "--connect-to",
        action="append",
        default=[],
        metavar="HOST=ADDR:PORT",
        help="reach HOST (or *.domain) at ADDR:PORT, as curl does (repeatable)",
    )


def add_voice_arguments(parser: argparse.ArgumentParser) -> None:
    """Teach `parser` how much a run says, and where."""
    group = parser.add_argument_group("what it says (progress goes to standard error)")
    loudness = group.add_mutually_exclusive_group()
    loudness.add_argument("--quiet", action="store_true", help="warnings and errors only; for cron")
    loudness.add_argument("--verbose", action="store_true", help="also every rejection with its address")
    group.add_argument("--log-json", action="store_true", help="one JSON object a line, for log collectors")
    group.add_argument(
        "--metrics-file",
        metavar="PATH",
        help="write the run's figures for Prometheus (node exporter's textfile collector): a name in .prom",
    )
    group.add_argument(
        "--otel",
        action="store_true",
        help="send the run's figures and a span of it to an OpenTelemetry collector, over OTLP and HTTP; "
        "OTEL_EXPORTER_OTLP_ENDPOINT says where (default http://localhost:4318), and asks for it as well",
    )


def settings_from(args: argparse.Namespace, beam_args: Sequence[str]) -> Settings:
    """Check parsed arguments and return the settings.

    Raises:
      UsageError: naming the option (or file and line) at fault.
    """
    from warta.transforms.parse.feed_list import FeedListError, read_feed_list

    if Path(args.feeds).is_dir():
        raise UsageError(f"--feeds {args.feeds}: is a folder; name a feed list in it")
    if not Path(args.feeds).is_file():
        raise UsageError(f"--feeds {args.feeds}: no such file; check the name")
    try:
        feeds = read_feed_list(args.feeds)
    except FeedListError as error:
        raise UsageError(str(error)) from error
    if not feeds:
        raise UsageError(f"--feeds {args.feeds}: names no feed")
    _at_least(args.min_delay_s, 0, "--min-delay-s")
    _at_least(args.per_host_concurrency, 1, "--per-host-concurrency")
    _at_least(args.slice_pages, 1, "--slice-pages")
    _at_least(args.workers, 0, "--workers")
    if args.max_run_s is not None:
        _at_least(args.max_run_s, 0, "--max-run-s")
    return Settings(
        feeds=feeds,
        output=args.output,
        min_delay_s=args.min_delay_s,
        per_host_concurrency=args.per_host_concurrency,
        max_run_s=args.max_run_s,
        slice_pages=args.slice_pages,
        workers=args.workers or os.cpu_count() or 1,
        allow_networks=tuple(_network(text) for text in args.allow_network),
        connect_to=tuple(_connect_to(text) for text in args.connect_to),
        user_agent=args.user_agent,
        keep_duplicate_text=args.keep_duplicate_text,
        archive=checked_archive(args.archive),
        poll_all=args.poll_all,
        beam_args=checked_beam_args(beam_args),
    )


def checked_connections(args: argparse.Namespace) -> "FetchSettings":
    """Return fetch settings for a command with `--allow-network` and `--connect-to`."""
    from warta.transforms.fetch.settings import FetchSettings

    return FetchSettings(
        allow_networks=tuple(_network(text) for text in args.allow_network),
        connect_to=tuple(_connect_to(text) for text in args.connect_to),
    )


def checked_beam_args(beam_args: Sequence[str]) -> tuple[str, ...]:
    """Return Beam's own options with `DirectRunner` spelled out; refuse words that nobody knows."""
    unknown = _unknown_to_beam(beam_args) if beam_args else []
    if unknown:
        raise UsageError(f"unknown option {unknown[0]!r}; see `warta run --help` and Beam's pipeline options")
    args = list(beam_args)
    if runner_of(args) == BATCH_RUNNER:
        args = [*_without_runner(args), f"--runner={BATCH_RUNNER}"]
    return tuple(args)


def runner_of(beam_args: Sequence[str]) -> str:
    """Return the runner that `beam_args` ask for; the batch engine when they ask for none."""
    runner = "DirectRunner"
    for position, arg in enumerate(beam_args):
        if arg.startswith("--runner="):
            runner = arg.partition("=")[2]
        elif arg == "--runner" and position + 1 < len(beam_args):
            runner = beam_args[position + 1]
    local = {"directrunner", BATCH_RUNNER.lower(), "bundlebaseddirectrunner"}
    return BATCH_RUNNER if runner.lower() in local else runner


def make_output(output: str) -> None:
    """Make the output folder, before anything is loaded or fetched.

    Raises:
      UsageError: when it cannot be made or written to.
    """
    if "://" in output:
        return
    folder = Path(output).expanduser()
    if folder.is_file():
        raise UsageError(f"--output {output}: is a file; name a folder, there or not")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"--output {output}: cannot be made ({error.strerror}); choose another folder"
        ) from error
    if not os.access(folder, os.W_OK):
        raise UsageError(f"--output {output}: is not writable for this user; choose another folder")


def works_elsewhere(beam_args: Sequence[str]) -> bool:
    """Whether Beam's local engine is asked to work in processes that it starts itself."""
    return "multi_processing" in " ".join(beam_args).replace("=", " ").split()


def _without_runner(args: Sequence[str]) -> list[str]:
    kept, skip = [], False
    for arg in args:
        if skip:
            skip = False
        elif arg == "--runner":
            skip = True
        elif not arg.startswith("--runner="):
            kept.append(arg)
    return kept


def _unknown_to_beam(beam_args: Sequence[str]) -> list[str]:
    from apache_beam.options.pipeline_options import PipelineOptions, _BeamArgumentParser

    parser = _BeamArgumentParser(allow_abbrev=False)
    for options in PipelineOptions.__subclasses__():
        options._add_argparse_args(parser)
    said = io.StringIO()
    try:
        with redirect_stderr(said):
            return list(parser.parse_known_args(list(beam_args))[1])
    except SystemExit as error:  # after a page of Beam's usage
        told = said.getvalue().strip().rpartition("error: ")[2]
        raise UsageError(f"{told}; see `warta run --help` and Beam's pipeline options") from error


def _at_least(value: float, least: float, option: str) -> None:
    if not value >= least:
        raise UsageError(f"{option} {value:g}: must be at least {least:g}")


def _network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text, strict=False))
    except ValueError as error:
        raise UsageError(f"--allow-network {text}: {error}; write a range such as 10.0.0.0/8") from error


def _connect_to(text: str) -> tuple[str, str]:
    host, equals, target = text.partition("=")
    address, colon, port = target.rpartition(":")
    if not (host and equals and address and colon and port.isdigit()):
        raise UsageError(f"--connect-to {text}: write HOST=ADDR:PORT, for example '*.test=127.0.0.1:8080'")
    return host.lower(), target
