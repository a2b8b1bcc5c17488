"""Which days are told anew."""

from datetime import date

import pytest

from warta.pipelines.stories import intervals


@pytest.mark.parametrize(
    ("days", "spans"),
    [
        ([], []),
        ([10], [(7, 13)]),
        ([10, 16], [(7, 19)]),
        ([10, 17], [(7, 20)]),
        ([17, 10, 10], [(7, 20)]),
        ([4, 20], [(1, 7), (17, 23)]),
    ],
    ids=["none", "one", "overlapping", "touching", "unordered, repeated", "apart"],
)
def test_days_become_spans_that_join_where_they_meet(days: list[int], spans: list[tuple[int, int]]) -> None:
    found = intervals([date(2026, 11, day) for day in days], 3)
    assert found == [(date(2026, 11, first), date(2026, 11, last)) for first, last in spans]
