"""A small mustache: `{{x}}` escaped, `{{{x}}}` raw, `{{#x}}…{{/x}}` for lists and truth, `{{^x}}` else."""

import html
import re
from collections.abc import Mapping, Sequence
from typing import Any

_TAG = re.compile(r"\{\{\{\s*([\w.]+)\s*\}\}\}|\{\{([#^/]?)\s*([\w.]+)\s*\}\}")

Node = str | tuple[str, str, "list[Node]"]
"""Literal text, or (kind, name, children); kind is one of `&` (raw), `=` (escaped), `#`, `^`."""


class Template:
    """A parsed template. Rendering the same values twice gives the same text."""

    def __init__(self, source: str) -> None:
        self._nodes, rest, closing = _parse(source, 0, "")
        if closing or rest != len(source):
            raise ValueError(f"template: unexpected {{{{/{closing}}}}} at {rest}")

    def render(self, values: Mapping[str, Any]) -> str:
        """Return the text for `values`; a missing name renders as nothing."""
        parts: list[str] = []
        _render(self._nodes, [values], parts)
        return "".join(parts)


def _parse(source: str, start: int, inside: str) -> tuple[list[Node], int, str]:
    nodes: list[Node] = []
    position = start
    while match := _TAG.search(source, position):
        nodes.append(source[position : match.start()])
        position = match.end()
        raw, kind, name = match.groups()
        if raw:
            nodes.append(("&", raw, []))
        elif kind == "/":
            if name != inside:
                raise ValueError(f"template: {{{{/{name}}}}} closes {{{{#{inside}}}}} at {match.start()}")
            return nodes, position, ""
        elif kind:
            children, position, _ = _parse(source, position, name)
            nodes.append((kind, name, children))
        else:
            nodes.append(("=", name, []))
    if inside:
        raise ValueError(f"template: {{{{#{inside}}}}} is never closed")
    nodes.append(source[position:])
    return nodes, len(source), ""


def _render(nodes: Sequence[Node], scopes: list[Mapping[str, Any]], parts: list[str]) -> None:
    for node in nodes:
        if isinstance(node, str):
            parts.append(node)
            continue
        kind, name, children = node
        value = _look_up(name, scopes)
        if kind == "&":
            parts.append("" if value is None else str(value))
        elif kind == "=":
            parts.append("" if value is None else html.escape(str(value)))
        elif kind == "^":
            if not value:
                _render(children, scopes, parts)
        elif value:
            for item in value if isinstance(value, list | tuple) else [value]:
                scope = item if isinstance(item, Mapping) else {"item": item}
                _render(children, [*scopes, scope], parts)


def _look_up(name: str, scopes: Sequence[Mapping[str, Any]]) -> Any:
    first, _, rest = name.partition(".")
    for scope in reversed(scopes):
        if first in scope:
            value = scope[first]
            return value.get(rest) if rest and isinstance(value, Mapping) else value
    return None
