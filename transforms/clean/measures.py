"""How much prose, link text and furniture every element of a page holds; all structural rules read it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from warta.transforms.outline import BLOCKS, Outline

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})

PROSE_CHARS = 80
"""Characters of running text from which a block counts as prose; a headline rarely has as many."""

COUNTER_CHARS = 40
"""A shorter text with a digit beside links is a date, a clock time or a counter and weighs nothing."""

_CARD_TAGS = HEADINGS | {"img", "picture"}
_DIGIT = re.compile(r"\d")


class Page:
    """A page and what each of its elements holds, all below it included.

    Attributes, columns with an entry for each element of `outline`:
      plain: characters outside links, dates and counters aside.
      linked: characters in links.
      prose: characters in blocks of running text.
      links: links with an address.
      all_prose: characters of prose on the whole page, before any cut.
    """

    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        tags, ends = outline.tags, outline.ends
        every = range(len(tags))
        plain, linked = _weighed(outline)
        self._prose = _prose(outline, plain, linked)
        links = bytearray(len(tags))
        for at in outline.links:
            links[at] = 1
        self.plain = _sums(plain, outline.text_at, outline.text_end)
        self.linked = _sums(linked, outline.text_at, outline.text_end)
        self.prose = _sums(self._prose, every, ends)
        self.links = _sums(links, every, ends)
        self.all_prose = self.prose[0]

    def chars(self, at: int) -> int:
        """Return the characters that an element holds, dates and counters aside."""
        return self.plain[at] + self.linked[at]

    def linked_share(self, at: int) -> float:
        """Return how much of an element's text is linked, 0 to 1."""
        return self.linked[at] / max(1, self.chars(at))

    def prose_blocks(self, at: int) -> int:
        """Return how many blocks of running text an element holds."""
        return sum(chars > 0 for chars in self._prose[at : self.outline.ends[at]])

    def has_picture_or_heading(self, at: int) -> bool:
        """Does an element hold, or is it, one of these?"""
        tags, gone, end = self.outline.tags, self.outline.gone, self.outline.ends[at]
        return any(tags[below] in _CARD_TAGS and not gone[below] for below in range(at, end))

    def left(self, places: Iterable[int]) -> Iterator[int]:
        """Yield those of `places` that are still there when their turn comes, the body apart.

        They may be chosen by their figures before the first of them is cut: a cut changes the figures of what
        holds it, and that had its turn before.
        """
        gone = self.outline.gone
        return (at for at in places if at and not gone[at])

    def cut(self, at: int) -> str:
        """Take an element and all below it out of the page; return its text."""
        for column in (self.plain, self.linked, self.prose, self.links):
            if held := column[at]:
                for up in self.outline.ancestors(at):
                    column[up] -= held
        end = self.outline.ends[at]
        self._prose[at:end] = [0] * (end - at)
        return self.outline.cut(at)


def _sums(column: Iterable[int], starts: Iterable[int], ends: Iterable[int]) -> list[int]:
    before = list(accumulate(column, initial=0))
    return [before[end] - before[start] for start, end in zip(starts, ends, strict=True)]


def _weighed(outline: Outline) -> tuple[list[int], list[int]]:
    """Return for each text its characters outside links, and those in them; blanks around it aside."""
    plain, linked = [], []
    for text, is_linked in zip(outline.texts, outline.linked, strict=True):
        bare = text.strip()
        chars = len(bare)
        weighs = chars > COUNTER_CHARS or not _DIGIT.search(bare)
        plain.append(chars if weighs and not is_linked else 0)
        linked.append(chars if is_linked else 0)
    return plain, linked


def _prose(outline: Outline, plain: Sequence[int], linked: Sequence[int]) -> list[int]:
    """Return for each element its own characters of running text, those of blocks in it aside."""
    own, in_links = [0] * len(outline.tags), [0] * len(outline.tags)
    blocks = outline.blocks
    for owner, chars, linked_chars in zip(outline.owners, plain, linked, strict=True):
        own[blocks[owner]] += chars
        in_links[blocks[owner]] += linked_chars
    return [
        chars if chars >= PROSE_CHARS and chars >= linked_chars and tag in BLOCKS else 0
        for chars, linked_chars, tag in zip(own, in_links, outline.tags, strict=True)
    ]
