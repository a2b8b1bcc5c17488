"""The publisher's keywords: metas, JSON-LD, rel=tag, and the list of topic links below the text."""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from lxml import etree
from lxml.html import HtmlElement

from warta.transforms.extract.jsonld import LinkedArticle, clean_text
from warta.transforms.extract.lines import text_of
from warta.transforms.extract.signals import Signals
from warta.transforms.outline import INLINE
from warta.transforms.text import fold

MAX_TAGS = 30
MAX_TAG_CHARS = 60
MAX_TOPIC_LINKS = 300
MAX_LIST_CHARS = 1_500
"""A longer block around topic links is not their list."""
LABEL_CHARS = 24
"""What may stand in a list of topics beside its links: "Tags:", "Topik terkait"..."""
GAP_CHARS = 3
"""...and between two of them: " # ", " | "."""
PROSE_CHARS = 60
"""A line from here on is prose that may speak of a topic."""

_NAMED = re.compile(r"(?:^|[-_\s])(?:tags?|topi[ck]s?|keywords?)(?:$|[-_\s])", re.IGNORECASE)
_WORD = re.compile(r"\w{3,}")
_METAS = ("news_keywords", "parsely-tags", "sailthru.tags", "keywords")
_LINKS = etree.XPath("//body//a")
_LIKE_TOPIC = re.compile("/(?:tag|topi|label/|them|keyword|etiqu|schlagwort|mot-cle)")
"""What an address has that `_TOPIC_PATH` may find, before anything in it is unquoted."""
_TOPIC_PATH = re.compile(
    r"/(?:tags?|topi[ck]s?|topi[ck]-terkait|label|them[ae]n?|keywords?|etiquetas?|etiquette|schlagwort(?:e|er)?|mots?-cles?)"
    r"/(?:[^/?#]+/)?([^/?#]+)/?(?:[?#]|$)",
    re.IGNORECASE,
)


def read_tags(page: Signals, linked: LinkedArticle) -> tuple[str, ...]:
    """Return the publisher's keywords, in order, without repeats."""
    found: dict[str, str] = {}
    for text in _stated(page, linked)[: 4 * MAX_TAGS]:
        tag = clean_text(text).strip(" #,.")
        if 1 < len(tag) <= MAX_TAG_CHARS and "://" not in tag:
            found.setdefault(fold(tag), tag)
    return tuple(found.values())[:MAX_TAGS]


def _stated(page: Signals, linked: LinkedArticle) -> list[str]:
    """Return the first statement of the tags: made for machines, then visible."""
    if texts := list(page.metas.get("article:tag", ())) or list(linked.keywords):
        return texts
    for name in _METAS:
        if values := page.metas.get(name):
            return re.split(r"[,;|]", ",".join(values))
    own = [node for node in page.links.get("tag", ()) if "category" not in (node.get("rel") or "").lower()]
    return [text_of(node) for node in own[:MAX_TAGS]] or _listed(page)


def _listed(page: Signals) -> list[str]:
    """Return the first list of topic links behind the headline that holds nothing else."""
    blocks: dict[HtmlElement, list[str]] = {}
    for node, text in _topics(page):
        blocks.setdefault(_block(node), []).append(text)
    for block, texts in blocks.items():
        whole = text_of(block)
        beside = len(whole) - sum(map(len, texts))
        if len(whole) > MAX_LIST_CHARS or beside > LABEL_CHARS + GAP_CHARS * len(texts):
            continue
        behind = page.line_of(block) > page.place and not page.in_furniture(block)
        if behind and (_NAMED.search(block.get("class") or "") or _in_text(texts, page)):
            return texts
    return []


def _in_text(tags: list[str], page: Signals) -> bool:
    """Speaks the prose of any of `tags`? Of those that a whole site discusses this week it need not."""
    prose = fold(" ".join(line.text for line in page.lines if line.chars >= PROSE_CHARS > line.link_chars))
    words = set(_WORD.findall(prose))
    return any(not words.isdisjoint(_WORD.findall(fold(tag))) for tag in tags)


def _topics(page: Signals) -> Iterator[tuple[HtmlElement, str]]:
    """Yield the links whose address is that of a topic, and what they are called."""
    for node in topic_links(page):
        match = _TOPIC_PATH.search(unquote(node.get("href")[:400]))
        if match and (text := text_of(node)) and len(text) <= MAX_TAG_CHARS:
            yield node, text


def topic_links(page: Signals) -> list[HtmlElement]:
    """Return the links that may lead to a topic."""
    if not _LIKE_TOPIC.search(page.hrefs_text):
        return []
    links = _LINKS(page.tree)
    return [node for node in links if _LIKE_TOPIC.search(node.get("href", ""))][:MAX_TOPIC_LINKS]


def _block(node: HtmlElement) -> HtmlElement:
    """Return the block that lists `node`: its nearest ancestor that is neither inline nor an item."""
    block = node.getparent()
    while block.tag in INLINE or block.tag in ("li", "dd"):
        parent = block.getparent()
        if parent is None:
            break
        block = parent
    return block
