"""The real feeds of the shared corpus: nothing is lost, nothing misread."""

import pytest

from tests.gate import feeds


@pytest.mark.corpus("corpus/feeds")
def test_every_item_of_76_real_feeds_is_listed_with_its_link_title_and_date() -> None:
    figures = feeds.measure()
    assert figures.feeds == 76
    assert figures.short == []
    assert figures.dated >= figures.dated_by_feedparser - 1  # one dated item has neither link nor guid
