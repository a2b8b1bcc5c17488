"""However the work of one commit is shared out, the same rows come of it, byte for byte.

Slices of a run are commits: what an earlier one stored keeps its place, so of two copies in two slices the
first fetched survives, as it does over runs (`transforms/dedup/resolve.py`).
"""

import random
from pathlib import Path
from typing import Any

import pytest

from tests.sample import Sample, warta
from warta.newsroom import Newsroom, serve

MATTERS_OF_TIME = {"run_id", "fetched_at", "announced_at", "rejected_at", "polled_at"}
"""What may differ between two runs: when they took place."""

WAYS = {
    "two readers": ["--workers", "2"],
    "four readers": ["--workers", "4"],
    "small bundles": ["--workers", "1", "--direct_running_mode=multi_threading", "--direct_num_workers=3"],
}


def stored(newsroom: Newsroom, feeds: Path, output: Path, *options: str) -> list[str]:
    """Run over the newsroom and return its rows as text, sorted."""
    connect = [f"--connect-to={host}={address}" for host, address in newsroom.connect_to]
    manners = ["--min-delay-s", "0.02", "--allow-network", "127.0.0.0/8", "--no-report", "--quiet"]
    warta("run", "--feeds", str(feeds), "--output", str(output), *manners, *connect, *options)
    sample = Sample(output, "")
    tables = ("articles", "duplicates", "rejections")
    return sorted(repr((table, timeless(row))) for table in tables for row in sample.rows(table))


def timeless(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in sorted(row.items()) if name not in MATTERS_OF_TIME}


def shuffled(feeds: Path, target: Path) -> Path:
    head, *parts = feeds.read_text(encoding="utf-8").split("[[feed]]")
    random.Random(7).shuffle(parts)
    target.write_text("[[feed]]".join([head, *parts]), encoding="utf-8")
    return target


@pytest.fixture(scope="module")
def newsroom() -> Any:
    with serve(edition=1) as running:
        yield running


@pytest.fixture(scope="module")
def alone(newsroom: Newsroom, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What one reader stores."""
    return stored(newsroom, newsroom.feeds_file, tmp_path_factory.mktemp("alone") / "data", "--workers", "1")


@pytest.mark.parametrize("options", WAYS.values(), ids=WAYS.keys())
def test_the_way_the_work_is_shared_out_changes_no_row(
    newsroom: Newsroom, alone: list[str], tmp_path: Path, options: list[str]
) -> None:
    assert stored(newsroom, newsroom.feeds_file, tmp_path / "data", *options) == alone


def test_the_order_of_the_feed_list_changes_no_row(
    newsroom: Newsroom, alone: list[str], tmp_path: Path
) -> None:
    feeds = shuffled(newsroom.feeds_file, tmp_path / "feeds.toml")
    assert feeds.read_text(encoding="utf-8") != newsroom.feeds_file.read_text(encoding="utf-8")
    assert stored(newsroom, feeds, tmp_path / "data", "--workers", "2") == alone


def test_reading_ahead_of_a_slice_changes_no_row(newsroom: Newsroom, tmp_path: Path) -> None:
    slices = ["--slice-pages", "13"]
    one, four = (
        stored(newsroom, newsroom.feeds_file, tmp_path / workers, *slices, "--workers", workers)
        for workers in ("1", "4")
    )
    assert one == four
