"""Where in the paper the article stands: breadcrumb, metas, JSON-LD, address, feed."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote, urlsplit

from lxml import etree
from lxml.html import HtmlElement

from warta.transforms.extract.jsonld import LinkedArticle, clean_text
from warta.transforms.extract.lines import text_of
from warta.transforms.extract.signals import Signals
from warta.transforms.text import word_key

MAX_SECTION_CHARS = 40

_SECTION_METAS = (
    "article:section",
    "og:section",
    "parsely-section",
    "dtk:kanalname",
    "content_category",
    "articlesection",
    "article.section",
    "prism.section",
    "cxenseparse:section",
    "sailthru.section",
    "section",
    "category",
    "dcterms.subject",
)
_HOME_WORDS = (
    "home,homepage,home page,beranda,utama,start,startseite,accueil,inicio,início,página inicial"
    ",strona główna,hjem,hem,etusivu,главная,ホーム,首页,홈,trang chủ,ana sayfa"
)
_NEVER = frozenset(map(word_key, _HOME_WORDS.split(","))) | {"uncategorized", "posts"}
_EMPTY_WORDS = (
    "news berita artikel article articles story read amp www index page post posts blog de en id fr es it m"
    " mobile content detail archive archives video foto tag category c a p node media sites default"
    " uncategorized service"
)
_NO_SECTION = frozenset(_EMPTY_WORDS.split())
"""Path parts, hosts and category names that say nothing of the subject."""
_LINKS = etree.XPath("//body//a[@href]")
MAX_MENU_LINKS = 200
"""Links in which the menu is looked for; it stands on top."""
_SEPARATED = re.compile(r"\s*[>›»/→|]\s*|\s{2,}")


def read_section(
    page: Signals, linked: LinkedArticle, title: str, url: str, *, hinted: str, houses: Iterable[str]
) -> tuple[str, str]:
    """Return (section, source); ("", "") when nothing says.

    Args:
      hinted: the feed's section.
      houses: names of the site, which are no section.
    """
    banned = {word_key(name) for name in (*houses, title)} | _NEVER
    for source, names in _candidates(page, linked, url, hinted):
        for name in names:
            name = clean_text(name).strip(" -–—|>»›:/,#")
            key = word_key(name)
            if (
                key
                and key not in banned
                and len(name) <= MAX_SECTION_CHARS
                and not name.isdigit()
                and "://" not in name
            ):
                if word_key(title).startswith(key) and len(key) > 15:
                    continue
                return (_as_linked(page, name) if source in ("url", "host") else name), source
    return "", ""


def _candidates(
    page: Signals, linked: LinkedArticle, url: str, hinted: str
) -> Iterator[tuple[str, list[str]]]:
    yield "meta", [value.split(",")[0] for value in page.every_meta(*_SECTION_METAS[:6])]
    yield "json_ld", [name.split(",")[0] for name in linked.sections]
    yield "breadcrumb", list(linked.crumbs)
    yield "breadcrumb", _visible_crumbs(page)
    yield "meta", [value.split(",")[0] for value in page.every_meta(*_SECTION_METAS[6:])]
    nodes = page.itemprops.get("articleSection", ())[:3]
    yield "meta", [node.get("content") or text_of(node) for node in nodes]
    yield "rel", [text_of(node) for node in page.links.get("category", ())[:3] if not page.in_furniture(node)]
    yield "url", _path_parts(url)
    yield "host", _host_part(url)
    yield "feed", [hinted]


def crumb_elements(page: Signals) -> list[HtmlElement]:
    """Return the elements whose class or id speaks of a breadcrumb."""
    outline = page.outline
    names = {name for name in outline.names if "rumb" in name or "fil-ariane" in name}
    return [outline.elements[at] for at in outline.named(names) if outline.tags[at] != "body"]


def _visible_crumbs(page: Signals) -> list[str]:
    for node in crumb_elements(page)[:5]:
        links = [text_of(link) for link in node.iter("a")][:8]
        names = [text for text in links if text] or _SEPARATED.split(text_of(node)[:200])
        if names:
            return names
    return []


def _path_parts(url: str) -> list[str]:
    """Return the first words of the path that read like a section ("/ekonomi/makro/123/…" -> ekonomi)."""
    try:
        parts = [unquote(part) for part in urlsplit(url).path.split("/") if part]
    except ValueError:
        return []
    found = []
    for part in parts[:-1][:3]:
        if (
            part.lower() in _NO_SECTION
            or any(char.isdigit() for char in part)
            or len(part) > 30
            or "." in part
        ):
            continue
        found.append(part.replace("-", " ").replace("_", " ").strip().title())
    return found


def _as_linked(page: Signals, name: str) -> str:
    """Spell a section as the page's own menu does: "/umkm/…" is linked as "UMKM", not "Umkm"."""
    key, found, others = word_key(name), "", 0
    for link in _LINKS(page.tree)[:MAX_MENU_LINKS]:
        text = link.text
        if not text or len(text) > MAX_SECTION_CHARS or not (text := text.strip()):
            continue
        if (
            not found
            and word_key(text) == key
            and word_key(link.get("href").rstrip("/").rpartition("/")[2]) == key
        ):
            found = text
        others += not text.isupper()
    return (
        found if found and (not found.isupper() or others) else name
    )  # a menu all in capitals spells nothing


def _host_part(url: str) -> list[str]:
    """Return the sub-domain that names a part of the paper ("otomotif.contoh.test" -> Otomotif)."""
    try:
        labels = (urlsplit(url).hostname or "").split(".")
    except ValueError:
        return []
    if len(labels) < 3 or labels[0] in _NO_SECTION or any(char.isdigit() for char in labels[0]):
        return []
    if len(labels) == 3 and len(labels[1]) <= 3:
        return []
    return [labels[0].title()]
