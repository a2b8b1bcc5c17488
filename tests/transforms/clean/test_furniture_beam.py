"""StripFurniture as a step: every article comes out once, counters and state rows are right."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import apache_beam as beam
from apache_beam.testing.util import assert_that

from warta.schemas.article import Article
from warta.transforms.clean.beam import StripFurniture
from warta.transforms.clean.furniture import PAGES, HostCounts, block_hash, block_keys

AT = datetime(2026, 11, 21, tzinfo=UTC)
BOX = "Zumi velka ondra, quist bramo tel dunari."


def article(number: int, *, host: str = "a.test", box: bool = True) -> Article:
    own = [f"Paragraf {part} dari berita {number} hanya ada di {host} ini saja, titik." for part in range(4)]
    text = "\n\n".join([*own[:2], *([BOX] if box else []), *own[2:]])
    return Article(
        id=f"{host}-{number}",
        url=f"https://{host}/{number}",
        canonical_url=f"https://{host}/{number}",
        publisher=host,
        feed_url=f"https://{host}/feed",
        title=f"Berita {number}",
        text=text,
        blocks=block_keys(text),
        fetched_at=AT,
        date=date(2026, 11, 21),
    )


def signed_anew(one: Article) -> Article:
    return replace(one, content_hash="anew")


def run(
    articles: list[Article],
    counts: list[HostCounts],
    check_articles: Callable[[list[Article]], None],
    check_counts: Callable[[list[HostCounts]], None],
) -> dict[str, int]:
    pipeline = beam.Pipeline(runner="FnApiRunner")
    known = {one.host: one for one in counts}
    stripped = (
        pipeline
        | beam.Create(articles)
        | StripFurniture(AT, signed_anew, lambda host: known.get(host, HostCounts(host)))
    )
    assert_that(stripped.articles, check_articles, label="CheckArticles")
    assert_that(
        stripped.counts,
        check_counts,
        label="CheckCounts",
    )
    result = pipeline.run()
    result.wait_until_finish()
    counters = result.metrics().query()["counters"]
    return {one.key.metric.name: one.committed for one in counters if one.key.metric.namespace == "furniture"}


def test_a_box_on_every_page_of_a_host_goes_and_other_hosts_keep_it() -> None:
    articles = [article(number) for number in range(9)] + [article(1, host="b.test")]

    def check_articles(actual: list[Article]) -> None:
        assert sorted(one.id for one in actual) == sorted(one.id for one in articles)
        assert [one.id for one in actual if BOX in one.text] == ["b.test-1"]
        assert {one.content_hash for one in actual if BOX not in one.text} == {"anew"}

    def check_counts(actual: list[HostCounts]) -> None:
        rows = {one.host: one.by_hash() for one in actual}
        assert rows["a.test"][PAGES] == 9
        assert rows["a.test"][block_hash(BOX)] == 9

    counters = run(articles, [], check_articles, check_counts)
    assert counters == {"articles_changed": 9, "blocks_cut": 9}


def test_counts_of_earlier_runs_teach_a_host_with_two_articles_a_day() -> None:
    counts = [
        HostCounts("a.test", (PAGES, block_hash(BOX)), (7, 6), (AT, AT)),
        HostCounts("quiet.test", (PAGES,), (12,), (AT,)),
    ]

    def check_articles(actual: list[Article]) -> None:
        assert [BOX in one.text for one in actual] == [False, False]

    def check_counts(actual: list[HostCounts]) -> None:
        assert [(one.host, one.by_hash()[PAGES]) for one in actual] == [("a.test", 9)]

    run([article(1), article(2)], counts, check_articles, check_counts)
