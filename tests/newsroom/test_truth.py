"""The ground truth says what stands on the pages, and nothing else."""

import html
from collections import Counter

import pytest

from tests.newsroom.visitor import visit
from warta.newsroom import EDITIONS, WEEK_START, TruthRow, serve, truth
from warta.newsroom.archive import pieces

ROWS = truth(2)


def test_all_endings_and_reasons_are_there() -> None:
    assert {row.ending for row in ROWS} == {"kept", "duplicate", "rejected"}
    assert {row.reason for row in ROWS if row.ending == "rejected"} == {
        *("gone", "not_found", "robots_disallowed")
    }


def test_an_address_has_one_row() -> None:
    assert max(Counter(row.url for row in ROWS).values()) == 1


def test_of_a_copy_group_one_is_kept() -> None:
    endings = Counter(row.ending for row in ROWS if row.copy_group == "beras")
    assert endings == {"kept": 1, "duplicate": 3}


def test_one_article_is_announced_by_two_feeds() -> None:
    assert any(len(row.feed_urls) == 2 for row in ROWS)


def test_the_second_edition_adds_articles_and_keeps_the_others() -> None:
    first = {row.key for row in truth(1) if row.key}
    second = {row.key for row in ROWS if row.key}
    assert first < second


def test_before_the_week_there_is_nothing() -> None:
    assert truth(now=WEEK_START) == ()


@pytest.mark.parametrize("row", [row for row in ROWS if row.key], ids=lambda row: row.url[7:60])
def test_residue_is_on_the_page_and_not_in_the_text(row: TruthRow) -> None:
    assert len(row.residue) >= 10
    assert not [text for text in row.residue if text in row.text]


def test_pages_answer_as_the_truth_says() -> None:
    with serve(2) as room:
        for row in ROWS:
            reply = visit(room.port, row.url)
            wanted = {"gone": 410, "not_found": 404, "robots_disallowed": 200}.get(row.reason, 200)
            assert reply.status in (wanted, 301), row.url
            if row.key and row.pages == 1 and reply.status == 200:
                shown = html.unescape(reply.text)
                assert all(paragraph in shown for paragraph in row.paragraphs)
                assert row.title in shown
        assert room.problems == []


def test_a_redirect_leads_to_the_article_of_its_row() -> None:
    with serve(2) as room:
        moved = [row for row in ROWS if row.key and row.url != row.canonical_url]
        targets = {
            row.key: visit(room.port, row.url).headers.get("location", row.canonical_url) for row in moved
        }
    assert targets == {row.key: pieces()[row.key].at(EDITIONS[2]).url for row in moved}
    assert len(moved) == 2
