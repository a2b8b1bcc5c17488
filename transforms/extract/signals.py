"""What a page shows: head metas, links, JSON-LD scripts, marked elements and the visible lines.

Everything that the other metadata modules know of a page comes from here, so that the tree is walked once.
"""

import re
from functools import cached_property, lru_cache
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement

from warta.transforms.extract.lines import MAX_LINE_CHARS, MAX_VALUE_CHARS, Line, read_lines, squeeze, text_of
from warta.transforms.outline import Outline

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

_COLON = re.compile("[:：]")
_ITEMPROPS = etree.XPath("descendant-or-self::*/@itemprop | descendant-or-self::*/@property")
_RELS = etree.XPath("descendant-or-self::a/@rel")
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
    """What a page shows, in document order; the dearer looks are taken when first asked for.

    Attributes:
      tree: the root of the page.
      outline: its body; later steps read and cut it, when all that is looked for here has been found.
    """

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
        _read_head(tree, self)
        self.outline = Outline(tree)
        _read_marks(self.outline, self)

    @cached_property
    def classed(self) -> list[tuple[str, HtmlElement]]:
        """Elements whose class or id speaks of authors or dates, with that word."""
        page = self.outline
        words = {name: word for name in page.names if (word := _class_word(name[:MAX_NAME_CHARS]))}
        return [
            (words[name], page.elements[at])
            for at in page.named(words)[: 10 * MAX_MARKS]
            for name in (page.classes[at], page.ids[at])
            if name in words
        ]

    @cached_property
    def lines(self) -> list[Line]:
        """The visible lines of the page, furniture included."""
        return read_lines(self.outline)

    @cached_property
    def shown(self) -> str:
        """The text of all lines; for a look whether any of them says something."""
        return "\n".join([line.text for line in self.lines])

    @cached_property
    def hrefs(self) -> list[str]:
        """Where the page's links lead."""
        page = self.outline
        return [page.elements[at].get("href") for at in page.links]

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
        with_colon = (text for text in self.outline.texts if ":" in text or "：" in text)
        for text in islice(with_colon, MAX_COLONS):
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
    """Return what the metadata of a page can be read from.

    Args:
      tree: any element of a parsed page. The page loses what nobody sees of it: scripts, styles, controls.
    """
    return Signals(tree.getroottree().getroot())


def _read_head(tree: HtmlElement, found: Signals) -> None:
    room = MAX_JSON_LD_CHARS
    found.language = (
        tree.get("lang")
        or tree.get("{http://www.w3.org/XML/1998/namespace}lang")
        or tree.get("xml:lang")
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


def _read_marks(page: Outline, found: Signals) -> None:
    for at, tag in enumerate(page.tags):
        if tag in ("h1", "time"):
            kept = found.h1 if tag == "h1" else found.times
            if len(kept) < MAX_MARKS:
                kept.append(page.elements[at])
    for name in _ITEMPROPS(page.body)[:MAX_MARKS]:
        node = name.getparent()
        if node.tag not in ("meta", "link"):
            for word in name.split():
                found.itemprops.setdefault(word.rpartition(":")[2], []).append(node)
    for name in _RELS(page.body)[:MAX_MARKS]:
        for rel in name.lower().split():
            if rel in ("author", "next", "tag", "category"):
                found.links.setdefault(rel, []).append(name.getparent())


@lru_cache(maxsize=20_000)
def _class_word(name: str) -> str:
    # Called with plain strings only: the strings that XPath returns know their element, and so their page.
    match = _CLASS.search(name.lower())
    return match[0] if match else ""
