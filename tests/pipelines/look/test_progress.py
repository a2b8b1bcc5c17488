"""Progress: what is told of a run at each moment, and how a run looks on a terminal and in a log."""

import errno
import io
import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from tests.sample import warta
from warta.pipelines.look.progress import Doing, Meter, View, draw, duration, ending, line, watching
from warta.pipelines.process.logs import Voice
from warta.schemas.entry import Entry
from warta.schemas.outcome import Deferral, Reason, Rejection, Stage
from warta.transforms.fetch.progress import Progress

GONE = Rejection(Stage.FETCH, Reason.GONE, "http://a.test/1", "HTTP 410")


def fetching() -> Doing:
    doing = Doing()
    doing.begin("fetching", 1)
    return doing


def counted(**counts: int) -> Progress:
    progress = Progress()
    for name, count in counts.items():
        progress.add(name, count)
    return progress


@pytest.mark.parametrize(
    ("counts", "stage"),
    [
        ({}, "starting"),
        ({"feeds_total": 3, "feeds_done": 2}, "polling feeds"),
        ({"feeds_total": 3, "feeds_done": 3}, "looking up what is known"),
        (
            {"feeds_total": 1, "feeds_done": 1, "pages_total": 9, "pages_settled": 4},
            "fetching and reading pages",
        ),
        (
            {"feeds_total": 1, "feeds_done": 1, "pages_total": 9, "pages_settled": 9, "pages_left": 5},
            "sorting out duplicates, writing",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_stage_follows_from_the_counts(counts: dict[str, int], stage: str) -> None:
    assert Meter().view(counted(**counts), fetching(), 0.0).stage == stage


def test_what_the_driver_does_between_cycles_is_the_stage() -> None:
    doing = fetching()
    doing.begin("committing")
    assert Meter().view(counted(feeds_total=1), doing, 0.0).stage == "committing"


def test_a_rate_is_what_was_settled_over_the_last_seconds() -> None:
    meter, progress = Meter(), counted(pages_total=100)
    meter.view(progress, fetching(), 1000.0)
    progress.add("pages_settled", 20)
    view = meter.view(progress, fetching(), 1010.0)
    assert view.pages_per_s == pytest.approx(2.0)
    assert view.left_s == pytest.approx(40.0)


def test_the_first_pages_have_a_rate_from_the_look_before_them() -> None:
    meter, progress = Meter(), counted(feeds_total=3)
    for at in (990.0, 1000.0):
        meter.view(progress, fetching(), at)
    progress.add("pages_total", 100)
    progress.add("pages_settled", 30)
    assert meter.view(progress, fetching(), 1002.0).pages_per_s == pytest.approx(15.0)


def test_a_stall_brings_the_rate_down_to_nothing() -> None:
    meter, progress = Meter(), counted(pages_total=100, pages_settled=50)
    for second in range(60):
        view = meter.view(progress, fetching(), 1000.0 + second)
    assert view.pages_per_s == 0
    assert view.left_s is None


def test_the_longest_queue_at_its_polite_distance_bounds_the_time_left() -> None:
    meter, progress = Meter(min_delay_s=2.0), counted(pages_total=100)
    progress.queue("slow.test", 60)
    meter.view(progress, fetching(), 1000.0)
    progress.add("pages_settled", 40)
    assert meter.view(progress, fetching(), 1010.0).left_s == pytest.approx(120.0)


def test_slices_to_come_count_as_pages_to_do() -> None:
    progress = counted(pages_total=10)
    progress.put("pages_left", 25)
    assert Meter().view(progress, fetching(), 0.0).pages_total == 35


def test_hosts_come_longest_queue_first_with_their_wait() -> None:
    progress = Progress()
    progress.queue("a.test", 2)
    progress.queue("b.test", 7)
    progress.wait("b.test", 103.0)
    first, second = Meter().view(progress, fetching(), 100.0).hosts
    assert (first.name, first.queued, first.wait_s) == ("b.test", 7, 3.0)
    assert (second.name, second.wait_s) == ("a.test", 0.0)


def test_a_host_whose_queue_is_empty_is_forgotten() -> None:
    progress = Progress()
    progress.queue("a.test", 1)
    progress.queue("a.test", -1)
    assert progress.queues() == {}


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        (GONE, "rejected gone http://a.test/1: HTTP 410"),
        (
            Deferral(Entry("http://a.test/2", "id", "feed"), Reason.TIMEOUT),
            "deferred timeout http://a.test/2",
        ),
    ],
    ids=["rejection", "deferral"],
)
def test_an_ending_is_one_line_with_its_address(outcome: Rejection | Deferral, told: str) -> None:
    assert ending(outcome) == told


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.4, "0 s"), (59.4, "59 s"), (61, "1 min 1 s"), (7260, "2 h 1 min")], ids=str
)
def test_times_are_told_in_the_units_that_matter(seconds: float, said: str) -> None:
    assert duration(seconds) == said


@pytest.mark.parametrize("width", [40, 60, 100, 200])
def test_the_line_and_the_drawing_tell_the_same_numbers(width: int) -> None:
    view = View("fetching", 1, feeds_total=3, feeds_done=3, pages_total=50, pages_settled=20, rejected=7)
    console = Console(file=io.StringIO(), width=width)
    console.print(draw(view, width))
    drawn = console.file.getvalue()  # type: ignore[attr-defined]
    assert max(map(len, drawn.splitlines())) <= width
    assert ("━" in drawn) == (width >= 60)
    for said in ("3/3", "20/50", "rejected 7"):
        assert said in drawn
        assert said in line(view)


def test_before_beam_is_there_and_while_others_work_no_zeroes_are_shown() -> None:
    elsewhere = fetching()
    elsewhere.elsewhere = True
    for at, told in ((Doing(), "loading Beam"), (elsewhere, "working in other processes")):
        view = Meter().view(Progress(), at, 0.0)
        assert line(view).startswith(told)
        assert "0/0" not in line(view)


def test_a_quiet_voice_says_nothing_at_all() -> None:
    console = Console(file=io.StringIO(), force_terminal=True)
    with watching(console, Voice(quiet=True), progress=counted(feeds_total=1), at=fetching()):
        pass
    assert console.file.getvalue() == ""  # type: ignore[attr-defined]


def on_a_terminal(*arguments: str) -> tuple[int, str]:
    """Run the command line with a pseudo-terminal as its screen; return its exit code and what it showed."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", "LINES": "40"}
    child = subprocess.Popen(
        [sys.executable, "-m", "warta", *arguments],
        stdout=theirs,
        stderr=theirs,
        env=environment,
        close_fds=True,
    )
    os.close(theirs)
    shown = bytearray()
    try:
        while part := os.read(ours, 65536):
            shown += part
    except OSError as error:  # Linux says so when the last writer has gone
        if error.errno != errno.EIO:
            raise
    finally:
        os.close(ours)
    return child.wait(timeout=60), shown.decode("utf-8", "replace")


def test_a_terminal_shows_a_live_display_and_then_the_summary(tmp_path: Path) -> None:
    code, shown = on_a_terminal("sample", "--output", str(tmp_path / "data"), "--min-delay-s", "0.4")
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown)
    assert code == 0, text
    assert "\x1b[2K" in shown, "lines are drawn over, not scrolled"
    for said in ("polling feeds", "fetching and reading pages", "feeds ━", "12/12", "61/61"):
        assert said in text
    assert "rejected not_found http://" in text
    assert text.index("61/61") < text.index("Kabar Nusa  ")
    for noise in ("apitools", "WARNING", "Traceback", "type hint"):
        assert noise not in text


@pytest.fixture
def closed(tmp_path: Path) -> list[str]:
    """Arguments of a run whose only feed cannot be reached."""
    feeds = tmp_path / "feeds.txt"
    feeds.write_text("http://www.example.test/rss\n")
    network = ["--connect-to", "*.test=127.0.0.1:9", "--allow-network", "127.0.0.0/8"]
    return ["run", "--feeds", str(feeds), "--output", str(tmp_path / "out"), *network]


def test_without_a_terminal_a_run_says_plain_lines_on_standard_error(closed: list[str]) -> None:
    ended = warta(*closed)
    lines = ended.stderr.splitlines()
    assert lines
    assert all(re.match(r"\d\d:\d\d:\d\d \w", one) for one in lines), ended.stderr
    assert "feeds 1/1 (1 failed)" in ended.stderr
    assert "\x1b" not in ended.stdout + ended.stderr
    assert "1 failed" in ended.stdout


def test_json_lines_carry_the_numbers_by_name(closed: list[str]) -> None:
    ended = warta(*closed, "--log-json", "--verbose")
    events = [json.loads(one) for one in ended.stderr.splitlines()]
    assert ended.stdout == ""
    progress = [event for event in events if event["event"] == "progress"]
    assert progress[-1]["feeds_failed"] == 1
    assert any(event["event"] == "ending" and "connect_failed" in event["message"] for event in events)
    finished = events[-1]
    assert finished["event"] == "run_finished"
    assert finished["feeds"] == {"failed": 1}


def test_quiet_means_silent_when_all_goes_well(closed: list[str]) -> None:
    ended = warta(*closed, "--quiet")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


def test_a_failing_run_says_so_even_when_quiet(closed: list[str], tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "manifests").write_text("a file where a folder should be")
    ended = warta(*closed, "--quiet", check=False)
    assert ended.returncode == 1
    assert ended.stderr.startswith("warta: ")
    assert str(tmp_path / "out") in ended.stderr
