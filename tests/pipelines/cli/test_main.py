"""The command line: what it refuses, how it says so, and how it leaves."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sample import warta

FEEDS = '[[feed]]\nurl = "http://www.example.test/rss"\n'


@pytest.fixture
def feeds(tmp_path: Path) -> Path:
    path = tmp_path / "feeds.toml"
    path.write_text(FEEDS)
    return path


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--min-delay-s", "-1"], "--min-delay-s -1: must be at least 0"),
        (["--frobnicate"], "unknown option '--frobnicate'"),
        (["--allow-network", "banana"], "--allow-network banana"),
        (["--connect-to", "nowhere"], "write HOST=ADDR:PORT"),
        (["--workers", "-3"], "--workers -3"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_a_bad_option_is_refused_with_what_to_do(
    feeds: Path, tmp_path: Path, options: list[str], said: str
) -> None:
    ended = warta("run", "--feeds", str(feeds), "--output", str(tmp_path / "out"), *options, check=False)
    assert ended.returncode == 2
    assert said in ended.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[feed]]\nurl = "http://a.test/rss"\ncolour = "red"\n', "colour"),
        ('[[feed]]\nurl = "gopher://a.test/rss"\n', "gopher"),
        ('[[feed]]\nurl = "http://a.test/rss"\n\n[[feed]]\nurl = "http://a.test/rss"\n', "http://a.test/rss"),
    ],
    ids=["unknown key", "bad scheme", "listed twice"],
)
def test_a_bad_feed_list_is_refused_with_file_and_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(text)
    ended = warta("run", "--feeds", str(path), "--output", str(tmp_path / "out"), check=False)
    assert ended.returncode == 2
    assert f"{path}:" in ended.stderr
    assert said in ended.stderr


def test_help_is_quick_to_import_neither_beam_nor_arrow() -> None:
    code = "import sys, warta.pipelines.cli.main as cli\ntry: cli.main(['--help'])\nexcept SystemExit: pass\n"
    code += "print(sorted({'apache_beam', 'pyarrow', 'trafilatura', 'aiohttp'} & set(sys.modules)))"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.splitlines()[-1] == "[]"


def test_a_feed_that_cannot_be_reached_does_not_fail_the_run(feeds: Path, tmp_path: Path) -> None:
    closed = ["--connect-to", "*.test=127.0.0.1:9", "--allow-network", "127.0.0.0/8"]
    ended = warta("run", "--feeds", str(feeds), "--output", str(tmp_path / "out"), *closed, check=False)
    assert ended.returncode == 0
    assert "1 failed" in ended.stdout


def test_ctrl_c_ends_in_order_and_leaves_what_a_rerun_completes(tmp_path: Path) -> None:
    output = tmp_path / "data"
    command = [sys.executable, "-m", "warta", "sample", "--output", str(output), "--min-delay-s", "2"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        staging = output / "staging"
        while not (staging.exists() and os.listdir(staging)):  # until the first cycle is under way
            assert child.poll() is None, child.communicate()
        child.send_signal(signal.SIGINT)
        said, errors = child.communicate(timeout=30)
    assert child.returncode == 0, errors
    assert "Stopped early" in said
    assert "Nothing new" not in warta("sample", "--output", str(output)).stdout
