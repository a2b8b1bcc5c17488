"""What a host teaches about itself: witnesses, support, expiry."""

from datetime import UTC, datetime, timedelta

import pytest

from warta.transforms.clean.furniture import (
    AGING_PAGES,
    EXPIRY,
    MIN_PAGES,
    PAGES,
    HostCounts,
    Sighting,
    block_hash,
    block_keys,
    learn,
    strip_furniture,
)
from warta.transforms.text import join_paragraphs, paragraphs

AT = datetime(2026, 11, 21, tzinfo=UTC)
HOST = "koran.example"
BOX = "Zumi velka ondra, quist bramo tel dunari."


def sighting(number: int, *shared: str) -> Sighting:
    own = [f"Paragraf {part} hanya milik berita {number}, dan tidak ada di tempat lain." for part in range(3)]
    return Sighting(f"id-{number}", block_keys(join_paragraphs([*own, *shared])))


NONE = HostCounts(HOST)


def counted(pages: int, box: int, at: datetime = AT) -> HostCounts:
    return HostCounts(HOST, (PAGES, block_hash(BOX)), (pages, box), (at, at))


def furniture(sightings: list[Sighting], counts: HostCounts = NONE) -> frozenset[str]:
    return learn(sightings, counts, at=AT)[0]


def test_a_paragraph_on_all_articles_is_furniture_from_the_first_run() -> None:
    assert furniture([sighting(n, BOX) for n in range(MIN_PAGES)]) == {block_hash(BOX)}


def test_a_host_with_few_articles_has_no_furniture_yet() -> None:
    assert furniture([sighting(n, BOX) for n in range(MIN_PAGES - 1)]) == frozenset()


def test_a_paragraph_in_three_articles_is_no_furniture() -> None:
    assert furniture([sighting(n, *([BOX] if n < 3 else [])) for n in range(MIN_PAGES)]) == frozenset()


def test_a_story_told_six_times_is_no_furniture() -> None:
    story = block_keys(join_paragraphs([f"Kalimat {part}, {'panjang ' * 20}" for part in range(6)]))
    copies = [Sighting(f"copy-{n}", story) for n in range(6)]
    assert furniture([sighting(n) for n in range(20)] + copies) == frozenset()


def test_the_order_of_sightings_does_not_matter() -> None:
    sightings = [sighting(n, BOX) for n in range(10)]
    assert learn(sightings, NONE, at=AT) == learn(reversed(sightings), NONE, at=AT)


def test_an_article_seen_twice_counts_once() -> None:
    counts = learn([sighting(n, BOX) for n in range(9)] * 2, NONE, at=AT)[1]
    assert counts.by_hash() == {PAGES: 9, block_hash(BOX): 9}


def test_counts_add_up_over_runs() -> None:
    assert furniture([sighting(1, BOX)], counted(7, 5)) == {block_hash(BOX)}


def test_an_unseen_paragraph_expires() -> None:
    old = AT - EXPIRY - timedelta(days=1)
    learnt, counts = learn([sighting(1)], counted(50, 40, old), at=AT)
    assert learnt == frozenset()
    assert counts == HostCounts(HOST, (PAGES,), (51,), (AT,))


def test_a_small_host_remembers_single_sightings_and_a_large_one_does_not() -> None:
    small = learn([sighting(1)], NONE, at=AT)[1]
    large = learn([sighting(n) for n in range(MIN_PAGES)], NONE, at=AT)[1]
    assert len(small.hashes) == 4
    assert large.hashes == (PAGES,)


def test_old_counts_are_halved_so_that_habits_can_change() -> None:
    counts = learn([sighting(1, BOX)], counted(AGING_PAGES, 1_000), at=AT)[1]
    assert counts.by_hash() == {PAGES: (AGING_PAGES + 1) // 2, block_hash(BOX): 500}


def test_stripping_names_what_it_cut_and_is_idempotent() -> None:
    text = "Kalimat pertama yang cukup panjang untuk tinggal sendiri di sini, titik.\n\n" + BOX
    left, removed = strip_furniture(text, {block_hash(BOX)})
    assert [(cut.text, cut.rule) for cut in removed] == [(BOX, "furniture:learnt")]
    assert strip_furniture(left, {block_hash(BOX)}) == (left, ())


@pytest.mark.parametrize("known", [frozenset(), frozenset({block_hash("something else")})])
def test_a_text_without_furniture_is_not_touched(known: frozenset[str]) -> None:
    text = "Satu.\n\n\nDua  kata."
    assert strip_furniture(text, known) == (text, ())


def test_an_article_that_is_all_furniture_is_left_as_it_is() -> None:
    assert strip_furniture(BOX, {block_hash(BOX)}) == (BOX, ())


def test_keys_are_the_hashes_of_the_paragraphs_each_once() -> None:
    text = join_paragraphs(["\u201cHarga\u201d  BERAS naik\u2026", BOX, "Stra\u00dfe \u217b", BOX])
    keys = [key for key, _ in Sighting("id", block_keys(text)).by_hash()]
    assert keys == [block_hash(part) for part in dict.fromkeys(paragraphs(text))]
