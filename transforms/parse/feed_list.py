"""The user's feed list: TOML, plain text or OPML to feeds; every mistake refused with its file and line."""

import difflib
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from lxml import etree

from warta.schemas.feed import Feed
from warta.schemas.topic import QCODES, UNKNOWN
from warta.transforms import dates, urls
from warta.transforms.parse.entries import primary_tag
from warta.transforms.parse.languages import is_language

KEYS = tuple(field.name for field in fields(Feed))
"""What a `[[feed]]` table may say; `[defaults]` the same without `url`."""

MAX_MISTAKES = 20
"""Mistakes told at once; one forgotten quote can make hundreds."""

_TOML_PLACE = re.compile(r" \(at line (\d+), column \d+\)| \(at end of document\)")
_TABLE = re.compile(r"\s*\[\[?\s*([\w-]+)\s*\]\]?\s*(?:#.*)?")
_KEY = re.compile(r"""\s*["']?([\w.-]+)["']?\s*=""")


class FeedListError(ValueError):
    """One or more mistakes in a feed list, one per line: "FILE:LINE: what is wrong; what to do"."""


@dataclass(frozen=True, slots=True)
class _Row:
    """One feed as written, and the line of each of its values."""

    line: int
    values: dict[str, Any]
    lines: dict[str, int]

    def line_of(self, key: str) -> int:
        return self.lines.get(key, self.line)


def read_feed_list(path: str | Path) -> tuple[Feed, ...]:
    """Return the feeds of a `.toml`, `.txt` or `.opml` file, in the file's order.

    Raises:
      FeedListError: the file cannot be read, is of another kind, lists nothing, or has mistakes.
    """
    return parse_feed_list(_text_of(path), str(path))


def read_usable_feeds(path: str | Path) -> tuple[tuple[Feed, ...], tuple[str, ...]]:
    """Return the usable feeds of a file and its mistakes; for lists that others wrote.

    Raises:
      FeedListError: the file cannot be read, or is of another kind.
    """
    return sort_out_feed_list(_text_of(path), str(path))


def _text_of(path: str | Path) -> str:
    file = Path(path)
    if file.suffix.lower() not in _READERS:
        raise FeedListError(f"{path}: a feed list ends in .toml, .txt or .opml; rename or convert the file")
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise FeedListError(f"{path}: cannot be read ({error.strerror}); check the name") from None
    except UnicodeDecodeError as error:
        raise FeedListError(f"{path}: is not UTF-8 (byte {error.start}); save it as UTF-8") from None


def parse_feed_list(text: str, name: str) -> tuple[Feed, ...]:
    """Return the feeds in `text`; the ending of `name` says the format, and errors begin with it.

    Raises:
      FeedListError: as `read_feed_list`.
    """
    feeds, mistakes = sort_out_feed_list(text, name)
    if not feeds and not mistakes:
        mistakes = (f"{name}:1: lists no feed; add one",)
    if mistakes:
        raise FeedListError("\n".join(mistakes[:MAX_MISTAKES]))
    return feeds


def sort_out_feed_list(text: str, name: str) -> tuple[tuple[Feed, ...], tuple[str, ...]]:
    """Return the usable feeds in `text`, and the mistakes in the order of their lines; for importing."""
    rows, mistakes = _READERS[Path(name).suffix.lower()](text)
    seen: dict[str, int] = {}
    feeds = []
    for row in rows:
        found = list(_mistakes(row))
        url = str(row.values.get("url", "")).strip()
        if not found:
            key = _same(url)
            if key in seen:
                found = [
                    (row.line_of("url"), f"{url} is listed already on line {seen[key]}; delete one of them")
                ]
            seen.setdefault(key, row.line_of("url"))
        mistakes += found
        if not found:
            settings = {key: str(row.values.get(key, "")).strip() for key in KEYS if key != "url"}
            feeds.append(Feed(url, **{**settings, "language": primary_tag(settings["language"])}))
    return tuple(feeds), tuple(f"{name}:{line}: {what}" for line, what in sorted(mistakes))


def format_feed_list(feeds: tuple[Feed, ...]) -> str:
    """Return `feeds` as TOML that `parse_feed_list` reads back; for converting OPML."""
    blocks = []
    for feed in feeds:
        pairs = [(key, getattr(feed, key)) for key in KEYS]
        blocks.append(
            "\n".join(["[[feed]]", *(f"{key} = {_quoted(value)}" for key, value in pairs if value)])
        )
    return "\n\n".join(blocks) + "\n"


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda char: f"\\u{ord(char[0]):04x}", escaped) + '"'


def _same(url: str) -> str:
    """Return the form in which two addresses of one feed are equal: scheme and last slash do not matter."""
    return urls.request_url(url).partition("://")[2].rstrip("/")


def _mistakes(row: _Row) -> Iterator[tuple[int, str]]:
    for key, value in row.values.items():
        line = row.line_of(key)
        if key not in KEYS:
            yield line, f"unknown key {key!r}; {_suggest(key, KEYS)}"
        elif not isinstance(value, str):
            yield line, f"{key} is not text; put it in quotes"
        elif value.strip() and (wrong := _CHECKS.get(key, _anything)(value.strip())):
            yield line, wrong
    if not str(row.values.get("url", "")).strip():
        yield row.line, "url is missing; every feed needs one"


def _anything(_: str) -> str:
    return ""


def _wrong_url(url: str) -> str:
    try:
        urls.request_url(url)
    except ValueError as error:
        return f"bad url {url[:100]!r}: {error}; give a full http or https address"
    return ""


def _wrong_language(language: str) -> str:
    if is_language(primary_tag(language)):
        return ""
    return f"unknown language {language!r}; use a code such as id, en or ms"


def _wrong_timezone(timezone: str) -> str:
    try:
        dates.zone(timezone)
    except ValueError as error:
        return str(error)
    return ""


def _wrong_topic(topic: str) -> str:
    known = tuple(slug for slug in QCODES if slug != UNKNOWN)
    return "" if topic in known else f"unknown topic {topic!r}; {_suggest(topic, known)}"


def _suggest(word: str, known: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"use one of {', '.join(known)}"


_CHECKS = {
    "url": _wrong_url,
    "language": _wrong_language,
    "timezone": _wrong_timezone,
    "topic": _wrong_topic,
}

_Mistakes = list[tuple[int, str]]


def _read_toml(text: str) -> tuple[list[_Row], _Mistakes]:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _TOML_PLACE.search(str(error))
        line = int(place[1]) if place and place[1] else text.count("\n") + 1
        return [], [
            (line, f"not TOML: {_TOML_PLACE.sub('', str(error))}; look at this line and the one before")
        ]
    tables, defaults_lines = _places(text)
    mistakes: _Mistakes = []
    for key in document:
        if key not in ("feed", "defaults"):
            line = defaults_lines.get(f"[{key}]", 1)
            mistakes.append((line, f"unknown table {key!r}; write [[feed]] for a feed, [defaults] for all"))
    defaults = document.get("defaults", {})
    listed = document.get("feed", [])
    if not isinstance(defaults, dict) or not isinstance(listed, list):
        return [], [
            *mistakes,
            (1, "feeds are written as [[feed]] tables and [defaults] as one table; see README"),
        ]
    if "url" in defaults:
        mistakes.append((defaults_lines.get("url", 1), "url in [defaults]; an address belongs to one feed"))
    own = _Row(defaults_lines.get("[defaults]", 1), {"url": "https://x.test/", **defaults}, defaults_lines)
    mistakes += list(_mistakes(own))
    good = {key: value for key, value in defaults.items() if key in KEYS and isinstance(value, str)}
    rows = []
    for at, table in enumerate(listed):
        line, lines = tables[at] if at < len(tables) else (1, {})
        if isinstance(table, dict):
            rows.append(_Row(line, {**({} if mistakes else good), **table}, lines))
        else:
            mistakes.append((line, "a feed is a table; write [[feed]] and url = below it"))
    return rows, mistakes


def _places(text: str) -> tuple[list[tuple[int, dict[str, int]]], dict[str, int]]:
    """Return where each `[[feed]]` and its keys stand, and the same of everything else; tomllib forgets."""
    tables: list[tuple[int, dict[str, int]]] = []
    others: dict[str, int] = {}
    current = others
    for number, line in enumerate(text.splitlines(), start=1):
        if table := _TABLE.fullmatch(line):
            if table[1] == "feed":
                tables.append((number, {}))
                current = tables[-1][1]
            else:
                others.setdefault(f"[{table[1]}]", number)
                current = others
        elif key := _KEY.match(line):
            current.setdefault(key[1], number)
            others.setdefault(f"[{key[1]}]", number)
    return tables, others


def _read_txt(text: str) -> tuple[list[_Row], _Mistakes]:
    rows = []
    for number, line in enumerate(text.splitlines(), start=1):
        url = re.sub(r"(?:^|\s)#.*", "", line).strip()
        if url:
            rows.append(_Row(number, {"url": url}, {}))
    return rows, []


def _read_opml(text: str) -> tuple[list[_Row], _Mistakes]:
    if re.search(r"<!\s*ENTITY", text, re.IGNORECASE):
        return [], [(1, "declares an XML entity; export the list again without")]
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text).encode(), parser)
    except etree.XMLSyntaxError as error:
        return [], [(error.lineno or 1, f"not XML: {error.msg}; export the list again")]
    if root.tag != "opml":
        return [], [(1, f"the first element is <{root.tag}>, not <opml>; export the list as OPML")]
    shift = len(re.match(r"(?:\s*<\?xml[^>]*\?>)?", text)[0].splitlines()) - 1  # type: ignore[index]
    return [_outline(outline, max(0, shift)) for outline in root.iter("outline") if _address(outline)], []


def _address(outline: Any) -> str:
    return str(outline.get("xmlUrl") or outline.get("xmlurl") or outline.get("xmlURL") or "").strip()


def _outline(outline: Any, shift: int) -> _Row:
    parent = outline.getparent()
    folder = parent.get("text") or parent.get("title") or "" if parent.tag == "outline" else ""
    category = outline.get("category", "").split(",")[0].strip("/ ").rpartition("/")[2]
    language = primary_tag(outline.get("language", ""))
    values = {
        "url": _address(outline),
        "publisher": " ".join((outline.get("title") or outline.get("text") or "").split()),
        "section": " ".join((folder or category).split()),
        "language": language if is_language(language) else "",
    }
    return _Row((outline.sourceline or 1) + shift, values, {})


_READERS = {".toml": _read_toml, ".txt": _read_txt, ".opml": _read_opml}
