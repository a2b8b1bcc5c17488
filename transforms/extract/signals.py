"""One look at the tree: head metas, links, JSON-LD scripts, marked elements and the visible lines.

Everything that the other metadata modules know of a page comes from here, so that the tree is walked once.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement

from warta.transforms.extract.lines import MAX_LINE_CHARS, MAX_VALUE_CHARS, Line, read_lines, squeeze, text_of

MAX_META = 2_000
"""Metas and links read, each. Real heads of the corpus hold at most 300; a hostile one 100,000."""
MAX_MARKS = 3_000
"""Elements kept per kind of mark (heading, time, itemprop, class)."""
MAX_NAME_CHARS = 200
"""Of a class or an id; what is kept of it stays small."""
MAX_LABEL_CHARS = 40
MAX_COLONS = 5_000
"""Texts with a colon that are looked at for byline labels."""
MAX_JSON_LD_CHARS = 2_000_000
"""Sum over the page's scripts; the largest of the corpus is 300,000."""

# XPath is left the steps without a predicate: `//text()[contains(., ':')]` takes 2.5 times as long as a loop
# over all elements, `//*[contains(@class, 'rumb')]` 3 times. Nor is it asked for classes and ids at once:
# a union compares each with each, and a page of 39,000 elements that have both took 4 s.
_ELEMENTS = etree.XPath("//body/descendant-or-self::*")
_TEXT = etree.XPath("string(//body)", smart_strings=False)
_COLON = re.compile("[:：]")
_ITEMPROPS = etree.XPath("//*/@itemprop | //*/@property")
_RELS = etree.XPath("//a/@rel")
_HREFS = etree.XPath("//a/@href", smart_strings=False)
_CLASS = re.compile(
    r"autho?r|auteur|autore|by-?_?line|byauthor|penulis|pewarta|reporter|wartawan|writer|journalist|redakteur"
    r"|redaktur|creator|credit|contributor|verfasser"
    r"|dat(?:e|um|a)(?![a-z]*-?(?:base|layer|src|set))|fecha|tanggal|waktu|time(?!line)|publi[sc]|posted|jadwal"
    r"|meta(?!l)"
)
_ABOUT_THE_ARTICLE = re.compile(r"meta|byline|author|article-?info", re.I)
_FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:side-?bar|aside|related|recommend\w*|popul[ae]r\w*|trending|latest|terkait|terpopuler|terkini"
    r"|comment\w*|disqus|(?<!entry-)(?<!article-)(?<!post-)(?<!story-)foot(?:er)?|nav|navbar|newsletter|modal"
    r"|ticker|cookie\w*|outbrain|taboola|carousel|sponsor\w*|advert\w*)(?=$|[\s_-])",
    re.IGNORECASE,
)


class Signals:
    """What a page shows, in document order; the dearer looks are taken when first asked for."""

    def __init__(self, tree: HtmlElement) -> None:
        self.tree = tree
        self.metas: dict[str, list[str]] = {}
        self.links: dict[str, list[HtmlElement]] = {}
        self.title = ""
        self.language = ""
        self.json_ld: list[str] = []
        self.h1: list[HtmlElement] = []
        self.times: list[HtmlElement] = []
        self.itemprops: dict[str, list[HtmlElement]] = {}
        self._headline: HtmlElement | None = None
        self._zones: dict[HtmlElement, bool] = {}
        self._places: dict[HtmlElement, int] = {}

    @cached_property
    def elements(self) -> list[HtmlElement]:
        """The body and all elements in it."""
        return list(_ELEMENTS(self.tree))

    @cached_property
    def named(self) -> list[tuple[HtmlElement, str, str]]:
        """The elements of the body that have a class or an id, with both."""
        found = []
        for node in self.elements:
            kind, name = node.get("class"), node.get("id")
            if kind or name:
                found.append((node, kind or "", name or ""))
        return found

    @cached_property
    def classed(self) -> list[tuple[str, HtmlElement]]:
        """Elements whose class or id speaks of authors or dates, with that word."""
        return [
            (word, node)
            for node, *names in self.named[: 10 * MAX_MARKS]
            for name in names
            if name and (word := _class_word(name[:MAX_NAME_CHARS]))
        ]

    @cached_property
    def lines(self) -> list[Line]:
        """The visible lines of the page, furniture included."""
        return read_lines(self.tree)

    @cached_property
    def shown(self) -> str:
        """The text of all lines; for a look whether any of them says something."""
        return "\n".join([line.text for line in self.lines])

    @cached_property
    def hrefs(self) -> list[str]:
        """Where the page's links lead."""
        return list(_HREFS(self.tree))

    @cached_property
    def hrefs_text(self) -> str:
        """All of `hrefs`, one a line; for a look whether any of them is worth one of its own."""
        return "\n".join(self.hrefs)

    def meta(self, *names: str) -> str:
        """Return the first non-empty content among the metas `names`, in that order of preference."""
        for name in names:
            for value in self.metas.get(name, ()):
                if value:
                    return value
        return ""

    def every_meta(self, *names: str) -> list[str]:
        """Return all contents of the metas `names`."""
        return [value for name in names for value in self.metas.get(name, ()) if value]

    def in_furniture(self, element: HtmlElement) -> bool:
        """Does `element` stand in navigation, side column, footer, comments or a list of other articles?"""
        zones = self._zones
        trail = []
        node: HtmlElement | None = element
        while node is not None and node not in zones:
            trail.append(node)
            node = node.getparent()
        verdict = zones[node] if node is not None else False
        for node in reversed(trail):
            verdict = verdict or _is_furniture(node)
            zones[node] = verdict
        return verdict

    def settle(self, headline: HtmlElement | None) -> None:
        """Tell which element shows the headline: what holds it is no furniture, whatever its name."""
        self._headline = headline
        if headline is not None:
            for node in headline.iterancestors():
                self._zones[node] = False

    @cached_property
    def place(self) -> int:
        """Index of the headline's line; -1 when it is not known."""
        return -1 if self._headline is None else self.line_of(self._headline)

    def has_label(self, labels: frozenset[str]) -> bool:
        """Stands any of `labels` (folded) before a colon? Cheaper than `lines`, and most pages have none."""
        for text in islice(texts_with_colon(self.elements), MAX_COLONS):
            if len(text) > MAX_LINE_CHARS:
                continue
            for part in _COLON.split(text)[:-1]:
                if not (part := part.rstrip()):
                    if len(text) < MAX_LABEL_CHARS:
                        return True  # the label stands in the element before
                    continue
                words = part[-MAX_LABEL_CHARS:].lower().split() if not part[-1].isdigit() else ()
                if any(
                    " ".join(words[-count:]).strip("-–—|(• ") in labels for count in range(1, len(words) + 1)
                ):
                    return True
        return False

    def says(self, phrases: re.Pattern[str]) -> bool:
        """Stands any of `phrases` in the page or its scripts? Far cheaper than `lines`, or by those known."""
        if "lines" in self.__dict__ and phrases.search(self.shown) is None:
            return False
        return phrases.search(_TEXT(self.tree)) is not None

    def line_of(self, element: HtmlElement) -> int:
        """Return the index of the first line in or after the start of `element`; -1 when there is none."""
        places = self._places
        if not places:
            for index, line in enumerate(self.lines):
                places.setdefault(line.parent, index)
                places.setdefault(line.block, index)
        if (found := places.get(element)) is not None:
            return found
        for count, node in enumerate(element.iter()):
            if (found := places.get(node)) is not None:
                return found
            if count > 30:
                break
        node = element.getparent()
        while node is not None:
            if (found := places.get(node)) is not None:
                return found
            node = node.getparent()
        return -1


def texts_with_colon(elements: Iterable[HtmlElement]) -> Iterator[str]:
    """Yield the texts of `elements`, and those behind them, that have a colon; machinery apart."""
    for node in elements:
        if (text := node.text) and (":" in text or "：" in text) and node.tag not in ("script", "style"):
            yield text
        if (text := node.tail) and (":" in text or "：" in text) and node.tag != "body":
            yield text


def _is_furniture(node: HtmlElement) -> bool:
    tag = node.tag
    if tag in ("nav", "form", "select"):
        return True
    if tag == "aside":
        return _ABOUT_THE_ARTICLE.search(node.get("class") or "") is None
    if tag == "footer":
        return next(node.iterancestors("article"), None) is None
    if tag in ("body", "html", "article", "main") or not isinstance(tag, str):
        return False
    name = f"{node.get('class') or ''} {node.get('id') or ''}"
    return len(name) > 1 and len(name) < 300 and _FURNITURE.search(name) is not None


def read_signals(tree: HtmlElement) -> Signals:
    """Walk `tree` and return what its metadata can be read from. The tree is not changed."""
    found = Signals(tree)
    _read_head(tree, found)
    _read_marks(tree, found)
    return found


def _read_head(tree: HtmlElement, found: Signals) -> None:
    room = MAX_JSON_LD_CHARS
    root = tree.getroottree().getroot()
    found.language = (
        root.get("lang")
        or root.get("{http://www.w3.org/XML/1998/namespace}lang")
        or root.get("xml:lang")
        or ""
    )
    counts = {"meta": 0, "link": 0}
    for node in tree.iter("meta", "link", "script", "title"):
        tag = node.tag
        if tag == "script":
            if "ld+json" in (node.get("type") or "").lower() and (text := node.text) and len(text) <= room:
                found.json_ld.append(text)
                room -= len(text)
            continue
        if tag == "title":
            if not found.title and (parent := node.getparent()) is not None and parent.tag != "svg":
                found.title = text_of(node)
            continue
        counts[tag] += 1
        if counts[tag] > MAX_META:
            continue
        if tag == "link":
            for rel in (node.get("rel") or "").lower().split()[:4]:
                found.links.setdefault(rel, []).append(node)
            continue
        content = node.get("content") or node.get("value")
        if content:
            content = squeeze(content[:MAX_VALUE_CHARS])
            for key in ("name", "property", "itemprop", "http-equiv"):
                if name := node.get(key):
                    found.metas.setdefault(name.strip().lower(), []).append(content)


def _read_marks(tree: HtmlElement, found: Signals) -> None:
    for node in tree.iter("h1", "time"):
        kept = found.h1 if node.tag == "h1" else found.times
        if len(kept) < MAX_MARKS:
            kept.append(node)
    for name in _ITEMPROPS(tree)[:MAX_MARKS]:
        node = name.getparent()
        if node.tag not in ("meta", "link"):
            for word in name.split():
                found.itemprops.setdefault(word.rpartition(":")[2], []).append(node)
    for name in _RELS(tree)[:MAX_MARKS]:
        for rel in name.lower().split():
            if rel in ("author", "next", "tag", "category"):
                found.links.setdefault(rel, []).append(name.getparent())


@lru_cache(maxsize=20_000)
def _class_word(name: str) -> str:
    # Called with plain strings only: the strings that XPath returns know their element, and so their page.
    match = _CLASS.search(name.lower())
    return match[0] if match else ""
