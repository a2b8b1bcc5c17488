"""The commands that run a pipeline or look after its output."""

import argparse
import logging
import shlex
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, datetime

from rich.console import Console

from warta.pipelines.engines import check_engine, check_workers_write
from warta.pipelines.look.outlets import Outlet, outlets_from
from warta.pipelines.look.progress import doing, watching
from warta.pipelines.options import (
    Settings,
    UsageError,
    checked_archive,
    checked_beam_args,
    make_output,
    settings_from,
    works_elsewhere,
)
from warta.pipelines.process.logs import Voice, progress_console, said, set_up, voice_from
from warta.pipelines.process.machine import choose_allocator, loading
from warta.pipelines.process.sieve import sieved
from warta.pipelines.reading.warm import warm_readers
from warta.schemas.outcome import RunReport

log = logging.getLogger(__name__)

EXIT_DONE, EXIT_FAILED = 0, 1


def run(args: argparse.Namespace, beam_args: list[str]) -> int:
    """`warta run`."""
    set_up(voice_from(args), progress_console())  # before Beam's options are read: Beam talks while it loads
    settings = settings_from(args, beam_args)
    if args.dry_run:
        from warta.pipelines.look.dry_run import show_plan

        return show_plan(settings, verbose=args.verbose)
    return _run(settings, shlex.join(["warta", "run", *sys.argv[2:]]), args)


def sample(args: argparse.Namespace, beam_args: list[str]) -> int:
    """`warta sample`: a run over the bundled newsroom, which is served for as long as it takes."""
    set_up(voice_from(args), progress_console())
    from warta.newsroom import serve
    from warta.transforms.parse.feed_list import read_feed_list

    with serve(edition=args.edition) as newsroom:
        settings = Settings(
            feeds=read_feed_list(newsroom.feeds_file),
            output=args.output,
            min_delay_s=args.min_delay_s,
            workers=args.workers,
            allow_networks=("127.0.0.0/8",),
            connect_to=newsroom.connect_to,
            poll_all=True,
            archive=checked_archive(args.archive),
            beam_args=checked_beam_args(beam_args),
        )
        return _run(settings, "warta sample", args)


def _run(settings: Settings, command: str, args: argparse.Namespace) -> int:
    check_engine(settings)
    voice = voice_from(args)
    outlets = outlets_from(args, settings.output)
    make_output(settings.output)
    check_workers_write(settings)
    try:
        report = _watched(settings, command, voice)
    except UsageError:
        raise
    except Exception as error:
        return _failed(error, voice, outlets)
    for outlet in outlets:
        outlet.write(report)
    if voice.as_json:
        said(log, logging.INFO, "run_finished", f"run {report.run_id} finished", **asdict(report))
    elif not voice.quiet:
        from warta.pipelines.look.summary import print_summary

        print_summary(report, settings.output, Console())
    page = "" if args.no_report else _leave_report(settings.output)
    if page and not (voice.quiet or voice.as_json):
        Console().print(f"page: {page}", highlight=False, soft_wrap=True)
    return EXIT_DONE


def _watched(settings: Settings, command: str, voice: Voice) -> RunReport:
    """Run and show how it goes; the display is there before Beam has been loaded, which takes seconds."""
    from warta.pipelines.process.signals import stop_on_signal

    with ExitStack() as stack:
        stack.enter_context(stop_on_signal())
        console = progress_console()
        if works_elsewhere(settings.beam_args):
            doing.elsewhere = True
            if not voice.verbose:
                console = progress_console(stack.enter_context(sieved()))
                set_up(voice, console)
                stack.callback(set_up, voice, progress_console())
        stack.enter_context(watching(console, voice, min_delay_s=settings.min_delay_s))
        choose_allocator()
        if settings.is_local:
            warm_readers()
        with loading():
            from warta.pipelines.batch import run as run_batch

        return run_batch(settings, command=command)


def _leave_report(output: str) -> str:
    """Write the page about the dataset and return its path; the run stands without it."""
    from warta.pipelines.look.report.command import NAME, leave_report
    from warta.transforms.store.errors import StoreError
    from warta.transforms.store.layout import join

    try:
        leave_report(output)
    except (StoreError, OSError) as error:
        log.warning("no %s this time: %s", NAME, error)
        return ""
    return join(output, NAME)


def _failed(error: Exception, voice: Voice, outlets: Sequence[Outlet]) -> int:
    """Say why a run failed. Beam wraps whatever a step raised; the cycle it was in is not committed."""
    from warta.pipelines.cycle.books import BooksUnbalanced
    from warta.transforms.store.errors import StoreError

    if isinstance(error, (StoreError, BooksUnbalanced)):
        message = str(error)
    else:
        log.debug("the run failed", exc_info=error)
        cause = str(error).strip().rpartition("\n")[2]
        told = f"the run failed, earlier data is intact: {type(error).__name__}: {cause}"
        message = f"{told}; `--verbose` shows where"
    for outlet in outlets:
        outlet.write_failure(datetime.now(UTC))
    if voice.as_json:
        said(log, logging.ERROR, "run_failed", message)
    else:
        print(f"warta: {message}", file=sys.stderr)
    return EXIT_FAILED
