"""Our own reading of a page: the container that holds the prose, and its blocks in order.

trafilatura looks for known names of containers; this looks only at where running text is. It costs an eighth
as much and knows when a page is plain. The two rarely fail on the same page, so where they disagree the page
is doubtful.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate, islice
from typing import NamedTuple

from warta.transforms.extract.body import HEADING, ITEM, PARAGRAPH, QUOTE, ROW, Block
from warta.transforms.extract.runs import HEADS, MAX_LINK_SHARE, Run, read_runs
from warta.transforms.outline import Outline
from warta.transforms.text import fold

DOMINANT = 0.7
"""Share of a container's prose that one child has to hold to become the container."""
_LEAVES = frozenset((*HEADS[1:], *"p li ul ol dd dt dl blockquote pre td tr tbody".split()))  # noqa: SIM905
_MARKS = "\"'“”„«»‘’ .…"
_DIGITS = re.compile(r"\d+")
_KINDS = {
    **dict.fromkeys(HEADS, HEADING),
    **dict.fromkeys(("li", "dd", "dt"), ITEM),
    "blockquote": QUOTE,
    **dict.fromkeys(("td", "th"), ROW),
}
_COMMENT_NAMES = "comments?|komentar|kommentare?|disqus|respond|replies"
_COMMENTS = re.compile(rf"(?:^|[-_\s])(?:{_COMMENT_NAMES})(?:$|[-_\s\d])", re.IGNORECASE)
_FURNITURE = re.compile(
    rf"(?:^|[-_\s])(?:{_COMMENT_NAMES}|related|recirc\w*|recommend\w*|teasers?|promo"
    r"|newsletters?|subscri\w+|signup|sign-up|modal|popup|cookies?|consent|gdpr|paywall|share|sharing|social|sidebar"
    r"|footer|breadcrumbs?|captions?|credits?|byline|author|authors|bio|tags?|advert\w*|sponsor\w*|outbrain"
    r"|taboola|most-?read|popular|trending|glossary|login|registration|push|banner|disclaimer|copyright|hidden"
    r"|sr-only|visually-hidden|screen-reader\w*|tooltip|dropdown|menu|meta|dateline|timestamp)(?:$|[-_\s\d])",
    re.IGNORECASE,
)
"""Names that authors of pages give to what is not the article, as whole words of a class or id."""
MAX_NAME_CHARS = 1_000
MAX_NAMED_SHARE = 0.5
"""Blocks with such names are kept when they hold more of the prose: then the name means something else."""
ODD_SHARE = 0.1
"""Share of a reading's text below which a kind of container is an odd place for a paragraph."""
MAX_QUOTES = 100
"""Quotes that are looked for in the rest of the text: each costs a search through all of it."""
PLAIN_CHARS = 500
"""The least that the blocks of a plain page hold..."""
PLAIN_PARAGRAPHS = 0.9
"""...and share of its container's prose that stands in paragraphs, quotes and items."""


class Plain(NamedTuple):
    """What makes a page plain: the least shares."""

    prose: float
    """Of a page's prose that its container holds..."""
    shape: float
    """...and of the blocks' text that one kind of container holds..."""
    kept: float
    """...and of the container's text outside links that the blocks keep."""


PLAIN = Plain(0.9, 0.8, 0.85)
PLAIN_BUT_FOR_FURNITURE = Plain(0.95, 0.95, 0.9)
"""The same where prose elsewhere does not count if it is named like furniture: names err, so all else has to
fit better. So 430 of 675 real pages are plain, of which 361 were without it and with .95 of the prose in
paragraphs. Over the 345 known bodies F1 is .971, leak .061 and loss .026 either way; with every page read by
trafilatura too it was .970, .064 and .027. `tests.gate.extraction` prints these."""
_PARAGRAPHS = frozenset({"p", "blockquote", "li"})
_CELLS = frozenset({"td", "th", "dt", "dd"})
_NO_CONTAINERS = frozenset({"p", "li", "blockquote", "td", "span", "strong", "b", "em", "i"})
TITLED_SHARE = 0.2
"""Share of a container's prose from which the child that holds the headline is the article..."""
TITLED_CHARS = 500
"""...when it also holds this much: a headline with a long summary is not one."""


class OwnReading:
    """The runs of a page's text, and what can be read off them.

    Attributes:
      blocks: those of the container that holds most of the prose.
      is_plain: nothing else on the page can be the article, and no other reading need be asked.
    """

    def __init__(self, page: Outline, title: str = "") -> None:
        """Read what is left of `page`; of two articles the one is meant whose headline is `title`."""
        self.page = page
        self.runs = read_runs(page)
        self.title = fold(title)
        self.blocks, self.is_plain = self._read()

    def _read(self) -> tuple[list[Block], bool]:
        page = self.page
        weights = _weights(page, self.runs)
        container = _container(page, weights, _headline(self.runs, self.title))
        headline = next((run for run in self.runs if run.tag == "h1"), None)
        end = page.ends[container]
        inside = [run for run in self.runs if container <= run.at < end and run is not headline]
        unnamed, prose = [], 0
        verdicts = {container: False}
        for run in inside:
            if is_named(page, run.at, verdicts):
                prose += run.prose
            else:
                unnamed.append(run)
        whole = weights[container]
        by_name = prose <= MAX_NAMED_SHARE * whole
        blocks = _of_one_kind(page, _trimmed(page, unnamed if by_name else inside))
        plain = _plainest(blocks, inside)
        if plain is None or not by_name or _are_comments(page, container):
            return blocks, False
        alone = whole >= PLAIN.prose * weights[0]
        if not alone and plain is PLAIN_BUT_FOR_FURNITURE:
            alone = whole >= plain.prose * (whole + self._unnamed_beside(container))
        return blocks, alone

    def _unnamed_beside(self, container: int) -> int:
        """Return how much prose stands elsewhere that is not named like furniture."""
        verdicts = {0: False}
        inside = range(container, self.page.ends[container])
        beside = (run for run in self.runs if run.prose and run.at not in inside)
        return sum(run.prose for run in beside if not is_named(self.page, run.at, verdicts))


def _of_one_kind(page: Outline, runs: Sequence[Run]) -> list[Block]:
    """Return `runs` as blocks, without captions and labels (in odd places) and pull quotes (told twice)."""
    blocks = [Block(run.text, _kind(page, run.at), _shape(page, run.at)) for run in runs]
    shares = _shares(blocks)
    kept = [
        block
        for block, run in zip(blocks, runs, strict=True)
        if block.kind != PARAGRAPH or (run.tag == "p" and run.prose) or shares[block.shape] >= ODD_SHARE
    ]
    quotes = {block for block in kept if block.kind == QUOTE}
    if not 0 < len(quotes) <= MAX_QUOTES:
        return kept
    text = "\n".join(block.text for block in kept if block.kind != QUOTE)
    return [block for block in kept if block not in quotes or block.text.strip(_MARKS) not in text]


def _shares(blocks: Sequence[Block]) -> dict[str, float]:
    """Return the share of the text that each kind of container holds."""
    chars: dict[str, int] = {}
    for block in blocks:
        chars[block.shape] = chars.get(block.shape, 0) + len(block.text)
    whole = sum(chars.values())
    return {shape: held / whole for shape, held in chars.items()}


def _plainest(blocks: Sequence[Block], inside: Sequence[Run]) -> Plain | None:
    """Return the stricter or the looser limits that `blocks` meet: nearly all that their container holds."""
    if any(run.tag in _CELLS for run in inside):
        return None  # trafilatura lays out tables
    chars = sum(len(block.text) for block in blocks)
    prose = sum(run.prose for run in inside)
    paragraphs = sum(run.prose for run in inside if run.tag in _PARAGRAPHS)
    if chars < PLAIN_CHARS or paragraphs < PLAIN_PARAGRAPHS * prose:
        return None
    shape = max(_shares(blocks).values())
    text = sum(len(run.text) - run.linked for run in inside)
    for plain in (PLAIN_BUT_FOR_FURNITURE, PLAIN):
        if shape >= plain.shape and chars >= plain.kept * text:
            return plain
    return None


def _are_comments(page: Outline, container: int) -> bool:
    return any(
        _COMMENTS.search(f"{page.classes[at]} {page.ids[at]}"[:MAX_NAME_CHARS])
        for at in (container, *page.ancestors(container))
        if at
    )


def _weights(page: Outline, runs: list[Run]) -> list[int]:
    """Return how much prose each element holds."""
    own = [0] * len(page.elements)
    for run in runs:
        own[run.at] += run.prose
    before = list(accumulate(own, initial=0))
    return [before[end] - held for held, end in zip(before, page.ends, strict=False)]


def _headline(runs: list[Run], title: str) -> int:
    """Return where the headline stands: the h1 or h2 that repeats it, else the first h1; -1 without one."""
    heads = [run.at for run in runs if run.tag == "h1"]
    named = [run.at for run in runs if run.tag in {"h1", "h2"} and title and fold(run.text) == title]
    return next(iter([*named, *heads]), -1)


def _container(page: Outline, weights: list[int], headline: int) -> int:
    container = 0
    while True:
        whole = weights[container]
        children = list(page.children(container))
        if not children or not whole:
            return container
        best = max(children, key=weights.__getitem__)
        with_title = next((child for child in children if child <= headline < page.ends[child]), None)
        if with_title is not None and weights[with_title] >= max(TITLED_CHARS, TITLED_SHARE * whole):
            best = with_title
        elif weights[best] < DOMINANT * whole:
            return container
        if page.tags[best] in _NO_CONTAINERS:
            return container
        container = best


def is_named(page: Outline, at: int, verdicts: dict[int, bool]) -> bool:
    """Tell whether an element or one that holds it is named like furniture; fills `verdicts` on the way."""
    trail = []
    while at not in verdicts:
        trail.append(at)
        at = page.parents[at]
    verdict = verdicts[at]
    for at in reversed(trail):
        verdict = verdicts[at] = verdict or _names_furniture(
            f"{page.classes[at]} {page.ids[at]}"[:MAX_NAME_CHARS]
        )
    return verdict


@lru_cache(maxsize=10_000)
def _names_furniture(name: str) -> bool:
    return _FURNITURE.search(name) is not None


def _trimmed(page: Outline, runs: list[Run]) -> list[Run]:
    """Cut what stands before the first and after the last prose; paragraphs beside that prose stay.

    Behind it they may stand after links: credits do, and who is named there is read when they are cut.
    """
    prose = [at for at, run in enumerate(runs) if run.prose]
    if not prose:
        return []
    first, last = prose[0], prose[-1]
    while first and _stand_side_by_side(page, runs[first - 1], runs[prose[0]]):
        first -= 1
    closing = [run for run in runs[last + 1 :] if _stand_side_by_side(page, run, runs[last])]
    return [*runs[first : last + 1], *closing]


def _stand_side_by_side(page: Outline, run: Run, prose: Run) -> bool:
    return (
        run.tag == "p"
        and run.linked <= MAX_LINK_SHARE * len(run.text)
        and page.parents[run.at] == _holder(page, prose.at)
    )


def _holder(page: Outline, at: int) -> int:
    """Return the place of what holds the paragraph, list or quote that an element belongs to."""
    while page.tags[at] in _LEAVES and at:
        at = page.parents[at]
    return at


def _shape(page: Outline, at: int) -> str:
    holder = _holder(page, at)
    return f"{page.tags[holder]}.{_DIGITS.sub('', page.classes[holder])}"


def _kind(page: Outline, at: int) -> str:
    for up in islice((at, *page.ancestors(at)), 4):
        if kind := _KINDS.get(page.tags[up]):
            return kind
    return PARAGRAPH
