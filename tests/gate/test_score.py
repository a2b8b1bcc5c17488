"""The scorer: what counts as found, leaked and lost."""

import pytest

from tests.gate.score import PageScore, grams, score_page, squeeze, total

BODY = "satu dua tiga empat lima enam tujuh delapan"


def test_the_same_text_scores_one() -> None:
    score = score_page(BODY, bodies=[BODY], must=["tiga empat"], must_not=[("sembilan", "related")])
    assert (score.precision, score.recall, score.leaked, score.lost) == (1.0, 1.0, (), ())


def test_the_best_of_several_accepted_bodies_counts() -> None:
    score = score_page(BODY, bodies=["lain sama sekali dari itu", BODY], must=[], must_not=[])
    assert score.recall == 1.0


def test_half_of_a_body_has_precision_one() -> None:
    score = score_page("satu dua tiga empat lima", bodies=[BODY], must=[], must_not=[])
    assert score.precision == 1.0
    assert score.recall == pytest.approx(2 / 5)


@pytest.mark.parametrize(
    ("found", "snippet"),
    [
        ("“Ini  dia,” katanya", '"Ini dia," katanya'),
        ("10 – 12 orang", "10-12 orang"),
        ("Gu\u00adnung", "gunung"),
    ],
    ids=["quotes", "dashes", "soft hyphen"],
)
def test_typography_neither_hides_nor_loses_a_snippet(found: str, snippet: str) -> None:
    assert squeeze(snippet) in squeeze(found)


@pytest.mark.parametrize(("kind", "leaked"), [("related", ("Editor: A",)), ("credit", ())])
def test_soft_kinds_are_no_leak(kind: str, leaked: tuple[str, ...]) -> None:
    assert score_page("Editor: A", bodies=[], must=[], must_not=[("Editor: A", kind)]).leaked == leaked


def test_pages_without_must_not_strings_are_not_asked_for_leaks() -> None:
    assert score_page("x", bodies=[], must=[], must_not=[]).leaked is None


def test_a_text_shorter_than_a_shingle_counts_as_one() -> None:
    assert grams("dua kata").total() == 1


def test_precision_is_averaged_over_pages_with_output_and_recall_over_all() -> None:
    full = PageScore(precision=1.0, recall=1.0, leaked=("a",), required=3)
    empty = PageScore(precision=0.0, recall=0.0, leaked=(), lost=("b",), required=1, empty=True)
    scores = total([full, empty])
    assert (scores.precision, scores.recall) == (1.0, 0.5)
    assert scores.f1 == pytest.approx(2 / 3)
    assert (scores.leak, scores.loss) == (0.5, 0.25)
