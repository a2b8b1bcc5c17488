"""Addresses that a page names: itself, its next part, its picture."""

import re
from urllib.parse import parse_qs, urljoin, urlsplit

from warta.transforms.extract.signals import Signals, text_of
from warta.transforms.urls import canonical_url, request_url, site_host

MAX_PAGES = 30
MAX_PAGE_LINKS = 3_000
_ALL = frozenset({"all", "semua", "full"})
_PAGE_KEYS = ("page", "hal", "halaman", "showpage", "seite", "pagina", "p")
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
    if not url:
        return ""
    here = _identity(url)
    if not here:
        return ""
    number = _page_number(url)
    if number is None:
        return ""
    for node in page.links.get("next", ())[:5]:
        address = _absolute(node.get("href") or "", url)
        if address and _identity(address) == here and _page_number(address) == number + 1:
            return address
    return _numbered(page, url, here, number)


def _numbered(page: Signals, url: str, here: str, number: int) -> str:
    following = ""
    for count, node in enumerate(page.tree.iter("a")):
        if count > MAX_PAGE_LINKS:
            break
        href = node.get("href") or ""
        if (
            not href
            or href.startswith("#")
            or ("page" not in href and not any(char.isdigit() for char in href[-4:]))
        ):
            if not any(f"{key}=" in href for key in _PAGE_KEYS):
                continue
        address = _absolute(href, url)
        if not address or address.rstrip("/") == url.rstrip("/"):
            continue
        target = _page_number(address)
        if target is None and _identity(address) == here:
            return address
        if target == number + 1 and target <= MAX_PAGES and not following and _identity(address) == here:
            following = address if _NUMBER.fullmatch(text_of(node)[:3]) or _is_forward(node) else following
    return following


def _is_forward(node) -> bool:
    name = f"{node.get('class') or ''} {node.get('rel') or ''} {node.get('aria-label') or ''}".lower()
    return "next" in name or "selanjutnya" in name


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
        return canonical_url(url)
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
