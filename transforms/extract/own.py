"""A second reading of a page, our own: the container that holds the prose, and its blocks in order.

trafilatura looks for known names of containers; this looks only at where running text is. The two rarely
fail on the same page, so where they disagree the page is doubtful.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree, html

from warta.transforms.extract.body import HEADING, ITEM, PARAGRAPH, QUOTE, ROW, Block
from warta.transforms.text import fold

PROSE_CHARS = 60
"""Characters from which a block counts as prose; trafilatura's frames need 250 in sum."""
WIDE_CHARS = 25
"""The same for scripts without spaces, where a sign carries a syllable or a word."""
WIDE_SAMPLE = 40
DOMINANT = 0.7
"""Share of a container's prose that one child has to hold to become the container."""
MAX_LINK_SHARE = 0.5

_BLOCKS = frozenset(
    "address article aside blockquote body center dd details div dl dt fieldset figcaption figure "  # noqa: SIM905
    "footer form "
    "h1 h2 h3 h4 h5 h6 header hgroup hr html li main nav ol p pre section summary table tbody td tfoot th "
    "thead tr ul".split()
)
_LEAD = re.compile(
    r"(?:^|[-_\s])(?:lead|lede|intro|introduction|teaser|summary|abstract|standfirst|subtitle|sub-?head(?:line|ing)?"
    r"|sub-?title|dek|deck|vorspann|chapo|entradilla|bajada|sumario|ingress|excerpt|sinopsis|strap"
    r"line)(?:$|[-_\s\d])",
    re.IGNORECASE,
)
"""Names that authors of pages give to the summary below the headline."""
LEAD_CHARS = 60
"""Shortest lead, and how much of a description it has to begin with: feeds cut theirs off."""
MAX_LEAD_CHARS = 900
_LEAVES = {
    "p",
    "li",
    "ul",
    "ol",
    "dd",
    "dt",
    "dl",
    "blockquote",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "pre",
    "td",
    "tr",
    "tbody",
}
_DIGITS = re.compile(r"\d+")
_HEADS = ("h1", "h2", "h3", "h4", "h5", "h6")
_KINDS = {
    **dict.fromkeys(_HEADS, HEADING),
    **dict.fromkeys(("li", "dd", "dt"), ITEM),
    "blockquote": QUOTE,
    **dict.fromkeys(("td", "th"), ROW),
}
_SKIPPED = {"figcaption", "figure", "nav", "footer", "aside", "button", "script", "style", "noscript"}
_FURNITURE = re.compile(
    r"(?:^|[-_\s])(?:comments?|komentar|kommentare?|disqus|respond|replies|related|recirc\w*|recommend\w*|teasers?|promo"
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
TITLED_SHARE = 0.2
"""Share of a container's prose from which the child that holds the headline is the article..."""
TITLED_CHARS = 500
"""...when it also holds this much: a headline with a long summary is not one."""


@dataclass(slots=True)
class _Run:
    """Text between two block boundaries."""

    element: html.HtmlElement
    tag: str
    text: str
    linked: int
    prose: int
    """Characters of prose; 0 for headings, labels and lists of links."""


def _prose(tag: str, text: str, linked: int) -> int:
    chars = len(text)
    if chars < WIDE_CHARS or tag in _HEADS or linked > MAX_LINK_SHARE * chars:
        return 0
    return chars if chars >= PROSE_CHARS or _is_wide(text[:WIDE_SAMPLE]) else 0


def _is_wide(start: str) -> bool:
    return not start.isascii() and sum(char > "\u2e80" for char in start) * 2 > len(start)


class OwnReading:
    """The runs of a page's text, and what can be read off them."""

    def __init__(self, tree: html.HtmlElement, title: str = "") -> None:
        """Walk `tree` once. `title` is the headline; of two articles the one that carries it is meant."""
        body = tree.find("body") if tree.tag == "html" else tree
        self._body = tree if body is None else body
        self._runs = list(_runs(self._body))
        self._title = fold(title)

    def blocks(self) -> list[Block]:
        """Return the blocks of the container that holds most of the prose."""
        weights = _weights(self._body, self._runs)
        container = _container(self._body, weights, _titled(self._runs, self._title))
        below = set(container.iter())
        inside = [run for run in self._runs if run.tag != "h1" and run.element in below]
        unnamed, prose = [], 0
        verdicts = {container: False}
        for run in inside:
            if _is_named(run.element, verdicts):
                prose += run.prose
            else:
                unnamed.append(run)
        if prose <= MAX_NAMED_SHARE * weights.get(container, 0):
            inside = unnamed
        return [Block(run.text, _kind(run.element), _shape(run.element)) for run in _trimmed(inside)]

    def lead(self, blocks: Sequence[Block], descriptions: Sequence[str]) -> list[Block]:
        """Return the summary that stands between headline and body, when `blocks` lack it.

        It is one that the page's or the feed's description repeats, or whose markup calls it a lead; with its
        neighbours of the same name, for a summary may be three short paragraphs.
        """
        text = {fold(block.text) for block in blocks}
        first = next((at for at, run in enumerate(self._runs) if fold(run.text) in text), 0)
        head = next((at for at, run in enumerate(self._runs[:first]) if self._is_head(run)), None)
        if head is None:
            return []
        start = fold(blocks[0].text)[:LEAD_CHARS] if blocks else ""
        known = [fold(description)[:LEAD_CHARS] for description in descriptions if description]
        between = self._runs[head + 1 : first]
        for run in between:
            folded = fold(run.text)
            if not LEAD_CHARS <= len(folded) <= MAX_LEAD_CHARS or run.linked > MAX_LINK_SHARE * len(run.text):
                continue
            if folded == self._title or folded.startswith(start):
                continue
            if "alternativeHeadline" in (run.element.get("itemprop") or ""):
                continue  # the page itself calls it a second headline
            told = any(folded.startswith(said[:LEAD_CHARS]) for said in known if len(said) >= LEAD_CHARS)
            if told or _is_lead(run.element):
                return [Block(one.text, PARAGRAPH) for one in between if one is run or _are_alike(one, run)]
        return []

    def _is_head(self, run: _Run) -> bool:
        return run.tag == "h1" or (run.tag in _HEADS and fold(run.text) == self._title)


def _are_alike(one: _Run, other: _Run) -> bool:
    mine, theirs = one.element, other.element
    name = mine.get("class")
    return bool(name) and (name, mine.tag, mine.getparent()) == (
        theirs.get("class"),
        theirs.tag,
        theirs.getparent(),
    )


def _is_lead(element: html.HtmlElement) -> bool:
    for at, up in enumerate((element, *element.iterancestors())):
        if at > 2 or up.tag in {"body", "main", "article"}:
            return False
        if _LEAD.search(f"{up.get('class') or ''} {up.get('id') or ''} {up.get('itemprop') or ''}"):
            return True
    return False


def _weights(body: html.HtmlElement, runs: list[_Run]) -> dict[html.HtmlElement, int]:
    weights: dict[html.HtmlElement, int] = {}
    for run in runs:
        prose = run.prose
        element: html.HtmlElement | None = run.element if prose else None
        while element is not None:
            weights[element] = weights.get(element, 0) + prose
            element = element.getparent() if element is not body else None
    return weights


def _titled(runs: list[_Run], title: str) -> set[html.HtmlElement]:
    """Return the elements above the headline: the h1 that repeats it, else the only h1."""
    heads = [run.element for run in runs if run.tag == "h1"]
    named = [run.element for run in runs if run.tag in {"h1", "h2"} and title and fold(run.text) == title]
    chosen = named[0] if named else (heads[0] if heads else None)
    return set() if chosen is None else {chosen, *chosen.iterancestors()}


def _container(
    body: html.HtmlElement, weights: dict[html.HtmlElement, int], titled: set[html.HtmlElement]
) -> html.HtmlElement:
    container = body
    while True:
        whole = weights.get(container, 0)
        best = max(container.iterchildren(), key=lambda child: weights.get(child, 0), default=None)
        if best is None or not whole:
            return container
        with_title = next((child for child in container.iterchildren() if child in titled), None)
        if with_title is not None and weights.get(with_title, 0) >= max(TITLED_CHARS, TITLED_SHARE * whole):
            best = with_title
        elif weights.get(best, 0) < DOMINANT * whole:
            return container
        if best.tag in {"p", "li", "blockquote", "td", "span", "strong", "b", "em", "i"}:
            return container
        container = best


def _is_named(element: html.HtmlElement, verdicts: dict[html.HtmlElement, bool]) -> bool:
    """Tell whether an element or one that holds it is named like furniture; fills `verdicts` on the way."""
    trail = []
    up = element
    while up not in verdicts:
        trail.append(up)
        up = up.getparent()
    verdict = verdicts[up]
    for up in reversed(trail):
        verdict = verdicts[up] = verdict or _names_furniture(
            f"{up.get('class') or ''} {up.get('id') or ''}"[:MAX_NAME_CHARS]
        )
    return verdict


@lru_cache(maxsize=10_000)
def _names_furniture(name: str) -> bool:
    return _FURNITURE.search(name) is not None


def _trimmed(runs: list[_Run]) -> list[_Run]:
    """Cut what stands before the first and after the last prose."""
    prose = [at for at, run in enumerate(runs) if run.prose]
    return runs[prose[0] : prose[-1] + 1] if prose else []


def _shape(element: html.HtmlElement) -> str:
    holder = element
    while holder.tag in _LEAVES and holder.getparent() is not None:
        holder = holder.getparent()
    names = holder.get("class")
    return f"{holder.tag}.{_DIGITS.sub('', names) if names else ''}"


def _kind(element: html.HtmlElement) -> str:
    for at, up in enumerate((element, *element.iterancestors())):
        if at > 3:
            break
        kind = _KINDS.get(str(up.tag))
        if kind:
            return kind
    return PARAGRAPH


def _runs(body: html.HtmlElement) -> Iterator[_Run]:
    open_blocks: list[html.HtmlElement] = []
    parts: list[str] = []
    linked = links = skipped = 0

    def flush() -> Iterator[_Run]:
        nonlocal linked
        element = open_blocks[-1] if open_blocks else body
        tag = str(element.tag)
        lines = "".join(parts).split("\n")
        share = linked / max(1, sum(len(line.strip()) for line in lines)) if linked else 0.0
        for line in lines:
            text = " ".join(line.split())
            if text:
                linked_chars = int(share * len(text))
                yield _Run(element, tag, text, linked_chars, _prose(tag, text, linked_chars))
        parts.clear()
        linked = 0

    for event, element in etree.iterwalk(body, events=("start", "end")):
        tag = element.tag
        if event == "start":
            if tag in _SKIPPED:
                skipped += 1
            if tag in _BLOCKS:
                if parts and (not skipped or tag in _SKIPPED):
                    yield from flush()
                open_blocks.append(element)
            elif tag == "br":
                parts.append("\n")
            elif tag == "a":
                links += 1
            if element.text and not skipped:
                parts.append(element.text.replace("\n", " "))
                linked += len(element.text.strip()) if links else 0
            continue
        if tag in _BLOCKS:
            if parts and not skipped:
                yield from flush()
            open_blocks.pop()
        elif tag == "a":
            links -= 1
        if tag in _SKIPPED:
            skipped -= 1
        if element.tail and not skipped and element is not body:
            parts.append(element.tail.replace("\n", " "))
            linked += len(element.tail.strip()) if links else 0
