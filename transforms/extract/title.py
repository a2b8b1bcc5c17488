"""The headline: og:title, h1, JSON-LD, <title> and the feed, freed of the site's name by their agreement."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from warta.transforms.extract.jsonld import LinkedArticle, clean_text
from warta.transforms.extract.lines import text_of
from warta.transforms.extract.signals import Signals
from warta.transforms.text import fold, folded_words, word_key

MIN_AGREEMENT = 0.5
"""Share of the shorter title's words found in the other for both to speak of one article."""
MAX_HEADING_CHARS = 400

_SEPARATOR = re.compile(
    r"\s+[-–—|·•⋆»«*~/:<>]{1,3}(?:\s+|$)|\s*[|｜ㅣ│]\s*|\s*[：]\s*|\s+::\s+|\s+-{2,3}\s*|\s*:\s+|-(?=[^\s-]+$)"
)
_BAR = re.compile(r"\s*[|｜│»]\s*|\s+::\s+")
_DATE_HEAD = re.compile(r"^\d{1,2}[./]\d{1,2}[./]\d{2,4}\s*[-–—|:]\s+")
_KICKER = re.compile(
    r"kicker|over-?(?:line|title|head)|top-?line|dach-?zeile|roof|pre-?title|spitzmarke|eyebrow|section|categ",
    re.I,
)
MAX_TAIL_WORDS = 5
"""Words of a site's name behind a bar, when nothing else names the site."""
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Headline:
    """The title, who says so, and the element that shows it."""

    text: str = ""
    source: str = ""
    element: HtmlElement | None = None


def read_title(page: Signals, linked: LinkedArticle, *, houses: Iterable[str], hinted: str = "") -> Headline:
    """Return the headline of `page`.

    Args:
      houses: names of the site (og:site_name, publisher, host); cut off at either end.
      hinted: the feed's title.
    """
    keys = {key for house in houses if len(key := word_key(house)) > 1}
    stated = [(source, strip_house(text, keys)) for source, text in _stated(page, linked, hinted)]
    texts = [text for _, text in stated]
    shown = [(text, node) for node in page.h1[:20] if (text := _shown_text(node, texts))]
    shown = [(text, node) for text, node in shown if word_key(text) not in keys]
    best = _best_shown(page, shown, texts, keys) or _other_heading(page, texts, keys)
    if best:
        text, node = best
        text = _without_kicker(strip_house(text, keys), texts)
        agreeing = [
            source for source, other in stated if word_key(text) and word_key(text) in word_key(other)
        ]
        return Headline(text, "+".join(["h1", *agreeing[:2]]), node)
    for source, text in stated:
        if text := _agreed(text, texts):
            return Headline(text, source)
    return Headline()


def _shown_text(node: HtmlElement, stated: list[str]) -> str:
    """Return the text of a heading, without a kicker that the page does not state elsewhere."""
    text = text_of(node)
    if not len(node) or not text:
        return text if len(text) <= MAX_HEADING_CHARS else ""
    whole = {fold(other) for other in stated}
    glued = text_of(node, glue=" ")
    if fold(text) not in whole and (fold(glued) in whole or node.find(".//br") is not None):
        text = glued
    if fold(text) not in whole:
        for child in node.iter("span", "small", "div", "strong", "a", "p"):
            inner = text_of(child)
            rest = text.removeprefix(inner).lstrip(" -–—:|/•")
            if (
                inner
                and text.startswith(inner)
                and len(rest) > 15
                and _KICKER.search(child.get("class") or "")
            ):
                text = rest
                break
    return text if len(text) <= MAX_HEADING_CHARS else ""


def _without_kicker(text: str, stated: list[str]) -> str:
    """Drop what stands before the headline when another statement begins behind it."""
    text = _DATE_HEAD.sub("", text)
    known = {word_key(other) for other in stated}
    if word_key(text) in known:
        return text
    for cut in list(_SEPARATOR.finditer(text))[:6]:
        tail = text[cut.end() :].strip()
        if len(tail) > len(text) / 3 and word_key(tail) in known:
            return tail
    return text


def _agreed(title: str, others: list[str]) -> str:
    """Return a stated title as far as others agree, or without what stands behind its only bar."""
    title = _DATE_HEAD.sub("", title)
    known = {word_key(other) for other in others if other != title}
    for cut in list(_SEPARATOR.finditer(title))[:10]:
        head = title[: cut.start()].strip()
        if len(head) >= len(title) / 3 and word_key(head) in known:
            return head
    bars = list(_BAR.finditer(title))
    if len(bars) == 1 and not any(
        word_key(other) == word_key(title) for other in others if other is not title
    ):
        head, tail = title[: bars[0].start()].strip(), title[bars[0].end() :].strip()
        if len(head.split()) >= 2 and len(tail.split()) <= MAX_TAIL_WORDS and len(head) > len(tail) / 2:
            return head
    return title


def _stated(page: Signals, linked: LinkedArticle, hinted: str) -> list[tuple[str, str]]:
    """Return (source, title) of everything but the visible headings, most trusted first."""
    found = [
        ("json_ld", linked.headline if linked.kind else ""),
        ("og", page.meta("og:title")),
        (
            "meta",
            page.meta("twitter:title", "parsely-title", "sailthru.title", "headline", "dc.title", "title"),
        ),
        ("feed", hinted),
        ("title", page.title),
    ]
    return [(source, clean_text(text)) for source, text in found if text]


def _best_shown(
    page: Signals, shown: list[tuple[str, HtmlElement]], stated: list[str], keys: set[str]
) -> tuple[str, HtmlElement] | None:
    best, best_score = None, 0.0
    for index, (text, node) in enumerate(shown):
        score = max((agreement(text, other) for other in stated), default=0.5) - 0.01 * index
        if page.in_furniture(node):
            score -= 0.3
        if any(len(house) > 3 and house in word_key(text) for house in keys):
            score -= 0.2
        if len(_WORD.findall(text)) < 2:
            score -= 0.2
        if score > best_score:
            best, best_score = (text, node), score
    if best and (best_score >= MIN_AGREEMENT or (len(shown) == 1 and best_score > 0.1)):
        return best
    return None


def _other_heading(page: Signals, stated: list[str], keys: set[str]) -> tuple[str, HtmlElement] | None:
    """Find a visible line that is the start of a stated title: sites whose headline is no h1."""
    wanted = [word_key(text) for text in stated]
    for line in page.lines[:600]:
        if not 12 <= line.chars <= 300 or line.link_chars * 2 > line.chars:
            continue
        key = word_key(line.text)
        if len(key) >= 10 and key not in keys and any(other.startswith(key) for other in wanted):
            return line.text, line.block
    return None


def strip_house(title: str, keys: set[str]) -> str:
    """Return `title` without the site's name at its ends.

    Args:
      keys: names of the house, lower case, letters and digits only.

    >>> strip_house("Banjir di Demak surut | Contoh News", {"contohnews"})
    'Banjir di Demak surut'
    """
    for _ in range(6):
        for cut in list(_SEPARATOR.finditer(title))[:20]:
            head, tail = title[: cut.start()].strip(), title[cut.end() :].strip()
            if len(head) >= 4 and _is_house(tail, keys):
                title = head
                break
            if len(tail) >= 4 and head and _is_house(head, keys):
                title = tail
                break
        else:
            break
    return title.strip()


def _is_house(text: str, keys: set[str]) -> bool:
    key = word_key(text)
    if not key:
        return True
    return any(
        key == house
        or (
            len(house) > 4
            and len(key) < 40
            and (key.startswith(house) or key.endswith(house) or (len(key) > 4 and house.startswith(key)))
        )
        for house in keys
    )


def agreement(one: str, other: str) -> float:
    """Return the share of the shorter title's words that the other holds, 0 to 1.

    >>> agreement("Banjir surut", "Banjir surut di Demak")
    1.0
    """
    first, second = set(folded_words(one)), set(folded_words(other))
    if not first or not second:
        return 0.0
    if len(first) == 1 or len(second) == 1:
        a, b = word_key(one), word_key(other)
        return len(a) / len(b) if a in b else len(b) / len(a) if b in a else 0.0
    return len(first & second) / min(len(first), len(second))


def house_names(page: Signals, linked: LinkedArticle, url: str, publisher: str) -> list[str]:
    """Return the names the site goes by: og:site_name, publishers, the host and its stem."""
    names = [
        *page.every_meta(
            "og:site_name",
            "application-name",
            "apple-mobile-web-app-title",
            "dc.publisher",
            "publisher",
            "al:ios:app_name",
            "al:android:app_name",
            "copyright",
        ),
        "" if linked.publisher_is_person else linked.publisher,
        linked.site_name,
        publisher,
        *(handle.lstrip("@") for handle in page.every_meta("twitter:site")[:1]),
    ]
    host = host_of(url) or host_of(page.meta("og:url")) or host_of(linked.url)
    if host:
        labels = host.split(".")
        names += [host, ".".join(labels[-2:]), ".".join(labels[-3:])]
        stem = (
            labels[-3]
            if len(labels) > 2 and len(labels[-2]) <= 3
            else labels[-2]
            if len(labels) > 1
            else host
        )
        names += [stem]
    return [name for name in dict.fromkeys(names) if name]


def host_of(url: str) -> str:
    """Return the host of `url` in lower case, without "www."; "" when there is none."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return host.lower().removeprefix("www.")
