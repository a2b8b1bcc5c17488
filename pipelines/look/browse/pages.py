"""The pages: search, article, and what went wrong. Pure: values in, HTML out."""

import re
from datetime import UTC, datetime
from urllib.parse import quote

from warta.pipelines.look.browse.dataset import Found, Reading, Row
from warta.pipelines.look.browse.markup import Child, Markup, h, marked, web_link
from warta.pipelines.look.browse.query import PAGE_ROWS, Query, Word, spotter

SNIPPET_CHARS = 240
KINDS = {
    "url": "the same article at another address",
    "exact": "word for word",
    "near": "nearly the same text",
}

Choices = dict[str, list[tuple[str, int]]]


def search_page(name: str, query: Query, found: Found, choices: Choices) -> str:
    """Return the search page with one page of results."""
    count = f"{found.total:,} articles" if found.total != 1 else "1 article"
    return _page(
        f"{query.q or 'Articles'} · {name}",
        h("header", h("a", "Warta", href="/", class_="name"), h("span", name), class_="top"),
        h(
            "main",
            _form(query, choices),
            h("h1", count, class_="count"),
            h("ol", [_hit(row, query.words) for row in found.rows], class_="hits"),
            h("p", "Nothing matches. Fewer words or wider dates may help.", class_="none")
            if not found.rows
            else None,
            _turning(query, found.total),
        ),
    )


def article_page(name: str, reading: Reading) -> str:
    """Return one article with everything the dataset knows of it."""
    row = reading.article
    return _page(
        f"{row['title']} · {name}",
        h("header", h("a", "Warta", href="/", class_="name"), h("span", name), class_="top"),
        h(
            "main",
            h(
                "article",
                h(
                    "p",
                    _facet(Query(topic=row["topic"]), row["topic"]),
                    " · ",
                    _facet(Query(publisher=row["publisher"]), row["publisher"]),
                    class_="kicker",
                ),
                h("h1", row["title"]),
                _byline(row),
                [h("p", part) for part in row["text"].split("\n\n")],
                h("p", "Read it at ", web_link(row["url"], row["publisher"]), class_="source"),
                lang=row["language"] if row["language"] != "und" else None,
            ),
            h(
                "aside",
                _revisions(reading),
                _copies(reading),
                _story(reading),
                _facts(row),
                aria_label="About this article",
            ),
            class_="reading",
        ),
    )


def message_page(name: str, title: str, text: str) -> str:
    """Return a page that says what went wrong."""
    back = h("p", h("a", "All articles", href="/"))
    top = h("header", h("a", "Warta", href="/", class_="name"), h("span", name), class_="top")
    return _page(title, top, h("main", h("h1", title), h("p", text), back))


def snippet(text: str, spot: re.Pattern[str] | None) -> str:
    """Return the part of `text` around the first match of `spot`, else its beginning."""
    flat = re.sub(r"\s+", " ", text)
    found = spot.search(flat) if spot else None
    start = max(0, found.start() - SNIPPET_CHARS // 3) if found else 0
    if start:
        start = flat.find(" ", start) + 1
    cut = flat[start : start + SNIPPET_CHARS]
    if start + SNIPPET_CHARS < len(flat):
        cut = cut.rpartition(" ")[0] + " …"
    return ("… " if start else "") + cut


def _page(title: str, *body: Child) -> str:
    head = h(
        "head",
        h("meta", charset="utf-8"),
        h("meta", name_="viewport", content="width=device-width, initial-scale=1"),
        h("meta", name_="color-scheme", content="light dark"),
        h("title", title),
        h("link", rel="stylesheet", href="/browse.css"),
        h("link", rel="icon", href="data:,"),
    )
    return "<!doctype html>" + h("html", head, h("body", *body), lang="en")


def _form(query: Query, choices: Choices) -> Markup:
    fields = [
        _select(name, choices[name], getattr(query, name)) for name in ("publisher", "topic", "language")
    ]
    fields += [
        h("label", text, h("input", type="date", name_=name, value=getattr(query, name)))
        for name, text in (("since", "From"), ("until", "To"))
    ]
    words = h(
        "input",
        type="search",
        name_="q",
        id="q",
        value=query.q,
        placeholder='words or "a phrase"',
        autocomplete="off",
    )
    return h(
        "form",
        h(
            "div",
            h("label", "Search title and text", for_="q", class_="hidden"),
            words,
            h("button", "Search"),
            class_="words",
        ),
        h("div", fields, class_="filters"),
        action="/",
        role="search",
    )


def _select(name: str, choices: list[tuple[str, int]], chosen: str) -> Markup:
    options = [h("option", "any", value="")]
    options += [
        h("option", f"{_spoken(value)} ({count:,})", value=value, selected=value == chosen)
        for value, count in choices
    ]
    return h("label", name.capitalize(), h("select", options, name_=name))


def _hit(row: Row, words: tuple[Word, ...]) -> Markup:
    spot = spotter(words)
    about = f"{row['publisher']} · {_spoken(row['topic'])} · {_instant(row['published']) or row['date']}"
    return h(
        "li",
        h("a", marked(row["title"], spot), href=f"/article/{quote(row['id'])}", class_="title"),
        h("p", about, f" · revision {row['revision']}" if row["revision"] > 1 else None, class_="about"),
        h("p", marked(snippet(row["text"], spot), spot), class_="snippet", lang=row["language"]),
    )


def _turning(query: Query, total: int) -> Markup | None:
    pages = -(-total // PAGE_ROWS)
    if pages < 2:
        return None
    back = h("a", "← Newer", href=query.address(page=query.page - 1), rel="prev") if query.page > 1 else None
    on = (
        h("a", "Older →", href=query.address(page=query.page + 1), rel="next") if query.page < pages else None
    )
    return h(
        "nav",
        h("span", back),
        h("span", f"page {query.page:,} of {pages:,}"),
        h("span", on),
        class_="turning",
        aria_label="Pages",
    )


def _byline(row: Row) -> Markup:
    people = ", ".join(row["authors"])
    edited = f"edited by {', '.join(row['editors'])}" if row["editors"] else ""
    parts = [people, edited, row["dateline"] or "", _instant(row["published"])]
    return h("p", " · ".join(part for part in parts if part), class_="byline")


def _revisions(reading: Reading) -> Markup | None:
    if len(reading.revisions) < 2:
        return None
    lines = []
    for one in reading.revisions:
        number = one["revision"]
        link = h(
            "a",
            f"Revision {number}",
            href=f"/article/{quote(one['id'])}?revision={number}",
            aria_current="page" if number == reading.article["revision"] else None,
        )
        lines.append(
            _line(link, one["title"], f"{one['text_chars']:,} characters", _instant(one["fetched_at"]))
        )
    return h("section", h("h2", "Revisions"), h("ol", lines))


def _copies(reading: Reading) -> Markup | None:
    if not reading.duplicates:
        return None
    lines = []
    for one in reading.duplicates:
        kind = KINDS.get(one["dup_kind"], one["dup_kind"])
        link = web_link(one["url"], one["title"] or one["url"])
        lines.append(_line(link, one["publisher"], kind, _instant(one["published"])))
    return h("section", h("h2", "Copies elsewhere"), h("ul", lines))


def _story(reading: Reading) -> Markup | None:
    if not reading.story:
        return None
    lines = [
        _line(
            h("a", one["title"], href=f"/article/{quote(one['id'])}"),
            one["publisher"],
            _instant(one["published"]),
        )
        for one in reading.beside
    ]
    return h("section", h("h2", "The same story"), h("ul", lines))


def _line(link: Markup, *notes: str | None) -> Markup:
    return h("li", link, h("small", ", ".join(note for note in notes if note)))


def _facts(row: Row) -> Markup:
    removed = ", ".join(f"{one['rule']} ({one['blocks']})" for one in row["removed"])
    similar = (
        h("a", f"{row['containment'] or 0:.0%} shared", href=f"/article/{quote(row['similar_to'])}")
        if row["similar_to"]
        else None
    )
    facts: list[tuple[str, Child]] = [
        ("Section", row["section"]),
        ("Tags", ", ".join(row["tags"])),
        ("Language", f"{row['language']} ({row['language_source']})"),
        ("Topic", f"{_spoken(row['topic'])} ({row['topic_source']}, {row['topic_score']:.2f})"),
        ("Published", f"{_instant(row['published'])} ({row['published_source']})"),
        ("Fetched", _instant(row["fetched_at"])),
        ("Length", f"{row['text_chars']:,} characters"),
        ("Similar to", similar),
        ("Removed", removed),
        ("Id", row["id"]),
    ]
    return h(
        "section",
        h("h2", "Details"),
        h("dl", [(h("dt", name), h("dd", value)) for name, value in facts if value]),
    )


def _facet(query: Query, value: str) -> Markup:
    return h("a", _spoken(value), href=query.address())


def _spoken(value: str) -> str:
    return value.replace("_", " ")


def _instant(at: datetime | None) -> str:
    return f"{at.astimezone(UTC):%d %b %Y %H:%M} UTC" if at else ""
