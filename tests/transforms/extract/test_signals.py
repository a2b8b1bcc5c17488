"""Looks at a page's elements: loops in Python find what the XPath expressions say that they replaced."""

import gc

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from warta.transforms.extract.addresses import _PAGED, paged_links
from warta.transforms.extract.caption import MAX_IMAGES, behind_images, caption_elements
from warta.transforms.extract.section import crumb_elements
from warta.transforms.extract.signals import Signals, read_signals
from warta.transforms.extract.tags import topic_links
from warta.transforms.extract.tree import parse_tree

CAPTIONS = "//body//figcaption | //body//*[contains(@class, 'aption')][not(self::img or self::figure)]"
BEHIND = "//body//*[self::img or self::amp-img]/following-sibling::*[1]"
CRUMBS = (
    "//body//*[contains(@class, 'rumb') or contains(@id, 'rumb')"
    " or contains(@class, 'fil-ariane') or contains(@id, 'fil-ariane')]"
)

TAGS = ("div", "p", "img", "amp-img", "figure", "figcaption", "a", "b", "script", "style", "br", "body", "ul")
NAMES = ("", "caption", "wp-Caption", "breadcrumb", "crumb fil-ariane", "author", "date", "x")
TEXTS = ("", " ", "Oleh: Sri", "Editor：", "Editing by Jane Doe", "Editing", " by ", "kata")

TOPICS = (
    "//body//a[contains(@href, '/tag') or contains(@href, '/topi') or contains(@href, '/label/')"
    " or contains(@href, '/them') or contains(@href, '/keyword') or contains(@href, '/etiqu')"
    " or contains(@href, '/schlagwort') or contains(@href, '/mot-cle')]"
)
HREFS = (
    "/tag/banjir",
    "/topik/a?x=/1",
    "/Tag/x",
    "tag/x",
    "/label",
    "/label/x",
    "/a/2",
    "/a/12/",
    "/a/123",
    "/a/2\n",
    "?page=2",
    "/a?p=all&q=1",
    "/a?xp=2",
    "/a?page=full#x",
    "/berita",
    "",
)

tags = st.builds(
    "<{0} class='{1}' id='{2}'>{3}".format,
    st.sampled_from(TAGS),
    st.sampled_from(NAMES),
    st.sampled_from(NAMES),
    st.sampled_from(TEXTS),
)
ends = st.builds("</{0}>{1}".format, st.sampled_from(TAGS), st.sampled_from(TEXTS))
pages = st.lists(tags | ends, min_size=1, max_size=40).map("".join)


def signals(page: str) -> Signals:
    """Return the signals of a page in the wild."""
    return read_signals(parse_tree(f"<html><body>{page}</body></html>"))


@given(pages)
@settings(max_examples=300, deadline=None)
def test_loops_find_what_the_expressions_say(page: str) -> None:
    found = signals(page)
    assert crumb_elements(found) == found.tree.xpath(CRUMBS)
    assert caption_elements(found) == found.tree.xpath(CAPTIONS)[:MAX_IMAGES]
    assert behind_images(found) == found.tree.xpath(BEHIND)[:MAX_IMAGES]


@given(st.lists(st.sampled_from(HREFS), max_size=5))
@settings(max_examples=300, deadline=None)
def test_one_search_in_all_links_misses_none(hrefs: list[str]) -> None:
    found = signals("<p>" + "".join(f'<a href="{href}">x</a>' for href in hrefs) + "<a>no address</a>")
    assert topic_links(found) == found.tree.xpath(TOPICS)
    assert paged_links(found) == [href for href in hrefs if _PAGED.search(href)]


def test_no_element_outlives_its_page() -> None:
    """A cache of class names once kept the elements they stood on: hundreds of pages, whole."""
    found = signals("<p class='author date' id='outlived'>Oleh: Sri Wahyuni</p>")
    assert found.classed
    assert found.lines
    del found
    gc.collect()
    alive = [node for node in gc.get_objects() if isinstance(node, html.HtmlElement)]
    assert not [node for node in alive if node.get("id") == "outlived"]
