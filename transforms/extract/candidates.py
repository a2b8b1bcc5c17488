"""Which reading of a page is its article: ours on a plain page, else two that agree, else by evidence.

Two of three pages are plain: their prose stands in one place, and our own reading finds it in a millisecond.
The others are read by trafilatura too, for some milliseconds more. Where the two agree, the page is settled.
Where they do not, it is doubtful, and the choice falls by what else is known: JSON-LD
`articleBody`, whether what one reading has more stands in the same kind of container, the description, the
feed's summary. Only a page where all of that is silent and the default is thin pays for trafilatura's slow
reading, which asks readability and jusText too.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import pairwise

from lxml import etree, html

from warta.transforms.extract.body import Block, extract_body
from warta.transforms.extract.lead import find_lead
from warta.transforms.extract.own import OwnReading
from warta.transforms.outline import Outline
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

DESCRIPTION_PAIRS = 5
"""A description of fewer word pairs says nothing."""

_Verdict = tuple[Sequence[Block], str, str]
"""Blocks, the name of the reading, and the evidence."""
_COUNT = etree.XPath("count(//*)")
_WORD = re.compile(r"\w+")
_NOT_WORD = re.compile(r"\W+")
_MARKS = bytes(code for code in range(128) if _NOT_WORD.match(chr(code)))


@dataclass(frozen=True, slots=True)
class Choice:
    """The reading that was chosen, by name, and why."""

    blocks: tuple[Block, ...]
    name: str
    doubtful: bool = False
    evidence: tuple[str, ...] = ()


def choose_body(
    page: Outline,
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

    The page is not changed.
    """
    own = OwnReading(page, title)
    if own.is_plain:
        choice = Choice(tuple(own.blocks), "own")
    else:
        choice = _by_two_readings(page.tree, own.blocks, descriptions, linked_body)
    lead = find_lead(own, choice.blocks, descriptions)
    return replace(choice, blocks=(*lead, *choice.blocks)) if lead else choice


def _by_two_readings(
    tree: html.HtmlElement, own: list[Block], descriptions: Sequence[str], linked_body: str
) -> Choice:
    fast = extract_body(tree)
    doubt = _Doubt(tree, fast, own, descriptions, linked_body)
    if min(doubt.fast_in_own, doubt.own_in_fast) >= AGREED and chars(fast) >= THIN_CHARS:
        return Choice(tuple(fast), "default")
    return doubt.settle()


class _Doubt:
    """Two readings that differ, and what else is known about the page."""

    def __init__(
        self,
        tree: html.HtmlElement,
        fast: list[Block],
        own: list[Block],
        descriptions: Sequence[str],
        linked_body: str,
    ) -> None:
        self.tree, self.fast, self.own = tree, fast, own
        self.descriptions, self.linked_body = descriptions, linked_body
        self.own_keys, fast_keys = keys(own), keys(fast)
        self.fast_in_own = contained(fast_keys, self.own_keys)
        self.own_in_fast = contained(self.own_keys, fast_keys)

    def settle(self) -> Choice:
        """Choose by the strongest evidence there is, the cheapest first."""
        why = f"default in own {self.fast_in_own:.2f}, own in default {self.own_in_fast:.2f}"
        blocks, name, reason = (
            self._by_json_ld() or self._by_containment() or self._by_description() or self._by_slow_reading()
        )
        return Choice(tuple(blocks), name, True, (why, reason))

    def _by_json_ld(self) -> _Verdict | None:
        if len(self.linked_body) < LINKED_CHARS:
            return None
        likeness = {
            "default": _likeness(self.fast, self.linked_body),
            "own": _likeness(self.own, self.linked_body),
        }
        best = max(likeness, key=lambda name: likeness[name])
        if likeness[best] >= DESCRIBED:
            blocks = self.own if best == "own" else self.fast
            return blocks, best, f"most like JSON-LD articleBody: {likeness[best]:.2f}"
        if max(chars(self.fast), chars(self.own)) < len(self.linked_body) / 2:
            return (
                linked_blocks(self.linked_body),
                "json_ld",
                "both readings have less than half of articleBody",
            )
        return None

    def _by_containment(self) -> _Verdict | None:
        fast, own = self.fast, self.own
        if chars(own) >= 2 * chars(fast) and self._own_described - self._fast_described >= 0.5:
            return own, "own", "holds the description and is twice as long"
        if self.fast_in_own >= AGREED and chars(fast) >= THIN_CHARS:
            return merge(fast, own), "own", "has more in containers of the same kind"
        if self.own_in_fast >= AGREED and len(fast) <= LUMPS and len(own) >= 2 * LUMPS:
            return own, "own", "default is one lump that holds all of it"
        if self.own_in_fast >= AGREED and chars(own) >= THIN_CHARS:
            return fast, "default", "holds all of our own reading"
        return None

    def _by_description(self) -> _Verdict | None:
        ours, theirs = self._own_described, self._fast_described
        if abs(ours - theirs) < 0.5:
            return None
        blocks, name = (self.own, "own") if ours > theirs else (self.fast, "default")
        return (
            (blocks, name, f"holds the description: {max(ours, theirs):.2f}")
            if chars(blocks) >= THIN_CHARS
            else None
        )

    def _by_slow_reading(self) -> _Verdict:
        fast, own = self.fast, self.own
        if chars(fast) >= 2 * THIN_CHARS or _COUNT(self.tree) > MAX_SLOW_ELEMENTS:
            return fast, "default", "no evidence against it"
        slow = extract_body(self.tree, fast=False)
        if chars(own) >= 2 * THIN_CHARS and contained(keys(slow), self.own_keys) >= 0.5:
            return own, "own", "default is thin, slow and own agree"
        if chars(slow) > chars(fast):
            return slow, "slow", "default is thin"
        return fast, "default", "slow has no more"

    @cached_property
    def _own_described(self) -> float:
        return described(self.own, self.descriptions)

    @cached_property
    def _fast_described(self) -> float:
        return described(self.fast, self.descriptions)


def described(blocks: Sequence[Block], descriptions: Sequence[str]) -> float:
    """Return the share of a description's word pairs that a reading holds; the best described counts."""
    pairs = [said for said in map(_pairs, descriptions) if len(said) >= DESCRIPTION_PAIRS]
    text = _pairs(" ".join(block.text for block in blocks)) if pairs else set()
    return max((len(said & text) / len(said) for said in pairs), default=0.0)


def linked_blocks(linked_body: str) -> list[Block]:
    """Return JSON-LD `articleBody` as blocks, one a line."""
    lines = (" ".join(line.split()) for line in linked_body.splitlines())
    return [Block(line) for line in lines if line]


def merge(known: Sequence[Block], more: Sequence[Block]) -> list[Block]:
    """Return the blocks of `more` that `known` has too or that stand in containers of the same kind."""
    text = "\n".join(keys(known))
    in_known = [key in text for key in keys(more)]
    weights: dict[str, int] = {}
    for block, known_too in zip(more, in_known, strict=True):
        if known_too:
            weights[block.shape] = weights.get(block.shape, 0) + len(block.text)
    least = KNOWN_SHARE * sum(weights.values())
    shapes = {shape for shape, weight in weights.items() if weight >= least}
    return [
        block for block, known_too in zip(more, in_known, strict=True) if known_too or block.shape in shapes
    ]


def contained(keys: Sequence[str], others: Sequence[str]) -> float:
    """Return the share of `keys`, in characters, that stand in `others` too; 0 when there are none."""
    text = "\n".join(others)
    whole = sum(map(len, keys))
    return sum(len(key) for key in keys if key in text) / whole if whole else 0.0


def keys(blocks: Sequence[Block]) -> list[str]:
    """Return a key for each block, its letters and digits: what two readings of one paragraph agree in."""
    return [_key(block.text) for block in blocks]


@lru_cache(maxsize=1_000)  # most paragraphs stand in both readings
def _key(text: str) -> str:
    if text.isascii():
        return text.encode().lower().translate(None, _MARKS).decode()
    return "".join(_NOT_WORD.split(text.lower()))


def chars(blocks: Sequence[Block]) -> int:
    """Return the length of a reading in characters."""
    return sum(len(block.text) for block in blocks)


def _pairs(text: str) -> set[tuple[str, str]]:
    words = _WORD.findall(fold(text))
    return set(pairwise(words))


def _likeness(blocks: Sequence[Block], text: str) -> float:
    """Share of word pairs in common, by the larger side."""
    ours, theirs = _pairs(" ".join(block.text for block in blocks)), _pairs(text)
    return len(ours & theirs) / max(1, len(ours), len(theirs))
