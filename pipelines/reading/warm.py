"""What the fork server loads once, so that every reader process begins with it: parsers, lexicons, models.

Readers are forked from a process that imported this. Their start then costs milliseconds instead of seconds,
is not charged to the first page's time limit, and the models' memory is shared until somebody writes to it.
"""

import gc
import logging
import os
from multiprocessing import get_context
from multiprocessing.forkserver import ensure_running

MODULE = __name__

COLLECT_EVERY = 300_000
"""Objects made and kept between two looks for garbage in a reader. Python's 700 made it look at the loaded
models and lexicons again and again: frozen and at 50,000, 75 real pages cost 5.6 % less CPU, and 300 of them
1 to 2 % less again now. Reading leaves no cycles behind (0 objects after 300 pages); should something once,
this is what it may hold."""


def warm_readers() -> None:
    """Start the fork server and have it import this module, while this process goes on.

    Call it first thing: the parsers then load on one core while Beam is imported on another.
    """
    os.environ.setdefault(
        "OPENBLAS_NUM_THREADS", "1"
    )  # as many readers as cores: threads only get in the way
    get_context("forkserver").set_forkserver_preload([MODULE])
    ensure_running()


def load() -> None:
    """Load everything that reading a page needs."""
    from datetime import UTC, datetime

    from warta.pipelines.cycle import pickling
    from warta.pipelines.reading.later import read_page
    from warta.schemas.entry import Entry
    from warta.schemas.page import Page
    from warta.transforms.extract.body import load_stop_words

    html = (
        "<html lang='id'><body><article><h1>Judul</h1><p>" + "Kalimat percobaan ini. " * 40 + "</p></article>"
    )
    url = "https://warta.test/a"
    page = Page(url, url, 200, html.encode(), datetime(2026, 1, 1, tzinfo=UTC))
    read_page(Entry(url, "", url), (page,))
    load_stop_words()
    pickling.register()
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_EVERY, 20, 20)


def _is_fork_server() -> bool:
    # The preload list is imported by the fork server alone; everybody else imports us to say so.
    import sys

    return "multiprocessing.forkserver" in " ".join(sys.orig_argv)


if _is_fork_server():
    # Parsers' own warnings would tear the live display, and every loss has its reason in the tables.
    logging.getLogger().addHandler(logging.NullHandler())
    load()
