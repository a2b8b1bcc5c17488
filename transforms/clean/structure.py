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

from lxml import etree

from warta.schemas.article import Removed
from warta.transforms.clean.clues import lowered
from warta.transforms.clean.lexicon import Lexicon
from warta.transforms.clean.measures import HEADINGS, Page
from warta.transforms.outline import BLOCKS, Outline
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
MAX_NAME_CHARS = 200
_ROLES = etree.XPath("descendant::*/@role")
_SENTENCE_END = (".", "!", "?", "…", ".”", '."', ".“", "。", ".’", ".)")


def prune(outline: Outline, lexicon: Lexicon, *, url: str = "", title: str = "") -> list[Removed]:
    """Cut furniture out of a page, in place.

    Args:
      url: the page's address; tells its own links from those to other sites.
      title: the headline; a heading that repeats it is kept.

    Returns:
      What was cut, in the order of the rules.
    """
    page = Page(outline)
    removed: list[Removed] = []
    _cut_hidden(page, removed)
    _cut_links(page, removed)
    _cut_cards(page, removed)
    _cut_replies(page, lexicon, removed)
    _cut_headed(page, lexicon, removed, title)
    _cut_pointers(page, lexicon, removed, url)
    return removed


def _cut_hidden(page: Page, removed: list[Removed]) -> None:
    for at, box in _hidden(page.outline):
        if page.outline.gone[at] or page.prose[at] > MAX_CUT_SHARE * page.all_prose:
            continue
        if box:
            _note(removed, page.cut(at), "hidden:box", f"opens on demand: {box}")
        else:
            evidence = f"{page.plain[at]} characters"
            _note(removed, page.cut(at), "form:controls", evidence)


def _hidden(outline: Outline) -> list[tuple[int, str]]:
    """Return where forms stand, and what a reader opens by a click with the word that says so."""
    forms = [(at, "") for at, tag in enumerate(outline.tags) if tag == "form"]
    boxes = _boxes(outline)
    found = [(at, boxes.get(outline.classes[at]) or boxes[outline.ids[at]]) for at in outline.named(boxes)]
    dialogs = [role.getparent() for role in _ROLES(outline.body) if role in ("dialog", "alertdialog")]
    places = outline.places() if dialogs else {}
    found += [(places[element], "dialog") for element in dialogs]
    return sorted((at, box) for at, box in (*forms, *found) if at and outline.tags[at] in BLOCKS)


def _boxes(outline: Outline) -> dict[str, str]:
    """Return the classes and ids that name what opens by a click (a dialog, a glossary), with that word."""
    text = lowered("\0".join(outline.names))
    words = [word for word in _BOXES if word in text]
    some = [name for name in outline.names if any(word in lowered(name) for word in words)] if words else ()
    return {name: box[1].lower() for name in some if (box := _BOX.search(name[:MAX_NAME_CHARS]))}


_LISTS = BLOCKS - HEADINGS


def _cut_links(page: Page, removed: list[Removed]) -> None:
    tags = page.outline.tags
    columns = enumerate(zip(tags, page.links, page.prose, strict=True))
    lists = [at for at, (tag, links, prose) in columns if links >= LIST_LINKS and not prose and tag in _LISTS]
    for at in page.left(lists):
        tag, links, share = tags[at], page.links[at], page.linked_share(at)
        if share >= (PARAGRAPH_SHARE if tag == "p" else LINK_SHARE):
            _note(removed, page.cut(at), "links:list", f"link share {share:.2f} over {links} links")


def _cut_cards(page: Page, removed: list[Removed]) -> None:
    outline = page.outline
    for at in page.left([at for at, links in enumerate(page.links) if links >= CARDS]):
        children = list(outline.children(at))
        if len(children) < CARDS:
            continue
        by_shape: dict[str, list[int]] = {}
        for child in children:
            if _is_card(page, child):
                by_shape.setdefault(_shape(outline, child), []).append(child)
        for shape, cards in by_shape.items():
            if len(cards) < CARDS or sum(page.prose[card] for card in cards) > 0.5 * page.all_prose:
                continue
            for card in cards:
                _note(removed, page.cut(card), "cards:grid", f"one of {len(cards)} teasers like {shape}")


def _is_card(page: Page, at: int) -> bool:
    tag = page.outline.tags[at]
    if tag not in BLOCKS or not page.links[at] or tag in HEADINGS or tag == "p":
        return False
    chars, linked = page.chars(at), page.linked[at]
    if not 20 <= chars <= CARD_CHARS or page.prose[at] > CARD_PROSE_CHARS or page.prose_blocks(at) > 1:
        return False
    return linked >= 20 and (linked >= CARD_LINKED * chars or page.has_picture_or_heading(at))


def _shape(outline: Outline, at: int) -> str:
    classes = outline.classes[at].split()
    return f"{outline.tags[at]}.{classes[0]}" if classes else outline.tags[at]


def _cut_replies(page: Page, lexicon: Lexicon, removed: list[Removed]) -> None:
    """Cut readers' comments that nothing heads: like-shaped blocks that each end in "Reply"."""
    outline = page.outline
    short = [
        at
        for at, (plain, linked) in enumerate(zip(page.plain, page.linked, strict=True))
        if 2 <= plain + linked <= REPLY_CHARS
    ]
    replies = [at for at in page.left(short) if lexicon.is_reply(outline.text(at))]
    threads: dict[str, list[int]] = {}
    for at in replies:
        top = _comment_of(page, at)
        if top > 0:
            threads.setdefault(f"{outline.parents[top]} {_shape(outline, top)}", []).append(top)
    for tops in threads.values():
        unique = [at for at in dict.fromkeys(tops) if not outline.gone[at]]
        if len(unique) >= REPLIES:
            for at in unique:
                _note(
                    removed, page.cut(at), "comment:replies", f"one of {len(unique)} blocks with a reply link"
                )


def _comment_of(page: Page, at: int) -> int:
    """Climb to the block that holds one comment: the highest that has no other like it below."""
    outline = page.outline
    while True:
        up = outline.parents[at]
        if up <= 0:
            return at
        shape = _shape(outline, at)
        like = sum(_shape(outline, child) == shape for child in outline.children(up))
        if like >= REPLIES and page.prose[at]:
            return at
        at = up


def _cut_headed(page: Page, lexicon: Lexicon, removed: list[Removed], title: str) -> None:
    title_key = fold(title)
    columns = enumerate(zip(page.outline.tags, page.plain, page.linked, strict=True))
    labels = [
        at
        for at, (tag, plain, linked) in columns
        if 2 <= plain + linked <= LABEL_CHARS and tag in _LABEL_TAGS
    ]
    for at in page.left(labels):
        text = page.outline.text(at)
        match = lexicon.is_heading(text)
        if match is None or fold(text) == title_key:
            continue
        _cut_from(page, _outermost(page, at), f"{match.kind}:{match.name}", text, removed)


_LABEL_TAGS = BLOCKS - {"body", "html", "table", "tbody", "article", "main"} | {
    "strong",
    "b",
    "span",
    "a",
    "em",
}


def _outermost(page: Page, at: int) -> int:
    """Climb while the parent holds nothing but this label."""
    outline, chars = page.outline, page.chars(at)
    while True:
        up = outline.parents[at]
        if up <= 0 or page.chars(up) > chars or outline.tags[up] in {"body", "main", "article"}:
            return at
        at = up


def _cut_from(page: Page, at: int, rule: str, heading: str, removed: list[Removed]) -> None:
    if page.outline.tags[at] not in BLOCKS or _is_later_item(page.outline, at):
        return
    after = list(page.outline.siblings_after(at))
    prose = sum(page.prose[sibling] for sibling in after)
    evidence = f"under {heading!r}"
    strict = rule.startswith("heading:") or prose > MAX_CUT_SHARE * page.all_prose
    kept = next((i for i, sibling in enumerate(after) if _stops(page, sibling, strict)), len(after))
    if kept < len(after):
        if not any(page.links[sibling] for sibling in after[:kept]):
            return  # a list without links: the lines under this heading are told apart as text, later
        evidence += ", up to the next prose"
        after = after[:kept]
    for sibling in after:
        _note(removed, page.cut(sibling), rule, evidence)
    _note(removed, page.cut(at), rule, "the heading itself")


def _is_later_item(outline: Outline, at: int) -> bool:
    """Tell whether an item stands after others of its list: "Daftar" is a step there, and heads nothing."""
    return outline.tags[at] == "li" and next(outline.children(outline.parents[at]), at) != at


def _stops(page: Page, at: int, strict: bool) -> bool:
    """Tell whether the article goes on here; comments and newsletter boxes hold prose of their own."""
    return _is_prose(page, at) and (strict or page.outline.tags[at] == "p")


def _is_prose(page: Page, at: int) -> bool:
    """Tell running text from teasers: those have a linked headline beside every summary."""
    return page.prose[at] > 0 and page.linked[at] < TEASER_SHARE * page.chars(at)


def _cut_pointers(page: Page, lexicon: Lexicon, removed: list[Removed], url: str) -> None:
    host, outline = _site(url), page.outline
    columns = enumerate(zip(outline.tags, page.links, page.plain, page.linked, strict=True))
    pointers = [
        at
        for at, (tag, links, plain, linked) in columns
        if links and plain + linked <= POINTER_CHARS * 1.5 and tag in _POINTER_TAGS
    ]
    for at in page.left(pointers):
        if page.prose_blocks(at) > 1:
            continue
        text = outline.text(at)
        if not text or len(text) > POINTER_CHARS:
            continue
        rule, evidence = _pointer(page, at, text, lexicon, host)
        if rule:
            _note(removed, page.cut(at), rule, evidence)


_POINTER_TAGS = frozenset(
    {"p", "div", "li", "h2", "h3", "h4", "h5", "h6", "blockquote", "section", "td", "aside", "ul"}
)


def _pointer(page: Page, at: int, text: str, lexicon: Lexicon, host: str) -> tuple[str, str]:
    share = page.linked_share(at)
    match = lexicon.of("inline_link").match(text) if share >= LABELLED_SHARE else None
    if match is not None:
        return f"inline_link:{match.name}", f"begins like a pointer, link share {share:.2f}"
    if share < POINTER_SHARE or (text.endswith(_SENTENCE_END) and share < WHOLE_SHARE):
        return "", ""
    outline = page.outline
    links = outline.links_in(at)
    inside = sum(_is_inside(outline.elements[link].get("href"), host) for link in links)
    if share >= POINTER_SHARE and inside and _has_label(text, outline.text(links[0])):
        return "links:labelled", f"label and link, link share {share:.2f}"
    if share >= WHOLE_SHARE and inside == len(links) and len(text) >= 20 and not text.endswith(_SENTENCE_END):
        return "links:paragraph", f"nothing but a link, link share {share:.2f}"
    return "", ""


def _has_label(text: str, linked: str) -> bool:
    label = text[: text.find(linked)].strip() if linked and linked in text else ""
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
