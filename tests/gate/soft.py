"""What may stand beside a body and should be a field: captions, credits, tags. The extraction gate prints it.

The ground truth lists such strings among those that a body must not hold; they are no leak, but a reader of
the table wants them apart. A caption is found when the page's `caption` field and the string hold each other.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.gate.score import SOFT_KINDS, squeeze

FLOORS = {"caption": 0.10, "credit": 0.10, "meta": 0.10, "tags": 0.10}
"""Most pages, of those that show such a string, whose body may still hold it."""
CAPTIONS_FOUND = 0.50
"""Least share of the pages with a caption in the ground truth whose field has one of them."""


@dataclass(slots=True)
class Kind:
    """Pages that show strings of one kind."""

    pages: int = 0
    ours: int = 0
    """Of those, bodies of ours that hold one."""
    theirs: int = 0
    fields: int = 0
    """Pages whose `caption` field has it."""


def tabulate(rows: Sequence[dict[str, list[str]]], read: Iterable[tuple[str, str, str]]) -> dict[str, Kind]:
    """Return what became of the soft strings, by kind.

    Args:
      read: (our text, trafilatura's text, our caption) of each row.
    """
    kinds: dict[str, Kind] = defaultdict(Kind)
    for row, (ours, theirs, caption) in zip(rows, read, strict=True):
        strings: dict[str, list[str]] = defaultdict(list)
        for string, kind in zip(row["must_not"], row["must_not_kind"], strict=True):
            if kind in SOFT_KINDS:
                strings[kind].append(squeeze(string))
        ours, theirs, caption = squeeze(ours), squeeze(theirs), squeeze(caption)
        for kind, wanted in strings.items():
            tally = kinds[kind]
            tally.pages += 1
            tally.ours += any(string in ours for string in wanted)
            tally.theirs += any(string in theirs for string in wanted)
            tally.fields += bool(caption) and any(one in caption or caption in one for one in wanted)
    return dict(sorted(kinds.items()))


def report(kinds: dict[str, Kind]) -> list[str]:
    """Print the table; return what falls below the floors."""
    missed = []
    for kind, tally in kinds.items():
        share = tally.ours / tally.pages
        found = f"; field has it on {tally.fields / tally.pages:.2f}" if kind == "caption" else ""
        print(
            f"{kind}: on {tally.pages} pages, left in the body on {share:.2f} "
            f"(trafilatura {tally.theirs / tally.pages:.2f}){found}"
        )
        if share > FLOORS[kind]:
            missed.append(f"{kind}: left in {share:.2f} of the bodies, at most {FLOORS[kind]}")
        if kind == "caption" and tally.fields < CAPTIONS_FOUND * tally.pages:
            missed.append(f"caption: found on {tally.fields / tally.pages:.2f}, at least {CAPTIONS_FOUND}")
    return missed
