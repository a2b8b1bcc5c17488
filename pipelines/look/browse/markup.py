"""HTML out of nested calls. Text is always escaped; only `Markup`, which only `h` makes, is not. Pure."""

import html
import re
from collections.abc import Iterable
from typing import Any

VOID = frozenset(("input", "link", "meta", "br", "hr"))
_WEB = re.compile(r"https?://[^\s]+", re.IGNORECASE)


class Markup(str):
    """Escaped HTML."""

    __slots__ = ()


Child = Any
"""A string, a number, None, `Markup`, or an iterable of them."""


def h(name: str, *children: Child, **attributes: str | int | bool | None) -> Markup:
    """Return one element.

    Attributes named like a Python word end in an underscore (`class_`, `for_`), dashes are underscores
    (`aria_label`). None and False leave an attribute out.

    >>> h("p", "a < b", class_="x", hidden=None)
    '<p class="x">a &lt; b</p>'
    """
    parts = [f"<{name}"]
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        shown = key.rstrip("_").replace("_", "-")
        parts.append(f" {shown}" if value is True else f' {shown}="{html.escape(str(value))}"')
    parts.append(">")
    if name not in VOID:
        parts += [*_flat(children), f"</{name}>"]
    return Markup("".join(parts))


def web_link(url: str, *children: Child, **attributes: str) -> Markup:
    """Return a link to a publisher; only its text when `url` is no web address (`javascript:` is not)."""
    if not _WEB.fullmatch(url):
        return h("span", *children, **attributes)
    return h("a", *children, href=url, rel="noreferrer noopener", **attributes)


def marked(text: str, spot: re.Pattern[str] | None) -> list[Child]:
    """Return `text` with each match of `spot` in a `<mark>`."""
    if spot is None:
        return [text]
    parts: list[Child] = []
    end = 0
    for found in spot.finditer(text):
        parts += [text[end : found.start()], h("mark", found[0])]
        end = found.end()
    return [*parts, text[end:]]


def _flat(children: Child) -> Iterable[str]:
    for child in children:
        if child is None or child is False:
            continue
        if isinstance(child, Markup):
            yield child
        elif isinstance(child, str | int | float):
            yield html.escape(str(child))
        else:
            yield from _flat(child)
