"""Bytes to tidy text: the charset decided, what XML forbids removed, what is dangerous refused."""

import codecs
import re
import zlib
from dataclasses import dataclass

from warta.schemas.outcome import Reason
from warta.transforms.parse.model import FeedError

MAX_FEED_BYTES = 20 * 1024 * 1024
"""After decompression. The largest of 76 real feeds has 0.24 MB; the sitemap protocol allows 50."""

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FIRST_BYTES = (  # "<" and what follows it without a byte order mark, XML 1.0 appendix F
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00<\x00", "utf-16-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x4c\x6f\xa7\x94", "cp037"),
)
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
_TEXT_CODECS = re.compile(
    r"utf[-_](?:8|16|32).*|ascii|iso8859-\d+|cp\d+|gb18030|big5.*|euc_.*|shift_jis.*|koi8-.*|mac-.*|tis-620"
    r"|iso2022_.*|hz|johab|ptcp154|kz1048"
)
"""Codecs a feed may ask for. Not utf-7, which hides markup, nor punycode and the escapes, which are slow."""
_WIDER = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
}
"""What a label means in practice (WHATWG Encoding): the wider code page of the same family."""

_ESCAPED = re.compile(rb"\x1b[$(]|~\{")
"""Traces of iso-2022 and hz, which are valid UTF-8 by accident."""
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_DECLARATION = re.compile(r"^<\?xml[^>]*\?>")
_LATE_DECLARATION = re.compile(r"<\?xml\s[^>]*\?>\s*(?=<)")
_LEADING_JUNK_CHARS = 4_000
_DOCTYPE = re.compile(r"<!\s*DOCTYPE", re.IGNORECASE)
_ENTITY = re.compile(r"<!\s*ENTITY", re.IGNORECASE)
_PROLOG = re.compile(
    r"\s+|<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|<!\s*doctype[^\[>]*(?:\[.*?\]\s*)?>", re.I | re.S
)
_ROOT = re.compile(r"<([A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")


@dataclass(frozen=True, slots=True)
class Document:
    """The text of a feed, ready for a parser, and what had to be done to it."""

    text: str
    root: str
    """Local name of the first element in lower case, "{" or "[" for JSON, "" when there is none."""
    start: int
    """Where the root element begins."""
    problems: tuple[str, ...]


def read_document(body: bytes, content_type: str = "") -> Document:
    """Return the text of `body`, tidied.

    Args:
      body: as it came, after content decoding; a gzip file (`sitemap.xml.gz`) is unpacked, within the cap.
      content_type: the HTTP header; its charset is heard, the bytes have the last word.

    Raises:
      FeedError: too large, empty, or declaring entities (which costs a parser seconds and gigabytes).
    """
    body = _unpacked(body)
    if len(body) > MAX_FEED_BYTES:
        raise FeedError(Reason.TOO_LARGE, f"more than {MAX_FEED_BYTES} bytes")
    text, problems = _decode(body, content_type)
    clean = _FORBIDDEN.sub("", text)
    if len(clean) != len(text):
        problems.append(f"{len(text) - len(clean)} characters that XML forbids")
    clean = _from_the_first_tag(clean, problems)
    if not clean:
        raise FeedError(Reason.FEED_NOT_A_FEED, "the answer is empty")
    doctype = _DOCTYPE.search(clean)
    if doctype and _ENTITY.search(clean, doctype.end()):
        raise FeedError(Reason.FEED_ENTITY_DECLARED, "declares an XML entity; none are expanded")
    start = _skip_prolog(clean)
    match = _ROOT.match(clean, start)
    root = match[2].lower() if match else clean[start : start + 1] if clean[start : start + 1] in "{[" else ""
    return Document(clean, root, start, tuple(problems))


def _unpacked(body: bytes) -> bytes:
    if not body.startswith(b"\x1f\x8b"):
        return body
    unzip = zlib.decompressobj(wbits=31)
    try:
        return unzip.decompress(body, MAX_FEED_BYTES + 1)
    except zlib.error as error:
        raise FeedError(Reason.ENCODING_INVALID, f"gzip file cannot be unpacked ({error})") from None


def _decode(body: bytes, content_type: str) -> tuple[str, list[str]]:
    """Byte order marks, then valid UTF-8, then what header and declaration say, then windows-1252."""
    for mark, codec in (*_BOMS, *_FIRST_BYTES):
        if body.startswith(mark):
            return body.decode(_ebcdic(body) if codec == "cp037" else codec, "replace"), []
    found = _DECLARED.match(body[:1_000])
    named = [match[1] for match in (_CHARSET.search(content_type),) if match]
    named += [found[1].decode("ascii")] if found else []
    if not _ESCAPED.search(body):
        try:
            return body.decode("utf-8"), []
        except UnicodeDecodeError:
            pass
    problems = [] if named else ["no charset named, and not UTF-8"]
    for name in (*named, "cp1252"):
        try:
            codec = codecs.lookup(name).name
            if _TEXT_CODECS.fullmatch(codec):
                return body.decode(_WIDER.get(codec, codec)), problems
        except (LookupError, UnicodeDecodeError):
            pass
        problems.append(f"bytes are not in the charset named ({name})")
    return _mostly(body), problems


def _ebcdic(body: bytes) -> str:
    """Return the code page of its family that an EBCDIC document declares; they agree on the letters."""
    found = _DECLARED.match(body[:200].decode("cp037").encode("ascii", "replace"))
    return (
        found[1].decode("ascii") if found and found[1].lower() in (b"cp500", b"cp1140", b"cp273") else "cp037"
    )


def _mostly(body: bytes) -> str:
    """Decode bytes that fit no charset: as UTF-8 when that loses little, else as windows-1252."""
    text = body.decode("utf-8", "replace")
    return text if text.count("\ufffd") * 50 < len(text) else body.decode("cp1252", "replace")


def _from_the_first_tag(text: str, problems: list[str]) -> str:
    """Drop what stands before the document: blank lines, marks, warnings printed by a server's scripts."""
    stripped = text.lstrip("\ufeff \t\r\n")
    late = _LATE_DECLARATION.search(stripped, 1, _LEADING_JUNK_CHARS)
    if late and not _DECLARATION.match(stripped):
        problems.append(f"{late.start()} characters before the XML declaration")
        stripped = stripped[late.start() :]
    elif stripped.startswith("<?xml") and text[:1] not in "<\ufeff":
        problems.append("blank space before the XML declaration")
    return stripped


def _skip_prolog(text: str) -> int:
    at = 0
    while match := _PROLOG.match(text, at):
        if match.end() == at:
            break
        at = match.end()
    return at
