"""A driver hands reading on without loading it."""

import subprocess
import sys

from warta.pipelines.reading import later, worker

LOADED = """
import sys
import warta.pipelines.batch
parsers = {"lxml", "trafilatura", "langid", "warta.pipelines.reading.worker", "warta.transforms.dates"}
print(*sorted(parsers & set(sys.modules)))
"""


def test_a_driver_loads_no_parser() -> None:
    told = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    assert told.stdout.split() == []


def test_each_has_its_worker() -> None:
    for name in ("read_feed", "read_page", "finish_again"):
        assert getattr(later, name).__annotations__ == getattr(worker, name).__annotations__
