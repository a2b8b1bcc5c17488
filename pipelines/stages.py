"""`warta stage`: one stage over JSON Lines, without network, through the functions the pipeline uses.

One output line per input line, in order. A line that cannot be used becomes `{"id": …, "error": …}` and
the rest goes on; the error names the line.
"""

import argparse
import gzip
import json
import os
import sys
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TextIO

from pebble import ProcessExpired, ProcessPool

from warta.pipelines.options import UsageError
from warta.pipelines.reading.page import Reading, read_html, read_text
from warta.transforms.dates import parse_instant
from warta.transforms.extract.model import Hints
from warta.transforms.label.labeller import Labeller, load_labeller
from warta.transforms.text import join_paragraphs

Row = dict[str, Any]

ROW_TIMEOUT_S = 30.0
"""A row that takes longer is given up; the slowest page of the development corpus takes under 2 s."""

LOOK_AHEAD = 16
"""Rows under way per worker: enough to keep workers busy, few enough to keep memory flat."""


def stage(args: argparse.Namespace, _: list[str]) -> int:
    """Run the stage that the command line names."""
    workers = args.workers or os.cpu_count() or 1
    with _open_source(args.source) as source, _open_target(args.target) as target:
        if args.name == "dedup":
            results = dedup_rows(source)
        else:
            results = map_rows(source, ROW_STAGES[args.name], workers)
        for row in results:
            target.write(json.dumps(row, ensure_ascii=False) + "\n")
    return 0


def extract_row(row: Row) -> Row:
    """Extract and clean one row: `{id, url, html_path | html | text, feed_title?, feed_published?}`.

    Returns `{id, url, title, authors, published, section, language_declared, dateline, text, removed}`.
    """
    url = str(row.get("url") or "")
    hints = Hints(
        title=str(row.get("feed_title") or ""),
        published=parse_instant(str(row["feed_published"])) if row.get("feed_published") else None,
        timezone=str(row.get("timezone") or ""),
        language=str(row.get("declared_language") or ""),
    )
    return _extracted(row, url, _reading(row, url, hints))


def label_row(row: Row) -> Row:
    """Label one row: `{id, url, title, text, declared_language?, feed_categories?}`.

    Returns `{id, language, language_score, topic, topic_score, topic_source}`.
    """
    categories = row.get("feed_categories") or ()
    if isinstance(categories, str):
        categories = (categories,)
    labels = _labeller().label(
        str(row.get("title") or ""),
        str(row.get("text") or ""),
        url=str(row.get("url") or ""),
        declared_language=str(row.get("declared_language") or ""),
        section=str(row.get("section") or ""),
        categories=tuple(str(category) for category in categories),
    )
    return {
        "id": row.get("id"),
        "language": labels.language,
        "language_score": round(labels.language_score, 4),
        "topic": labels.topic,
        "topic_score": round(labels.topic_score, 4),
        "topic_source": labels.topic_source,
    }


def dedup_rows(source: TextIO) -> Iterator[Row]:
    """Find duplicates among all rows: `{id, url, title, text, published}`.

    Yields `{id, dup_of, dup_kind, similar_to, containment, story_id}` in input order.
    """
    from warta.transforms.dedup.documents import dedup_documents

    rows = list(_parsed(source))
    usable = [row for row in rows if "error" not in row]
    found = iter(dedup_documents(usable))
    for row in rows:
        yield row if "error" in row else next(found)


ROW_STAGES: dict[str, Callable[[Row], Row]] = {"extract": extract_row, "label": label_row}


def map_rows(source: TextIO, work: Callable[[Row], Row], workers: int) -> Iterator[Row]:
    """Yield `work(row)` for each line of `source`, in order, computed by `workers` killable processes."""
    with ProcessPool(max_workers=workers, context=get_context("spawn")) as pool:
        waiting: deque[tuple[Row, Future[Row] | None]] = deque()
        for row in _parsed(source):
            failed = "error" in row
            waiting.append(
                (row, None if failed else pool.schedule(_guarded, [work, row], timeout=ROW_TIMEOUT_S))
            )
            if len(waiting) >= workers * LOOK_AHEAD:
                yield _result(*waiting.popleft())
        while waiting:
            yield _result(*waiting.popleft())


def _guarded(work: Callable[[Row], Row], row: Row) -> Row:
    # The one broad catch: third-party parsers meet strangers' bytes here, and one row must not end the rest.
    try:
        return work(row)
    except Exception as error:
        return {"id": row.get("id"), "error": f"{type(error).__name__}: {error}"[:500]}


def _result(row: Row, future: "Future[Row] | None") -> Row:
    if future is None:
        return row
    try:
        return future.result()
    except TimeoutError:
        return {"id": row.get("id"), "error": f"gave up after {ROW_TIMEOUT_S:g} s"}
    except ProcessExpired as error:
        return {"id": row.get("id"), "error": f"the reader process died: {error}"}


def _reading(row: Row, url: str, hints: Hints) -> Reading:
    if row.get("text") is not None:
        return read_text(str(row["text"]), url, hints=hints)
    if row.get("html_path"):
        body: bytes | str = _page_bytes(Path(row["html_path"]))
    elif row.get("html") is not None:
        body = str(row["html"])
    else:
        raise ValueError("the row has none of html_path, html and text")
    return read_html(body, url, hints=hints, now=datetime.now(UTC))


def _extracted(row: Row, url: str, reading: Reading) -> Row:
    said = reading.metadata
    return {
        "id": row.get("id"),
        "url": url,
        "title": said.title or None,
        "authors": list(said.authors),
        "editors": list(said.editors),
        "publisher": said.site_name or said.publisher or None,
        "published": said.published.isoformat() if said.published else None,
        "section": said.section or None,
        "language_declared": said.language_declared or None,
        "dateline": reading.dateline or None,
        "text": join_paragraphs(reading.paragraphs),
        "removed": [
            {"text": cut.text, "rule": cut.rule, "evidence": cut.evidence} for cut in reading.removed
        ],
    }


def _parsed(source: TextIO) -> Iterator[Row]:
    for number, line in enumerate(source, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            yield {"id": None, "error": f"line {number}: not JSON: {error}"}
            continue
        if isinstance(row, dict):
            yield row
        else:
            yield {"id": None, "error": f"line {number}: not a JSON object"}


def _page_bytes(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


@cache
def _labeller() -> Labeller:
    return load_labeller()


@contextmanager
def _open_source(name: str) -> Iterator[TextIO]:
    if name == "-":
        yield sys.stdin
        return
    try:
        with open(name, encoding="utf-8", errors="replace") as source:
            yield source
    except FileNotFoundError as error:
        raise UsageError(f"{name}: no such file") from error


@contextmanager
def _open_target(name: str) -> Iterator[TextIO]:
    if name == "-":
        yield sys.stdout
        return
    try:
        with open(name, "w", encoding="utf-8") as target:
            yield target
    except OSError as error:
        raise UsageError(f"{name}: cannot be written: {error.strerror}") from error
