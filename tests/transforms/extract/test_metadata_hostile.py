"""Hostile and odd pages: bounded time, no errors."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from warta.transforms.extract.metadata import read_metadata
from warta.transforms.extract.model import Hints, Metadata
from warta.transforms.extract.signals import read_signals

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
URL = "https://contoh.test/berita/banjir-di-demak-mulai-surut"
MAX_CPU_S = 3.0
"""Generous: the slowest of these pages takes .6 s on one idle core; what is not bounded takes minutes."""

PAGES = {
    "100000_metas": "<head>"
    + '<meta name="author" content="A B">' * 100_000
    + "</head><body><h1>x</h1></body>",
    "100000_names": "<head>" + "".join(f'<meta name="n{i}" content="x">' for i in range(100_000)) + "</head>",
    "5_mb_json_ld": '<script type="application/ld+json">{"a":"' + "x" * 5_000_000 + '"}</script>',
    "broken_json_ld": '<script type="application/ld+json">{"a":"' + '\\"' * 150_000 + "</script>",
    "open_comments": '<script type="application/ld+json">{' + "<!--" * 80_000 + "/*" * 20_000 + "</script>",
    "blank_json_ld": '<script type="application/ld+json">{"a"' + "\n" * 300_000 + "</script>",
    "semicolons": '<script type="application/ld+json">{' + ";" * 300_000 + "x</script>",
    "deep_json_ld": '<script type="application/ld+json">' + "[" * 300_000 + "</script>",
    "many_json_ld_nodes": '<script type="application/ld+json">['
    + '{"@type":"Article","headline":"x"},' * 40_000
    + "{}]</script>",
    "many_scripts": '<script type="application/ld+json">{"a":1,}</script>' * 20_000,
    "50000_h1": "<h1>Banjir di Demak</h1>" * 50_000,
    "50000_times": "<h1>x</h1>" + '<time datetime="2026-13-45">x</time>' * 50_000,
    "50000_bylines": "<h1>x</h1>" + "<p>Oleh: Redaksi dan Redaksi</p>" * 50_000,
    "50000_author_classes": "<h1>x</h1>" + '<p class="author">Tim Redaksi</p>' * 50_000,
    "50000_page_links": "".join(f'<a href="{URL}?page={i % 90 + 3}">{i}</a>' for i in range(50_000)),
    "colons": "<h1>x</h1><p>" + "a:" * 1_000_000 + "</p>",
    "one_long_line": "<h1>x</h1>" + "kata " * 2_000_000,
    "long_title": "<title>" + "Banjir | " * 100_000 + "</title>",
    "long_h1": "<h1>" + "Banjir - " * 100_000 + "</h1>",
    "deep": "<div>" * 240 + "<i>" * 100_000 + "x",
    "nested_classes": '<div class="related author date">' * 240 + "<p>x</p>" * 10_000,
    "long_class": f'<div class="{"author " * 200_000}">x</div>',
    "separators": '<meta property="og:title" content="' + " - " * 100_000 + '">',
    "dates_in_a_line": "<h1>x</h1><p>" + "1/1/2026 " * 17 + "</p>" * 5_000,
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES.keys())
def test_a_hostile_page_costs_bounded_time(page: str) -> None:
    parser = html.HTMLParser(huge_tree=True)
    tree = html.document_fromstring(page, parser=parser)
    start = time.process_time()
    found = read_metadata(read_signals(tree), URL, hints=Hints(), now=NOW)
    assert time.process_time() - start < MAX_CPU_S
    assert isinstance(found, Metadata)


names = st.sampled_from(
    ["h1", "p", "div", "time", "a", "span", "meta", "script", "title", "footer", "article", "li", "br"]
)
keys = st.sampled_from(
    ["class", "itemprop", "datetime", "content", "name", "property", "rel", "href", "type", "id", "lang"]
)
values = st.text(max_size=20) | st.sampled_from(
    [
        "author",
        "datePublished",
        "og:title",
        "application/ld+json",
        "next",
        "?page=2",
        "2026-11-20",
        "breadcrumb",
        "article:published_time",
        "http://[",
        "//",
        "2026-11-20T25:61:00+99:99",
        "byline",
        "Oleh: Sri",
    ]
)
texts = st.text(max_size=40) | st.sampled_from(
    [
        "Oleh: Sri Wahyuni",
        "Penulis",
        ":",
        "20 November 2026 25:99 WIB",
        '{"@type":"Article"',
        "By",
        "31/31/2026",
    ]
)


@st.composite
def elements(draw: st.DrawFn, depth: int = 0) -> html.HtmlElement:
    """Build a small tree of elements, attributes and texts that metadata is read from."""
    node = html.Element(draw(names))
    for key, value in draw(st.dictionaries(keys, values, max_size=3)).items():
        node.set(key, _printable(value))
    node.text = _printable(draw(texts))
    for _ in range(draw(st.integers(0, 3 if depth < 3 else 0))):
        child = draw(elements(depth=depth + 1))
        child.tail = _printable(draw(texts))
        node.append(child)
    return node


def _printable(text: str) -> str:
    return "".join(char for char in text if char.isprintable())


@settings(deadline=None, max_examples=150)
@given(
    elements(),
    st.sampled_from([URL, "", "http://[", "x", "https://contoh.test:99999/", "ftp://contoh.test/"]),
)
def test_any_tree_is_read_without_an_error(node: html.HtmlElement, url: str) -> None:
    root = html.Element("html")
    body = html.Element("body")
    root.append(body)
    body.append(node)
    found = read_metadata(read_signals(root), url, hints=Hints(), now=NOW)
    assert found.published is None or found.published.tzinfo is UTC


@pytest.mark.parametrize(
    "markup", ["<p></p>", "<html></html>", "<!-- x -->y", "<frameset><frame></frameset>", "x"]
)
def test_a_page_without_a_body_is_read(markup: str) -> None:
    assert read_metadata(
        read_signals(html.document_fromstring(markup)), URL, hints=Hints(), now=NOW
    ).title in (
        "",
        "x",
        "y",
    )


def test_any_element_of_a_page_will_do() -> None:
    tree = html.document_fromstring(
        "<html><head><title>Banjir surut</title></head><body><p>x</p></body></html>"
    )
    assert read_metadata(read_signals(tree.find(".//p")), URL, hints=Hints(), now=NOW).title == "Banjir surut"
