"""JSON-LD as newsrooms write it, whole and broken."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warta.transforms.extract.jsonld import LinkedArticle, Party, parse_loosely, read_linked

URL = "https://contoh.test/nasional/banjir"
ARTICLE = {"@type": "NewsArticle", "headline": "Banjir surut", "datePublished": "2026-11-20"}

BROKEN = {
    "html_comment_around": '<!-- {"headline": "Banjir"} -->',
    "cdata_around": '//<![CDATA[\n{"headline": "Banjir"}\n//]]>',
    "semicolon_behind": '{"headline": "Banjir"};',
    "trailing_commas": '{"headline": "Banjir", "keywords": ["a", "b",],}',
    "line_break_in_a_string": '{"headline": "Banjir", "description": "satu\ndua\tiga"}',
    "escaped_apostrophe": r'{"headline": "Banjir", "description": "Jum\'at"}',
    "comment_inside": '{"headline": "Banjir", /* sumber */ "x": 1}',
    "missing_comma": '{"headline": "Banjir"\n "x": 1}',
    "unescaped_quotes": '{"headline": "Banjir", "description": "kata "aman" itu"}',
    "cut_off": '{"headline": "Banjir", "articleBody": "Warga pul',
}


@pytest.mark.parametrize("script", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_script_still_gives_its_headline(script: str) -> None:
    if BROKEN["cut_off"] == script:
        script = script.replace('"articleBody"', '"datePublished": "2026-11-20", "articleBody"')
    assert parse_loosely(script.replace("{", '{"@type": "NewsArticle", ', 1))["headline"] == "Banjir"


def test_objects_without_a_list_around_them_are_all_read() -> None:
    assert parse_loosely('{"a": 1}\n{"a": 2}') == [{"a": 1}, {"a": 2}]


@pytest.mark.parametrize(
    "script", ["", "   ", "null", "function(){}", "[[[[" * 50_000, '{"a":' * 50_000, "9" * 5_000]
)
def test_nonsense_says_nothing(script: str) -> None:
    assert read_linked([script], URL).headline == ""


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ("Sri Wahyuni", (Party("Sri Wahyuni"),)),
        ({"@type": "Person", "name": "Sri Wahyuni"}, (Party("Sri Wahyuni", "Person"),)),
        ([{"name": "A B"}, "C D"], (Party("A B"), Party("C D"))),
        ({"@type": ["Thing", "Person"], "name": "Sri"}, (Party("Sri", "Person"),)),
        ({"@type": "Person", "name": ["A B", "C D"]}, (Party("A B", "Person"), Party("C D", "Person"))),
        ({"givenName": "Sri", "familyName": "Wahyuni"}, (Party("Sri Wahyuni"),)),
        ({"@id": "#sri"}, (Party("Sri Wahyuni", "Person"),)),
        ({"@id": "#nobody"}, ()),
        ("https://contoh.test/author/sri", ()),
        (7, ()),
        (None, ()),
    ],
    ids=str,
)
def test_authors_come_in_many_shapes(author: object, expected: tuple[Party, ...]) -> None:
    graph = {
        "@graph": [{**ARTICLE, "author": author}, {"@id": "#sri", "@type": "Person", "name": "Sri Wahyuni"}]
    }
    assert read_linked([json.dumps(graph)], URL).authors == expected


def test_the_article_at_the_pages_address_wins_over_another() -> None:
    other = {**ARTICLE, "headline": "Gempa", "url": "https://contoh.test/gempa", "author": "X Y"}
    mine = {**ARTICLE, "mainEntityOfPage": {"@id": URL}}
    assert read_linked([json.dumps([other, mine])], URL).headline == "Banjir surut"


def test_the_article_with_the_pages_title_wins_over_another() -> None:
    other = {**ARTICLE, "headline": "Gempa"}
    assert (
        read_linked([json.dumps([other, ARTICLE])], "", ["Banjir surut | Contoh"]).headline == "Banjir surut"
    )


def test_articles_in_a_list_of_others_are_not_the_pages() -> None:
    page = {"@type": "WebPage", "name": "Depan", "mentions": [{"@type": "NewsArticle", "name": "Lain"}]}
    assert read_linked([json.dumps(page)], URL).headline in ("Depan", "Lain")
    listed = {"@type": "ItemList", "itemListElement": [{**ARTICLE, "headline": "Lain"}]}
    assert read_linked([json.dumps([listed, ARTICLE])], URL).headline == "Banjir surut"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, True),
        (False, False),
        ("False", False),
        ("http://schema.org/True", True),
        ("ya", None),
        (None, None),
    ],
)
def test_the_paywall_flag_is_read_as_written_or_not_at_all(value: object, expected: bool | None) -> None:
    assert read_linked([json.dumps({**ARTICLE, "isAccessibleForFree": value})], URL).free is expected


def test_breadcrumbs_are_read_outermost_first() -> None:
    crumbs = {
        "@type": "BreadcrumbList",
        "itemListElement": [{"name": "Beranda"}, {"item": {"name": "Ekonomi"}}, "x", {"position": 3}],
    }
    assert read_linked([json.dumps(crumbs)], URL).crumbs == ("Beranda", "Ekonomi")


def test_entities_escaped_twice_become_letters() -> None:
    assert (
        read_linked([json.dumps({**ARTICLE, "headline": "Air &amp;amp; api"})], URL).headline == "Air & api"
    )


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "@type",
                    "@id",
                    "@graph",
                    "name",
                    "author",
                    "publisher",
                    "headline",
                    "image",
                    "url",
                    "itemListElement",
                    "datePublished",
                    "keywords",
                    "articleSection",
                    "inLanguage",
                    "articleBody",
                    "mainEntityOfPage",
                ]
            ),
            inner | st.sampled_from(["NewsArticle", "Person", "BreadcrumbList", "WebPage"]),
            max_size=5,
        )
    ),
    max_leaves=25,
)


@given(json_values)
def test_any_json_is_read_without_an_error(value: Any) -> None:
    assert isinstance(read_linked([json.dumps(value)], URL, ["Banjir"]), LinkedArticle)


@given(st.text(alphabet='{}[]":,\\ab1-/*<!>\n ', max_size=200))
def test_any_text_is_read_without_an_error(text: str) -> None:
    assert isinstance(read_linked([text], URL), LinkedArticle)
