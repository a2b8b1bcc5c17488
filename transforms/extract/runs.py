"""A page as runs: the text between two block boundaries, with how much of it is prose."""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree, html

PROSE_CHARS = 60
"""Characters from which a block counts as prose; trafilatura's frames need 250 in sum."""
WIDE_CHARS = 25
"""The same for scripts without spaces, where a sign carries a syllable or a word."""
WIDE_SAMPLE = 40
MAX_LINK_SHARE = 0.5
"""Share of a run's characters that links may hold."""
HEADS = ("h1", "h2", "h3", "h4", "h5", "h6")

_BLOCKS = frozenset(
    "address article aside blockquote body center dd details div dl dt fieldset figcaption figure "  # noqa: SIM905
    "footer form "
    "h1 h2 h3 h4 h5 h6 header hgroup hr html li main nav ol p pre section summary table tbody td tfoot th "
    "thead tr ul".split()
)
_SKIPPED = {"figcaption", "figure", "nav", "footer", "aside", "button", "script", "style", "noscript"}


@dataclass(slots=True)
class Run:
    """Text between two block boundaries."""

    element: html.HtmlElement
    tag: str
    text: str
    linked: int
    prose: int
    """Characters of prose; 0 for headings, labels and lists of links."""


def _prose(tag: str, text: str, linked: int) -> int:
    chars = len(text)
    if chars < WIDE_CHARS or tag in HEADS or linked > MAX_LINK_SHARE * chars:
        return 0
    return chars if chars >= PROSE_CHARS or _is_wide(text[:WIDE_SAMPLE]) else 0


def _is_wide(start: str) -> bool:
    return not start.isascii() and sum(char > "\u2e80" for char in start) * 2 > len(start)


def read_runs(body: html.HtmlElement) -> Iterator[Run]:
    """Walk `body` once; captions, menus, footers and scripts have no runs."""
    open_blocks: list[html.HtmlElement] = []
    parts: list[str] = []
    linked = links = skipped = 0

    def flush() -> Iterator[Run]:
        nonlocal linked
        element = open_blocks[-1] if open_blocks else body
        tag = str(element.tag)
        lines = "".join(parts).split("\n")
        share = linked / max(1, sum(len(line.strip()) for line in lines)) if linked else 0.0
        for line in lines:
            text = " ".join(line.split())
            if text:
                linked_chars = int(share * len(text))
                yield Run(element, tag, text, linked_chars, _prose(tag, text, linked_chars))
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
