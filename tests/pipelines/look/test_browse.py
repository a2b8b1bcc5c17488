"""The reader's page: it finds, it shows, it escapes, and it answers nobody but this machine."""

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from tests.sample import Sample, warta
from warta.pipelines.look.browse.dataset import Dataset, Reading
from warta.pipelines.look.browse.markup import h, marked, web_link
from warta.pipelines.look.browse.pages import article_page, search_page, snippet
from warta.pipelines.look.browse.query import Query, read_query, spotter
from warta.pipelines.look.browse.server import Server, answer
from warta.transforms.store.errors import StoreError

HOSTILE = '"><script>alert(1)</script>'


@pytest.fixture(scope="module")
def dataset(first_edition: Sample) -> Dataset:
    return Dataset(str(first_edition.output))


# ---- what is asked


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("", Query()),
        ("q=beras&topic=economy&since=2025-10-10", Query(q="beras", topic="economy", since="2025-10-10")),
        ("page=3&language=id", Query(page=3, language="id")),
        ("page=-1&since=yesterday&until=2025-13-01&unknown=1", Query()),
        ("page=99999999999999999999", Query()),
    ],
)
def test_an_address_is_read_and_nonsense_left_out(text: str, query: Query) -> None:
    assert read_query(text) == query
    assert read_query(query.address(page=query.page).partition("?")[2]) == query


@pytest.mark.parametrize(
    ("q", "text", "found"),
    [
        ("beras", "Harga Beras naik", True),
        ("beras", "Asap berasal dari sana", False),
        ("beras*", "Asap berasal dari sana", True),
        ("*hujan", "Warga kehujanan", False),
        ("*hujan*", "Warga kehujanan", True),
        ('"harga beras"', "Harga beras naik", True),
        ('"harga beras"', "Beras, harga naik", False),
        ("50%", "naik 50% lebih", True),
        (".*", "apa saja", False),
        ("été", "Un ÉTÉ chaud", True),
    ],
)
def test_words_match_whole_words_and_what_stars_allow(q: str, text: str, found: bool) -> None:
    spot = spotter(Query(q=q).words)
    assert spot
    assert bool(spot.search(text)) is found


# ---- what is found


def test_everything_is_found_newest_first_a_page_at_a_time(dataset: Dataset, first_edition: Sample) -> None:
    stored = first_edition.rows("articles")
    pages = [dataset.search(Query(page=number)) for number in (1, 2, 3)]
    rows = [row for page in pages for row in page.rows]
    assert {page.total for page in pages[:2]} == {len(stored)}
    assert sorted(row["id"] for row in rows) == sorted(row["id"] for row in stored)
    assert [row["published"] for row in rows] == sorted((row["published"] for row in rows), reverse=True)


@pytest.mark.parametrize(
    "query",
    [
        Query(publisher="Cakrawala"),
        Query(topic="economy", language="id"),
        Query(since="2025-10-12", until="2025-10-13"),
        Query(q="beras"),
        Query(q='"juta ton" pemerintah'),
    ],
    ids=str,
)
def test_filters_and_words_find_what_the_rows_say(
    dataset: Dataset, first_edition: Sample, query: Query
) -> None:
    def fits(row: dict[str, Any]) -> bool:
        text = f"{row['title']}\n{row['text']}"
        return (
            all(getattr(query, name) in ("", row[name]) for name in ("publisher", "topic", "language"))
            and (query.since or "0") <= str(row["date"]) <= (query.until or "9")
            and all((spot := spotter([word])) and spot.search(text) for word in query.words)
        )

    wanted = {row["id"] for row in first_edition.rows("articles") if fits(row)}
    found = dataset.search(query)
    assert {row["id"] for row in found.rows} == wanted
    assert found.total == len(wanted) > 0


@pytest.mark.parametrize("q", ["'; DROP TABLE articles; --", "%_%", "\\", '"', "*", "(", "a" * 400])
def test_odd_words_are_words_and_nothing_more(dataset: Dataset, q: str) -> None:
    assert dataset.search(Query(q=q)).total >= 0
    assert dataset.search(Query()).total > 0


def test_an_article_comes_with_its_copies(dataset: Dataset, first_edition: Sample) -> None:
    duplicates = first_edition.rows("duplicates")
    original = duplicates[0]["dup_of"]
    reading = dataset.article(original)
    assert reading
    assert {one["url"] for one in reading.duplicates} == {
        one["url"] for one in duplicates if one["dup_of"] == original
    }
    page = article_page("data", reading)
    assert all(part in page for part in ("Copies elsewhere", *(one["publisher"] for one in duplicates)))


def test_there_is_no_article_of_an_unknown_id(dataset: Dataset) -> None:
    assert dataset.article("0" * 32) is None
    assert answer(dataset, "/article/" + "0" * 32)[0] == HTTPStatus.NOT_FOUND
    assert answer(dataset, "/../../etc/passwd")[0] == HTTPStatus.NOT_FOUND


def test_a_folder_without_data_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no dataset here"):
        Dataset(str(tmp_path))
    done = warta("browse", str(tmp_path), "--no-open", check=False)
    assert (done.returncode, "no dataset here" in done.stderr) == (1, True)


# ---- what is shown


def hostile_article() -> dict[str, Any]:
    at = datetime(2025, 10, 13, tzinfo=UTC)
    words = ("title", "publisher", "text", "section", "dateline", "language", "topic")
    return dict.fromkeys(words, HOSTILE) | {
        "id": "ab",
        "url": "javascript:alert(1)",
        "authors": [HOSTILE],
        "editors": [HOSTILE],
        "tags": [HOSTILE],
        "removed": [{"rule": HOSTILE, "blocks": 1, "chars": 1}],
        "similar_to": HOSTILE,
        "containment": 0.6,
        "topic_score": 0.5,
        "topic_source": HOSTILE,
        "language_source": HOSTILE,
        "published": at,
        "published_source": HOSTILE,
        "fetched_at": at,
        "text_chars": 9,
        "revision": 2,
        "date": date(2025, 10, 13),
    }


def test_whatever_strangers_wrote_is_text() -> None:
    row = hostile_article()
    copy = {"url": "data:text/html,x", "publisher": HOSTILE, "title": HOSTILE, "published": None}
    reading = Reading(row, [row, row | {"revision": 1}], [copy | {"dup_kind": HOSTILE}], row, [row])
    pages = [article_page(HOSTILE, reading)]
    from warta.pipelines.look.browse.dataset import Found

    choices = {name: [(HOSTILE, 1)] for name in ("publisher", "topic", "language")}
    pages.append(search_page(HOSTILE, Query(q=HOSTILE, publisher=HOSTILE), Found([row], 90), choices))
    for page in pages:
        assert "<script" not in page
        assert "javascript:" not in page
        assert "data:text" not in page


def test_elements_escape_text_and_attributes_and_nest() -> None:
    inner = h("b", "<", title='"')
    assert h("p", inner, [" & ", None, 3], class_="x", hidden=False) == (
        '<p class="x"><b title="&quot;">&lt;</b> &amp; 3</p>'
    )
    assert web_link("https://a.example/?q='\"", "x").startswith('<a href="https://a.example/?q=&#x27;&quot;"')
    assert h("p", marked("Harga <b>beras", spotter(Query(q="beras").words))) == (
        "<p>Harga &lt;b&gt;<mark>beras</mark></p>"
    )


def test_a_snippet_shows_the_first_match() -> None:
    text = "satu " * 100 + "beras " + "dua " * 100
    cut = snippet(text, spotter(Query(q="beras").words))
    assert cut.startswith("… satu")
    assert "beras" in cut
    assert cut.endswith(" …")
    assert snippet("pendek", None) == "pendek"


# ---- who is answered


@contextmanager
def serving(dataset: Dataset) -> Iterator[Server]:
    with Server(dataset) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def ask(
    server: Server, path: str = "/", *, method: str = "GET", **headers: str
) -> tuple[http.client.HTTPResponse, str]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=30)
    try:
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        return response, response.read().decode()
    finally:
        connection.close()


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1", "", "127.0.0.1:1"])
def test_another_host_name_is_refused(dataset: Dataset, host: str) -> None:
    with serving(dataset) as server:
        response, said = ask(server, Host=host.format(port=server.server_port))
    assert (response.status, said) == (421, "warta browse answers to 127.0.0.1 only\n")


def test_this_machine_is_answered_with_a_strict_policy(dataset: Dataset) -> None:
    with serving(dataset) as server:
        assert server.server_address[0] == "127.0.0.1"
        for host in ("127.0.0.1", "localhost"):
            response, page = ask(server, "/?q=beras", Host=f"{host}:{server.server_port}")
            assert response.status == 200
            assert "<mark>" in page
            assert "default-src 'none'" in response.headers["Content-Security-Policy"]
            assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert ask(server, method="HEAD")[1] == ""
        assert ask(server, method="POST")[0].status == 501
        assert ask(server, "/browse.css")[0].headers["Content-Type"] == "text/css; charset=utf-8"
