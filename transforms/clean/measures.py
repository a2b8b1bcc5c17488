"""One pass over a page's tree: how much prose, link text and furniture every element holds.

All structural rules read these measures instead of walking the tree again; the pass costs about 1 µs an
element, a twentieth of what extraction costs.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree, html

BLOCKS = frozenset(
    "address article aside blockquote body center dd details dialog div dl dt fieldset figcaption "  # noqa: SIM905
    "figure footer form h1 h2 h3 h4 h5 h6 header hgroup html li main nav ol p pre section summary table "
    "tbody td tfoot th thead tr ul".split()
)
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
DROPPED = ("script", "style", "template", "iframe", "svg", "canvas", "select", "textarea", "datalist")
"""Elements that never show as text. Void ones (link, input, embed) are left alone: on broken pages the
parser puts half the article inside them."""

CONTROLS = ("noscript", "button", "dialog", "video", "audio", "object", "map")
MAX_CONTROL_CHARS = 400
"""A control with more text wraps part of the page, by mistake or by a broken end tag; a long `noscript`
is the page for readers without scripts."""

PROSE_CHARS = 80
"""Characters of running text from which a block counts as prose; a headline rarely has as many."""

COUNTER_CHARS = 40
"""A shorter text with a digit beside links is a date, a clock time or a counter and weighs nothing."""

_IMAGES = frozenset({"img", "picture"})
_DIGIT = re.compile(r"\d")


@dataclass(slots=True)
class Node:
    """An element with the sums over its subtree: the page's `at`-th; `end` follows its last descendant."""

    element: html.HtmlElement
    tag: str
    at: int
    parent: int
    in_link: bool
    links: int
    images: int
    text_at: int
    """Index of its first text on the page; `text_end` is that after its last."""
    text_end: int = 0
    end: int = 0
    own: int = 0
    """Plain characters that belong to this block itself, inline children included."""
    own_linked: int = 0
    plain: int = 0
    """Characters outside links, dates and counters aside."""
    linked: int = 0
    prose: int = 0
    """Characters in blocks of running text."""
    prose_blocks: int = 0
    headings: int = 0
    gone: bool = False


class Page:
    """The measured elements of a body, in document order."""

    def __init__(self, body: html.HtmlElement) -> None:
        self.nodes, self._texts = _measured(body)
        self.prose = self.nodes[0].prose

    def left(self) -> Iterator[tuple[int, Node]]:
        """Yield index and node of all elements below the body that are still there when their turn comes."""
        nodes = self.nodes
        at = 1
        while at < len(nodes):
            node = nodes[at]
            if not node.gone:
                yield at, node
            at = node.end if node.gone else at + 1

    def text(self, node: Node) -> str:
        """Return an element's text with its blocks set apart by blanks, without what was cut from it."""
        return " ".join(" ".join(self._texts[node.text_at : node.text_end]).split())

    def children(self, at: int) -> Iterator[int]:
        """Yield the indices of the element's children that are still there."""
        child = at + 1
        end = self.nodes[at].end
        while child < end:
            node = self.nodes[child]
            if not node.gone:
                yield child
            child = node.end

    def siblings_after(self, at: int) -> Iterator[int]:
        """Yield the indices of the siblings after an element."""
        node = self.nodes[at]
        end = self.nodes[node.parent].end if node.parent >= 0 else node.end
        after = node.end
        while after < end:
            sibling = self.nodes[after]
            if not sibling.gone:
                yield after
            after = sibling.end

    def cut(self, at: int) -> str:
        """Take an element and all below it out of page and tree; return its text."""
        node = self.nodes[at]
        text = self.text(node)
        self._texts[node.text_at : node.text_end] = [""] * (node.text_end - node.text_at)
        for index in range(at, node.end):
            self.nodes[index].gone = True
        self._subtract(node)
        drop(node.element)
        return text

    def _subtract(self, node: Node) -> None:
        at = node.parent
        while at >= 0:
            up = self.nodes[at]
            up.plain -= node.plain
            up.linked -= node.linked
            up.links -= node.links
            up.prose -= node.prose
            up.prose_blocks -= node.prose_blocks
            up.images -= node.images
            up.headings -= node.headings
            at = up.parent


def drop(element: html.HtmlElement) -> None:
    """Remove an element from its tree; the text after it stays."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        previous = element.getprevious()
        if previous is not None:
            previous.tail = (previous.tail or "") + " " + element.tail
        else:
            parent.text = (parent.text or "") + " " + element.tail
    parent.remove(element)


def block_text(element: html.HtmlElement) -> str:
    """Return an element's text with its blocks set apart by blanks."""
    return " ".join(element.itertext())


def strip_machinery(tree: html.HtmlElement) -> None:
    """Remove what never shows as text: scripts, styles, embeds and form controls."""
    etree.strip_elements(tree, *DROPPED, with_tail=False)
    for element in list(tree.iter(*CONTROLS)):
        if len(element.text_content()) <= MAX_CONTROL_CHARS:
            drop(element)
        elif element.tag == "noscript":
            element.tag = "div"


def _measured(body: html.HtmlElement) -> tuple[list[Node], list[str]]:
    """Walk the tree once: return its elements, summed up, and its texts, both in document order.

    Parents tell where the walk leaves an element; `iterwalk` with an event for every end takes twice as long.
    """
    nodes: list[Node] = []
    texts: list[str] = []
    above: list[Node] = []
    inner: Node | None = None
    for element in body.iter():
        parent = element.getparent()
        while inner is not None and inner.element is not parent:
            inner = _close(above, texts, len(nodes))
        tag = element.tag
        if not isinstance(tag, str):  # what follows a comment is text of the page, but was never weighed
            texts += (element.tail or "").split()
            continue
        is_link = tag == "a" and element.get("href") is not None
        in_link = is_link or (inner is not None and inner.in_link)
        up = -1 if inner is None else inner.at
        links, images = 1 if is_link else 0, 1 if tag in _IMAGES else 0
        inner = Node(element, tag, len(nodes), up, in_link, links, images, len(texts))
        above.append(inner)
        nodes.append(inner)
        text = element.text
        if text and (text := text.strip()):
            texts.append(text)
            _count(inner, text)
    while inner is not None:
        inner = _close(above, texts, len(nodes))
    return nodes, texts


def _close(above: list[Node], texts: list[str], end: int) -> Node | None:
    """Leave the innermost element for the one around it, to which its figures, whole now, are added."""
    node = above.pop()
    node.end = end
    node.text_end = len(texts)
    if not above:
        return None
    up = above[-1]
    if node.tag in BLOCKS:
        if node.own >= PROSE_CHARS and node.own >= node.own_linked:
            node.prose += node.own
            node.prose_blocks += 1
        if node.tag in HEADINGS:
            node.headings += 1
    else:
        up.own += node.own
        up.own_linked += node.own_linked
    up.plain += node.plain
    up.linked += node.linked
    up.links += node.links
    up.prose += node.prose
    up.prose_blocks += node.prose_blocks
    up.images += node.images
    up.headings += node.headings
    tail = node.element.tail
    if tail and (tail := tail.strip()):
        texts.append(tail)
        _count(up, tail)
    return up


def _count(node: Node, text: str) -> None:
    chars = len(text)
    if node.in_link:
        node.linked += chars
        node.own_linked += chars
    elif chars > COUNTER_CHARS or not _DIGIT.search(text):
        node.plain += chars
        node.own += chars
