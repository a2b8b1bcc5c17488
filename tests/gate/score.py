"""Scores of one extracted text against its ground truth, and their sums over many pages.

The definitions are those the goals were measured with: 4-gram shingles counted with repeats, precision
averaged over pages with output, recall over all, F1 of the two averages (as in
scrapinghub/article-extraction-benchmark); snippets compared without white space and with quotes and
dashes unified, so that a snippet is neither missed nor found for its typography.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from warta.transforms.text import fold, words

SHINGLE_WORDS = 4
SOFT_KINDS = frozenset({"caption", "credit", "meta", "tags"})
"""Kinds of must-not strings that are not counted as a leak."""

_TYPOGRAPHY = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u00ad": None, "\u200b": None}
)


@dataclass(frozen=True, slots=True)
class PageScore:
    """One page's figures; None where its ground truth does not say."""

    precision: float | None = None
    recall: float | None = None
    leaked: tuple[str, ...] | None = None
    """Must-not strings found; None without any in the ground truth."""
    lost: tuple[str, ...] = ()
    required: int = 0
    """Must strings in the ground truth."""
    empty: bool = False


@dataclass(frozen=True, slots=True)
class Scores:
    """Figures of a group of pages."""

    pages: int
    bodies: int
    f1: float
    precision: float
    recall: float
    leak: float
    loss: float


def squeeze(text: str) -> str:
    """Return `text` for snippet search: folded, typography unified, no white space."""
    return "".join(fold(text).translate(_TYPOGRAPHY).split())


def grams(text: str) -> Counter[tuple[str, ...]]:
    """Count the word 4-grams of `text`; a shorter text counts as one."""
    tokens = words(fold(text))
    if not tokens:
        return Counter()
    last = max(1, len(tokens) - SHINGLE_WORDS + 1)
    return Counter(tuple(tokens[at : at + SHINGLE_WORDS]) for at in range(last))


def f1(precision: float, recall: float) -> float:
    """Return the harmonic mean; 0 when both are 0."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def overlap(found: str, bodies: Sequence[str]) -> tuple[float, float]:
    """Return precision and recall of `found` against the accepted body it matches best."""
    got = grams(found)
    best = (0.0, 0.0)
    for body in bodies:
        wanted = grams(body)
        shared = sum((got & wanted).values())
        pair = (shared / max(1, got.total()), shared / max(1, wanted.total()))
        best = max(best, pair, key=lambda pair: f1(*pair))
    return best


def score_page(
    text: str,
    *,
    bodies: Sequence[str],
    must: Sequence[str],
    must_not: Sequence[tuple[str, str]],
) -> PageScore:
    """Score an extracted `text`.

    Args:
      bodies: accepted full texts; empty where only snippets are known.
      must: snippets that the text has to hold.
      must_not: (snippet, kind) pairs; soft kinds are ignored.
    """
    precision, recall = overlap(text, bodies) if bodies else (None, None)
    squeezed = squeeze(text)
    leaked = tuple(s for s, kind in must_not if kind not in SOFT_KINDS and squeeze(s) in squeezed)
    return PageScore(
        precision=precision,
        recall=recall,
        leaked=leaked if must_not else None,
        lost=tuple(s for s in must if squeeze(s) not in squeezed),
        required=len(must),
        empty=not text.strip(),
    )


def total(pages: Iterable[PageScore]) -> Scores:
    """Sum up pages: F1 of averaged precision and recall, share of leaking pages, share of lost snippets."""
    pages = list(pages)
    bodies = [page for page in pages if page.recall is not None]
    precision = _mean([page.precision or 0.0 for page in bodies if not page.empty])
    recall = _mean([page.recall or 0.0 for page in bodies])
    leaks = [float(bool(page.leaked)) for page in pages if page.leaked is not None]
    required = sum(page.required for page in pages)
    lost = sum(len(page.lost) for page in pages)
    return Scores(
        pages=len(pages),
        bodies=len(bodies),
        f1=f1(precision, recall),
        precision=precision,
        recall=recall,
        leak=_mean(leaks),
        loss=lost / required if required else 0.0,
    )


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
