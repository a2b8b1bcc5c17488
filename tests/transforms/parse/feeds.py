"""Small feeds of every format, and how the tests read one."""

import json
from datetime import UTC, datetime

from warta.schemas.feed import Feed
from warta.transforms.parse.feed import parse_feed
from warta.transforms.parse.model import ParsedFeed

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
FEED = Feed("https://www.contoh.test/rss", "Contoh", "id", "Asia/Jakarta", section="Ekonomi")


def parse(body: str | bytes, feed: Feed = FEED, *, content_type: str = "", **kw: object) -> ParsedFeed:
    raw = body.encode() if isinstance(body, str) else body
    return parse_feed(raw, {"content-type": content_type}, feed, now=NOW, **kw)  # type: ignore[arg-type]


def rss(*items: str, channel: str = "<link>https://www.contoh.test/</link>") -> str:
    inner = "".join(f"<item>{item}</item>" for item in items)
    head = '<?xml version="1.0"?><rss version="2.0"><channel><title>Contoh</title>'
    return f"{head}{channel}{inner}</channel></rss>"


ITEM = "<title>Banjir surut</title><link>https://www.contoh.test/a</link>"

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>Contoh</title>
<link href="https://www.contoh.test/"/><entry><title type="html">Banjir &lt;b&gt;surut&lt;/b&gt;</title>
<link rel="edit" href="https://www.contoh.test/edit"/><link href="/a?utm_source=atom"/><id>tag:1</id>
<published>2026-11-21T14:05:00+07:00</published><updated>2026-11-21T15:00:00+07:00</updated>
<author><name>Budi Santoso</name></author><category term="Jawa Tengah"/>
<summary>Air surut.</summary></entry></feed>"""

RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>Contoh</title>
<link>https://www.contoh.test/</link></channel><item rdf:about="https://www.contoh.test/a">
<title>Banjir surut</title><link>https://www.contoh.test/a</link><dc:date>2026-11-21T14:05:00+07:00</dc:date>
<dc:creator>Budi Santoso</dc:creator></item></rdf:RDF>"""

JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Contoh",
        "home_page_url": "https://www.contoh.test/",
        "items": [
            {
                "id": 7,
                "url": "/a",
                "title": "Banjir surut",
                "content_html": "<p>Air <b>surut</b>.</p>",
                "date_published": "2026-11-21T14:05:00+07:00",
                "authors": [{"name": "Budi Santoso"}],
                "tags": ["banjir"],
            }
        ],
    }
)

NEWS = """<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc>https://www.contoh.test/a</loc><lastmod>2026-11-21T15:00:00+07:00</lastmod>
<image:image><image:loc>https://img.contoh.test/a.jpg</image:loc></image:image>
<news:news><news:publication><news:name>Contoh</news:name><news:language>id</news:language></news:publication>
<news:publication_date>2026-11-21T14:05:00+07:00</news:publication_date><news:title>Banjir surut</news:title>
<news:keywords>banjir, Demak</news:keywords></news:news></url></urlset>"""

FORMATS = [
    ("rss20", rss(ITEM + "<pubDate>Sat, 21 Nov 2026 14:05:00 WIB</pubDate>")),
    ("atom10", ATOM),
    ("rss10", RDF),
    ("json", JSON),
    ("news_sitemap", NEWS),
]
