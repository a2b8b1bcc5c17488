"""Our reader lists at least what feedparser lists, on every file of feedparser's own tests."""

import pytest

from tests import feedparser_corpus

ENTITIES = {"wellformed/rdf/doctype_contains_entity_decl.xml", "wellformed/rss/entity_in_doctype.xml"}
"""Refused on purpose: expanding entities costs feedparser seconds and gigabytes; no real feed needs them."""


@pytest.mark.skipif(
    not feedparser_corpus.folder().is_dir(),
    reason="feedparser's test files are not fetched; run `python -m tests.feedparser_corpus` once",
)
def test_no_file_crashes_the_reader_or_loses_an_entry() -> None:
    figures = feedparser_corpus.measure()
    assert figures.files > 2_000
    assert figures.crashed == []
    assert figures.fewer == []
    assert set(figures.refused) == ENTITIES
