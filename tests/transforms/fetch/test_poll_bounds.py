"""A stream's interval: healthy feeds are polled that often, whatever their entries suggest."""

import pytest

from warta.transforms.fetch.conditional import MAX_INTERVAL_S, MIN_INTERVAL_S, next_interval_s


@pytest.mark.parametrize("share_known", [None, 0.0, 0.5, 1.0], ids=["304", "all new", "half", "all known"])
@pytest.mark.parametrize("interval_s", [0.0, 300.0, 7200.0], ids=["first", "before", "longer before"])
def test_equal_bounds_fix_the_interval(interval_s: float, share_known: float | None) -> None:
    assert next_interval_s(interval_s, share_known, (300.0, 300.0)) == 300.0


def test_without_bounds_it_adapts_between_ten_minutes_and_a_day() -> None:
    assert next_interval_s(MIN_INTERVAL_S, 0.0) == MIN_INTERVAL_S
    assert next_interval_s(MAX_INTERVAL_S, 1.0) == MAX_INTERVAL_S
