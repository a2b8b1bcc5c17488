"""The summary on the screen agrees with the files to the row, asked through DuckDB."""

import re

import duckdb

from tests.sample import Sample

TABLES = {"kept": "articles", "duplicates": "duplicates", "rejected": "rejections"}
COLUMNS = ("announced", "fetched", "kept", "duplicates", "rejected", "deferred")


def printed(said: str) -> dict[str, dict[str, int]]:
    """Return the table of the summary: counts by publisher, the line of sums under "all"."""
    lines = re.findall(rf"^ (\S.*?) {{2,}}((?:(?:\d+|·) *){{{len(COLUMNS)}}})$", said, re.MULTILINE)
    return {
        name: dict(zip(COLUMNS, (0 if one == "·" else int(one) for one in counts.split()), strict=True))
        for name, counts in lines
    }


def stored(sample: Sample, table: str, *columns: str) -> dict[object, int]:
    """Return the numbers of stored rows by these columns."""
    names = ", ".join(columns)
    source = f"read_parquet('{sample.output}/{table}/**/*.parquet', hive_partitioning = true)"
    found = duckdb.sql(f"SELECT {names}, count(*) FROM {source} GROUP BY ALL").fetchall()
    return {row[0]: row[-1] for row in found}


def test_every_publisher_has_the_rows_that_its_line_says(first_edition: Sample) -> None:
    lines = printed(first_edition.said)
    sums = lines.pop("all")
    assert len(lines) == 9
    for column, table in TABLES.items():
        rows = stored(first_edition, table, "publisher")
        assert {name: line[column] for name, line in lines.items() if line[column]} == rows, table
        assert sums[column] == sum(rows.values())
    for name in COLUMNS:
        assert sum(line[name] for line in lines.values()) == sums[name], name
    assert sums["announced"] == sums["kept"] + sums["duplicates"] + sums["rejected"] + sums["deferred"]


def test_reasons_and_feeds_are_those_of_the_tables(first_edition: Sample) -> None:
    told = re.search(r"^rejected: (.+)$", first_edition.said, re.MULTILINE)
    assert told
    reasons = {name: int(count) for name, count in (one.split() for one in told[1].split(", "))}
    assert reasons == stored(first_edition, "rejections", "reason")
    polled = re.search(r"^feeds: (\d+) ok;", first_edition.said, re.MULTILINE)
    assert polled
    assert {"ok": int(polled[1])} == stored(first_edition, "feeds", "status")
