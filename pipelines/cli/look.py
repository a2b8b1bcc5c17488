"""The commands of whoever reads a dataset: parsers only."""

import argparse

from warta.pipelines.cli.parsers import Commands, add_command


def add_look_commands(commands: Commands) -> None:
    """Add the reader's commands to the command line."""
    report = add_command(
        commands,
        "report",
        "warta.pipelines.look.report.command:report",
        about="draw a dataset as one page: days, topics, publishers, copies, rejections, feeds",
        example="warta report data -o report.html",
    )
    report.add_argument("dataset", metavar="DIR", help="dataset folder")
    report.add_argument(
        "-o", "--report", default="report.html", metavar="FILE", help="page to write (default report.html)"
    )
    browse = add_command(
        commands,
        "browse",
        "warta.pipelines.look.browse.command:browse",
        about="search and read the articles in your browser, on this machine only",
        example="""warta browse data
        warta browse data --port 8080 --no-open""",
    )
    browse.add_argument("dataset", metavar="DIR", help="dataset folder")
    browse.add_argument(
        "--port", type=int, default=0, metavar="N", help="port to listen on (default: a free one)"
    )
    browse.add_argument("--no-open", action="store_true", help="only print the address")


def add_report_argument(parser: argparse.ArgumentParser) -> None:
    """Let a run be told to leave no report."""
    parser.add_argument("--no-report", action="store_true", help="do not write DIR/report.html after the run")
