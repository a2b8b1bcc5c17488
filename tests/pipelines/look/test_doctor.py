"""`warta doctor`: what blocks a run is a fault, what only worries a warning, and the network only tells."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.sample import warta
from warta.newsroom import serve
from warta.pipelines.look.doctor import (
    Finding,
    Verdict,
    clock,
    free_space,
    network,
    open_files,
    packages,
    python,
    writable,
    zones,
)

TODAY = datetime(2026, 11, 21, 9, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("finding", "verdict", "said"),
    [
        (python((3, 12)), Verdict.FINE, "3.12"),
        (python((3, 14)), Verdict.FAULT, "install one of 3.11, 3.12, 3.13"),
        (free_space(10 * 2**30, "data"), Verdict.FINE, "10.0 GB"),
        (free_space(2**30, "data"), Verdict.WARNING, "1.0 GB"),
        (free_space(2**20, "data"), Verdict.FAULT, "free 200 MB at least"),
        (open_files(256), Verdict.WARNING, "`ulimit -n 1024` first"),
        (open_files(65536), Verdict.FINE, "65536"),
        (clock(0.0, None), Verdict.FAULT, "says 1970-01-01; set it"),
        (clock(TODAY, None), Verdict.FINE, "2026-11-21 09:00 UTC"),
        (clock(TODAY, TODAY + 3), Verdict.FINE, "to 3 s"),
        (clock(TODAY, TODAY + 3600), Verdict.WARNING, "-3600 s off a server's clock"),
        (zones(), Verdict.FINE, "known"),
        *((one, Verdict.FINE, "there") for one in packages()),
    ],
    ids=lambda value: value.said[:20] if isinstance(value, Finding) else "",
)
def test_a_check_says_how_bad_it_is_and_what_to_do(finding: Finding, verdict: Verdict, said: str) -> None:
    assert finding.verdict is verdict
    assert said in finding.said


def test_a_folder_that_can_be_written_is_left_as_it_was(tmp_path: Path) -> None:
    assert writable(str(tmp_path)).verdict is Verdict.FINE
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_yet_is_judged_by_its_parent(tmp_path: Path) -> None:
    finding = writable(str(tmp_path / "a" / "b"))
    assert finding.verdict is Verdict.FINE
    assert "would be made" in finding.said
    assert not (tmp_path / "a").exists()


def test_a_file_where_the_dataset_should_be_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    assert writable(str(tmp_path / "data")).verdict is Verdict.FAULT


def asked(**facts: object) -> argparse.Namespace:
    return argparse.Namespace(**{"feeds": None, "allow_network": [], "connect_to": []} | facts)


def test_the_network_is_asked_at_the_first_feed_and_lends_its_clock() -> None:
    with serve() as newsroom:
        ways = [f"*.test=127.0.0.1:{newsroom.port}"]
        found = list(
            network(asked(feeds=str(newsroom.feeds_file), allow_network=["127.0.0.0/8"], connect_to=ways))
        )
        assert len(newsroom.visits) == 1
    assert [one.what for one in found] == ["network", "clock"]
    assert "http://www.kabarnusa.test/rss answers" in found[0].said
    assert found[1].verdict is Verdict.FINE


def test_a_network_that_does_not_answer_blocks_nothing() -> None:
    (finding,) = network(asked(allow_network=["127.0.0.0/8"], connect_to=["example.com=127.0.0.1:9"]))
    assert finding.verdict is Verdict.TOLD
    assert "connect_failed" in finding.said


@pytest.mark.parametrize(
    ("blocked", "code", "said"),
    [(False, 0, "ready to run"), (True, 1, "FAULT   output")],
    ids=["well", "ill"],
)
def test_the_exit_code_says_whether_a_run_can_work(
    tmp_path: Path, blocked: bool, code: int, said: str
) -> None:
    if blocked:
        (tmp_path / "data").write_text("in the way")
    closed = ["--connect-to", "example.com=127.0.0.1:9", "--allow-network", "127.0.0.0/8"]
    ended = warta("doctor", str(tmp_path / "data"), *closed, check=False)
    assert (ended.returncode, ended.stderr) == (code, "")
    assert said in ended.stdout
    assert "parsers and models: load" in ended.stdout
