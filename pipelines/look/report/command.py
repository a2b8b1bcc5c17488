"""`warta report`, and the report that a run leaves."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from warta.pipelines.look.report.gather import gather
from warta.pipelines.look.report.page import page
from warta.pipelines.options import UsageError
from warta.transforms.store.errors import StoreError
from warta.transforms.store.files import absolute, files_at
from warta.transforms.store.layout import join

EXIT_DONE, EXIT_FAILED = 0, 1
NAME = "report.html"


def report(args: argparse.Namespace, _: list[str]) -> int:
    """`warta report DIR`."""
    target = Path(args.report)
    if not target.parent.is_dir():
        raise UsageError(f"-o {args.report}: there is no folder {target.parent}; make it first")
    if target.is_dir():
        raise UsageError(f"-o {args.report}: is a folder; name a file in it, such as {target / NAME}")
    try:
        made = page(gather(args.dataset, now=datetime.now(UTC)))
    except StoreError as error:
        print(f"warta: {error}", file=sys.stderr)
        return EXIT_FAILED
    try:
        target.write_text(made, encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"-o {args.report}: {error.strerror}; choose a folder that you may write to"
        ) from error
    print(f"report: {target}")
    return EXIT_DONE


def leave_report(output_dir: str) -> str:
    """Write the report beside the tables, where a run put them; return its path."""
    root = absolute(output_dir)
    target = join(root, NAME)
    files_at(root).write(target, page(gather(output_dir, now=datetime.now(UTC))).encode())
    return target
