"""Which reading of a page is its article: two that agree, or the one that the evidence is for.

trafilatura's fast reading and our own cost a few milliseconds together. Where they agree, the page is
settled. Where they do not, it is doubtful and pays for trafilatura's slow reading (which asks readability
and jusText too), and the choice falls by what else is known: JSON-LD `articleBody`, the description, the
feed's summary, and whether what one reading has more stands in the same kind of container.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from lxml import etree, html

from warta.transforms.extract.body import Block, extract_body
from warta.transforms.extract.own import OwnReading
from warta.transforms.text import fold

AGREED = 0.9
"""Share of characters that two readings have in common when they are the same reading. Of the 345 pages
with known bodies 244 agree so; their F1 is .973, which no choice among readings raises by more than .004."""
MAX_SLOW_ELEMENTS = 8_000
"""Elements beyond which a page does not pay for the slow reading: jusText's time grows with the square, 70 s
at 30,000. The fullest real page has 4,143 before pruning."""
LUMPS = 2
"""Blocks of a reading that took a page's bare text as it came, furniture between the sentences."""
THIN_CHARS = 250
"""A reading below this found no article; trafilatura's own limit for a frame."""
DESCRIBED = 0.6
"""Share of a description's words in order from which a reading is the text it describes."""
LINKED_CHARS = 400
"""A shorter JSON-LD `articleBody` is a teaser."""
KNOWN_SHARE = 0.1
"""Share of the agreed text that a kind of container holds to count as one of the article's."""

_COUNT = etree.XPath("count(//*)")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Choice:
    """The reading that was chosen, by name, and why."""

    blocks: tuple[Block, ...]
    name: str
    doubtful: bool = False
    evidence: tuple[str, ...] = ()


def choose_body(
    tree: html.HtmlElement,
    *,
    title: str = "",
    descriptions: Sequence[str] = (),
    linked_body: str = "",
) -> Choice:
    """Read the body of a pruned page, by as many readings as it needs.

    Args:
      title: the headline, for our own reading.
      descriptions: what page and feed say the article is about.
      linked_body: JSON-LD `articleBody`, "" without one.

    The tree is not changed.
    """
    fast = extract_body(tree)
    reading = OwnReading(tree, title)
    own = reading.blocks()
    fast_in_own, own_in_fast = contained(fast, own), contained(own, fast)
    if min(fast_in_own, own_in_fast) >= AGREED and chars(fast) >= THIN_CHARS:
        choice = Choice(tuple(fast), "default")
    else:
        slow = extract_body(tree, fast=False) if _COUNT(tree) <= MAX_SLOW_ELEMENTS else fast
        readings = {"default": fast, "own": own, "slow": slow}
        why = (f"default in own {fast_in_own:.2f}, own in default {own_in_fast:.2f}",)
        choice = _settle(readings, fast_in_own, own_in_fast, descriptions, linked_body, why)
    lead = reading.lead(choice.blocks, descriptions)
    return choice if lead is None else replace(choice, blocks=(lead, *choice.blocks))


def _settle(
    readings: dict[str, list[Block]],
    fast_in_own: float,
    own_in_fast: float,
    descriptions: Sequence[str],
    linked_body: str,
    why: tuple[str, ...],
) -> Choice:
    fast, own, slow = readings["default"], readings["own"], readings["slow"]

    def chosen(name: str, reason: str, blocks: list[Block] | None = None) -> Choice:
        return Choice(tuple(readings[name] if blocks is None else blocks), name, True, (*why, reason))

    if len(linked_body) >= LINKED_CHARS:
        likeness = {name: _likeness(blocks, linked_body) for name, blocks in readings.items()}
        best = max(likeness, key=lambda name: likeness[name])
        if likeness[best] >= DESCRIBED:
            return chosen(best, f"most like JSON-LD articleBody: {likeness[best]:.2f}")
    described = {name: _described(blocks, descriptions) for name, blocks in readings.items()}
    if described["own"] - described["default"] >= 0.5 and chars(own) >= 2 * chars(fast):
        return chosen("own", f"holds the description: {described['own']:.2f}")
    if fast_in_own >= AGREED and chars(fast) >= THIN_CHARS:
        return chosen("own", "has more in containers of the same kind", merge(fast, own))
    if len(fast) <= LUMPS and len(own) >= 2 * LUMPS and own_in_fast >= AGREED:
        return chosen("own", "default is one lump that holds all of it")
    if own_in_fast >= AGREED and chars(own) >= THIN_CHARS:
        return chosen("default", "holds all of our own reading")
    if abs(described["default"] - described["own"]) >= 0.5:
        best = "default" if described["default"] > described["own"] else "own"
        if chars(readings[best]) >= THIN_CHARS:
            return chosen(best, f"holds the description: {described[best]:.2f}")
    if chars(fast) < 2 * THIN_CHARS:
        if chars(own) >= 2 * THIN_CHARS and contained(slow, own) >= 0.5:
            return chosen("own", "default is thin, slow and own agree")
        if chars(slow) > chars(fast):
            return chosen("slow", "default is thin")
    return chosen("default", "no evidence against it")


def merge(known: Sequence[Block], more: Sequence[Block]) -> list[Block]:
    """Return the blocks of `more` that `known` has too or that stand in containers of the same kind."""
    text = _joined(known)
    in_known = [_key(block) in text for block in more]
    weights: dict[str, int] = {}
    for block, known_too in zip(more, in_known, strict=True):
        if known_too:
            weights[block.shape] = weights.get(block.shape, 0) + len(block.text)
    least = KNOWN_SHARE * sum(weights.values())
    shapes = {shape for shape, weight in weights.items() if weight >= least}
    return [
        block for block, known_too in zip(more, in_known, strict=True) if known_too or block.shape in shapes
    ]


def contained(blocks: Sequence[Block], others: Sequence[Block]) -> float:
    """Return the share of `blocks`, in characters, whose text is in `others` too; 0 when empty."""
    text = _joined(others)
    whole = found = 0
    for block in blocks:
        key = _key(block)
        whole += len(key)
        found += len(key) if key in text else 0
    return found / whole if whole else 0.0


def chars(blocks: Sequence[Block]) -> int:
    """Return the length of a reading in characters."""
    return sum(len(block.text) for block in blocks)


def _joined(blocks: Sequence[Block]) -> str:
    return "\n".join(_key(block) for block in blocks)


def _key(block: Block) -> str:
    return "".join(_WORD.findall(block.text.lower()))


def _pairs(text: str) -> set[tuple[str, str]]:
    words = _WORD.findall(fold(text))
    return set(pairwise(words))


def _likeness(blocks: Sequence[Block], text: str) -> float:
    """Share of word pairs in common, by the larger side."""
    ours, theirs = _pairs(" ".join(block.text for block in blocks)), _pairs(text)
    return len(ours & theirs) / max(1, len(ours), len(theirs))


def _described(blocks: Sequence[Block], descriptions: Sequence[str]) -> float:
    text = _pairs(" ".join(block.text for block in blocks))
    shares = [len(pairs & text) / len(pairs) for pairs in map(_pairs, descriptions) if len(pairs) >= 5]
    return max(shares, default=0.0)
