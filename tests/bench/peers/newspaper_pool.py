"""newspaper4k in a process pool: download, parse, one JSON line an article."""

import json
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import newspaper
from common import WORKERS, lead_names_to, peer_options, read_urls


def read(url: str) -> dict[str, Any] | None:
    """Return one article; None when it cannot be had."""
    try:
        article = newspaper.article(url)
    except (newspaper.ArticleException, LookupError):  # pages in Korean ask NLTK for data that is not there
        return None
    return {
        "url": url,
        "title": article.title,
        "authors": article.authors,
        "date": str(article.publish_date or ""),
        "text": article.text,
    }


def main() -> None:
    """Read every address."""
    args = peer_options(__doc__ or "")
    lead_names_to(args.port)
    with (
        ProcessPoolExecutor(WORKERS) as pool,
        (args.output / "articles.jsonl").open("w", encoding="utf-8") as file,
    ):
        rows = [row for row in pool.map(read, read_urls(args.urls), chunksize=4) if row and row["text"]]
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    print(f"{len(rows)} rows")


if __name__ == "__main__":
    main()
