"""news-please as a library: a process pool of `NewsPlease.from_html` behind plain requests."""

import json
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import requests
from common import WORKERS, lead_names_to, peer_options, read_urls
from newsplease import NewsPlease


def read(url: str) -> dict[str, Any] | None:
    """Return one article; None when there is none."""
    answer = requests.get(url, timeout=30)
    try:
        article = NewsPlease.from_html(answer.content.decode("utf-8", "replace"), url)
    except Exception as error:
        print(f"{url}: {error!r}")
        return None
    if not getattr(article, "maintext", None):
        return None
    return {
        "url": url,
        "title": article.title,
        "authors": article.authors,
        "date": str(article.date_publish or ""),
        "text": article.maintext,
    }


def main() -> None:
    """Read every address."""
    args = peer_options(__doc__ or "")
    lead_names_to(args.port)
    with (
        ProcessPoolExecutor(WORKERS) as pool,
        (args.output / "articles.jsonl").open("w", encoding="utf-8") as file,
    ):
        rows = [row for row in pool.map(read, read_urls(args.urls), chunksize=4) if row]
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    print(f"{len(rows)} rows")


if __name__ == "__main__":
    main()
