"""`warta feeds`: feeds that work and feeds that do not, found on a homepage, brought over from elsewhere."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sample import warta
from warta.newsroom import Fault, Newsroom, serve
from warta.transforms.parse.feed_list import read_feed_list

FAULTS = (
    Fault("404", "www.kabarnusa.test", "/rss/ekonomi"),
    Fault("html", "niagaharian.test", "/rss.rdf"),
    Fault("503", "www.bolaraya.test", "/atom.xml", retry_after="3600"),
)


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with serve() as served:
        yield served


@pytest.fixture(scope="module")
def troubled() -> Iterator[Newsroom]:
    with serve(faults=FAULTS) as served:
        yield served


def reach(newsroom: Newsroom) -> list[str]:
    """Options that lead to the newsroom's hosts."""
    ways = [word for host, address in newsroom.connect_to for word in ("--connect-to", f"{host}={address}")]
    return ["--allow-network", "127.0.0.0/8", "--min-delay-s", "0.01", *ways]


def test_a_list_of_working_feeds_passes(newsroom: Newsroom) -> None:
    ended = warta("feeds", "check", str(newsroom.feeds_file), *reach(newsroom))
    assert ended.returncode == 0
    for feed in read_feed_list(newsroom.feeds_file):
        assert feed.url in ended.stdout
    assert "12 feeds: 12 work, 0 do not" in ended.stdout
    assert "10 entries" in ended.stdout
    assert "'Kabar Nusa - Berita Terbaru'" in ended.stdout
    assert "note: blank space before the XML declaration" in ended.stdout
    assert "note: nothing new since 2025-10-16" in ended.stdout


def test_feeds_that_fail_stand_last_with_their_reason(troubled: Newsroom) -> None:
    ended = warta("feeds", "check", str(troubled.feeds_file), *reach(troubled), check=False)
    assert ended.returncode == 1
    assert "12 feeds: 9 work, 3 do not" in ended.stdout
    working, failing = ended.stdout.rsplit("  ok, ", 1)
    for reason in ("FAILED: not_found: HTTP 404", "FAILED: feed_not_a_feed", "FAILED: server_error"):
        assert reason in failing
        assert reason not in working


def test_programs_get_one_object_a_feed(troubled: Newsroom) -> None:
    ended = warta("feeds", "check", str(troubled.feeds_file), "--json", *reach(troubled), check=False)
    found = {one["url"]: one for one in map(json.loads, ended.stdout.splitlines())}
    assert list(found) == [feed.url for feed in read_feed_list(troubled.feeds_file)]
    assert found["http://www.kabarnusa.test/rss"] | {"newest": ""} == {
        "url": "http://www.kabarnusa.test/rss",
        "works": True,
        "status": "ok",
        "http_status": 200,
        "reason": "",
        "detail": "",
        "entries": 10,
        "newest": "",
        "format": "rss20",
        "title": "Kabar Nusa - Berita Terbaru",
        "language": "id",
        "notes": ["nothing new since 2025-10-16"],
    }
    assert found["http://www.kabarnusa.test/rss/ekonomi"]["reason"] == "not_found"


def test_a_check_is_polite(troubled: Newsroom) -> None:
    """One request at a time to a host, robots.txt first."""
    warta("feeds", "check", str(troubled.feeds_file), *reach(troubled), check=False)
    assert all(counters.open_most == 1 for counters in troubled.hosts.values())
    first = {}
    for visit in troubled.visits:
        first.setdefault(visit.host, visit.target)
    assert set(first.values()) == {"/robots.txt"}


def test_a_homepage_leads_to_its_feeds(newsroom: Newsroom, tmp_path: Path) -> None:
    path = tmp_path / "found.toml"
    ended = warta("feeds", "discover", "http://www.kabarnusa.test/", "-o", str(path), *reach(newsroom))
    assert "found: announced" in ended.stdout
    urls = [feed.url for feed in read_feed_list(path)]
    assert urls == ["http://www.kabarnusa.test/rss", "http://www.kabarnusa.test/rss/ekonomi"]
    assert f"next: warta feeds check {path}" in ended.stderr


def test_a_feed_given_as_a_homepage_is_found_itself(newsroom: Newsroom) -> None:
    ended = warta("feeds", "discover", "http://www.bolaraya.test/atom.xml", *reach(newsroom))
    assert "found: this very address" in ended.stdout


def test_a_site_without_feeds_says_what_was_tried(newsroom: Newsroom) -> None:
    url = "http://www.harianlentera.test/foto/a.svg"
    ended = warta("feeds", "discover", url, *reach(newsroom), check=False)
    assert ended.returncode == 1
    assert "no feed found; tried" in ended.stderr
    assert "http://www.harianlentera.test/feed/" in ended.stderr


def test_a_homepage_that_cannot_be_had_is_named(newsroom: Newsroom) -> None:
    ended = warta("feeds", "discover", "http://www.kabarnusa.test/nowhere", *reach(newsroom), check=False)
    assert ended.returncode == 1
    assert "http://www.kabarnusa.test/nowhere: not_found" in ended.stderr


OPML = """<?xml version="1.0"?>
<opml version="2.0"><body>
  <outline text="Ekonomi">
    <outline text="Harian Contoh" xmlUrl="https://www.contoh.test/rss/ekonomi" language="id"/>
    <outline text="Twice" xmlUrl="https://www.contoh.test/rss/ekonomi/"/>
  </outline>
  <outline text="Broken" xmlUrl="gopher://contoh.test/"/>
</body></opml>
"""


def test_an_opml_export_becomes_a_list_that_can_be_read_back(tmp_path: Path) -> None:
    source, target = tmp_path / "export.opml", tmp_path / "feeds.toml"
    source.write_text(OPML)
    ended = warta("feeds", "import", str(source), "-o", str(target))
    (feed,) = read_feed_list(target)
    assert (feed.url, feed.publisher) == ("https://www.contoh.test/rss/ekonomi", "Harian Contoh")
    assert (feed.section, feed.language) == ("Ekonomi", "id")
    assert f"left out: {source}:5: https://www.contoh.test/rss/ekonomi/ is listed already" in ended.stderr
    assert f"left out: {source}:7: bad url 'gopher://contoh.test/'" in ended.stderr


def test_without_a_target_the_list_goes_to_standard_output(tmp_path: Path) -> None:
    source = tmp_path / "export.opml"
    source.write_text(OPML)
    target = tmp_path / "printed.toml"
    target.write_text(warta("feeds", "import", str(source)).stdout)
    assert len(read_feed_list(target)) == 1


def test_a_list_that_somebody_wrote_is_never_overwritten_unasked(tmp_path: Path) -> None:
    source, target = tmp_path / "export.opml", tmp_path / "feeds.toml"
    source.write_text(OPML)
    target.write_text("# mine\n")
    refused = warta("feeds", "import", str(source), "-o", str(target), check=False)
    assert refused.returncode == 2
    assert "say --force to replace it" in refused.stderr
    assert target.read_text() == "# mine\n"
    warta("feeds", "import", str(source), "-o", str(target), "--force")
    assert "contoh.test" in target.read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "missing.toml"], "missing.toml: cannot be read"),
        (["import", "missing.opml"], "missing.opml: cannot be read"),
        (["discover", "http://a.test", "-o", "feeds.txt"], "ends in .toml"),
        (["check", "missing.toml", "--min-delay-s", "-1"], "missing.toml"),
        (["chek", "x"], "did you mean 'check'?"),
    ],
    ids=["no list", "no export", "ending", "delay", "misspelt"],
)
def test_what_cannot_be_done_is_refused_with_what_to_do(arguments: list[str], said: str) -> None:
    ended = warta("feeds", *arguments, check=False)
    assert ended.returncode == 2
    assert said in ended.stderr
