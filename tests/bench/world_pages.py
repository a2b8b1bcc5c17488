"""Pages and feeds of the benchmark world: invented sentences in real languages inside shells of real weight.

A page is a shell (head, scripts, navigation, link lists; shared, made once) around an article (its own
words, made at each request from a pool of sentences). Two articles share a sentence by chance only, far
below any threshold of duplication.
"""

import hashlib
import json
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from html import escape

from tests.bench.world_words import LANGUAGES, Language

POOL_SENTENCES = 6_000
"""Sentences per language. Articles of 22 share .08 of one on average."""

SIZES_KB = (40, 70, 110, 150, 200, 300)
"""Weights of the shells; real news pages of the corpus have 40 to 300 kB, 187 on average."""

FIRST_DAY = datetime(2025, 10, 10, tzinfo=UTC)
DESIGNS = 4


def page_path(page: int) -> str:
    """Return the path of a page; its number is the publisher's."""
    return f"/news/{page}/{'-'.join(_slug(page))}"


def _slug(page: int) -> tuple[str, str]:
    digest = hashlib.blake2b(page.to_bytes(8), digest_size=4).hexdigest()
    return f"story-{page % 97}", digest


def published(page: int) -> datetime:
    """Return when a page appeared: one every 20 s, within a week for up to 30,240 pages."""
    return FIRST_DAY + timedelta(seconds=20 * (page % 30_240))


@cache
def pool(language: str) -> tuple[str, ...]:
    """Return the sentences that articles of `language` are made of."""
    source = LANGUAGES[language]
    chance = random.Random(f"warta {language}")
    made: dict[str, None] = {}
    while len(made) < POOL_SENTENCES:
        made[_sentence(source, chance)] = None
    return tuple(made)


def _sentence(source: Language, chance: random.Random) -> str:
    pattern = chance.choice(source.patterns)
    text = pattern.format(
        who=chance.choice(source.who),
        what=chance.choice(source.what),
        where=chance.choice(source.where),
        when=chance.choice(source.when),
        why=chance.choice(source.why),
        n=chance.randrange(2, 9_000),
    )
    return text[0].upper() + text[1:]


def title(page: int, language: str) -> str:
    """Return the headline of a page."""
    source = LANGUAGES[language]
    state = _seed(page)
    who, what, where = (
        words[(state >> shift) % len(words)]
        for words, shift in ((source.who, 8), (source.what, 24), (source.where, 40))
    )
    return f"{who.capitalize()}: {what} {where} ({page})"


def summary(page: int, language: str) -> str:
    """Return what a feed says of a page: its first sentence."""
    sentences = pool(language)
    return sentences[(_next(_seed(page)) >> 20) % len(sentences)]


def _seed(page: int) -> int:
    return int.from_bytes(hashlib.blake2b(page.to_bytes(8), digest_size=8).digest())


def _next(state: int) -> int:
    """Step a linear congruential generator (Knuth's MMIX constants): cheaper than `random`."""
    return (state * 6364136223846793005 + 1442695040888963407) % 2**64


def article(page: int, language: str) -> list[str]:
    """Return the paragraphs of a page."""
    sentences = pool(language)
    state = _seed(page)
    paragraphs = []
    for count in (2, 3, 3, 2, 3, 2, 3, 2, 2)[: 6 + state % 4]:
        chosen = []
        for _ in range(count):
            state = _next(state)
            chosen.append(sentences[(state >> 20) % len(sentences)])
        paragraphs.append(" ".join(chosen))
    return paragraphs


def page_body(page: int, host: int, language: str) -> bytes:
    """Return a page's bytes: 40 to 300 kB, UTF-8."""
    size_kb = SIZES_KB[page * 7 % len(SIZES_KB)]
    head, foot = shell(language, host % DESIGNS, size_kb)
    headline = escape(title(page, language))
    when = published(page)
    byline = LANGUAGES[language].authors[page % len(LANGUAGES[language].authors)]
    meta = (
        f"<title>{headline} | Host {host}</title>"
        f'<link rel="canonical" href="http://h{host}.test{page_path(page)}">'
        f'<meta property="og:title" content="{headline}"><meta name="author" content="{byline}">'
        f'<meta property="article:published_time" content="{when.isoformat()}">'
    )
    text = "".join(f"<p>{escape(part, quote=False)}</p>\n" for part in article(page, language))
    words = (
        f'<h1>{headline}</h1><p class="byline">{byline} <time datetime="{when.isoformat()}">'
        f"{when:%d.%m.%Y %H:%M}</time></p>"
        f'<div class="body article-content" itemprop="articleBody">\n{text}</div>'
    )
    return b"".join((head[0], meta.encode(), head[1], words.encode(), foot))


@cache
def shell(language: str, design: int, size_kb: int) -> tuple[tuple[bytes, bytes], bytes]:
    """Return what stands around an article: (before the title, between title and text), after the text."""
    source = LANGUAGES[language]
    chance = random.Random(f"{language} {design} {size_kb}")
    links = max(20, size_kb // 2)
    nav = "".join(f'<li class="nav__item"><a href="/{word}">{word}</a></li>' for word in source.nav)
    style = "".join(f".c{n}{{margin:{n}px;color:#{n * 7919 % 4096:03x}}}" for n in range(size_kb * 6))
    top = f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8">'
    middle = (
        f"<style>{style}</style></head><body class='d{design}'><header><nav><ul>{nav}</ul></nav></header>"
        f"<div class='wrap'>{_list(source, chance, 'aside', source.labels[0], 8)}<main><article>"
    )
    share = "".join(
        f"<li><a href='#{name}'>{name}</a></li>" for name in ("Facebook", "X", "WhatsApp", "Mail")
    )
    lists = "".join(
        _list(source, chance, "section", label, links // len(source.labels)) for label in source.labels
    )
    bottom = (
        f"<ul class='share'>{share}</ul></article>{lists}"
        f"<section class='newsletter'><p>{source.newsletter}</p>"
        f"<form><input type='email'><button>OK</button></form></section></main></div>"
        f"<footer><p>{source.legal}</p></footer>"
    )
    filler = size_kb * 1000 - len(top) - len(middle) - len(bottom) - 500
    state = json.dumps([{"id": n, "k": chance.getrandbits(128)} for n in range(max(0, filler) // 66)])
    bottom += f"<script>window.__STATE__={state}</script></body></html>"
    return (top.encode(), middle.encode()), bottom.encode()


def _list(source: Language, chance: random.Random, tag: str, label: str, items: int) -> str:
    rows = "".join(
        f"<li class='card'><a href='/news/x{chance.randrange(10**6)}'><img src='/i/{n}.jpg' alt=''>"
        f"<h3 class='card__title'>{escape(_sentence(source, chance)[:70])}</h3></a>"
        f"<span class='card__time'>{chance.randrange(1, 24)} h</span></li>"
        for n in range(items)
    )
    return f"<{tag} class='box'><h2>{label}</h2><ul>{rows}</ul></{tag}>"


def feed_body(feed: int, language: str, rows: Sequence[tuple[str, int]]) -> bytes:
    """Return an RSS 2.0 document that lists `rows` of (address, page number)."""
    items = "".join(
        f"<item><title>{escape(title(page, language))}</title><link>{url}</link><guid>{url}</guid>"
        f"<pubDate>{format_datetime(published(page))}</pubDate>"
        f"<description>{escape(summary(page, language))}</description></item>\n"
        for url, page in rows
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel>'
        f"<title>Feed {feed}</title><link>http://example.test/</link><description>World</description>"
        f"<language>{language}</language>\n{items}</channel></rss>\n"
    ).encode()
