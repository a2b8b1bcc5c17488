import random
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from tests.transforms.dedup.conftest import prose
from warta.transforms.dedup.stories import (
    Pairs,
    Telling,
    average_linkage,
    chains,
    find_stories,
    is_series,
    similar_pairs,
)
from warta.transforms.dedup.terms import usual_words, vectors

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)

MEETING = (
    (
        "Wali Kota Suranenggala Temui Nelayan Muara Kerti",
        "Wali Kota Suranenggala Harun Wiratmaja menemui nelayan Muara Kerti pada Senin sore. Pertemuan di "
        "balai desa itu membahas izin tambang pasir PT Segara Pasirindo. Harun Wiratmaja berjanji meninjau "
        "ulang izin.",
    ),
    (
        "Izin Tambang Segara Pasirindo Akan Ditinjau Ulang",
        "Nelayan dari Muara Kerti mendesak pemerintah mencabut izin PT Segara Pasirindo. Di hadapan mereka, "
        "Harun Wiratmaja menyanggupi peninjauan. Suranenggala, kata sang wali kota, tidak akan mengorbankan "
        "nelayan.",
    ),
)
ELSEWHERE = (
    "Harga Cabai di Pasar Kembang Naik",
    "Pedagang Pasar Kembang mengeluhkan harga cabai yang naik sejak pekan lalu. Menurut Dinas Perdagangan, "
    "pasokan dari Bukit Sari terhambat hujan. Warga diminta tidak panik.",
)


def telling(name: str, story: tuple[str, str], *, days: float = 0, publisher: str = "") -> Telling:
    return Telling(name, *story, published=NOON + timedelta(days=days), publisher=publisher or f"Pos {name}")


def test_one_event_in_different_words_is_one_story() -> None:
    found = find_stories(
        [telling("b", MEETING[1], days=0.1), telling("c", ELSEWHERE), telling("a", MEETING[0])]
    )
    assert [story.article_ids for story in found] == [("a", "b"), ("c",)]
    first = found[0]
    assert (first.id, first.headline, first.publishers) == ("a", MEETING[0][0], ("Pos a", "Pos b"))
    assert (first.first_seen, first.last_seen) == (NOON, NOON + timedelta(days=0.1))


@pytest.mark.parametrize(("days", "stories"), [(3, 1), (3.1, 2)])
def test_an_event_ends_after_some_days(days: float, stories: int) -> None:
    assert len(find_stories([telling("a", MEETING[0]), telling("b", MEETING[1], days=days)])) == stories


def test_shuffled_articles_give_the_same_stories() -> None:
    chance = random.Random(1)
    tellings = []
    for number in range(60):
        words = [word.title() for word in prose(number // 4, 40).split()]
        chance.shuffle(words)
        tellings.append(telling(f"{number:02}", (" ".join(words[:6]), " ".join(words[:30])), days=number % 3))
    expected = find_stories(tellings)
    assert any(len(story.article_ids) > 2 for story in expected)
    for _ in range(20):
        chance.shuffle(tellings)
        assert find_stories(tellings) == expected


def test_a_chain_of_likenesses_is_no_story() -> None:
    pairs = {(0, 1): 0.6, (1, 2): 0.55, (2, 3): 0.6}
    assert average_linkage(range(4), pairs, 0.5) == [(0, 1), (2, 3)]


def test_a_member_must_resemble_the_story_as_a_whole() -> None:
    pairs = {(0, 1): 0.9, (0, 2): 0.8, (1, 2): 0.3, (2, 3): 0.4}
    assert average_linkage(range(4), pairs, 0.5) == [(0, 1, 2), (3,)]


@pytest.mark.parametrize(
    ("one", "other", "series"),
    [
        ("sinopsis badai episode 3 hujan", "sinopsis badai episode 4 petir", True),
        ("harga emas hari ini 16 september", "harga emas hari ini 17 september", True),
        ("gempa 5 guncang kota", "gempa 5 rusak pasar", False),
        ("presiden tiba di kota 3", "harga beras naik 4 persen", False),
        ("presiden tiba", "presiden pulang", False),
    ],
)
def test_titles_that_differ_in_their_numbers_are_a_series(one: str, other: str, series: bool) -> None:
    assert is_series(frozenset(one.split()), frozenset(other.split())) is series


def test_parts_of_one_publishers_series_are_not_one_story() -> None:
    episodes = [
        telling(
            str(number),
            (f"Sinopsis Badai Muara Kerti Episode {number}", MEETING[0][1]),
            publisher="Layar",
        )
        for number in (3, 4)
    ]
    assert len(find_stories(episodes)) == 2
    assert len(find_stories([episodes[0], telling("x", MEETING[0])])) == 1


def test_usual_words_weigh_less_than_names() -> None:
    words = vectors([MEETING[0], ELSEWHERE])
    assert set(words.owners) == {0, 1}
    first = words.owners == 0
    assert words.weights[first] @ words.weights[first] == pytest.approx(1)
    assert usual_words()["yang"] > 0.9
    assert "wiratmaja" not in usual_words()
    assert len(set(words.terms[first])) == len(words.terms[first]) <= 40


def test_articles_without_words_are_stories_of_their_own() -> None:
    empty = [Telling("a", "", ""), Telling("b", "", "")]
    assert [story.article_ids for story in find_stories(empty)] == [("a",), ("b",)]
    assert not len(similar_pairs(empty).cosines)
    assert find_stories([]) == []


def test_pairs_across_stories_are_left_out_of_the_averages() -> None:
    pairs = Pairs(
        np.array([0, 1, 0, 3, 0, 1, 7]), np.array([1, 2, 3, 4, 5, 5, 8]), np.array([6, 3, 4, 7, 2, 9, 4]) / 10
    )
    assert list(chains(pairs, 0.5)) == [
        ({0, 1, 5}, {(0, 1): 0.6, (0, 5): 0.2, (1, 5): 0.9}),
        ({3, 4}, {(3, 4): 0.7}),
    ]
    assert list(chains(pairs, 1.0)) == []


def test_a_block_at_a_time_gives_the_same_stories(monkeypatch: pytest.MonkeyPatch) -> None:
    tellings = [
        telling(f"{number:02}", (prose(number // 3, 8), prose(number // 3, 60)), days=number % 4)
        for number in range(40)
    ]
    whole = find_stories(tellings)
    monkeypatch.setattr("warta.transforms.dedup.stories.BLOCK_CELLS", 1)
    monkeypatch.setattr("warta.transforms.dedup.terms.BLOCK", 3)
    assert find_stories(tellings) == whole
    assert any(len(story.article_ids) > 2 for story in whole)
