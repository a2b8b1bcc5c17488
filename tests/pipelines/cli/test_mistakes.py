"""What a new user gets wrong: each mistake is one line that says what to do, never a traceback."""

from pathlib import Path

import pytest

from tests.sample import Sample, warta

LISTS = {
    "one.txt": b"http://www.example.test/rss\n",
    "empty.toml": b"",
    "broken.toml": b'[[feed]]\nurl = "https://a.example/rss"\npublisher = \n',
    "address.toml": b'[[feed]]\nurl = "not a url"\n',
    "zone.toml": b'[[feed]]\nurl = "https://a.example/rss"\ntimezone = "Mars/X"\n',
    "key.toml": b'[[feed]]\nurl = "https://a.example/rss"\ncolour = 1\n',
    "cut.opml": b"<opml><body>",
    "binary.toml": b"\xff\xfe\x00\x01",
}
RUN = ("run", "--output", "out", "--feeds")

MISTAKES = [
    ((*RUN, "nope.toml"), "--feeds nope.toml: no such file; check the name"),
    ((*RUN, "folder"), "--feeds folder: is a folder; name a feed list in it"),
    ((*RUN, "empty.toml"), "empty.toml:1: lists no feed; add one"),
    ((*RUN, "broken.toml"), "broken.toml:3: not TOML"),
    ((*RUN, "address.toml"), "give a full http or https address"),
    ((*RUN, "zone.toml"), "use a name such as Asia/Jakarta or WIB"),
    ((*RUN, "key.toml"), "key.toml:3: unknown key 'colour'; use one of"),
    ((*RUN, "cut.opml"), "cut.opml:1: not XML"),
    ((*RUN, "binary.toml"), "save it as UTF-8"),
    (("run", "--feeds", "one.txt", "--output", "one.txt"), "--output one.txt: is a file; name a folder"),
    (("run", "--feeds", "one.txt", "--output", "/proc/no/out"), "cannot be made (No such file or directory)"),
    (("stream", "--feeds", "one.txt", "--output", "one.txt"), "--output one.txt: is a file; name a folder"),
    ((*RUN, "one.txt", "--frobnicate"), "unknown option '--frobnicate'; see `warta run --help`"),
    ((*RUN, "one.txt", "--direct_num_workers", "x"), "invalid int value: 'x'; see `warta run --help`"),
    ((*RUN, "one.txt", "--runner", "FlinkRunner"), "also give --flink_job_server_jar=PATH"),
    ((*RUN, "one.txt", "--metrics-file", "x.txt"), "names that end in .prom only"),
    ((*RUN, "one.txt", "--metrics-file", "no/x.prom"), "make it first"),
    (("status", "nope"), "no dataset here; name the folder"),
    (("report", "nope"), "no dataset here; name the folder"),
    (("report", "DATA", "-o", "folder"), "is a folder; name a file in it, such as folder/report.html"),
    (("report", "DATA", "-o", "/proc/x.html"), "choose a folder that you may write to"),
    (("browse", "nope"), "no dataset here; name the folder"),
    (("browse", "DATA", "--port", "99999"), "must be between 0 (a free one) and 65535"),
    (("verify", "nope"), "name the folder that `warta run --output` was given"),
    (("compact", "nope"), "no dataset here; name the folder"),
    (("repair", "nope"), "no dataset here; name the folder"),
    (("export", "nope", "out", "--form", "delta"), "no dataset here; name the folder"),
    (("explain", "nope.html"), "neither an address nor a file"),
    (("feeds", "check", "nope.toml"), "check the name"),
    (("feeds", "import", "nope.opml"), "check the name"),
    (("feeds", "discover", "http://127.0.0.1:9/"), "127.0.0.1 is not a public address"),
    (("stage", "extract", "nope.jsonl", "out.jsonl"), "nope.jsonl: no such file"),
    (("runn",), "did you mean 'run'?"),
]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mistakes")
    (folder / "folder").mkdir()
    for name, text in LISTS.items():
        (folder / name).write_bytes(text)
    return folder


@pytest.mark.parametrize(("words", "said"), MISTAKES, ids=[" ".join(words) for words, _ in MISTAKES])
def test_a_mistake_is_told_with_what_to_do(
    first_edition: Sample, place: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(place)
    ended = warta(*(str(first_edition.output) if word == "DATA" else word for word in words), check=False)
    told = ended.stderr.strip()
    assert ended.returncode in (1, 2)
    assert "Traceback" not in told
    assert said in told
    assert "\n" not in told
    assert told.startswith("warta")
    assert sorted(path.name for path in place.iterdir()) == sorted([*LISTS, "folder"])


def test_without_a_network_a_run_ends_well_and_says_where_to_look(place: Path, tmp_path: Path) -> None:
    closed = ("--connect-to", "*.test=127.0.0.1:9", "--allow-network", "127.0.0.0/8")
    ended = warta("run", "--feeds", str(place / "one.txt"), "--output", str(tmp_path / "out"), *closed)
    assert "No feed answered: `warta doctor` looks at this machine" in ended.stdout
    assert "Traceback" not in ended.stderr
