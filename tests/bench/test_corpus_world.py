"""Every page of a corpus gets an address of its own, and a feed that does not know the answers."""

import gzip
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.bench.corpus_world import (
    FEED_PATH,
    CorpusServer,
    corpus_folder,
    corpus_pages,
    corpus_rows,
    feed_list,
    page_title,
    serve_corpus,
    truth,
)
from tests.newsroom.visitor import visit
from warta.newsroom.loopback import Ask


def row(id_: str, url: str | None, site: str = "") -> dict[str, Any]:
    return {"id": id_, "url": url, "site": site, "file": f"html/{id_}.html.gz", "lang": "id", "country": "ID"}


ROWS = [
    row("a-1", "https://www.koran.example/berita/1?i=1#atas", "koran.example"),
    row("a-2", "http://www.koran.example/", "koran.example"),
    row("a-3", "https://www.koran.example/berita/1?i=1", "koran.example"),
    row("B_4", "hard::somewhere.html"),
    row("c-5", None, "video_article_01"),
    row("d-6", "https://lain.example/satu dua/é ", "lain.example"),
    row("e-7", "https://lain.example/tiga/.", "lain.example"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "html").mkdir()
    (tmp_path / "feeds").mkdir()
    lines = [json.dumps(line) for line in ROWS]
    (tmp_path / "dev.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for line in ROWS:
        body = f"<html><title>Judul {line['id']} &amp; lain</title><p>Isi {line['id']}</p></html>"
        (tmp_path / line["file"]).write_bytes(gzip.compress(body.encode()))
    (tmp_path / "feeds" / "index.jsonl").write_text('{"file": "feeds/x.rss"}\n', encoding="utf-8")
    (tmp_path / "feeds" / "x.rss").write_text("<rss/>", encoding="utf-8")
    return tmp_path


def test_every_row_has_an_address_of_its_own() -> None:
    assert [page.url for page in corpus_pages(ROWS)] == [
        "http://www.koran.example/berita/1?i=1",
        "http://www.koran.example/",
        "http://www.koran.example/berita/1?i=1&corpus-copy=a-3",
        "http://b-4.test/B_4",
        "http://c-5.test/c-5",
        "http://lain.example/satu%20dua/é",
        "http://lain.example/tiga/",
    ]


def test_pages_and_feeds_are_served(folder: Path) -> None:
    with serve_corpus(folder) as world:
        assert world.connect_to == (("*", f"127.0.0.1:{world.port}"),)
        for url, id_ in truth(folder).items():
            if url.isascii():
                assert visit(world.port, url).body.endswith(f"<p>Isi {id_}</p></html>".encode())
        feed = visit(world.port, f"http://www.koran.example{FEED_PATH}").text
        assert visit(world.port, "http://feeds.test/x.rss").body == b"<rss/>"
        assert visit(world.port, "http://feeds.test/none.rss").status == 404
        assert visit(world.port, "http://elsewhere.example/").status == 404
    assert feed.count("<item>") == 3
    assert "<title>Judul a-1 &amp; lain</title>" in feed
    assert "pubDate" not in feed


@pytest.mark.parametrize(
    ("target", "found"),
    [
        ("/berita/1?i=1", "a-1"),
        ("/satu%20dua/%C3%A9", "d-6"),
        ("/satu%20dua/%C3%A9?utm_source=x", "d-6"),
        ("/satu%20dua/%C3%A9?page=2", None),
        ("/berita/1", None),
    ],
)
def test_a_page_is_found_without_its_trackers(folder: Path, target: str, found: str | None) -> None:
    host = "www.koran.example" if "berita" in target else "lain.example"
    page = CorpusServer(folder)._find(Ask("GET", host, target, {}))
    assert (page.id if page else None) == found


def test_the_feed_list_has_a_feed_per_site_and_the_real_ones(folder: Path) -> None:
    text = feed_list(folder)
    assert text.count("[[feed]]") == 5
    assert 'url = "http://feeds.test/x.rss"' in text
    assert feed_list(folder, real_feeds=False).count("[[feed]]") == 4


@pytest.mark.parametrize(
    ("body", "title"),
    [
        (b"<title>\n Satu  &amp; dua </title>", "Satu & dua"),
        ("<meta charset=iso-8859-1><title>Sép</title>".encode("latin-1"), "Sép"),
        (b"<meta charset=unheard-of><TITLE lang=id>Tiga</TITLE>", "Tiga"),
        (b"<p>tanpa judul", ""),
        (b"<title>a\x00b</title>", "ab"),
    ],
)
def test_the_title_is_the_page_s_own(body: bytes, title: str) -> None:
    assert page_title(body) == title


@pytest.mark.corpus("corpus")
def test_the_shared_corpus_has_675_addresses() -> None:
    folder = corpus_folder()
    assert folder
    mapping = truth(folder)
    assert len(mapping) == len(corpus_rows(folder)) == 675
    assert all(urlsplit(url).scheme == "http" and urlsplit(url).netloc for url in mapping)
