"""Every command that a document or a `--help` shows is run here, over the sample newsroom, not the web."""

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.pipelines.test_help import COMMANDS, examples
from tests.sample import Sample
from warta.newsroom import Newsroom, serve

ROOT = Path(__file__).parents[1]
DOCUMENTS = [
    path
    for path in sorted(ROOT.rglob("*.md"))
    if not {".venv", ".links", "articles"} & set(path.parts) and not path.parent.name.startswith(".")
]

STANDS_FOR = {
    "FILE.prom": "warta.prom",
    "FILE": "deploy/feeds/indonesia.toml",
    "DIR": "data",
    "URL": "http://www.kabarnusa.test/",
    "DATE": "2026-11-01",
    "IN": "pages.jsonl",
    "OUT": "articles.jsonl",
    "…": "--feeds deploy/feeds/indonesia.toml --output data",
}
"""What the words of the documents are here."""

MENTIONS = {
    "warta run --feeds FILE",
    "warta stage extract IN OUT",
    "warta feeds check",
    "warta stream --runner=…",
}
"""Shown as a name or a form, with options left out; the help's own examples run them whole."""

ELSEWHERE = ("--runner=PrismRunner", "--runner=FlinkRunner")
"""Commands that need an engine of their own: `make prism-test` and `make flink-test` run those."""

BEFORE = {
    "warta stream": "rm -rf data",
    "warta reprocess": "rm -rf data; warta sample --archive --quiet",
    "warta feeds discover https://www.example.com -o": "rm feeds.toml",
    "warta feeds import subscriptions.opml -o": "rm feeds.toml",
}
"""What a reader would have, or not have yet, before the command."""

NETWORK = ("run", "stream", "feeds check", "feeds discover", "explain", "doctor")
ENDLESS = {"stream": "cycle 1", "browse": "Ctrl-C ends"}
"""Commands that go on until they are stopped, and what they say when they work."""
PATIENCE_S = 60


def shown() -> list[str]:
    """Return every whole command line of the documents and of the help, once."""
    found = [one for parser in COMMANDS for one in examples(parser)]
    for path in DOCUMENTS:
        text = path.read_text(encoding="utf-8")
        found += re.findall(r"^\$ (warta .*)$", text, re.MULTILINE)
        found += [one for one in re.findall(r"`(warta [a-z]+ [^`\n]+)`", text) if "|" not in one]
    whole = {re.sub(r"\s+#.*", "", one) for one in found} - MENTIONS
    whole = {one for one in whole if not any(engine in one for engine in ELSEWHERE)}
    return sorted({filled(one) for one in whole})


def filled(command: str) -> str:
    """Return a command with its placeholders filled in."""
    for word, meaning in STANDS_FOR.items():
        command = re.sub(rf"(?<![\w.]){re.escape(word)}(?![\w.])", meaning, command)
    return command


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with serve() as served:
        yield served


@pytest.fixture
def place(first_edition: Sample, newsroom: Newsroom, tmp_path: Path) -> Path:
    """A folder as a reader of the documents has it, the shipped feed list replaced by the newsroom's."""
    shutil.copytree(first_edition.output, tmp_path / "data")
    feeds = tmp_path / "deploy/feeds/indonesia.toml"
    feeds.parent.mkdir(parents=True)
    for path in (feeds, tmp_path / "feeds.toml"):
        shutil.copy(newsroom.feeds_file, path)
    (tmp_path / "pages.jsonl").write_text('{"id": "1", "url": "http://a.test/1", "html": "<p>Teks</p>"}\n')
    (tmp_path / "page.html").write_text("<html><body><article><p>" + "Kalimat. " * 90 + "</p></article>")
    outlines = '<outline text="Kabar" xmlUrl="http://www.kabarnusa.test/rss"/>'
    (tmp_path / "subscriptions.opml").write_text(f"<opml><body>{outlines}</body></opml>")
    for folder in (
        "lakehouse",
        ".zfunc",
        ".config/fish/completions",
        ".local/share/bash-completion/completions",
    ):
        (tmp_path / folder).mkdir(parents=True)
    return tmp_path


def as_run_here(command: str, newsroom: Newsroom) -> str:
    """Return the line for the shell: the way to the newsroom added, a free port for servers."""
    before = next((first for start, first in BEFORE.items() if command.startswith(start)), "true")
    command = command.replace("https://www.example.com", "http://www.kabarnusa.test")
    if any(command.startswith(f"warta {name}") for name in NETWORK):
        ways = [f"--connect-to {host}={address}" for host, address in newsroom.connect_to]
        command = " ".join([command, "--allow-network 127.0.0.0/8", *ways])
        if command.startswith(("warta run", "warta stream")):
            command += " --min-delay-s 0.01"
    if command.startswith("warta browse"):
        command = re.sub(r"( --port \d+)?( --no-open)?$", " --port 0 --no-open", command)
    if command.startswith(tuple(f"warta {name}" for name in ENDLESS)):
        command = f"exec {command}"  # a signal then reaches the program itself
    return f"{before}; {command}"


@pytest.mark.parametrize("command", shown())
def test_a_command_that_is_shown_works(command: str, place: Path, newsroom: Newsroom) -> None:
    line = as_run_here(command, newsroom)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    surroundings = os.environ | {"PATH": path, "HOME": str(place), "PYTHONPATH": ""}
    endless = next((said for name, said in ENDLESS.items() if command.startswith(f"warta {name}")), "")
    with subprocess.Popen(
        ["sh", "-c", line],
        cwd=place,
        env=surroundings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as child:
        assert child.stdout
        watchdog = threading.Timer(PATIENCE_S, child.kill)
        watchdog.start()
        said = ""
        for text in child.stdout:
            said += text
            if endless and endless in text:
                if found := re.search(r"http://127\.0\.0\.1:\d+/", text):
                    assert "Kabar Nusa" in urlopen(found[0]).read().decode()
                child.send_signal(signal.SIGINT)
        watchdog.cancel()
    assert child.returncode == 0, f"{line}\n{said}"
    assert "Traceback" not in said
    assert not endless or endless in said


def test_every_document_is_looked_through() -> None:
    names = {str(path.relative_to(ROOT)) for path in DOCUMENTS}
    assert {
        "README.md",
        "CONTRIBUTING.md",
        "deploy/README.md",
        "deploy/METRICS.md",
        "schemas/README.md",
    } <= names
    assert len(shown()) > 25


def test_every_make_target_that_is_shown_exists_and_passes_its_options_on() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in DOCUMENTS)
    targets = set(re.findall(r"(?:`|\$ )make ([a-z-]+)", text))
    assert {"run", "test"} <= targets
    rules = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert [one for one in targets if not re.search(rf"^{one}:", rules, re.MULTILINE)] == []
    planned = subprocess.run(
        ["make", "-n", "run", "FEEDS=deploy/feeds/indonesia.toml", "OUT=data"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "warta run --feeds deploy/feeds/indonesia.toml --output data" in planned.stdout


def test_every_module_and_extra_that_is_shown_exists() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in DOCUMENTS)
    for module in re.findall(r"python -m ([\w.]+)", text):
        path = module.replace("warta.", "", 1).replace(".", "/")
        if module.startswith(("tests.", "warta.")):
            assert (ROOT / f"{path}.py").is_file(), module
    extras = set(re.findall(r"warta\[(\w+)\]", text))
    listed = re.findall(
        r'^        "(\w+)": \[', (ROOT / "setup.py").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert extras <= set(listed)
