"""Addresses that a page names: itself, its next part, its picture."""

import re
from urllib.parse import parse_qs, urljoin, urlsplit

from lxml import etree

from warta.transforms.extract.lines import text_of
from warta.transforms.extract.signals import Signals
from warta.transforms.urls import canonical_url, request_url, site_host

MAX_PAGES = 30
MAX_PAGE_LINKS = 3_000
_ALL = frozenset({"all", "semua", "full"})
_PAGE_KEYS = ("page", "hal", "halaman", "showpage", "seite", "pagina", "p")
_PART = re.compile(r"(/[^/?#]*[a-z][^/?#]*-[^/?#]{4,})/\d{1,2}(?=$|[?])")
"""The number of a part behind a slug: ".../banjir-surut/2"."""
_LINKS_TO = etree.XPath("//a[@href=$href]")
_PAGED = re.compile(
    r"[?&](?:page|hal|halaman|showpage|seite|pagina|p)=(?:all|semua|full|\d{1,2})(?:$|[&#])|/\d{1,2}/?(?:$|[?#])"
)
_NAMED_PAGE = "|".join(rf"(?<=[?&]{name}=)" for name in _PAGE_KEYS)
_LIKE_PAGED = (
    re.compile(r"/\d{1,2}/?(?:$|[?#])", re.MULTILINE),
    re.compile(rf"=(?:{_NAMED_PAGE})(?:all|semua|full|\d{{1,2}})(?:$|[&#])", re.MULTILINE),
)
"""The two halves of `_PAGED`. As each begins with one certain character, all links of a page are searched at
once in a sixth of the time of a search in each; nine in ten pages have none."""
MAX_PAGED_LINKS = 40
_NUMBER = re.compile(r"[1-9]\d?")


def read_canonical(page: Signals, url: str) -> str:
    """Return what the page calls itself (link rel=canonical, og:url), when that is on the same site."""
    named = [node.get("href") or "" for node in page.links.get("canonical", ())[:3]]
    named += page.metas.get("og:url", [])[:2]
    for address in named:
        absolute = _absolute(address, url)
        if not absolute or (url and not _same_site(absolute, url)):
            continue
        if urlsplit(absolute).path.strip("/") or not urlsplit(url).path.strip("/"):
            return absolute
    return ""


def read_image(page: Signals, stated: str, url: str) -> str:
    """Return the address of the lead picture: og:image, JSON-LD, twitter:image."""
    for address in (
        *page.metas.get("og:image", ())[:1],
        stated,
        page.meta("og:image:secure_url", "twitter:image", "twitter:image:src"),
    ):
        if address and (absolute := _absolute(address, url)):
            return absolute
    return ""


def read_next_page(page: Signals, url: str) -> str:
    """Return the address of the next part of the same article; "" when this is all.

    Evidence asked for: the link leads to this very article (same address but for the page number), as
    rel=next, as "show all" (`?page=all`), or as the number after this page's.
    """
    stated, paged = page.links.get("next", ())[:5], paged_links(page)
    if not url or not (stated or paged):
        return ""
    here = _identity(url)
    if not here:
        return ""
    number = _page_number(url)
    if number is None:
        return ""
    for node in stated:
        address = _absolute(node.get("href") or "", url)
        if not address or _page_number(address) != number + 1:
            continue
        if _identity(address) == here or _continues(address, url, number):
            return address
    return _numbered(page, paged, url, here, number)


def _continues(address: str, url: str, number: int) -> bool:
    """Is `address` that of `url` with the next part's number behind it, however short its slug?

    Only asked of rel=next: behind "/indeks" the same address is the next page of a list.
    """
    stem = url.partition("#")[0].partition("?")[0].rstrip("/")
    stem = stem.removesuffix(f"/{number}") if number > 1 else stem
    return address.partition("?")[0].rstrip("/") == f"{stem}/{number + 1}"


def paged_links(page: Signals) -> list[str]:
    """Return the addresses of links that end like a part's, or like that of all parts."""
    if not any(pattern.search(page.hrefs_text) for pattern in _LIKE_PAGED):
        return []
    return [href for href in page.hrefs[:MAX_PAGE_LINKS] if _PAGED.search(href)][:MAX_PAGED_LINKS]


def _numbered(page: Signals, paged: list[str], url: str, here: str, number: int) -> str:
    following = ""
    for href in paged:
        address = _absolute(href, url)
        if not address or address.rstrip("/") == url.rstrip("/"):
            continue
        target = _page_number(address)
        if target is not None and (following or target != number + 1 or target > MAX_PAGES):
            continue
        if _identity(address) == here:
            if target is None:
                return address
            following = address if _is_page_link(page, href) else ""
    return following


def _is_page_link(page: Signals, href: str) -> bool:
    """Is a link to `href` shown as a page number or as "next"?"""
    for node in _LINKS_TO(page.tree, href=href)[:5]:
        name = f"{node.get('class') or ''} {node.get('rel') or ''} {node.get('aria-label') or ''}".lower()
        if _NUMBER.fullmatch(text_of(node)[:3]) or "next" in name or "selanjutnya" in name:
            return True
    return False


def _page_number(url: str) -> int | None:
    """Return which part an address asks for: 1 without a number, None for "all"."""
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    for key in _PAGE_KEYS:
        for value in query.get(key, ()):
            if value.lower() in _ALL:
                return None
            if value.isdigit() and len(value) < 4:
                return int(value)
    last = parts.path.rstrip("/").rpartition("/")[2]
    return int(last) if _NUMBER.fullmatch(last) else 1


def _identity(url: str) -> str:
    try:
        return _PART.sub(r"\1", canonical_url(url))
    except ValueError:
        return ""


def _absolute(address: str, base: str) -> str:
    address = address.strip()
    if not address or address.startswith(("#", "javascript:", "data:", "mailto:")):
        return ""
    try:
        return request_url(urljoin(base, address) if base else address)
    except ValueError:
        return ""


def _same_site(one: str, other: str) -> bool:
    try:
        first, second = site_host(one), site_host(other)
    except ValueError:
        return False
    return first == second or first.endswith(f".{second}") or second.endswith(f".{first}")
