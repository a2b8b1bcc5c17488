"""Identity of addresses on the real addresses of the shared corpus, topics and duplicates sets.

`python -m tests.gate.urls` prints how many addresses there are, which rule gave their identity, and every
group of addresses that became one article. Nothing but the same article under two slugs may be there.
"""

import json
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.shared import SHARED
from warta.transforms import urls

TABLES = (SHARED / "topics" / "id_news_dev.parquet", SHARED / "dedup" / "clickid_docs_dev.parquet")
PAGES = SHARED / "corpus" / "dev.jsonl"


@dataclass
class Figures:
    """Counts, and the groups of canonical addresses that share an id."""

    addresses: int = 0
    hosts: int = 0
    articles: int = 0
    longest_chars: int = 0
    rules: Counter[str] = field(default_factory=Counter)
    merged: list[dict[str, str]] = field(default_factory=list)


def addresses() -> dict[str, str]:
    """Return every distinct http(s) address with its headline."""
    import duckdb

    source = f"read_parquet({[str(table) for table in TABLES]}, union_by_name=true)"
    found = dict(duckdb.sql(f"select url, title from {source} where url like 'http%'").fetchall())
    with PAGES.open(encoding="utf-8") as lines:
        pages = [json.loads(line) for line in lines]
    return found | {page["url"]: page["title"] for page in pages if (page["url"] or "").startswith("http")}


def measure() -> Figures:
    """Give every address its id and look at those that share one."""
    figures = Figures()
    groups: dict[str, dict[str, str]] = defaultdict(dict)
    hosts = set()
    for url, title in addresses().items():
        canonical = urls.canonical_url(url)
        groups[urls.article_id(url)][canonical] = title
        hosts.add(urlsplit(canonical).netloc)
        numbered = urls._numbered(canonical)
        figures.rules["read" if " read " in numbered else "segment" if numbered else "canonical"] += 1
        figures.longest_chars = max(figures.longest_chars, len(url))
        figures.addresses += 1
    figures.hosts, figures.articles = len(hosts), len(groups)
    figures.merged = [group for group in groups.values() if len(group) > 1]
    return figures


def missing() -> str:
    """Say what is not there, "" when all is."""
    absent = [str(path) for path in (*TABLES, PAGES) if not path.exists()]
    return f"the shared corpus is not complete: {absent[0]} is missing; set WARTA_SHARED" if absent else ""


if __name__ == "__main__":
    if missing():
        sys.exit(missing())
    result = measure()
    print(f"addresses {result.addresses}  hosts {result.hosts}  articles {result.articles}")
    print(f"longest {result.longest_chars} characters  rules {dict(result.rules)}")
    for group in result.merged:
        print("one article:", *(f"{url}  {title}" for url, title in group.items()), sep="\n  ")
