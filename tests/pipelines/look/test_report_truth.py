"""Every figure of the report against DuckDB on the Parquet files themselves, over made-up datasets."""

import itertools
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.pipelines.look.test_report import NOW
from tests.pipelines.many import many
from warta.pipelines.look.report.gather import gather
from warta.pipelines.look.report.losses import PAIRS_SHOWN

SIZES = [(1, 900, 3), (2, 1500, 40), (3, 700, 300), (4, 60, 1)]
"""Seed, articles and days: by day, by day with strays, by week, and all on one."""


class Truth:
    """A dataset, what the report says of it, and DuckDB beside it."""

    def __init__(self, root: Path) -> None:
        self.figures = gather(str(root), now=NOW)
        self.duck = duckdb.connect()
        self.duck.execute("SET TimeZone = 'UTC'")
        for table in ("articles", "duplicates", "rejections", "feeds", "stories"):
            source = f"read_parquet('{root}/{table}/**/*.parquet', hive_partitioning = true)"
            self.duck.execute(f"CREATE VIEW all_{table} AS SELECT * FROM {source}")
        newest = "QUALIFY row_number() OVER (PARTITION BY id ORDER BY revision DESC) = 1"
        self.duck.execute(f"CREATE VIEW articles AS SELECT * FROM all_articles {newest}")

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        return self.duck.execute(query).fetchall()

    def one(self, query: str) -> Any:
        return self.ask(query)[0][0]

    def counts(self, table: str, *columns: str) -> dict[Any, int]:
        """Return the numbers of rows by one column, or by a tuple of some."""
        names = ", ".join(columns)
        found = self.ask(f"SELECT {names}, count(*) FROM {table} GROUP BY ALL")
        return {row[0] if len(columns) == 1 else row[:-1]: row[-1] for row in found}


@pytest.fixture(scope="module", params=SIZES, ids=["days", "weeks of days", "a year", "one day"])
def truth(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Truth:
    seed, articles, days = request.param
    return Truth(many(tmp_path_factory.mktemp("truth"), articles, days=days, seed=seed, revised=7))


def test_totals(truth: Truth) -> None:
    totals = truth.figures["totals"]
    assert totals["articles"] == truth.one("SELECT count(DISTINCT id) FROM all_articles")
    assert totals["publishers"] == truth.one("SELECT count(DISTINCT publisher) FROM articles")
    for table in ("duplicates", "rejections", "stories"):
        assert totals[table] == truth.one(f"SELECT count(*) FROM all_{table}"), table
    assert totals["feeds"] == truth.one("SELECT count(DISTINCT feed_url) FROM all_feeds")
    first, last = truth.ask("SELECT min(date), max(date) FROM articles")[0]
    assert (totals["first"], totals["last"]) == (first.isoformat(), last.isoformat())


@pytest.mark.parametrize(
    ("figure", "rows", "by", "table"),
    [("topics", "topics", "topic", "articles"), ("rejected", "reasons", "reason", "all_rejections")],
)
def test_columns_over_time(truth: Truth, figure: str, rows: str, by: str, table: str) -> None:
    told = truth.figures[figure]
    start = f"date_trunc('{told['unit']}', date)::DATE::VARCHAR"
    expected = Counter(truth.counts(table, start, by))
    drawn = {
        (start, one[by]): count
        for one in told[rows]
        for start, count in zip(told["starts"], one["counts"], strict=True)
        if count
    }
    assert drawn == {key: n for key, n in expected.items() if key[0] >= told["starts"][0]}
    assert told["earlier"] == sum(n for key, n in expected.items() if key[0] < told["starts"][0])
    assert {one[by]: one["total"] for one in told[rows]} == truth.counts(table, by)
    totals = [one["total"] for one in told[rows]]
    assert totals == sorted(totals, reverse=True)


def test_hours_languages_and_lengths(truth: Truth) -> None:
    hours = truth.counts("articles", "hour(published)")
    assert truth.figures["hours"] == [hours.get(hour, 0) for hour in range(24)]
    languages = {one["language"]: one["articles"] for one in truth.figures["languages"]}
    assert languages == truth.counts("articles", "language")
    lengths = truth.figures["lengths"]
    places = truth.counts("articles", f"least(text_chars // {lengths['step']}, {len(lengths['counts']) - 1})")
    assert dict(enumerate(lengths["counts"])) == {n: places.get(n, 0) for n in range(len(lengths["counts"]))}
    median, p90 = truth.ask("SELECT quantile_cont(text_chars, [0.5, 0.9]) FROM articles")[0][0]
    assert (lengths["median"], lengths["p90"]) == (
        pytest.approx(median, abs=0.1),
        pytest.approx(p90, abs=0.1),
    )


@pytest.mark.parametrize("since", ["announced", "published"])
def test_freshness(truth: Truth, since: str) -> None:
    told = truth.figures["freshness"]
    column = "announced_at" if since == "announced" else "published"
    waited = f"greatest(0, epoch(fetched_at) - epoch({column}))"
    edges = [0, *told["edges"], 1e12]
    expected = [
        truth.one(f"SELECT count(*) FROM articles WHERE {waited} >= {low} AND {waited} < {high}")
        for low, high in itertools.pairwise(edges)
    ]
    assert told[since]["counts"] == expected
    assert told[since]["rows"] == sum(expected)
    median = truth.one(f"SELECT quantile_cont({waited}, 0.5) FROM articles")
    assert told[since]["median"] == pytest.approx(median, abs=0.11)


def test_publishers(truth: Truth) -> None:
    told = {one["publisher"]: one for one in truth.figures["publishers"]}
    for name, table in (
        ("articles", "articles"),
        ("duplicates", "all_duplicates"),
        ("rejections", "all_rejections"),
    ):
        assert {key: one[name] for key, one in told.items() if one[name]} == truth.counts(table, "publisher")
    for publisher, newest in truth.ask("SELECT publisher, max(published) FROM articles GROUP BY 1"):
        assert datetime.fromisoformat(told[publisher]["newest"]) == newest.replace(microsecond=0)


def test_copies(truth: Truth) -> None:
    told = truth.figures["copies"]
    pairs = truth.counts("all_duplicates", "publisher", "dup_of_publisher")
    shown = {(one["copier"], one["source"]): one["count"] for one in told["pairs"]}
    assert len(shown) == min(len(pairs), PAIRS_SHOWN)
    assert shown.items() <= pairs.items()
    assert min(shown.values(), default=0) >= max(
        (n for key, n in pairs.items() if key not in shown), default=0
    )
    assert told["kinds"] == truth.counts("all_duplicates", "dup_kind")


def test_removed_boilerplate(truth: Truth) -> None:
    expected = truth.ask(
        "SELECT cut.rule, count(*), sum(cut.blocks), sum(cut.chars) "
        "FROM (SELECT unnest(removed) AS cut FROM articles) GROUP BY 1 ORDER BY 4 DESC, 3 DESC, 1"
    )
    told = [
        tuple(one[name] for name in ("rule", "articles", "blocks", "chars"))
        for one in truth.figures["removed"]
    ]
    assert told == expected


def test_rejections_have_their_newest_example(truth: Truth) -> None:
    newest = dict(truth.ask("SELECT reason, max(rejected_at) FROM all_rejections GROUP BY 1"))
    for one in truth.figures["rejected"]["reasons"]:
        assert datetime.fromisoformat(one["last"]) == newest[one["reason"]].replace(microsecond=0)


def test_biggest_stories(truth: Truth) -> None:
    sizes = [row[0] for row in truth.ask("SELECT len(article_ids) FROM all_stories ORDER BY 1 DESC LIMIT 15")]
    assert [one["articles"] for one in truth.figures["stories"]] == sizes
    for one in truth.figures["stories"]:
        url = truth.one(f"SELECT any_value(url) FROM all_articles WHERE id = '{one['id']}'")
        assert one["url"] in ("", url)


def test_feeds(truth: Truth) -> None:
    expected = truth.ask(
        "SELECT feed_url, arg_max(status, polled_at), sum(new_entries), max(next_poll), "
        "count(*) FILTER (status = 'failed') FROM all_feeds GROUP BY 1"
    )
    told = {one["feed_url"]: one for one in truth.figures["feeds"]}
    assert len(told) == len(expected)
    for url, status, new, next_poll, failed in expected:
        one = told[url]
        assert (one["status"], one["new"], one["failed"]) == (status, new, failed)
        assert datetime.fromisoformat(one["next_poll"]) == next_poll.replace(microsecond=0)
