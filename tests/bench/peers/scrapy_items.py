"""Scrapy with trafilatura in an item pipeline and a JSON lines feed, its throttles opened wide."""

from collections.abc import Iterator
from typing import Any

import scrapy
import trafilatura
from common import AT_ONCE, peer_options, read_urls
from scrapy.crawler import CrawlerProcess


class Extract:
    """Turn a fetched page into an article."""

    def process_item(self, item: dict[str, Any]) -> dict[str, Any]:
        found = trafilatura.bare_extraction(
            item.pop("page"), url=item["url"], with_metadata=True, include_comments=False
        )
        if found is None or not found.text:
            raise scrapy.exceptions.DropItem("no article")
        return item | {
            "title": found.title,
            "author": found.author,
            "date": found.date,
            "text": found.text,
        }


class Pages(scrapy.Spider):
    """Ask for every address once."""

    name = "pages"
    urls: list[str]
    proxy: str

    async def start(self) -> Any:
        for url in self.urls:
            yield scrapy.Request(url, meta={"proxy": self.proxy})

    def parse(self, response: scrapy.http.Response) -> Iterator[dict[str, Any]]:
        yield {"url": response.url, "page": response.body}


def main() -> None:
    """Crawl in this process, as `scrapy runspider` does."""
    args = peer_options(__doc__ or "")
    settings = {
        "FEEDS": {str(args.output / "articles.jsonl"): {"format": "jsonlines"}},
        "ITEM_PIPELINES": {Extract: 300},
        "CONCURRENT_REQUESTS": AT_ONCE,
        "CONCURRENT_REQUESTS_PER_DOMAIN": AT_ONCE,
        "DOWNLOAD_DELAY": 0,
        "ROBOTSTXT_OBEY": False,
        "LOG_LEVEL": "ERROR",
    }
    process = CrawlerProcess(settings)
    process.crawl(Pages, urls=read_urls(args.urls), proxy=f"http://127.0.0.1:{args.port}")
    process.start()


if __name__ == "__main__":
    main()
