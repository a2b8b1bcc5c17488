"""Editions of a page: the words of one differ from those of another, everything else stays."""

from tests.bench.measured import descendants
from tests.bench.speed_world import edition_of, pieces, word_of

PAGE = (
    b"<html><head><script>one two three four five six seven eight nine ten eleven twelve</script>"
    b'<link rel="canonical" href="http://old.test/"><time datetime="2019-03-04T05:06:07Z"></time></head>'
    b"<body><p>Satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas dua belas.</p>"
    b"<p>Senin, 14 Nov 2026 10:00 WIB di kota ini</p><a>short text</a></body></html>"
)


def test_an_edition_has_its_word_for_every_fifth_word_of_prose_only() -> None:
    edition = edition_of(*pieces(PAGE), 7)
    assert edition.count(b"raradi") == 5
    assert b"Satu dua tiga empat raradi enam" in edition
    assert b"ten eleven twelve</script>" in edition
    assert b"<p>Senin, 14 Nov 2026 10:00 WIB raradi kota raradi<" in edition
    assert b"<a>short text</a>" in edition


def test_the_first_edition_keeps_every_word() -> None:
    assert b"Satu dua tiga empat lima enam tujuh" in edition_of(*pieces(PAGE), 0)


def test_no_page_says_that_it_lives_elsewhere_or_long_ago() -> None:
    page = edition_of(*pieces(PAGE), 0)
    assert b"canonical" not in page
    assert b"2019" not in page
    assert b"2026-11-" in page


def test_editions_have_different_words() -> None:
    assert len({word_of(number) for number in range(1_000)}) == 1_000


def test_nothing_runs_below_a_process_that_is_not_there() -> None:
    assert descendants(-1) == []
