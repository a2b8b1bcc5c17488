"""Logs: what is said, in which form, and what is kept from people."""

import io
import json
import logging
import sys
from collections.abc import Iterator

import pytest
from rich.console import Console

from warta.pipelines.process.logs import JsonLines, PlainLines, Voice, is_news, said, set_up


def record(name: str, level: int, message: str, path: str = "/x/warta/a.py") -> logging.LogRecord:
    return logging.LogRecord(name, level, path, 1, message, (), None)


@pytest.mark.parametrize(
    ("one", "news"),
    [
        (record("warta.pipelines.batch", logging.INFO, "polling"), True),
        (record("apache_beam.runners", logging.WARNING, "hint ignored"), False),
        (record("root", logging.WARNING, "hint ignored", "/site-packages/apache_beam/typehints/x.py"), False),
        (record("apache_beam.runners", logging.ERROR, "it broke"), True),
        (record("root", logging.ERROR, "apitools not found, and so on"), False),
        (record("aiohttp", logging.WARNING, "unclosed"), True),
    ],
    ids=["ours", "Beam's", "Beam's through the root logger", "Beam's errors", "known noise", "others'"],
)
def test_beam_speaks_up_only_when_something_broke(one: logging.LogRecord, news: bool) -> None:
    assert is_news(one) is news


def test_a_plain_line_has_the_time_and_the_level_when_it_matters() -> None:
    assert PlainLines().format(record("warta", logging.INFO, "two\nlines")).endswith(" two lines")
    assert " WARNING careful" in PlainLines().format(record("warta", logging.WARNING, "careful"))


def test_a_json_line_says_where_it_broke() -> None:
    one = record("warta", logging.ERROR, "broken")
    try:
        raise ValueError("because")
    except ValueError:
        one.exc_info = sys.exc_info()
    line = json.loads(JsonLines().format(one))
    assert (line["level"], line["message"]) == ("error", "broken")
    assert "ValueError: because" in line["traceback"]


@pytest.fixture
def root_logger() -> Iterator[logging.Logger]:
    root, own = logging.getLogger(), logging.getLogger("warta")
    before = root.handlers[:], root.level, own.level
    yield root
    root.handlers[:], root.level, own.level = before
    logging.captureWarnings(False)


@pytest.mark.parametrize(
    ("voice", "heard"),
    [
        (Voice(), ["news", "trouble"]),
        (Voice(quiet=True), ["trouble"]),
        (Voice(verbose=True), ["detail", "news", "trouble"]),
    ],
    ids=["usual", "quiet", "verbose"],
)
def test_each_voice_lets_through_what_it_should(
    root_logger: logging.Logger, voice: Voice, heard: list[str]
) -> None:
    stream = io.StringIO()
    set_up(voice, Console(file=stream))
    log = logging.getLogger("warta.pipelines.test")
    for level, message in ((logging.DEBUG, "detail"), (logging.INFO, "news"), (logging.WARNING, "trouble")):
        log.log(level, message)
    assert [line.split()[-1] for line in stream.getvalue().splitlines()] == heard


def test_facts_become_members_of_the_json_line(root_logger: logging.Logger) -> None:
    stream = io.StringIO()
    set_up(Voice(as_json=True), Console(file=stream))
    said(logging.getLogger("warta.x"), logging.INFO, "progress", "one of two", done=1, total=2)
    line = json.loads(stream.getvalue())
    assert (line["event"], line["done"], line["total"]) == ("progress", 1, 2)
