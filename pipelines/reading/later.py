"""Reading, for who only hands it on: the parsers and models are loaded where a page is read, by its reader.

A driver whose readers are processes of their own begins .3 s earlier; it loads them only to label articles
anew that lost furniture.
"""

from warta.schemas.article import Article
from warta.schemas.entry import Entry
from warta.schemas.feed import Feed
from warta.schemas.outcome import Rejection
from warta.schemas.page import Page
from warta.transforms.fetch.model import NextPage
from warta.transforms.parse.model import ParsedFeed


def read_feed(feed: Feed, page: Page) -> ParsedFeed:
    """See `worker.read_feed`."""
    from warta.pipelines.reading import worker

    return worker.read_feed(feed, page)


def read_page(entry: Entry, pages: tuple[Page, ...]) -> Article | Rejection | NextPage:
    """See `worker.read_page`."""
    from warta.pipelines.reading import worker

    return worker.read_page(entry, pages)


def finish_again(article: Article) -> Article:
    """See `worker.finish_again`."""
    from warta.pipelines.reading import worker

    return worker.finish_again(article)
