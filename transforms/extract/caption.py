"""What stands below the lead picture, without the photographer's credit."""

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import urlsplit

from lxml import etree
from lxml.html import HtmlElement

from warta.transforms.dates import parse_instant
from warta.transforms.extract.jsonld import clean_text
from warta.transforms.extract.lexicon import phrases, starts_with_phrase
from warta.transforms.extract.lines import squeeze, text_of
from warta.transforms.extract.signals import Signals
from warta.transforms.text import fold

MAX_IMAGES = 80
MAX_CAPTION_CHARS = 500
"""A longer text beside a picture is a paragraph. Captions of agencies reach 450."""
MIN_CAPTION_CHARS = 8
MAX_CREDIT_CHARS = 90
CLIMB = 4
"""Ancestors of a picture in which its caption is looked for."""
LINES_FROM_HEADLINE = 12
"""A caption whose picture is not the one the page names as its own has to stand this near to the headline."""
PROSE_LINES = 2
"""Lines of prose that have to follow a text which only its place makes a caption: else it is the article."""
PROSE_CHARS = 100
LEAD_CHARS = 60
"""A text that begins like the summary for so long is the summary."""
MAX_LABEL_CHARS = 40
PARTICLE_CHARS = 3
"""Longest small word in a name: "van", "bin"."""

_SOURCES = ("src", "data-src", "data-original", "data-lazy-src", "data-srcset", "srcset")
_SIZE = re.compile(r"[-_](?:\d{2,4}x\d{2,4}|\d{3,4}w?|scaled|large|medium)$")
_NAMED = re.compile(r"caption|bildunterschrift|legende|keterangan|descfoto|\bcap\b", re.IGNORECASE)
_CREDIT_CLASS = re.compile(
    r"credit|copyright|source|auth?or|photograph|fotograf|byline|sumber|quelle|agency", re.IGNORECASE
)
_FORBIDDEN = etree.XPath("boolean(.//h1|.//h2|.//h3|.//h4|.//h5|.//time|.//li|.//form|.//iframe|.//video)")
_BRACKETED = re.compile(rf"\s*[(\[]([^()\[\]]{{2,{MAX_CREDIT_CHARS}}})[)\]]\s*\.?$")
_SIGN = re.compile(rf"\s*[-–—|/]?\s*(?:©|\(c\)).{{0,{MAX_CREDIT_CHARS}}}$", re.IGNORECASE)
_MARK = re.compile(r"\s*[-–—|/,;]\s+")
_SQUARE = re.compile(rf"\s*\[[^\[\]]{{2,{MAX_CREDIT_CHARS}}}\]$")
_PARTS = re.compile(r"[^\W\d_][^/:()]{1,40}(?:/\s?[^\W\d_][^/:()]{1,40}){1,2}(?:/\w{1,4}\.?)?")
_BEHIND_SENTENCE = re.compile(r"(?<=[.!?])\s+([A-Z][^.!?()]{2,80}\.?)$")


def read_caption(page: Signals, *, image_url: str, stated: str, known: tuple[str, ...]) -> str:
    """Return the caption of the lead picture; "" when it has none or only a credit.

    Args:
      image_url: what the page names as its picture; the same file in the page is the lead picture.
      stated: what JSON-LD says; used where nothing is shown.
      known: headline and summary, which are no captions although templates put them there.
    """
    taken = [fold(text) for text in known if text]
    for text in _shown(page, image_url):
        caption = without_credit(text)
        folded = fold(caption)
        repeats = any(
            folded == other or (len(folded) > LEAD_CHARS and other.startswith(folded[:LEAD_CHARS]))
            for other in taken
        )
        if len(caption) >= MIN_CAPTION_CHARS and not repeats and not _is_label(caption):
            return caption
    stated = without_credit(clean_text(stated))
    return "" if fold(stated) in taken else stated


def _is_label(text: str) -> bool:
    """Is `text` a date, a clock time or a byline, which templates put beside pictures as well?"""
    if len(text) > MAX_LABEL_CHARS:
        return False
    return bool(starts_with_phrase(text, phrases().bare)) or parse_instant(text) is not None


def _shown(page: Signals, image_url: str) -> Iterator[str]:
    if name := _file_name(image_url):
        for image in islice(page.tree.iter("img", "amp-img"), MAX_IMAGES):
            shows = any(name in value.lower() and name == _file_name(value) for value in _addresses(image))
            if shows and not page.in_furniture(image):
                yield from _beside(page, image)
    for node in [*caption_elements(page), *filter(_is_named, behind_images(page))]:
        place = page.line_of(node) if text_of(node) else -1
        near = abs(place - page.place) <= LINES_FROM_HEADLINE
        if place >= 0 and near and not page.in_furniture(node) and not _FORBIDDEN(node):
            yield _own_text(node)


def caption_elements(page: Signals) -> list[HtmlElement]:
    """Return the elements whose tag or class says that a caption stands in them."""
    outline = page.outline
    named = set(outline.named({name for name in outline.names if "aption" in name}))
    return [
        outline.elements[at]
        for at, tag in enumerate(outline.tags)
        if tag == "figcaption"
        or (at in named and "aption" in outline.classes[at] and tag not in ("img", "figure", "body"))
    ][:MAX_IMAGES]


def behind_images(page: Signals) -> list[HtmlElement]:
    """Return the next neighbour of each picture."""
    outline = page.outline
    images = (at for at, tag in enumerate(outline.tags) if tag in ("img", "amp-img"))
    behind = {next(outline.siblings_after(at), -1) for at in images}
    return [outline.elements[at] for at in sorted(behind) if at >= 0][:MAX_IMAGES]


def _addresses(image: HtmlElement) -> list[str]:
    return [value for key in _SOURCES if (value := image.get(key))]


def _file_name(url: str) -> str:
    """Return the name of a picture's file without its size: the same picture is served in many sizes."""
    try:
        path = urlsplit(url.strip().split(" ")[0].rstrip(",")).path
    except ValueError:
        return ""
    stem, _, extension = path.rpartition("/")[2].rpartition(".")
    return _SIZE.sub("", stem or extension).lower()


def _beside(page: Signals, image: HtmlElement) -> Iterator[str]:
    """Yield the text in the smallest block around `image` that has any."""
    block = image
    for _ in range(CLIMB):
        block = block.getparent()
        if block is None or block.tag in ("body", "article", "main", "section"):
            return
        if not (text := text_of(block)):
            continue
        if len(text) > MAX_CAPTION_CHARS + MAX_CREDIT_CHARS or _FORBIDDEN(block):
            return
        named = next((node for node in block.iter() if _is_named(node)), None)
        if named is not None:
            yield _own_text(named)
        elif block.find(".//p") is None and _before_prose(page, block):
            yield _own_text(block)
        return


def _is_named(node: HtmlElement) -> bool:
    return node.tag == "figcaption" or (
        node.tag not in ("img", "figure", "amp-img")
        and bool(_NAMED.search(node.get("class") or ""))
        and bool(text_of(node))
        and node.find(".//img") is None
    )


def _before_prose(page: Signals, block: HtmlElement) -> bool:
    behind = page.lines[page.line_of(block) + 1 :]
    return (
        sum(line.chars >= PROSE_CHARS and line.link_chars * 2 < line.chars for line in behind) >= PROSE_LINES
    )


def _own_text(block: HtmlElement) -> str:
    """Return the text of a caption's element without the inner elements that hold a credit."""
    whole = text_of(block)
    for node in block.iterdescendants():
        if not isinstance(node.tag, str) or not (inner := text_of(node)) or len(inner) > MAX_CREDIT_CHARS:
            continue
        credited = (
            node.tag in ("small", "cite")
            or _CREDIT_CLASS.search(node.get("class") or "")
            or _is_credit(inner.strip("()[] "))
        )
        if credited and inner != whole:
            head, found, tail = whole.partition(inner) if whole.startswith(inner) else whole.rpartition(inner)
            whole = squeeze(f"{head} {tail}") if found else whole
    return whole


def without_credit(text: str) -> str:
    """Return a caption without the credit at its end; "" when it is nothing else.

    >>> without_credit("Warga menyeberang di Demak, Kamis (19/11/2026). (Foto: Sri Wahyuni/Kabar Warta)")
    'Warga menyeberang di Demak, Kamis (19/11/2026).'
    """
    text = text.strip(" |–—-")[:4_000]
    for _ in range(3):
        before = text
        text = _SQUARE.sub("", _SIGN.sub("", text)).rstrip(" |–—-")
        if (bracketed := _BRACKETED.search(text)) and _is_credit(bracketed[1]):
            text = text[: bracketed.start()].rstrip(" |–—-")
        for mark in _MARK.finditer(text):
            if phrases().credit.match(rest := text[mark.end() :]) and len(rest) <= MAX_CREDIT_CHARS:
                text = text[: mark.start()]
                break
        if (behind := _BEHIND_SENTENCE.search(text)) and _is_credit(behind[1]):
            text = text[: behind.start()]
        if text == before:
            break
    return "" if _is_credit(text) else text


def _is_credit(text: str) -> bool:
    """Reads `text` like "Foto: Sri Wahyuni", "ANTARA FOTO/Sri Wahyuni" or "Courtesy of the museum"?"""
    if len(text) > MAX_CREDIT_CHARS:
        return False
    if _PARTS.fullmatch(text):
        words = text.replace("/", " ").split()
        return not any(word[0].islower() and len(word.strip(".,")) > PARTICLE_CHARS for word in words)
    return "©" in text or bool(phrases().credit.match(text))
