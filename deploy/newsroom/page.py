"""Article pages: one article's words poured into its site's design."""

import html
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from warta.newsroom.archive import Block, Piece, Site, pieces, plain, slug_of
from warta.newsroom.clocktext import local, machine_date, visible_date
from warta.newsroom.template import Template

_INLINE = re.compile(r"\*\*(.+?)\*\*|\[([^\]]+)\]\(([^)]+)\)")
LIST_ITEMS = 5


@cache
def design(name: str) -> Template:
    """Return the parsed template `designs/NAME.html`."""
    return Template(files("warta.newsroom.designs").joinpath(f"{name}.html").read_text(encoding="utf-8"))


def article_page(piece: Piece, page: int = 1, *, everything: bool = False, variant: str = "") -> str | None:
    """Return the HTML of one page of `piece`, or None when it has no such page.

    Args:
      page: counted from 1.
      everything: all pages in one (`?page=all`).
      variant: "amp" or "m" for the site's slim version.
    """
    parts = piece.pages
    if everything:
        parts = [[block for part in parts for block in part]]
    if not 1 <= page <= len(parts):
        return None
    values = _values(piece) | _pager(piece, page, len(parts)) | lists(piece)
    values["blocks"] = [_block(block, first=page == 1 and n == 0) for n, block in enumerate(parts[page - 1])]
    values["first_page"], values["last_page"] = page == 1, page == len(parts)
    return design("amp" if variant else piece.site.design or piece.site.key).render(values)


def odd_page(site: Site, title: str, message: str) -> str:
    """Return the HTML of a page that says why there is no article."""
    return design("message").render({"site": site_values(site), "title": title, "message": message})


def front_page(site: Site, shown: Sequence[Piece]) -> str:
    """Return the HTML of the site's homepage with its newest articles and its feeds."""
    items = [_item(piece.title, piece.url, piece.published, site, n) for n, piece in enumerate(shown, 1)]
    feeds = [
        {"href": site.base + feed.path, "title": feed.title, "type": _mime(feed.format)}
        for feed in site.feeds
    ]
    return design("front").render({"site": site_values(site), "items": items, "feeds": feeds})


def site_values(site: Site) -> dict[str, Any]:
    """Return what every page of `site` knows of it."""
    return {
        "name": site.name,
        "upper": site.name.upper(),
        "host": site.host,
        "base": site.base,
        "language": site.language,
        "owner": site.owner,
        "tagline": site.tagline,
        "zone": site.zone,
    }


def lists(piece: Piece) -> dict[str, list[dict[str, Any]]]:
    """Return the lists that stand around `piece`; they depend on its key only, never on the clock."""
    site = piece.site
    own = [other for other in pieces().values() if other.site.key == site.key and other.key != piece.key]
    before = [other for other in own if other.published <= piece.published][::-1]
    same = [other for other in before if other.section == piece.section] or before
    turn = piece.number % max(1, len(site.headlines))
    pool = [*site.headlines[turn:], *site.headlines[:turn]]
    extra = [(text, f"{site.base}/{slug_of(text)}") for text in pool]
    stories = [(other.title, other.url) for other in before]
    related = [(other.title, other.url) for other in same]
    chosen = {
        "popular": extra[:LIST_ITEMS],
        "picks": extra[LIST_ITEMS : 2 * LIST_ITEMS],
        "latest": (stories + extra[::-1])[:LIST_ITEMS],
        "related": (related + extra[3:])[:LIST_ITEMS],
    }
    return {
        name: [_item(title, url, piece.published, site, n) for n, (title, url) in enumerate(rows, 1)]
        for name, rows in chosen.items()
    }


def _item(title: str, url: str, when: datetime, site: Site, n: int) -> dict[str, Any]:
    earlier = when - timedelta(minutes=47 * n + len(title))
    return {
        "title": title,
        "url": url,
        "when": visible_date(earlier, site),
        "n": n,
        "hours": n * 2 + 1,
        "reads": f"{len(title) * 307 // n:,}".replace(",", "."),
    }


def _values(piece: Piece) -> dict[str, Any]:
    site = piece.site
    description = piece.description or plain(piece.paragraphs[0])[:157].rsplit(" ", 1)[0] + "..."
    clock = local(piece.published, site)
    return {
        "site": site_values(site),
        "name": site.name,
        "host": site.host,
        "base": site.base,
        "title": piece.title,
        "title_json": json.dumps(piece.title),
        "url": piece.url,
        "path": piece.path,
        "number": piece.number,
        "slug": piece.slug,
        "section": piece.section,
        "section_url": f"{site.base}/{slug_of(piece.section)}",
        "section_slug": slug_of(piece.section),
        "description": description,
        "visible_date": visible_date(piece.published, site),
        "visible_updated": visible_date(piece.updated, site) if piece.updated else "",
        "machine_date": machine_date(piece.published, site),
        "machine_updated": machine_date(piece.updated or piece.published, site),
        "year": clock.year,
        "dateline": piece.dateline,
        "lead_in": site.lead_in.format(place=piece.dateline),
        "caption": piece.caption,
        "credit": piece.credit,
        "image": f"{site.base}/foto/{piece.slug}.jpg" if piece.caption else "",
        "tags": [{"name": tag, "slug": slug_of(tag)} for tag in piece.tags],
        "tags_text": ", ".join(piece.tags),
        "authors": [
            {"name": name, "slug": slug_of(name), "follows": n > 0} for n, name in enumerate(piece.authors)
        ],
        "author": ", ".join(piece.authors),
        "editor": ", ".join(piece.editors),
        "initials": "/".join(_initials(name) for name in (*piece.authors, *piece.editors)),
        "json_ld": json_ld(piece, description),
        "comments": piece.number % 7,
        "views": f"{piece.number % 9000 + 400:,}".replace(",", "."),
        "minutes": max(1, sum(len(text) for text in piece.paragraphs) // 900),
    }


def _initials(name: str) -> str:
    """Return the three letters a desk signs with: "Rina Hapsari" gives "rih"."""
    words = name.lower().split()
    return (words[0][:2] + words[-1][0]) if len(words) > 1 else words[0][:3]


def _pager(piece: Piece, page: int, count: int) -> dict[str, Any]:
    if count == 1:
        return {"pager": None, "next_url": "", "previous_url": ""}
    numbers = [{"n": n, "url": page_url(piece, n), "current": n == page} for n in range(1, count + 1)]
    return {
        "pager": {"numbers": numbers, "all_url": f"{piece.url}?page=all"},
        "next_url": page_url(piece, page + 1) if page < count else "",
        "previous_url": page_url(piece, page - 1) if page > 1 else "",
    }


def page_url(piece: Piece, page: int) -> str:
    """Return the address of one page of `piece`."""
    if page == 1:
        return piece.url
    if piece.site.pager == "query":
        return f"{piece.url}?page={page}"
    slash = "/" if piece.url.endswith("/") else ""
    return f"{piece.url.rstrip('/')}/{page}{slash}"


def _block(block: Block, *, first: bool) -> dict[str, Any]:
    kind, text = block.kind, block.text
    values: dict[str, Any] = {"kind": kind, "first": first, kind: True}
    if kind == "baca":
        target = pieces().get(text)
        title, url = (target.title, target.url) if target else (text, f"/{slug_of(text)}")
        return values | {"title": title, "url": url}
    return values | {"html": _inline(text), "text": plain(text)}


def _inline(text: str) -> str:
    escaped = html.escape(text, quote=False)
    return _INLINE.sub(
        lambda m: f"<strong>{m[1]}</strong>" if m[1] else f'<a href="{html.escape(m[3])}">{m[2]}</a>', escaped
    )


def json_ld(piece: Piece, description: str) -> str:
    """Return the page's NewsArticle block."""
    site = piece.site
    data: Mapping[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "mainEntityOfPage": {"@type": "WebPage", "@id": piece.url},
        "headline": piece.title,
        "description": description,
        "datePublished": machine_date(piece.published, site),
        "dateModified": machine_date(piece.updated or piece.published, site),
        "articleSection": piece.section,
        "author": [{"@type": "Person", "name": name} for name in piece.authors]
        or [{"@type": "Organization", "name": site.name}],
        "publisher": {"@type": "Organization", "name": site.name, "url": site.base},
    }
    return json.dumps(data, ensure_ascii=False, indent=1).replace("</", "<\\/")


def _mime(format_: str) -> str:
    return {"atom": "application/atom+xml", "rdf": "application/rdf+xml"}.get(format_, "application/rss+xml")
