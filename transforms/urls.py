"""Addresses: what to request, what is the same article, whose server it is. Pure; standard library only.

Three forms of one address. `request_url` is what goes over the wire: absolute, without fragment and trackers,
otherwise as the publisher wrote it. `canonical_url` is for comparing: AMP, mobile and `www.` hosts, page
numbers, schemes and query order no longer matter; it need not answer. `article_id` is the key for ever.
"""

import hashlib
import re
from functools import lru_cache
from urllib.parse import (
    SplitResult,
    parse_qsl,
    quote,
    unquote_to_bytes,
    urlencode,
    urljoin,
    urlsplit,
    urlunsplit,
)

from warta.transforms.text import digest

MAX_URL_CHARS = 4_096
"""Longest address that is requested. The longest of 13,142 real ones has 409 (`tests/gate/urls.py`)."""

MAX_PAGE = 30
"""Highest `/N` or `?page=N` read as a page of one article: longer than any photo series met, short of years
and chapter numbers, which name articles of their own."""

MIN_ARTICLE_NUMBER_DIGITS = 6
"""Shortest number taken for a publisher's article number. On 13,142 addresses of 543 hosts two share an id,
one article whose slug was corrected (`python -m tests.gate.urls`); 4 digits would let years in."""

_TRACKERS = re.compile(
    r"(?:utm|mtm|pk|hsa|wt|itm)_\w+|_hs(?:enc|mi)|__hs\w+|_ga|_gl|(?:fb|g|d|ms|tw|yc|ttc|li_fat_|wbra|gbra)clid|gclsrc"
    r"|igshid|igsh|mc_[ce]id|vero_id|oly_\w+_id|rb_clickid|s_cid|ns_(?:mchannel|campaign|source|fee)"
    r"|ito|dicbo|cmpid|xtor|at_(?:medium|campaign|custom\d?)|spm|_openstat|srsltid|rssfeed|srcref|feature_src"
    r"|tracking_\w+|amp_\w+|usqp",
    re.IGNORECASE,
)
_SOURCE_NAMES = frozenset(
    {"source", "src", "ref", "referrer", "origin", "from", "cmp", "ed", "medium", "via"}
)
_FEED_VALUES = re.compile(r"rss\w*|feeds?|atom|rss[-_.].*", re.IGNORECASE)
_AMP_VALUES = frozenset({"", "1", "true", "amp"})
_ALL_PAGES = frozenset({"all", "semua", "full"})
_PAGE_NAMES = frozenset({"page", "showpage", "halaman", "hal", "seite", "pagina", "single"})

_DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?|\[[0-9a-f:.]+\]")
_ABSOLUTE = re.compile(r"https?://", re.IGNORECASE)
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_BLANKS = "".join(map(chr, range(0x21))) + "\x7f\ufeff"
_BREAKS = {ord(char): None for char in "\t\r\n"}
_PLAIN = re.compile(r"[A-Za-z0-9/._~=&%+,:-]*")
_PATH_SAFE = "/:@!$&'()*+,;=~-._%"
_QUERY_SAFE = "/:@!$&'()*+,;=~-._%?[]"
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def request_url(url: str, base: str = "") -> str:
    """Return the address to request: absolute http(s), without fragment and trackers, the host as given.

    Args:
      url: as found; blanks around it, line breaks in it and letters outside ASCII are put right.
      base: absolute address that a relative `url` counts from.

    Raises:
      ValueError: with a text for people, when nothing can be requested there (empty, another scheme, no
        host, a bad port, a user name, too long).

    >>> request_url("/read/1?utm_source=rss&id=7#komentar", "https://www.contoh.test/feed")
    'https://www.contoh.test/read/1?id=7'
    """
    parts = _split(url, base)
    query = parts.query
    if query:
        pairs = [pair for pair in query.split("&") if not _TRACKERS.fullmatch(pair.partition("=")[0])]
        query = "&".join(pairs) if any(pairs) else ""
    result = urlunsplit((parts.scheme, parts.netloc, parts.path or "/", query, ""))
    if len(result) > MAX_URL_CHARS:
        raise ValueError(f"address has {len(result)} characters, {MAX_URL_CHARS} are allowed")
    return result


def canonical_url(url: str, base: str = "") -> str:
    """Return the form in which two addresses of one article are equal; for comparing, not for requesting.

    On top of `request_url`: https, no `www.`, mobile or AMP host, no AMP path or parameter, no page number,
    no "from the feed" parameter, no default port, no trailing slash, sorted query, one spelling of escapes.

    Raises:
      ValueError: as `request_url`.

    >>> canonical_url("http://m.contoh.test/berita/banjir-di-kota-lama/amp/?page=all")
    'https://contoh.test/berita/banjir-di-kota-lama'
    """
    parts = urlsplit(request_url(url, base))
    path = _canonical_path(parts.path)
    query = _canonical_query(parts.query, article=_looks_like_article(path)) if parts.query else ""
    if not query:
        path = _without_page_number(path)
    port = f":{parts.port}" if parts.port not in (None, *_DEFAULT_PORTS.values()) else ""
    return urlunsplit(("https", _site(parts.hostname or "") + port, path, query, ""))


def article_id(url: str) -> str:
    """Return 32 hex characters that name the article at `url`, the same for ever.

    Where the address carries the publisher's own article number, the slug after it does not count: a changed
    headline keeps its id. Otherwise the canonical address is the identity.

    Raises:
      ValueError: as `request_url`.

    >>> a = article_id("https://www.contoh.test/news/read/6055970/judul-lama")
    >>> a == article_id("https://m.contoh.test/news/read/6055970/judul-baru?page=2")
    True
    """
    canonical = canonical_url(url)
    return digest("article", _numbered(canonical) or canonical)


def host_key(url: str) -> str:
    """Return "host" or "host:port" in lower case: the unit of politeness.

    Raises:
      ValueError: as `request_url`.
    """
    return _split(url, "").netloc


def site_host(url: str) -> str:
    """Return the host of `url` without `www.`, mobile and AMP labels, without port.

    >>> site_host("https://www.contoh.test/a"), site_host("http://en.m.contoh.test/")
    ('contoh.test', 'en.contoh.test')
    """
    return _site(_split(url, "").hostname or "")


def shard(key: str, shards: int) -> int:
    """Return the stable number in `range(shards)` that `key` belongs to, in every process and release."""
    head = hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(head, "big") % shards


@lru_cache(maxsize=4_096)
def _split(url: str, base: str) -> SplitResult:
    if len(url) > 4 * MAX_URL_CHARS:
        raise ValueError(f"address has {len(url)} characters, {MAX_URL_CHARS} are allowed")
    text = url.strip(_BLANKS).translate(_BREAKS)
    if not text:
        raise ValueError("address is empty")
    text = text.partition("#")[0]
    scheme = _SCHEME.match(text)
    if scheme and scheme[0].lower() not in ("http:", "https:"):
        raise ValueError(f"scheme {scheme[0].lower()[:20]!r} is not http or https")
    try:
        text = text.replace("\\", "/")
        parts = urlsplit(text if not base or _ABSOLUTE.match(text) else urljoin(base, text))
        port = parts.port
    except ValueError as error:
        raise ValueError(f"address cannot be read ({error})") from None
    if parts.scheme not in _DEFAULT_PORTS:
        raise ValueError("address is not absolute")
    if "@" in parts.netloc:
        raise ValueError("address carries a user name")
    host = _ascii_host(parts.hostname or "", bracketed="[" in parts.netloc)
    netloc = host if port in (None, _DEFAULT_PORTS[parts.scheme]) else f"{host}:{port}"
    path = _without_dots(_quoted(parts.path, _PATH_SAFE))
    query = _quoted(parts.query, _QUERY_SAFE)
    return SplitResult(parts.scheme, netloc, path, query, "")


def _quoted(text: str, safe: str) -> str:
    return text if _PLAIN.fullmatch(text) else quote(text, safe=safe, errors="surrogatepass")


def _ascii_host(host: str, *, bracketed: bool) -> str:
    host = host.rstrip(".").lower()
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            raise ValueError(f"host {host[:80]!r} is not a name") from None
    if bracketed:
        host = f"[{host}]"
    if not _HOST.fullmatch(host) or len(host) > 253:
        raise ValueError(f"host {host[:80]!r} is not a name" if host else "address has no host")
    return host


def _without_dots(path: str) -> str:
    """Resolve `.` and `..` as RFC 3986 5.2.4 does, for addresses that never met a base."""
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            kept = kept[:-1]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def _site(host: str) -> str:
    labels = host.split(".")
    while len(labels) > 2 and labels[0] in ("www", "m", "amp", "mobile", "www2"):
        labels = labels[1:]
    if len(labels) > 3 and labels[1] in ("m", "amp"):
        del labels[1]
    return ".".join(labels)


def _canonical_path(path: str) -> str:
    path = _ESCAPE.sub(_one_spelling, path)
    segments = [segment for segment in path.split("/") if segment]
    while len(segments) > 1 and segments[-1].lower() in ("amp", "index.html", "index.php", "index.htm"):
        segments.pop()
    while len(segments) > 1 and segments[0].lower() == "amp":
        del segments[0]
    while segments and segments[-1].lower().endswith(".amp.html"):
        segments[-1] = segments[-1][: -len(".amp.html")] + ".html"
    return "/" + "/".join(segments)


def _one_spelling(escape: re.Match[str]) -> str:
    char = unquote_to_bytes(escape[0]).decode("latin-1")
    return char if char in _UNRESERVED else escape[0].upper()


def _canonical_query(query: str, *, article: bool) -> str:
    pairs = parse_qsl(query, keep_blank_values=True, encoding="utf-8", errors="surrogateescape")
    kept = [
        (name, value) for name, value in pairs if not _is_incidental(name.lower(), value.lower(), article)
    ]
    return urlencode(sorted(kept), encoding="utf-8", errors="surrogateescape")


def _is_incidental(name: str, value: str, article: bool) -> bool:
    if name in ("amp", "outputtype", "output", "m_amp") and value in _AMP_VALUES:
        return True
    if name in _SOURCE_NAMES and _FEED_VALUES.fullmatch(value):
        return True
    if name == "rss" and value in ("", "1"):
        return True
    if name in _PAGE_NAMES:
        return value in _ALL_PAGES or (article and (value.isdecimal() and int(value) <= MAX_PAGE))
    return False


def _looks_like_article(path: str) -> bool:
    """Four words joined by hyphens, or a long number: not a list, a script or a front page."""
    return any(
        segment.count("-") >= 3 or re.search(r"\d{6}", segment) for segment in path.split("/") if segment
    )


def _without_page_number(path: str) -> str:
    """Drop `/2` or `/full` after a slug: `/d-7016153/judul-yang-panjang/2` is page two of one article."""
    head, _, last = path.rpartition("/")
    slug = head.rpartition("/")[2]
    is_page = last in _ALL_PAGES or (last.isdecimal() and len(last) <= 2 and 1 <= int(last) <= MAX_PAGE)
    return head if is_page and slug.count("-") >= 3 else path


_NUMBER = re.compile(rf"(?:d-|pr-)?(\d{{{MIN_ARTICLE_NUMBER_DIGITS},14}})")
_KOMPAS_CODE = re.compile(r"\d{2}[A-L]\d{11}")
_DAY = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:(?:0[1-9]|[12]\d|3[01])(?:\d{4}|\d{6})?)?")
_DAY_FIRST = re.compile(r"(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d\d")
_CLOCK = re.compile(r"(?:[01]\d|2[0-4])[0-5]\d[0-5]\d")
_STAMPED = re.compile(r"\d{14}-\d{1,4}-(\d{6,9})")
_SLUG = re.compile(r"(?=[^/]*[a-zA-Z%])[^/]+")
_LISTS = re.compile(
    r"tags?|topi[ck]s?|them[ae]|authors?|penulis|users?|profile|category|kategori|channel|indeks|index|search"
    r"|blogs?|forums?|threads?|status|page|images?|assets"
)
_MEDIA = re.compile(r"(?:read)?foto|photos?|videos?|galeri|gallery|infografi[sk]|podcast|live(?:blog)?")
_SLUG_LAST = re.compile(r"[^/]*-(\d{6,9})(?:-mvk)?(?:\.html)?")
_SLUG_FIRST = re.compile(r"(\d{6,9})-[^/]*[a-z][^/]*")
_SLUG_LAST_SITES = ("tempo.co", "merdeka.com")
_SLUG_FIRST_SITES = ("viva.co.id",)


def _numbered(canonical: str) -> str:
    """Return the identity by article number, or "" when the address carries none beyond doubt."""
    parts = urlsplit(canonical)
    segments = parts.path.split("/")[1:]
    if "read" in segments[:-1]:
        return _by_read_number(parts.netloc, segments)
    return _by_segment(parts, segments) or _by_slug_number(parts, segments)


def _by_read_number(host: str, segments: list[str]) -> str:
    """`…/read/…/NUMBER/…/slug`: the idiom of Indonesian systems, whose number counts for the whole site."""
    start = segments.index("read") + 1
    found = [(at, number) for at in range(start, len(segments)) if (number := _article_number(segments[at]))]
    if len(found) > 1:  # detik: …/read/2015/11/05/100026/3062623/323/slug has the time of day before it
        found = [(at, number) for at, number in found if not _CLOCK.fullmatch(number)] or found[:0]
    if len(found) != 1:
        return ""
    at, number = found[0]
    day = "/".join(part for part in segments[start:at] if part.isdecimal() and len(part) in (2, 4, 8))
    if _CLOCK.fullmatch(number) and day:
        return ""  # nothing but a time of day: two articles may share the second
    if not all(_SLUG.fullmatch(part) or len(part) <= 4 for part in segments[at + 1 :]):
        return ""
    kind = next((part for part in segments[:at] if _MEDIA.fullmatch(part)), "")
    return f"{host} read {kind} {day} {number}"


def _by_segment(parts: SplitResult, segments: list[str]) -> str:
    """`/section/NUMBER/slug`: the slug alone is forgotten, the section still counts."""
    for at in range(1, len(segments) - 1):
        number = _article_number(segments[at])
        if not number:
            continue
        before, after = segments[:at], segments[at + 1 :]
        if len(after) == 2 and after[1].isdecimal() and len(after[1]) <= 2:
            after.pop()
        if len(after) != 1 or not _SLUG.fullmatch(after[0]) or _CLOCK.fullmatch(number):
            return ""
        if segments[at] == f"d-{number}":  # detik counts over all its sections
            return f"{parts.netloc} d {number}"
        if _LISTS.fullmatch(before[-1].lower()) or not _SLUG.fullmatch(before[0]):
            return ""
        return " ".join((parts.netloc, "/".join(before), number, parts.query))
    return ""


def _by_slug_number(parts: SplitResult, segments: list[str]) -> str:
    """`judul-berita-2253426` or `1234567-judul`, only on sites known to number their slugs."""
    for pattern, sites in ((_SLUG_LAST, _SLUG_LAST_SITES), (_SLUG_FIRST, _SLUG_FIRST_SITES)):
        match = pattern.fullmatch(segments[-1])
        if match and parts.netloc.endswith(sites) and not _is_date(match[1]):
            return " ".join((parts.netloc, "/".join(segments[:-1]), match[1], parts.query))
    return ""


def _article_number(segment: str) -> str:
    """Return the number in `6055970`, `d-7016153`, `20261121140512-12-1234567`, `24E11100000268`; else ""."""
    if match := _STAMPED.fullmatch(segment):
        return match[1]
    if _KOMPAS_CODE.fullmatch(segment):
        return segment
    match = _NUMBER.fullmatch(segment)
    return match[1] if match and not _is_date(match[1]) else ""


def _is_date(number: str) -> bool:
    return bool(_DAY.fullmatch(number) or _DAY_FIRST.fullmatch(number))
