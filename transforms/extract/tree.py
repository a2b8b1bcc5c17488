"""From bytes to one parsed tree: decode, guard, parse. Every later step shares that tree."""

import codecs
import re

from lxml import etree, html

from warta.schemas.outcome import Reason
from warta.transforms.extract.errors import ExtractError

MAX_PAGE_BYTES = 10_000_000
"""The largest of 675 real pages has 1.6 MB; libxml2 needs about ten times a page's size in memory."""

MAX_ELEMENTS = 40_000
"""Elements a page may have. The fullest of 675 real pages has 4,143; some steps of trafilatura grow with the
square, and 40,000 like-shaped siblings cost it about 10 s."""

_META_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE)
_HEADER_CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE)
_META_BYTES = 4096
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UTF_16_OR_32 = tuple(mark for mark, name in _BOMS if name != "utf-8")
_WIDER = {
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso-8859-9": "cp1254",
    "shift_jis": "cp932",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "tis-620": "cp874",
}
"""Labels that browsers read as a larger set (WHATWG Encoding, 4.2): pages are written for browsers."""

UNPARSABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""What XML may not hold, and lxml refuses to be given."""
_CONTROLS = [bytes([code]) for code in range(128) if UNPARSABLE.match(chr(code))]
_NO_CHARACTERS = re.compile(rb"\xef\xbf[\xbe\xbf]")
_PROLOGUE = re.compile(rb"^(?:\xef\xbb\xbf){0,8}(?:\s*<\?xml[^>]{0,200}\?>)?")
_COUNT = etree.XPath("count(//*)")
_TAG = re.compile(rb"<[a-zA-Z!/]")
_ONE_CLASS = etree.ElementDefaultClassLookup(element=html.HtmlElement)
"""lxml.html asks Python for the class of every element that is looked at, and finds others for forms and
their controls only; one class for all is chosen in C."""


def parse_tree(body: bytes | str, content_type: str = "") -> html.HtmlElement:
    """Decode and parse a page once.

    Args:
      body: the page as fetched, or its text.
      content_type: the HTTP header, whose charset wins over the page's own when the bytes are not UTF-8.

    Raises:
      ExtractError: PAGE_EMPTY, PAGE_NOT_HTML, TOO_LARGE or PAGE_TOO_DEEP; memory and time stay bounded.
    """
    if len(body) > MAX_PAGE_BYTES:
        raise ExtractError(Reason.TOO_LARGE, f"{len(body)} bytes of page, at most {MAX_PAGE_BYTES} are read")
    page = _without_prologue(_parsable(_in_utf8(body, content_type)))
    if not _TAG.search(page):
        text = page.decode()
        if not text.strip():
            raise ExtractError(Reason.PAGE_EMPTY, "the page has no characters")
        raise ExtractError(Reason.PAGE_NOT_HTML, f"no tag in {len(text)} characters")
    return _parsed(page)


def _in_utf8(body: bytes | str, content_type: str) -> bytes:
    if isinstance(body, bytes):
        if body.isascii():
            return body
        if not body.startswith(_UTF_16_OR_32):
            try:
                body.decode("utf-8")
                return body  # as most pages are: nothing is made anew
            except UnicodeDecodeError:
                pass
        body = decode(body, content_type)
    return body.encode("utf-8", "ignore")


def _parsable(page: bytes) -> bytes:
    """Drop from UTF-8 what `UNPARSABLE` finds. Few pages have any; the others are not copied."""
    if any(control in page for control in _CONTROLS):
        page = page.translate(None, b"".join(_CONTROLS))
    return _NO_CHARACTERS.sub(b"", page) if b"\xef\xbf" in page else page


def _without_prologue(page: bytes) -> bytes:
    found = _PROLOGUE.match(page)
    return page[found.end() :] if found else page


def decode(body: bytes, content_type: str = "") -> str:
    """Return the text of `body`; wrong bytes become U+FFFD, never an error.

    UTF-8 is tried first: text in another encoding is hardly ever valid UTF-8 by chance, and wrong labels
    are common. Then the byte order mark, the header and the page's own label count.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body.decode(name, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    found = _HEADER_CHARSET.search(content_type)
    label = found.group(1) if found else ""
    if not label:
        inside = _META_CHARSET.search(body[:_META_BYTES])
        label = inside.group(1).decode("ascii", "replace") if inside else ""
    return body.decode(_codec(label, body), "replace")


def _codec(label: str, body: bytes) -> str:
    label = label.lower()
    if label in {"utf-8", "utf8", ""}:
        # Labelled UTF-8 with a few broken bytes, or not labelled at all: take what loses less.
        broken = body.decode("utf-8", "replace").count("\ufffd")
        high = sum(byte > 0x7F for byte in body[:200_000])
        return "utf-8" if label and broken * 2 < high else ("utf-8" if broken * 4 < high else "cp1252")
    name = _WIDER.get(label, label)
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "cp1252"


def _parsed(page: bytes) -> html.HtmlElement:
    parser = html.HTMLParser(
        encoding="utf-8", collect_ids=False, remove_comments=True, remove_pis=True, default_doctype=False
    )
    parser.set_element_class_lookup(_ONE_CLASS)
    try:
        tree = html.document_fromstring(page, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise ExtractError(Reason.PAGE_NOT_HTML, f"cannot be parsed: {error}"[:200]) from error
    # libxml2 drops the rest of a page at its 256th level and goes on as if nothing had happened.
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise ExtractError(Reason.PAGE_TOO_DEEP, "more than 255 nested elements")
    # The parser adds few elements of its own: a page with so few tags need not be counted.
    elements = int(_COUNT(tree)) if page.count(b"<") > MAX_ELEMENTS / 2 else 0
    if elements > MAX_ELEMENTS:
        raise ExtractError(Reason.TOO_LARGE, f"{elements} elements, at most {MAX_ELEMENTS} are read")
    _mend(tree)
    return tree


def _mend(tree: html.HtmlElement) -> None:
    """Put into the body what stands behind a stray `</body>` or `</html>`, as browsers do.

    libxml2 opens another body, or another root, for the rest of the page: whoever asks the first one for its
    text loses an article that a template's widget has closed too early.
    """
    body = tree.find("body")
    if body is None:
        return
    if body.tail and body.tail.strip():
        etree.SubElement(body, "div").text, body.tail = body.tail, None
    for other in [*body.itersiblings(), *tree.itersiblings()]:
        for inner in other.iter("html", "body"):
            inner.tag = "div"
        body.append(other)
