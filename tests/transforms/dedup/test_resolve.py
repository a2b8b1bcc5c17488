import random
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from warta.transforms.dedup.model import Arrival, Kind, Known, Match, Verdict
from warta.transforms.dedup.resolve import has_own_dateline, rank, settle


def arrival(key: str, *, hour: int = 8, content: str = "", **more: object) -> Arrival:
    when = datetime(2026, 11, 1, hour, tzinfo=UTC)
    return Arrival(key=key, id=str(more.pop("id", key)), content_hash=content or key, published=when, **more)  # type: ignore[arg-type]


def record(id_: str, content: str = "", *, revision: int = 1, publisher: str = "Kabar") -> Known:
    return Known(
        id_,
        Kind.RECORD,
        id_,
        digest=0,
        feed=0,
        content_hash=content or id_,
        revision=revision,
        publisher=publisher,
    )


def judge(
    arrivals: list[Arrival],
    shares: dict[tuple[str, str], float],
    *,
    stored: dict[str, list[Known]] | None = None,
    addresses: dict[str, Known] | None = None,
    met: tuple[tuple[str, str], ...] = (),
) -> dict[str, Verdict]:
    """Settle with given containments; `stored` says which stored records an arrival meets."""
    both = shares | {(other, one): share for (one, other), share in shares.items()}
    keys = {one.key for one in arrivals}
    matches = [Match(one, other, shared=3) for one, other in shares if {one, other} <= keys]
    matches += [Match(one, other, met=True) for one, other in met]
    for key, rows in (stored or {}).items():
        matches += [Match(key, stored=row, shared=3 if (key, row.key) in both else 0) for row in rows]
    verdicts = settle(arrivals, matches, addresses or {}, lambda one, other: both.get((one, other), 0.0))
    return {verdict.key: verdict for verdict in verdicts}


def test_the_earliest_published_survives() -> None:
    found = judge([arrival("a", hour=9), arrival("b", hour=8)], {("a", "b"): 0.9})
    assert (found["a"].dup_of, found["a"].dup_kind, found["b"].dup_kind) == ("b", "near", "")


def test_at_one_instant_the_own_dateline_survives() -> None:
    found = judge([arrival("a"), arrival("b", own_dateline=True)], {("a", "b"): 0.9})
    assert found["a"].dup_of == "b"


def test_at_one_instant_without_datelines_the_smaller_id_survives() -> None:
    found = judge([arrival("b"), arrival("a")], {("a", "b"): 0.9})
    assert found["b"].dup_of == "a"


@pytest.mark.parametrize(
    ("share", "kind", "overlaps"), [(0.8, "near", 1), (0.79, "", 1), (0.5, "", 1), (0.49, "", 0)]
)
def test_thresholds_are_reached_from_their_value_on(share: float, kind: str, overlaps: int) -> None:
    late = judge([arrival("a"), arrival("b", hour=9)], {("a", "b"): share})["b"]
    assert (late.dup_kind, len(late.overlaps)) == (kind, overlaps)


def test_a_stored_copy_keeps_its_place_when_its_original_arrives_later() -> None:
    found = judge([arrival("a", hour=1)], {("a", "s"): 0.95}, stored={"a": [record("s")]})
    assert (found["a"].dup_of, found["a"].dup_of_publisher) == ("s", "Kabar")


def test_a_duplicate_is_not_compared_with() -> None:
    chain = {("a", "b"): 0.9, ("b", "c"): 0.9, ("a", "c"): 0.3}
    found = judge([arrival("a", hour=1), arrival("b", hour=2), arrival("c", hour=3)], chain)
    assert [found[key].dup_of for key in "abc"] == ["", "a", ""]


def test_the_closest_of_several_originals_is_named() -> None:
    shares = {("c", "a"): 0.85, ("c", "b"): 0.9}
    found = judge([arrival("a", hour=1), arrival("b", hour=2), arrival("c", hour=3)], shares)
    assert found["c"].overlaps == (("b", 0.9), ("a", 0.85))
    assert found["c"].dup_of == "b"


def test_equal_words_of_another_publisher_are_an_exact_copy() -> None:
    arrivals = [
        arrival("a", content="x", publisher="Kabar"),
        arrival("b", hour=9, content="x", publisher="Pos"),
    ]
    found = judge(arrivals, {}, met=(("a", "b"),))
    assert (found["b"].dup_kind, found["b"].dup_of, found["b"].overlaps) == ("exact", "a", (("a", 1.0),))


def test_equal_words_of_one_publisher_are_one_article_under_another_address() -> None:
    arrivals = [
        arrival("a", content="x", publisher="Kabar"),
        arrival("b", hour=9, content="x", publisher="Kabar"),
    ]
    assert judge(arrivals, {}, met=(("a", "b"),))["b"].dup_kind == "url"


def test_texts_without_words_are_not_equal() -> None:
    arrivals = [replace(arrival(key), content_hash="") for key in "ab"]
    assert not any(verdict.dup_kind for verdict in judge(arrivals, {}, met=(("a", "b"),)).values())


def test_changed_text_under_its_own_address_is_a_revision() -> None:
    old = record("a", "old", revision=2)
    found = judge([arrival("a", content="new")], {}, stored={"a": [old]}, addresses={"a": old})["a"]
    assert (found.dup_kind, found.revision, found.previous_hash) == ("", 3, "old")


def test_a_revision_stays_even_when_it_resembles_another_article() -> None:
    old, other = record("a", "old"), record("b")
    found = judge(
        [arrival("a", content="new")],
        {("a", "b"): 0.9},
        stored={"a": [old, other]},
        addresses={"a": old},
    )["a"]
    assert (found.dup_kind, found.revision, found.overlaps) == ("", 2, (("b", 0.9),))


def test_unchanged_text_is_a_duplicate_of_itself() -> None:
    old = record("a", "same")
    found = judge([arrival("a", content="same")], {}, stored={"a": [old]}, addresses={"a": old})["a"]
    assert (found.dup_kind, found.dup_of, found.renewed) == ("url", "a", old)


def test_another_address_of_a_stored_article_brings_no_revision() -> None:
    found = judge(
        [arrival("amp", id="a", content="shorter")], {}, stored={"amp": [record("a", "full")]}, addresses={}
    )["amp"]
    assert (found.dup_kind, found.dup_of, found.renewed) == ("url", "a", None)


def test_a_moved_address_may_bring_a_revision() -> None:
    address = Known("u", Kind.ADDRESS, "a", digest=0, feed=0)
    found = judge(
        [arrival("u", id="a", content="new")],
        {},
        stored={"u": [record("a", "old")]},
        addresses={"u": address},
    )["u"]
    assert (found.dup_kind, found.revision) == ("", 2)


def test_two_addresses_of_one_article_in_one_cycle_are_one() -> None:
    arrivals = [arrival("u1", id="a", content="x"), arrival("u2", id="a", content="y", hour=9)]
    found = judge(arrivals, {}, met=(("u1", "u2"),))
    assert (found["u1"].dup_kind, found["u2"].dup_kind, found["u2"].dup_of) == ("", "url", "a")


def test_any_order_gives_the_same_verdicts() -> None:
    chance = random.Random(1)
    arrivals = [arrival(f"{number:02}", hour=number % 5) for number in range(30)]
    shares = {
        (one.key, other.key): chance.random()
        for one in arrivals
        for other in arrivals
        if one.key < other.key and chance.random() < 0.2
    }
    expected = judge(arrivals, shares)
    for _ in range(20):
        chance.shuffle(arrivals)
        assert judge(arrivals, shares) == expected


def test_an_article_without_an_instant_comes_last() -> None:
    unknown = replace(arrival("a"), published=None)
    assert sorted([unknown, arrival("b")], key=rank)[-1] is unknown


@pytest.mark.parametrize(
    ("dateline", "publisher", "own"),
    [
        ("KOMPAS.com, Jakarta", "Kompas", True),
        ("Jakarta, Kompas.com", "KOMPAS.com", True),
        ("Jakarta (ANTARA)", "Kompas", False),
        ("Jakarta", "", False),
        ("", "Kompas", False),
    ],
)
def test_an_own_dateline_names_the_publisher(dateline: str, publisher: str, own: bool) -> None:
    assert has_own_dateline(dateline, publisher) is own
