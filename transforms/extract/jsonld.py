"""JSON-LD as newsrooms write it: graphs, lists, comments, broken strings; read with bounds."""

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

MAX_NODES = 4_000
"""Objects looked at per page. The richest page of the corpus has 600."""
MAX_DEPTH = 12
MAX_LIST = 200
MAX_REPAIR_CHARS = 400_000
"""Scripts longer than this are not repaired when they do not parse."""

Node = dict[str, Any]

_ARTICLE = re.compile(r"(?:\w*article|\w*posting|report|review|recipe|\w*story)$", re.IGNORECASE)
_NEAR_ARTICLE = frozenset(
    {
        "webpage",
        "itempage",
        "videoobject",
        "imagegallery",
        "mediagallery",
        "podcastepisode",
        "howto",
        "qapage",
        "question",
    }
)
_ELSEWHERE = frozenset(
    {
        "haspart",
        "mentions",
        "itemlistelement",
        "mainentity",
        "about",
        "citation",
        "relatedlink",
        "comment",
        "isbasedon",
    }
)
"""Keys under which pages put other articles."""
_OPENINGS = ("<!--", "//<![CDATA[", "// <![CDATA[", "/*<![CDATA[*/", "/* <![CDATA[ */", "<![CDATA[")
_CLOSINGS = ("-->", "//]]>", "// ]]>", "/*]]>*/", "/* ]]> */", "]]>", ";", "//")
_COMMENT = re.compile(r"<!--.*?-->|^[ \t]*//[^\n]*$|/\*.*?\*/", re.DOTALL | re.MULTILINE)
MAX_COMMENTS = 50
"""More comment openings than this and they stay: each one costs a look to the end of the script."""
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_MISSING_COMMA = re.compile(r'(["}\]])([ \t\r]*\n\s*)(")')
_BAD_ESCAPE = re.compile(r'\\(?!["\\/bfnrtu])')
_LOOSE = re.compile(
    r'"(headline|datePublished|dateCreated|dateModified|articleSection|@type)"\s*:\s*"((?:[^"\\\n]|\\.){1,600})"'
)
_LOOSE_AUTHOR = re.compile(
    r'"author"\s*:\s*[\[{\s]{0,40}(?:"@type"\s*:\s*"(\w+)"\s*,\s*)?"name"\s*:\s*"([^"\n]{1,200})"'
)


@dataclass(frozen=True, slots=True)
class Party:
    """Someone that JSON-LD names: an author, an editor, a publisher."""

    name: str
    kind: str = ""
    """Last part of `@type` ("Person", "Organization"); empty for a bare string."""


@dataclass(frozen=True, slots=True)
class LinkedArticle:
    """What the page's JSON-LD says of its main article."""

    kind: str = ""
    headline: str = ""
    authors: tuple[Party, ...] = ()
    editors: tuple[Party, ...] = ()
    publisher: str = ""
    publisher_is_person: bool = False
    """True on personal sites, where the publisher's name is the author's."""
    published: str = ""
    modified: str = ""
    sections: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    image_url: str = ""
    caption: str = ""
    language: str = ""
    description: str = ""
    body: str = ""
    free: bool | None = None
    url: str = ""
    crumbs: tuple[str, ...] = ()
    """Names of the BreadcrumbList, outermost first."""
    site_name: str = ""


def read_linked(scripts: Iterable[str], url: str, titles: Iterable[str] = ()) -> LinkedArticle:
    """Return what `scripts` say of the article at `url`.

    Args:
      scripts: contents of the `application/ld+json` elements, in page order.
      url: the page's address; decides between several articles.
      titles: other statements of the headline (og:title, h1); decide next.
    """
    nodes = [node for script in scripts for node in _nodes(parse_loosely(script))][:MAX_NODES]
    if not nodes:
        return LinkedArticle()
    by_id = {node["@id"]: node for _, node in nodes if isinstance(node.get("@id"), str) and len(node) > 1}
    article = _main_article(nodes, url, [_key(title) for title in titles if title])
    return _read(article, [node for _, node in nodes], by_id)


def parse_loosely(script: str) -> Any:
    """Return the value of a JSON-LD script; None when nothing can be made of it.

    >>> parse_loosely('<!-- {"headline": "Satu", "tags": ["a", "b",],} -->')
    {'headline': 'Satu', 'tags': ['a', 'b']}
    """
    text = script.strip()
    if not text:
        return None
    value = _load(text)
    if value is None and len(text) <= MAX_REPAIR_CHARS:
        text = _unwrap(text)
        value = _load(text)
        if value is None:
            text = _TRAILING_COMMA.sub(r"\1", _BAD_ESCAPE.sub("", text))
            value = _load(text) or _load(_MISSING_COMMA.sub(r"\1,\2\3", text))
        if value is None:
            value = _load(_TRAILING_COMMA.sub(r"\1", _uncomment(text))) or _stream(text) or _salvage(text)
    return value


def _unwrap(text: str) -> str:
    """Take off the comment and CDATA marks that old templates put around a script."""
    for _ in range(4):
        before = text
        for mark in _OPENINGS:
            text = text.removeprefix(mark).lstrip()
        for mark in _CLOSINGS:
            text = text.removesuffix(mark).rstrip()
        if text == before:
            break
    return text


def _uncomment(text: str) -> str:
    if text.count("<!--") + text.count("/*") > MAX_COMMENTS:
        return text
    return _COMMENT.sub("", text)


def _load(text: str) -> Any:
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def _stream(text: str) -> list[Any]:
    """Read objects that stand one after another without a list around them."""
    decoder, at = json.JSONDecoder(strict=False), 0
    values: list[Any] = []
    while at < len(text) and len(values) < MAX_LIST:
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        values.append(value)
        while at < len(text) and text[at] in " \t\r\n,;":
            at += 1
    return values


def _salvage(text: str) -> Node | None:
    """Pick single facts out of a script that no repair makes JSON."""
    node: Node = {}
    for key, value in _LOOSE.findall(text):
        node.setdefault(key, _load(f'"{value}"') or value)
    if match := _LOOSE_AUTHOR.search(text):
        node["author"] = {"@type": match[1] or "", "name": match[2]}
    return node if len(node) > 1 else None


def _nodes(value: Any) -> Iterator[tuple[bool, Node]]:
    """Yield (belongs to another article?, object) for every object in `value`, outermost first."""
    stack: list[tuple[int, bool, Any]] = [(0, False, value)]
    count = 0
    while stack and count < MAX_NODES:
        depth, elsewhere, item = stack.pop()
        if isinstance(item, list):
            stack += [(depth + 1, elsewhere, part) for part in reversed(item[:MAX_LIST])]
        elif isinstance(item, dict):
            count += 1
            yield elsewhere, item
            if depth < MAX_DEPTH:
                for key, part in reversed(item.items()):
                    if isinstance(part, (dict, list)):
                        stack.append(
                            (
                                depth + 1,
                                elsewhere or (key.lower() in _ELSEWHERE and not _is_main(key, item)),
                                part,
                            )
                        )


def _is_main(key: str, node: Node) -> bool:
    """Is `key` the page saying "this is my article", rather than a list of others?"""
    return key.lower() == "mainentity" and not _is_article(node)


def _types(node: Node) -> list[str]:
    value = node.get("@type") or node.get("type")
    values = value if isinstance(value, list) else [value]
    return [text.rstrip("/").rpartition("/")[2] for text in values if isinstance(text, str)]


def _is_article(node: Node) -> bool:
    return any(_ARTICLE.fullmatch(kind) for kind in _types(node))


def _main_article(nodes: list[tuple[bool, Node]], url: str, titles: list[str]) -> Node:
    """Choose the object that speaks of this page: by type, address, headline and place."""
    best: tuple[float, Node] = (0.0, {})
    wanted = _path(url)
    for elsewhere, node in nodes:
        score = 4.0 if _is_article(node) else 0.0
        if not score and any(kind.lower() in _NEAR_ARTICLE for kind in _types(node)):
            score = 1.0
        if not score and "headline" in node and "datePublished" in node:
            score = 2.0
        if not score:
            continue
        score -= 3.0 * elsewhere
        headline = _key(_text(node.get("headline") or node.get("name")))
        if headline and any(headline in title or title in headline for title in titles):
            score += 2.0
        if wanted and any(_path(address) == wanted for address in _addresses(node)):
            score += 2.0
        score += 0.5 * ("datePublished" in node) + 0.5 * ("author" in node)
        if score > best[0]:
            best = (score, node)
    return best[1]


def _read(node: Node, nodes: list[Node], by_id: Mapping[str, Node]) -> LinkedArticle:
    page = next((other for other in nodes if other is not node and "WebPage" in _types(other)), {})
    publisher = next(_parties(node.get("publisher"), by_id), Party(""))
    image = _first(node.get("image"), by_id) or _first(node.get("thumbnailUrl"), by_id)
    return LinkedArticle(
        kind=next(iter(_types(node)), ""),
        headline=_text(node.get("headline")) or _text(node.get("name")),
        authors=tuple(_parties(node.get("author") or node.get("creator"), by_id)),
        editors=tuple(_parties(node.get("editor"), by_id)),
        publisher=publisher.name,
        publisher_is_person="Person" in publisher.kind,
        published=_text(node.get("datePublished"))
        or _text(page.get("datePublished"))
        or _text(node.get("dateCreated")),
        modified=_text(node.get("dateModified")) or _text(page.get("dateModified")),
        sections=tuple(_texts(node.get("articleSection"))),
        keywords=tuple(_keywords(node.get("keywords"))),
        image_url=_address(image),
        caption=_text(image.get("caption")) if isinstance(image, dict) else "",
        language=_language(node.get("inLanguage") or page.get("inLanguage")),
        description=_text(node.get("description")),
        body=_body(node.get("articleBody") or node.get("text")),
        free=_flag(node.get("isAccessibleForFree")),
        url=next(iter(_addresses(node)), ""),
        crumbs=_crumbs(nodes, by_id),
        site_name=next((_text(other.get("name")) for other in nodes if "WebSite" in _types(other)), ""),
    )


def _parties(value: Any, by_id: Mapping[str, Node], depth: int = 0) -> Iterator[Party]:
    if depth > 4:
        return
    if isinstance(value, list):
        for item in value[:MAX_LIST]:
            yield from _parties(item, by_id, depth + 1)
    elif isinstance(value, str):
        if not value.startswith(("http://", "https://")):
            yield Party(clean_text(value))
    elif isinstance(value, dict):
        known = value if "name" in value else by_id.get(str(value.get("@id")), value)
        kind = "Person" if "Person" in _types(known) else next(iter(_types(known)), "")
        names = known.get("name")
        if names is None and known.get("givenName"):
            names = f"{_text(known.get('givenName'))} {_text(known.get('familyName'))}"
        if isinstance(names, dict):
            yield from _parties(names, by_id, depth + 1)
        for name in _texts(names):
            yield Party(name, kind)


def _crumbs(nodes: list[Node], by_id: Mapping[str, Node]) -> tuple[str, ...]:
    for node in nodes:
        items = node.get("itemListElement")
        if "BreadcrumbList" not in _types(node) or not isinstance(items, list):
            continue
        names = []
        for item in items[:20]:
            if isinstance(item, dict):
                inner = item.get("item")
                names.append(
                    _text(item.get("name")) or (_text(inner.get("name")) if isinstance(inner, dict) else "")
                )
        if names := [name for name in names if name]:
            return tuple(names)
    return ()


def _first(value: Any, by_id: Mapping[str, Node]) -> Any:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict) and len(value) == 1 and "@id" in value:
        return by_id.get(str(value["@id"]), value)
    return value


def _address(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("url") or value.get("contentUrl") or value.get("@id")
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("url") or value.get("@id")
    return value.strip()[:2_000] if isinstance(value, str) else ""


def _addresses(node: Node) -> list[str]:
    found = [_address(node.get(key)) for key in ("url", "mainEntityOfPage", "@id")]
    return [address for address in found if address]


def _path(url: str) -> str:
    return re.sub(r"^https?://[^/]*|[?#].*$", "", url).strip("/").lower()


def _key(title: str) -> str:
    return "".join(re.findall(r"\w+", title.lower()))


def _text(value: Any) -> str:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name")
    return clean_text(value) if isinstance(value, str) else ""


def _texts(value: Any) -> list[str]:
    values = value[:MAX_LIST] if isinstance(value, list) else [value]
    return [text for item in values if (text := _text(item))]


def _keywords(value: Any) -> list[str]:
    found = _texts(value)
    if len(found) == 1 and re.search(r"[,;|]", found[0]):
        found = [part.strip() for part in re.split(r"[,;|]", found[0])]
    return [word for word in found if word]


def _language(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("alternateName") or value.get("name")
    return _text(value)


def _flag(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    return (
        {"true": True, "false": False}.get(value.strip().lower().rpartition("/")[2])
        if isinstance(value, str)
        else None
    )


def _body(value: Any) -> str:
    if isinstance(value, list):
        value = "\n\n".join(item for item in value if isinstance(item, str))
    return html.unescape(value).strip() if isinstance(value, str) else ""


def clean_text(value: str) -> str:
    """Return `value` without entities (some sites escape twice) and tags, blanks single, bounded."""
    text = value[:4_000]
    if "&" in text:
        text = html.unescape(html.unescape(text))
    if "<" in text:
        text = re.sub(r"<[^<>]{1,200}>", "", text)
    return " ".join(text.split())
