"""The newsroom's data keeps the promises of its description."""

import tomllib
from collections import Counter

import pytest

from warta.newsroom import EDITIONS, WEEK_END, WEEK_START
from warta.newsroom.archive import Piece, pieces, sites, visible
from warta.newsroom.page import article_page
from warta.newsroom.server import Newsroom
from warta.schemas.topic import QCODES

PIECES = list(pieces().values())
VERSIONS = [version for piece in PIECES for version in (piece, *piece.revisions)]


def shingles(piece: Piece) -> set[str]:
    words = " ".join(piece.paragraphs).split()
    return {" ".join(words[n : n + 5]) for n in range(len(words) - 4)}


def containment(one: Piece, other: Piece) -> float:
    small, large = sorted((shingles(one), shingles(other)), key=len)
    return len(small & large) / len(small)


def test_six_indonesian_and_two_english_publishers_at_least() -> None:
    languages = Counter(site.language for site in sites().values())
    assert languages["id"] >= 6
    assert languages["en"] >= 2


def test_hosts_are_reserved_names() -> None:
    hosts = [site.host for site in sites().values()]
    hosts += [odd.host for site in sites().values() for odd in site.oddities if odd.host]
    assert all(host.endswith(".test") for host in hosts)


def test_every_feed_format_and_every_way_of_writing_dates_is_there() -> None:
    feeds = [feed for site in sites().values() for feed in site.feeds]
    assert {feed.format for feed in feeds} == {"rss2", "atom", "rdf"}
    wanted = {"rfc822", "rfc822_zone", "rfc822_gmt", "rfc822_gmt7", "indonesian", "iso", "iso_utc"}
    assert {feed.dates for feed in feeds} == wanted


def test_there_are_about_sixty_articles_on_most_topics() -> None:
    assert len(PIECES) >= 60
    topics = {piece.topic for piece in PIECES}
    assert topics <= set(QCODES)
    assert len(topics) >= 15


@pytest.mark.parametrize("piece", VERSIONS, ids=lambda piece: f"{piece.key}-{piece.updated or ''}")
def test_an_article_is_long_enough_and_within_the_week(piece: Piece) -> None:
    assert 100 <= len(" ".join(piece.paragraphs).split()) <= 600
    assert WEEK_START <= piece.published <= (piece.updated or piece.published) <= WEEK_END


def test_an_article_number_is_unique_within_its_site() -> None:
    counts = Counter((piece.site.key, piece.number) for piece in PIECES)
    assert max(counts.values()) == 1


@pytest.mark.parametrize("piece", PIECES, ids=lambda piece: piece.key)
def test_every_paragraph_stands_on_the_pages(piece: Piece) -> None:
    pages = "".join(article_page(piece, n) or "" for n in range(1, len(piece.pages) + 1))
    for block in piece.blocks:
        if block.kind == "p":
            assert block.text.replace("&", "&amp;") in pages


def test_a_later_page_than_the_last_does_not_exist() -> None:
    assert article_page(PIECES[0], len(PIECES[0].pages) + 1) is None


def test_a_wire_story_is_reprinted_by_three_publishers_at_different_lengths() -> None:
    copies = [piece for piece in PIECES if piece.copy_group == "beras"]
    assert len({piece.site.key for piece in copies}) == 4
    assert len({len(piece.paragraphs) for piece in copies}) >= 3
    assert all(containment(copies[0], other) > 0.95 for other in copies[1:])


def test_one_event_is_told_in_different_words_by_at_least_three_publishers() -> None:
    told = [piece for piece in PIECES if piece.story == "banjir-sarune"]
    assert len({piece.site.key for piece in told}) >= 3
    assert max(containment(one, other) for one in told for other in told if one is not other) < 0.1


def test_articles_that_are_no_copies_share_next_to_nothing() -> None:
    originals = [piece for piece in PIECES if not piece.copy_group]
    pairs = [(a, b) for n, a in enumerate(originals) for b in originals[n + 1 :]]
    assert max(containment(a, b) for a, b in pairs) < 0.1


def test_a_revision_changes_the_text_between_the_editions() -> None:
    revised = [piece for piece in PIECES if piece.revisions]
    assert len(revised) >= 3
    for piece in revised:
        first, second = piece.at(EDITIONS[1]), piece.at(EDITIONS[2])
        assert first.paragraphs != second.paragraphs
        assert (first.key, first.number) == (second.key, second.number)


def test_one_article_keeps_its_number_and_changes_its_slug() -> None:
    moved = [piece for piece in PIECES if piece.at(EDITIONS[1]).slug != piece.at(EDITIONS[2]).slug]
    assert len(moved) == 1


def test_nothing_is_visible_before_it_is_published() -> None:
    site = sites()["kabarnusa"]
    assert visible(site, WEEK_START) == []
    assert all(piece.published <= EDITIONS[1] for piece in visible(site, EDITIONS[1]))
    assert len(visible(site, EDITIONS[2])) > len(visible(site, EDITIONS[1]))


def test_articles_of_several_pages_use_both_kinds_of_address() -> None:
    pagers = {piece.site.pager for piece in PIECES if len(piece.pages) > 1}
    assert pagers == {"query", "path"}


def test_the_feed_list_names_every_feed_once() -> None:
    listed = tomllib.loads(Newsroom(lambda: WEEK_END).feeds_file.read_text(encoding="utf-8"))["feed"]
    served = [site.base + feed.path for site in sites().values() for feed in site.feeds]
    assert [row["url"] for row in listed] == served
    assert {key for row in listed for key in row} <= {
        *("url", "publisher", "language", "timezone", "topic", "section")
    }
