"""Quick pickles say the same as plain ones, and need nothing registered to be read."""

import pickle
import subprocess
import sys
from datetime import UTC, date, datetime
from typing import Any

import pytest

from warta.pipelines.cycle.pickling import NOUNS, register
from warta.schemas.article import Article, Cuts
from warta.schemas.entry import Entry
from warta.schemas.outcome import Deferral, Reason

ARTICLE = Article(
    id="a" * 32,
    url="http://h.test/1",
    canonical_url="http://h.test/1",
    publisher="Host",
    feed_url="http://h.test/feed",
    title="Judul",
    title_source="feed",
    text="Satu.\n\nDua.",
    fetched_at=datetime(2026, 1, 2, tzinfo=UTC),
    date=date(2026, 1, 2),
    removed=(Cuts("links:list", 1, 7),),
)
ENTRY = Entry("http://h.test/1", "b" * 32, "http://h.test/feed", "Host")


@pytest.mark.parametrize("noun", [ARTICLE, ENTRY, Deferral(ENTRY, Reason.RETRY_AFTER, "later")])
def test_a_noun_survives_its_pickle(noun: Any) -> None:
    register()
    assert pickle.loads(pickle.dumps(noun)) == noun


def test_quick_pickles_are_no_longer_than_plain_ones() -> None:
    register()
    quick = pickle.dumps(ARTICLE)
    plain = "import pickle, sys; sys.stdout.buffer.write(pickle.dumps(pickle.load(sys.stdin.buffer)))"
    unregistered = subprocess.run(
        [sys.executable, "-c", plain], input=quick, stdout=subprocess.PIPE, check=True
    ).stdout
    assert pickle.loads(unregistered) == ARTICLE
    assert len(quick) <= len(unregistered)


def test_every_field_of_every_noun_is_an_argument_of_its_constructor() -> None:
    for noun in NOUNS:
        assert all(field.init and not field.kw_only for field in noun.__dataclass_fields__.values()), noun
