"""`warta`: the command line. Parsing only; each command imports its work when it is called.

Start-up is part of the product: `warta --help` imports neither Beam nor pyarrow.
"""

import argparse
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from warta.pipelines.cli.look import add_look_commands, add_report_argument
from warta.pipelines.cli.operator import add_operator_commands
from warta.pipelines.cli.parsers import Commands, Parser, add_command
from warta.pipelines.cli.stream import add_stream_command
from warta.pipelines.options import (
    UsageError,
    add_archive_argument,
    add_network_arguments,
    add_run_arguments,
    add_voice_arguments,
)
from warta.pipelines.process.leaving import leave

EXIT_DONE, EXIT_FAILED, EXIT_USAGE = 0, 1, 2

Command = Callable[[argparse.Namespace, list[str]], int]


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of every command."""
    parser = Parser(
        prog="warta",
        description="News feeds to a clean, deduplicated, queryable Parquet dataset.",
        epilog="example:\n  warta run --feeds deploy/feeds/indonesia.toml --output data\n\n"
        "Each command has its own --help with an example.",
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _run(commands)
    add_stream_command(commands)
    _sample(commands)
    _stage(commands)
    _explain(commands)
    _store_commands(commands)
    add_look_commands(commands)
    add_operator_commands(commands)
    return parser


def program() -> NoReturn:
    """Be the program `warta`: run one command and leave with its exit code."""
    leave(main())


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 failed, 2 bad usage."""
    parser = build_parser()
    args, rest = parser.parse_known_args(argv)
    if rest and not args.takes_beam_options:
        parser.error(f"unknown option {rest[0]!r} for `warta {args.command}`")
    module, _, function = args.work.partition(":")
    command: Command = getattr(importlib.import_module(module), function)
    try:
        return command(args, rest)
    except UsageError as error:
        print(f"warta: {error}", file=sys.stderr)
        return EXIT_USAGE
    except KeyboardInterrupt:
        print("warta: stopped", file=sys.stderr)
        return EXIT_FAILED
    except BrokenPipeError:
        return EXIT_FAILED


def _run(commands: Commands) -> None:
    parser = add_command(
        commands,
        "run",
        "warta.pipelines.cli.run:run",
        about="poll the feeds once, fetch what is new and store it; Beam's own options pass through",
        example="""warta run --feeds deploy/feeds/indonesia.toml --output data --max-run-s 600
        warta run --feeds deploy/feeds/indonesia.toml --output data --dry-run
        warta run --feeds deploy/feeds/indonesia.toml --output data --quiet --metrics-file warta.prom""",
        takes_beam_options=True,
    )
    add_run_arguments(parser)
    add_report_argument(parser)


def _sample(commands: Commands) -> None:
    parser = add_command(
        commands,
        "sample",
        "warta.pipelines.cli.run:sample",
        about="run over the bundled sample newsroom, offline",
        example="warta sample --output data",
        takes_beam_options=True,
    )
    add_report_argument(parser)
    parser.add_argument("--output", default="data", metavar="DIR", help="dataset folder (default data)")
    parser.add_argument(
        "--workers", type=int, default=os.cpu_count() or 1, metavar="N", help="reader processes"
    )
    parser.add_argument(
        "--min-delay-s", type=float, default=0.05, metavar="S", help="between two requests to one host"
    )
    parser.add_argument(
        "--edition",
        type=int,
        default=1,
        choices=(1, 2),
        help="2 is the same newsroom some hours later: news, and one article updated",
    )
    add_archive_argument(parser)
    add_voice_arguments(parser)


def _stage(commands: Commands) -> None:
    parser = add_command(
        commands,
        "stage",
        "warta.pipelines.stages:stage",
        about="run one stage over JSON Lines, without network: extract, label or dedup",
        example="warta stage extract pages.jsonl articles.jsonl",
    )
    parser.add_argument("name", choices=("extract", "label", "dedup"))
    parser.add_argument("source", metavar="IN.jsonl", help="input, - for standard input")
    parser.add_argument("target", metavar="OUT.jsonl", help="output, - for standard output")
    parser.add_argument("--workers", type=int, default=0, metavar="N", help="processes (default: the cores)")


def _explain(commands: Commands) -> None:
    parser = add_command(
        commands,
        "explain",
        "warta.pipelines.look.explain:explain",
        about="show what each stage makes of one page: what was kept, cut and why",
        example="warta explain page.html --url https://www.example.com/news/1",
    )
    parser.add_argument("page", metavar="URL|FILE.html")
    parser.add_argument("--url", default="", help="address of the page, when a file is read")
    add_network_arguments(parser)


def _store_commands(commands: Commands) -> None:
    verify = add_command(
        commands,
        "verify",
        "warta.pipelines.keep.upkeep:verify",
        about="read every file of a dataset and check it against its manifests, schema and index",
        example="warta verify data",
    )
    verify.add_argument("dataset", metavar="DIR")
    compact = add_command(
        commands,
        "compact",
        "warta.pipelines.keep.upkeep:compact",
        about="join small files of each partition; readers stay consistent while it works",
        example="warta compact data --target-mb 64",
    )
    compact.add_argument("dataset", metavar="DIR")
    compact.add_argument(
        "--target-mb", type=float, default=64.0, metavar="MB", help="file size to aim at (default 64)"
    )
    compact.add_argument(
        "--keep-days", type=int, metavar="N", help="also forget partitions older than N days"
    )
    compact.add_argument("--upgrade", action="store_true", help="rewrite files of older schema versions too")
    repair = add_command(
        commands,
        "repair",
        "warta.pipelines.keep.upkeep:repair",
        about="mend what verify finds and can be mended: finish commits, rebuild the index from the rows",
        example="warta repair data",
    )
    repair.add_argument("dataset", metavar="DIR")
    reprocess = add_command(
        commands,
        "reprocess",
        "warta.pipelines.keep.upkeep:reprocess",
        about="read the pages that --archive kept again, without network, with today's rules",
        example="""warta reprocess data --from 2026-11-01
        warta reprocess data --output data-anew""",
    )
    reprocess.add_argument("dataset", metavar="DIR")
    reprocess.add_argument(
        "--from", dest="since", metavar="DATE", help="first day of the fetch (default all)"
    )
    reprocess.add_argument("--until", metavar="DATE", help="last day of the fetch")
    reprocess.add_argument(
        "--output", metavar="DIR", help="make a dataset of its own there (default: revisions in DIR)"
    )
    reprocess.add_argument("--workers", type=int, default=0, metavar="N", help="reader processes")
    export = add_command(
        commands,
        "export",
        "warta.pipelines.keep.upkeep:export",
        about="copy a table into a Delta Lake or Iceberg table, one commit each time something is new",
        example="warta export data lakehouse/articles --form delta",
    )
    export.add_argument("dataset", metavar="DIR")
    export.add_argument("target", metavar="TARGET", help="folder of the other table")
    export.add_argument("--form", choices=("delta", "iceberg"), required=True, help="its format")
    export.add_argument("--table", default="articles", metavar="NAME", help="which table (default articles)")
