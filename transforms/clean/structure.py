"""Structure before text: cut from the tree what its shape or its heading gives away as furniture.

Rules, in order; each cut names its rule and its evidence:

- `links:list`: containers that hold links and next to nothing else, dates and counters discounted;
- `cards:grid`: rows of like-shaped teasers, each a linked headline with at most a summary;
- `heading:<name>`: a boilerplate heading, and what follows it up to the end of its container;
- `inline_link:<name>`, `links:paragraph`: paragraphs that only point to another article;
- `form:controls`, `hidden:style`, `hidden:box`: forms, what a reader never sees, and what opens on demand.

Nothing is cut that holds more than its share of the page's prose: a wrong heading costs a label then,
never an article.
"""

import re
from urllib.parse import urlsplit

from lxml import html

from warta.schemas.article import Removed
from warta.transforms.clean.clues import lowered
from warta.transforms.clean.lexicon import Lexicon
from warta.transforms.clean.measures import (
    BLOCKS,
    HEADINGS,
    Node,
    Page,
    block_text,
    strip_machinery,
)
from warta.transforms.text import fold

LINK_SHARE = 0.6
"""Share of link text from which a container without prose is a list of links."""
PARAGRAPH_SHARE = 0.85
"""The same for a single paragraph: sentences may name many linked people."""
LIST_LINKS = 3
"""Links that make a list; two may be a byline and a section."""
CARDS = 3
"""Like-shaped teasers that make a grid."""
CARD_CHARS = 420
"""A longer child is a section of an article, not a teaser."""
CARD_PROSE_CHARS = 300
TEASER_SHARE = 0.25
"""Linked share from which blocks under a heading are teasers: a headline of 60 characters over a summary of
120 has .33; prose with inline links has .05 to .2."""
CARD_LINKED = 0.7
"""Linked share of a teaser that has neither picture nor headline."""
REPLY_CHARS = 24
REPLIES = 3
"""Like-shaped blocks with a reply link that make a thread."""
MAX_CUT_SHARE = 0.3
"""Share of the page's prose that one cut under a heading may hold."""
LABEL_CHARS = 60
"""A longer block is no heading of a list."""
POINTER_CHARS = 200
"""A longer paragraph is prose even when most of it is linked."""
LABELLED_SHARE = 0.3
"""Linked share of a paragraph that begins with a phrase of the lexicon ("Baca juga: ...")."""
POINTER_SHARE = 0.66
"""Linked share of a paragraph that begins with a label ("Related: ...")."""
WHOLE_SHARE = 0.92
"""Linked share of a paragraph that is nothing but its link."""
_BOXES = ("modal", "popup", "pop-up", "dialog", "lightbox", "glossary", "glosarium", "glossar")
_BOX = re.compile(rf"(?:^|\s)({'|'.join(_BOXES)})(?=$|\s)", re.IGNORECASE)
"""Whole names of a class or id; "modal-open" and "has-popup" stand on whole pages."""
_SENTENCE_END = (".", "!", "?", "…", ".”", '."', ".“", "。", ".’", ".)")


def prune(tree: html.HtmlElement, lexicon: Lexicon, *, url: str = "", title: str = "") -> list[Removed]:
    """Cut furniture out of `tree`, in place.

    Args:
      url: the page's address; tells its own links from those to other sites.
      title: the headline; a heading that repeats it is kept.

    Returns:
      What was cut, in the order of the rules.
    """
    body = tree.find("body") if tree.tag == "html" else tree
    if body is None:
        return []
    strip_machinery(tree)
    page = Page(body)
    removed: list[Removed] = []
    _cut_hidden(page, removed)
    _cut_links(page, removed)
    _cut_cards(page, removed)
    _cut_replies(page, lexicon, removed)
    _cut_headed(page, lexicon, removed, title)
    _cut_pointers(page, lexicon, removed, url)
    return removed


def _cut_hidden(page: Page, removed: list[Removed]) -> None:
    for at in _suspects(page):
        node = page.nodes[at]
        if node.gone or node.prose > MAX_CUT_SHARE * page.prose:
            continue
        if node.tag == "form":
            _note(removed, page.cut(at), "form:controls", f"{node.plain} characters")
        elif name := _box(node):
            _note(removed, page.cut(at), "hidden:box", f"opens on demand: {name}")


def _suspects(page: Page) -> list[int]:
    """Return the places of forms and of blocks with a box's word anywhere in their attributes.

    Every second page holds no such word; asking each block for its class, id and role costs twice this look.
    """
    blocks = [node.at for node in page.nodes[1:] if node.tag in BLOCKS]
    names = lowered("\0".join(" ".join(page.nodes[at].element.values()) for at in blocks))
    words = [word for word in _BOXES if word in names]
    if not words:
        return [at for at in blocks if page.nodes[at].tag == "form"]
    return [
        at
        for at, name in zip(blocks, names.split("\0"), strict=True)
        if page.nodes[at].tag == "form" or any(word in name for word in words)
    ]


def _box(node: Node) -> str:
    """Return the word that names a box which a reader opens by a click: a dialog, a glossary."""
    element = node.element
    if element.get("role") in ("dialog", "alertdialog"):
        return "dialog"
    found = _BOX.search(f"{element.get('class') or ''} {element.get('id') or ''}"[:200])
    return found[1].lower() if found else ""


def _cut_links(page: Page, removed: list[Removed]) -> None:
    for at, node in page.left():
        if node.tag not in BLOCKS or node.tag in HEADINGS:
            continue
        if node.links < LIST_LINKS or node.prose > 0:
            continue
        share = node.linked / max(1, node.linked + node.plain)
        if share >= (PARAGRAPH_SHARE if node.tag == "p" else LINK_SHARE):
            _note(removed, page.cut(at), "links:list", f"link share {share:.2f} over {node.links} links")


def _cut_cards(page: Page, removed: list[Removed]) -> None:
    for at, node in page.left():
        if node.links < CARDS:
            continue
        children = list(page.children(at))
        if len(children) < CARDS:
            continue
        by_shape: dict[str, list[int]] = {}
        for child in children:
            if _is_card(page.nodes[child]):
                by_shape.setdefault(_shape(page.nodes[child]), []).append(child)
        for shape, cards in by_shape.items():
            if len(cards) < CARDS:
                continue
            prose = sum(page.nodes[card].prose for card in cards)
            if prose > 0.5 * page.prose:
                continue
            for card in cards:
                _note(removed, page.cut(card), "cards:grid", f"one of {len(cards)} teasers like {shape}")


def _is_card(node: Node) -> bool:
    if node.tag not in BLOCKS or not node.links or node.tag in HEADINGS or node.tag == "p":
        return False
    chars = node.plain + node.linked
    if not 20 <= chars <= CARD_CHARS or node.prose > CARD_PROSE_CHARS or node.prose_blocks > 1:
        return False
    return node.linked >= 20 and (node.images > 0 or node.headings > 0 or node.linked >= CARD_LINKED * chars)


def _shape(node: Node) -> str:
    classes = (node.element.get("class") or "").split()
    return f"{node.tag}.{classes[0]}" if classes else node.tag


def _cut_replies(page: Page, lexicon: Lexicon, removed: list[Removed]) -> None:
    """Cut readers' comments that nothing heads: like-shaped blocks that each end in "Reply"."""
    replies = [
        at
        for at, node in page.left()
        if 2 <= node.plain + node.linked <= REPLY_CHARS and lexicon.is_reply(page.text(node))
    ]
    threads: dict[str, list[int]] = {}
    for at in replies:
        top = _comment_of(page, at)
        if top > 0:
            threads.setdefault(f"{page.nodes[top].parent} {_shape(page.nodes[top])}", []).append(top)
    for tops in threads.values():
        unique = [at for at in dict.fromkeys(tops) if not page.nodes[at].gone]
        if len(unique) >= REPLIES:
            for at in unique:
                _note(
                    removed, page.cut(at), "comment:replies", f"one of {len(unique)} blocks with a reply link"
                )


def _comment_of(page: Page, at: int) -> int:
    """Climb to the block that holds one comment: the highest that has no other like it below."""
    while True:
        up = page.nodes[at].parent
        if up <= 0:
            return at
        shape = _shape(page.nodes[at])
        like = sum(_shape(page.nodes[child]) == shape for child in page.children(up))
        if like >= REPLIES and page.nodes[at].prose:
            return at
        at = up


def _cut_headed(page: Page, lexicon: Lexicon, removed: list[Removed], title: str) -> None:
    title_key = fold(title)
    for at, node in page.left():
        if node.tag not in _LABEL_TAGS:
            continue
        chars = node.plain + node.linked
        if not 2 <= chars <= LABEL_CHARS:
            continue
        text = page.text(node)
        match = lexicon.is_heading(text)
        if match is None or fold(text) == title_key:
            continue
        _cut_from(page, _outermost(page, at, chars), f"{match.kind}:{match.name}", text, removed)


_LABEL_TAGS = BLOCKS - {"body", "html", "table", "tbody", "article", "main"} | {
    "strong",
    "b",
    "span",
    "a",
    "em",
}


def _outermost(page: Page, at: int, chars: int) -> int:
    """Climb while the parent holds nothing but this label."""
    while True:
        up = page.nodes[at].parent
        if up <= 0:
            return at
        parent = page.nodes[up]
        if parent.plain + parent.linked > chars or parent.tag in {"body", "main", "article"}:
            return at
        at = up


def _cut_from(page: Page, at: int, rule: str, heading: str, removed: list[Removed]) -> None:
    if page.nodes[at].tag not in BLOCKS or _is_later_item(page, at):
        return
    after = list(page.siblings_after(at))
    prose = sum(page.nodes[sibling].prose for sibling in after)
    evidence = f"under {heading!r}"
    strict = rule.startswith("heading:") or prose > MAX_CUT_SHARE * page.prose
    kept = next((i for i, one in enumerate(after) if _stops(page.nodes[one], strict)), len(after))
    if kept < len(after):
        if not any(page.nodes[sibling].links for sibling in after[:kept]):
            return  # a list without links: the lines under this heading are told apart as text, later
        evidence += ", up to the next prose"
        after = after[:kept]
    for sibling in after:
        _note(removed, page.cut(sibling), rule, evidence)
    _note(removed, page.cut(at), rule, "the heading itself")


def _is_later_item(page: Page, at: int) -> bool:
    """Tell whether an item stands after others of its list: "Daftar" is a step there, and heads nothing."""
    node = page.nodes[at]
    return node.tag == "li" and next(page.children(node.parent), at) != at


def _stops(node: Node, strict: bool) -> bool:
    """Tell whether the article goes on here; comments and newsletter boxes hold prose of their own."""
    return _is_prose(node) and (strict or node.tag == "p")


def _is_prose(node: Node) -> bool:
    """Tell running text from teasers: those have a linked headline beside every summary."""
    return node.prose > 0 and node.linked < TEASER_SHARE * (node.linked + node.plain)


def _cut_pointers(page: Page, lexicon: Lexicon, removed: list[Removed], url: str) -> None:
    host = _site(url)
    for at, node in page.left():
        if not node.links or node.tag not in _POINTER_TAGS:
            continue
        if node.plain + node.linked > POINTER_CHARS * 1.5 or node.prose_blocks > 1:
            continue
        text = page.text(node)
        if not text or len(text) > POINTER_CHARS:
            continue
        rule, evidence = _pointer(node, text, lexicon, host)
        if rule:
            _note(removed, page.cut(at), rule, evidence)


_POINTER_TAGS = frozenset(
    {"p", "div", "li", "h2", "h3", "h4", "h5", "h6", "blockquote", "section", "td", "aside", "ul"}
)


def _pointer(node: Node, text: str, lexicon: Lexicon, host: str) -> tuple[str, str]:
    share = node.linked / max(1, node.linked + node.plain)
    match = lexicon.of("inline_link").match(text) if share >= LABELLED_SHARE else None
    if match is not None:
        return f"inline_link:{match.name}", f"begins like a pointer, link share {share:.2f}"
    if share < POINTER_SHARE or (text.endswith(_SENTENCE_END) and share < WHOLE_SHARE):
        return "", ""
    links = [link for link in node.element.iter("a") if link.get("href")]
    inside = sum(_is_inside(link.get("href") or "", host) for link in links)
    if share >= POINTER_SHARE and inside and _has_label(text, links):
        return "links:labelled", f"label and link, link share {share:.2f}"
    if share >= WHOLE_SHARE and inside == len(links) and len(text) >= 20 and not text.endswith(_SENTENCE_END):
        return "links:paragraph", f"nothing but a link, link share {share:.2f}"
    return "", ""


def _has_label(text: str, links: list[html.HtmlElement]) -> bool:
    first = " ".join(block_text(links[0]).split()) if links else ""
    label = text[: text.find(first)].strip() if first and first in text else ""
    return 0 < len(label) <= 35 and label.endswith((":", "|", ">", "»", "–", "-", "→"))


def _is_inside(href: str, host: str) -> bool:
    target = _site(href)
    return (
        not target or not host or target == host or target.endswith("." + host) or host.endswith("." + target)
    )


def _site(url: str) -> str:
    try:
        host = urlsplit(url.strip()).hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.").removeprefix("m.")


def _note(removed: list[Removed], text: str, rule: str, evidence: str) -> None:
    if text:
        removed.append(Removed(text, rule, evidence))
