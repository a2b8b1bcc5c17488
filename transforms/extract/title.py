"""The headline: og:title, h1, JSON-LD, <title> and the feed, freed of the site's name by their agreement."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from warta.transforms.extract.jsonld import LinkedArticle, clean_text
from warta.transforms.extract.signals import Signals, text_of
from warta.transforms.text import fold

MIN_AGREEMENT = 0.5
"""Share of the shorter title's words found in the other for both to speak of one article."""
MAX_HEADING_CHARS = 400

_SEPARATOR = re.compile(
    r"\s+[-–—|·•⋆»«*~/:<>]{1,3}\s+|\s*[|｜ㅣ│•»]\s*|\s*[：]\s*|\s+::\s+|\s+-{2,3}\s*|\s*:\s+|-(?=[^\s-]+$)"
)
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
    keys = {key for house in houses if len(key := _key(house)) > 1}
    stated = _stated(page, linked, hinted)
    shown = [
        (text, node) for node in page.h1[:20] if (text := text_of(node)) and len(text) <= MAX_HEADING_CHARS
    ]
    shown = [(text, node) for text, node in shown if _key(text) not in keys]
    best = _best_shown(page, shown, [text for _, text in stated])
    if best is None:
        best = _other_heading(page, [text for _, text in stated], keys)
    if best:
        text, node = best
        text = strip_house(text, keys, [other for _, other in stated])
        agreeing = [source for source, other in stated if _key(text) and _key(text) in _key(other)]
        return Headline(text, "+".join(["h1", *agreeing[:2]]), node)
    texts = [text for _, text in stated]
    for source, text in stated:
        if stripped := strip_house(text, keys, texts):
            return Headline(stripped, source)
    return Headline()


def _stated(page: Signals, linked: LinkedArticle, hinted: str) -> list[tuple[str, str]]:
    """Return (source, title) of everything but the visible headings, most trusted first."""
    found = [
        ("json_ld", linked.headline if linked.kind else ""),
        ("og", page.meta("og:title")),
        ("meta", page.meta("twitter:title", "parsely-title", "sailthru.title", "dc.title", "title")),
        ("feed", hinted),
        ("title", page.title),
    ]
    return [(source, clean_text(text)) for source, text in found if text]


def _best_shown(
    page: Signals, shown: list[tuple[str, HtmlElement]], stated: list[str]
) -> tuple[str, HtmlElement] | None:
    best, best_score = None, 0.0
    for index, (text, node) in enumerate(shown):
        score = max((agreement(text, other) for other in stated), default=0.5) - 0.01 * index
        if page.in_furniture(node):
            score -= 0.3
        if len(_WORD.findall(text)) < 2:
            score -= 0.2
        if score > best_score:
            best, best_score = (text, node), score
    if best and (best_score >= MIN_AGREEMENT or (len(shown) == 1 and best_score > 0.1)):
        return best
    return None


def _other_heading(page: Signals, stated: list[str], keys: set[str]) -> tuple[str, HtmlElement] | None:
    """Find a visible line that is the start of a stated title: sites whose headline is no h1."""
    wanted = [_key(text) for text in stated]
    for line in page.lines[:600]:
        if not 12 <= line.chars <= 300 or line.link_chars * 2 > line.chars:
            continue
        key = _key(line.text)
        if len(key) >= 10 and key not in keys and any(other.startswith(key) for other in wanted):
            return line.text, line.block
    return None


def strip_house(title: str, keys: set[str], others: Iterable[str] = ()) -> str:
    """Return `title` without the site's name at its ends.

    Args:
      keys: names of the house, as `_key` spells them.
      others: further statements of the headline: what they end with before a separator is the headline.

    >>> strip_house("Banjir di Demak surut | Contoh News", {"contohnews"})
    'Banjir di Demak surut'
    """
    known = {_key(other) for other in others if other != title}
    while True:
        cuts = list(_SEPARATOR.finditer(title))[:20]
        for cut in cuts:
            head, tail = title[: cut.start()].strip(), title[cut.end() :].strip()
            if len(head) >= 4 and (
                _is_house(tail, keys) or (_key(head) in known and len(head) >= len(tail) / 2)
            ):
                title = head
                break
            if len(tail) >= 4 and _is_house(head, keys):
                title = tail
                break
        else:
            return title.strip()


def _is_house(text: str, keys: set[str]) -> bool:
    key = _key(text)
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
    first, second = set(_WORD.findall(fold(one))), set(_WORD.findall(fold(other)))
    if not first or not second:
        return 0.0
    if len(first) == 1 or len(second) == 1:
        a, b = _key(one), _key(other)
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


def _key(text: str) -> str:
    return "".join(_WORD.findall(fold(text)))
