"""The commands that run a pipeline or look after its output."""

import argparse
import logging
import shlex
import sys

from rich.console import Console

from warta.pipelines.options import Settings, checked_beam_args, settings_from
from warta.pipelines.warm import warm_readers

log = logging.getLogger(__name__)

EXIT_DONE, EXIT_FAILED = 0, 1


def run(args: argparse.Namespace, beam_args: list[str]) -> int:
    """`warta run`."""
    return _run(settings_from(args, beam_args), shlex.join(["warta", "run", *sys.argv[2:]]))


def sample(args: argparse.Namespace, beam_args: list[str]) -> int:
    """`warta sample`: a run over the bundled newsroom, which is served for as long as it takes."""
    from warta.newsroom import serve
    from warta.transforms.parse.feed_list import read_feed_list

    with serve(edition=args.edition) as newsroom:
        settings = Settings(
            feeds=read_feed_list(newsroom.feeds_file),
            output=args.output,
            min_delay_s=0.05,
            workers=args.workers,
            allow_networks=("127.0.0.0/8",),
            connect_to=newsroom.connect_to,
            poll_all=True,
            beam_args=checked_beam_args(beam_args),
        )
        return _run(settings, "warta sample")


def _run(settings: Settings, command: str) -> int:
    quiet_beam()
    if settings.is_local:
        warm_readers()
    from warta.pipelines.batch import run as run_batch
    from warta.pipelines.books import BooksUnbalanced
    from warta.pipelines.signals import stop_on_signal
    from warta.pipelines.summary import print_summary
    from warta.transforms.store.errors import StoreError

    console = Console()
    try:
        with stop_on_signal():
            report = run_batch(settings, command=command)
    except (StoreError, BooksUnbalanced) as error:
        print(f"warta: {error}", file=sys.stderr)
        return EXIT_FAILED
    except Exception as error:  # Beam wraps whatever a step raised; the cycle it was in is not committed
        log.debug("the run failed", exc_info=True)
        cause = str(error).strip().rpartition("\n")[2]
        print(
            f"warta: the run failed, earlier data is intact: {type(error).__name__}: {cause}", file=sys.stderr
        )
        return EXIT_FAILED
    print_summary(report, settings.output, console)
    return EXIT_DONE


def quiet_beam() -> None:
    """Keep Beam's own log lines to warnings."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("apache_beam").setLevel(logging.ERROR)
    logging.getLogger().addFilter(_is_news)


def _is_news(record: logging.LogRecord) -> bool:
    """Drop what Beam says of cloud libraries that are absent on purpose."""
    return "apitools not found" not in record.getMessage()
