"""A page as its elements and its texts, both in document order: one walk that every look at it reads from.

Who asks lxml for each element's tag, texts, names and parent pays for it each time; four looks at the same
page did, in a seventh of a run. Here each is asked once and kept as a column; what else is to be known of a
page (its visible lines, how much prose an element holds, which container holds the article) is arithmetic
over columns.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from functools import cached_property

from lxml import etree
from lxml.html import HtmlElement

INLINE = frozenset(
    "a abbr acronym amp-timeago b bdi bdo big cite code data del dfn em font i img ins kbd label mark nobr "  # noqa: SIM905
    "q s samp small span strike strong sub sup time tt u var wbr".split()
)
BLOCKS = frozenset(
    "address article aside blockquote body center dd details dialog div dl dt fieldset figcaption "  # noqa: SIM905
    "figure footer form h1 h2 h3 h4 h5 h6 header hgroup html li main nav ol p pre section summary table "
    "tbody td tfoot th thead tr ul".split()
)
_INLINE, _UNKNOWN, _BREAK, _BLOCK = range(4)
_KINDS = {
    **dict.fromkeys(INLINE, _INLINE),
    **dict.fromkeys(("br", "hr", "button"), _BREAK),
    **dict.fromkeys(BLOCKS, _BLOCK),
}
"""What an element does to the line it stands in. All but inline ones end it; of those that are in neither
list (`picture`, `ps-headline`) nobody knows whether they stand in a sentence: their lines can be joined."""

DROPPED = ("script", "style", "template", "iframe", "svg", "canvas", "select", "textarea", "datalist")
"""Elements that never show as text. Void ones (link, input, embed) are left alone: on broken pages the
parser puts half the article inside them."""
MISPLACED = ("title", "option")
"""Elements that show nothing where they stand in a body."""
CONTROLS = ("noscript", "button", "dialog", "video", "audio", "object", "map")
MAX_CONTROL_CHARS = 400
"""A control with more text wraps part of the page, by mistake or by a broken end tag; a long `noscript`
is the page for readers without scripts."""


class Outline:
    """The elements of a body and its texts, as columns, and what has been cut of them.

    Columns with an entry for each element, in document order, the body first:

    Attributes:
      elements, tags: as lxml has them; comments have no entry.
      parents: index of the parent; -1 for the body.
      ends: index after its last descendant.
      blocks: index of the nearest block, itself included.
      links: not an entry for each, but the places of those that are links with an address.
      text_at, text_end: index of its first text, and that after its last.
      gone: 1 once it has been cut.

    Columns with an entry for each text that is not blank:

    Attributes:
      texts: as written, with a blank behind it where blank text follows in the same line; one blank once
        it has been cut.
      owners: index of the element that the text stands in.
      linked: 1 where a link with an address holds it.

    Columns with an entry for each line, which is the text between two ends of blocks or breaks:

    Attributes:
      line_at: index of its first text.
      joined: 1 where only an unknown element parts it from the line before.
    """

    def __init__(self, tree: HtmlElement) -> None:
        """Take what never shows as text off `tree`, the root of a parsed page, and walk its body."""
        body = tree.find("body") if tree.tag == "html" else None
        self.tree = tree
        self.body: HtmlElement = tree if body is None else body
        _strip_machinery(tree, self.body)
        self.elements: list[HtmlElement] = list(self.body.iter("*"))
        self.tags: list[str] = [element.tag for element in self.elements]
        places = self.places()
        self.parents = [places.get(element.getparent(), -1) for element in self.elements]
        self.gone = bytearray(len(self.elements))
        self._walk()
        self.links = [
            at for at, tag in enumerate(self.tags) if tag == "a" and self.elements[at].get("href") is not None
        ]
        self.linked = self.marked(self.links)

    def _walk(self) -> None:
        parents = self.parents
        kinds = [_KINDS.get(tag, _UNKNOWN) for tag in self.tags]
        heads = [element.text for element in self.elements]
        tails = [element.tail for element in self.elements]
        tails[0] = None  # what stands behind the body
        self.ends = ends = [0] * len(parents)
        self.text_end = text_end = [0] * len(parents)
        self.text_at: list[int] = []
        self.blocks: list[int] = []
        self.texts: list[str] = []
        self.owners: list[int] = []
        self.line_at: list[int] = []
        self.joined = bytearray()
        text_at, blocks, texts = self.text_at, self.blocks, self.texts
        is_open, is_parted = False, True

        def add(text: str, owner: int) -> None:
            nonlocal is_open, is_parted
            if not is_open:
                self.line_at.append(len(texts))
                self.joined.append(not is_parted)
                is_open, is_parted = True, False
            texts.append(text)
            self.owners.append(owner)

        for at, (text, kind, parent, next_parent) in enumerate(
            zip(heads, kinds, parents, [*parents[1:], -1], strict=True)
        ):
            if kind:
                is_open = False
                is_parted = is_parted or kind > _UNKNOWN
            blocks.append(at if kind == _BLOCK or not at else blocks[parent])
            text_at.append(len(texts))
            if text:
                if not text.isspace():
                    add(text, at)
                elif is_open:
                    texts[-1] += " "
            left = at
            while left != next_parent:
                ends[left] = at + 1
                text_end[left] = len(texts)
                if kind := kinds[left]:
                    is_open = False
                    is_parted = is_parted or kind > _UNKNOWN
                tail = tails[left]
                left = parents[left]
                if tail:
                    if not tail.isspace():
                        add(tail, left)
                    elif is_open:
                        texts[-1] += " "

    def places(self) -> dict[HtmlElement, int]:
        """Return where each element stands.

        It is not kept: `elements`, which holds them alone, lets go of the last first. libxml2 looks through
        what was cut at each of its elements that Python lets go of, up to the first that Python still holds.
        """
        return dict(zip(self.elements, range(len(self.elements)), strict=True))

    @cached_property
    def classes(self) -> list[str]:
        """The class of each element, "" where it has none."""
        return [element.get("class") or "" for element in self.elements]

    @cached_property
    def ids(self) -> list[str]:
        """The id of each element, "" where it has none."""
        return [element.get("id") or "" for element in self.elements]

    @cached_property
    def names(self) -> frozenset[str]:
        """All classes and ids. A page repeats a few: a word is sooner found in these than at each element."""
        return frozenset([*self.classes, *self.ids])

    def named(self, names: Collection[str]) -> list[int]:
        """Return the places of the elements whose class or id is one of `names`."""
        if not names:
            return []
        columns = enumerate(zip(self.classes, self.ids, strict=True))
        return [at for at, (kind, name) in columns if kind in names or name in names]

    def marked(self, places: Iterable[int]) -> bytearray:
        """Return a column with an entry for each text: 1 where one of the elements at `places` holds it."""
        marks = bytearray(len(self.texts))
        for at in places:
            start, end = self.text_at[at], self.text_end[at]
            marks[start:end] = b"\1" * (end - start)
        return marks

    def said(self, start: int, end: int) -> tuple[str, int]:
        """Return the texts from `start` to `end` as they are read, and how many characters are linked."""
        text = self.texts[start] if end - start == 1 else "".join(self.texts[start:end])
        text = " ".join(text.split())
        links = self.linked.count(1, start, end)
        if not links:
            return text, 0
        if links == end - start:
            return text, len(text)
        return text, sum(len(self.texts[at].strip()) for at in range(start, end) if self.linked[at])

    def text(self, at: int) -> str:
        """Return an element's text, each of its texts set apart by blanks, without what was cut from it."""
        return " ".join(" ".join(self.texts[self.text_at[at] : self.text_end[at]]).split())

    def children(self, at: int) -> Iterator[int]:
        """Yield the places of the children of an element that are still there."""
        return self._row(at + 1, self.ends[at])

    def siblings_after(self, at: int) -> Iterator[int]:
        """Yield the places of the siblings after an element that are still there."""
        parent = self.parents[at]
        return self._row(self.ends[at], self.ends[parent] if parent >= 0 else self.ends[at])

    def _row(self, at: int, end: int) -> Iterator[int]:
        while at < end:
            if not self.gone[at]:
                yield at
            at = self.ends[at]

    def links_in(self, at: int) -> list[int]:
        """Return the places of the links in an element that are still there."""
        links = self.links[bisect_left(self.links, at) : bisect_left(self.links, self.ends[at])]
        return [link for link in links if not self.gone[link]]

    def ancestors(self, at: int) -> Iterator[int]:
        """Yield the places of the elements that hold an element, the nearest first."""
        while (at := self.parents[at]) >= 0:
            yield at

    def cut(self, at: int) -> str:
        """Take an element and all below it out of outline and tree; return its text."""
        text = self.text(at)
        start, end = self.text_at[at], self.text_end[at]
        self.texts[start:end] = [" "] * (end - start)
        self.gone[at : self.ends[at]] = b"\1" * (self.ends[at] - at)
        _drop(self.elements[at])
        return text


def _strip_machinery(tree: HtmlElement, body: HtmlElement) -> None:
    """Remove what never shows as text: scripts, styles, embeds and form controls."""
    etree.strip_elements(tree, *DROPPED, with_tail=False)
    etree.strip_elements(body, *MISPLACED, with_tail=False)
    for element in list(tree.iter(*CONTROLS)):
        if len(element.text_content()) <= MAX_CONTROL_CHARS:
            _drop(element)
        elif element.tag == "noscript":
            element.tag = "div"


def _drop(element: HtmlElement) -> None:
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
