"""The main job on the sample newsroom: what is stored is what was published."""

import shutil
from collections import Counter
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow.dataset as ds
import pytest

from tests.sample import Sample, warta
from warta.newsroom import TruthRow, truth
from warta.schemas.tables import ARTICLES
from warta.transforms.text import paragraphs
from warta.transforms.urls import article_id, canonical_url

KEPT = [row for row in truth() if row.ending == "kept" and not row.copy_group]
COPIED = [row for row in truth() if row.copy_group]
REJECTED = [row for row in truth() if row.ending == "rejected"]


def by_url(sample: Sample, row: TruthRow) -> dict[str, object]:
    """Return the one row of an article; stored addresses are in their identity form (no `www.`, https)."""
    address = canonical_url(row.canonical_url)
    found = [one for one in sample.rows("articles") if one["canonical_url"] == address]
    assert len(found) == 1, f"{row.url}: {len(found)} rows"
    return found[0]


@pytest.mark.parametrize("row", KEPT, ids=lambda row: row.key)
def test_the_body_is_all_there_and_nothing_else(first_edition: Sample, row: TruthRow) -> None:
    text = str(by_url(first_edition, row)["text"])
    stored = paragraphs(text)
    assert [part for part in row.paragraphs if part not in stored] == []
    assert [string for string in row.residue if string in text] == []


@pytest.mark.parametrize("row", KEPT, ids=lambda row: row.key)
def test_the_metadata_is_what_the_newsroom_meant(first_edition: Sample, row: TruthRow) -> None:
    stored = by_url(first_edition, row)
    said = {name: stored[name] for name in ("title", "published", "language", "dateline")}
    meant = {
        "title": row.title,
        "published": row.published,
        "language": row.language,
        "dateline": row.dateline,
    }
    assert said | {"dateline": said["dateline"] or ""} == meant
    assert stored["authors"] == list(row.authors)
    assert stored["editors"] == list(row.editors)


@pytest.mark.parametrize("row", REJECTED, ids=lambda row: row.url)
def test_what_cannot_be_had_is_rejected_with_its_reason(first_edition: Sample, row: TruthRow) -> None:
    reasons = [one["reason"] for one in first_edition.rows("rejections") if one["url"] == row.url]
    assert reasons == [row.reason]


def test_one_of_each_copy_is_kept_and_the_others_point_to_it(first_edition: Sample) -> None:
    ids = {one["canonical_url"]: one["id"] for one in first_edition.rows("articles")}
    copies = {one["url"]: one["dup_of"] for one in first_edition.rows("duplicates")}
    for group in {row.copy_group for row in COPIED}:
        rows = [row for row in COPIED if row.copy_group == group]
        survivors = [row for row in rows if canonical_url(row.canonical_url) in ids]
        assert len(survivors) == 1, group
        survivor = ids[canonical_url(survivors[0].canonical_url)]
        assert {copies[row.url] for row in rows if row not in survivors} == {survivor}


def test_the_flood_that_three_newspapers_tell_of_is_one_story(first_edition: Sample) -> None:
    told = {row.publisher for row in truth() if row.story == "banjir-sarune" and row.language == "id"}
    assert [set(story["publishers"]) for story in first_edition.rows("stories")] == [told]


def test_every_announced_url_has_exactly_one_ending(first_edition: Sample) -> None:
    (report,) = first_edition.reports()
    books = report["books"]
    stored = {table: len(first_edition.rows(table)) for table in ("articles", "duplicates", "rejections")}
    again = [row for row in truth() if row.ending == "duplicate" and not row.copy_group]
    assert books["announced"] == len(truth()) - len(
        again
    )  # AMP addresses are the article's own, listed twice
    assert stored == {
        "articles": books["kept"],
        "duplicates": books["duplicates"],
        "rejections": books["rejected"],
    }
    assert books["announced"] == sum(stored.values()) + books["deferred"]


def test_four_readers_see_the_same_rows(first_edition: Sample) -> None:
    root = first_edition.output / "articles"
    files = f"read_parquet('{root}/**/*.parquet', hive_partitioning=true)"
    (rows, ids) = duckdb.sql(f"select count(*), count(distinct id) from {files}").fetchall()[0]
    counts = {
        "duckdb": rows,
        "polars": pl.scan_parquet(root).select(pl.len()).collect().item(),
        "pandas": len(pd.read_parquet(root)),
        "pyarrow": ds.dataset(root, partitioning="hive").count_rows(),
    }
    assert set(counts.values()) == {ids}, counts


def test_the_partition_columns_agree_with_the_rows(first_edition: Sample) -> None:
    columns = {name for row in first_edition.rows("articles") for name in row}
    assert columns == set(ARTICLES.names)
    days = Counter(row["date"].isoformat() for row in first_edition.rows("articles"))
    folders = {path.name.removeprefix("date=") for path in (first_edition.output / "articles").glob("date=*")}
    assert set(days) == folders


def test_a_second_run_says_that_nothing_is_new(first_edition: Sample, tmp_path: Path) -> None:
    output = tmp_path / "data"
    shutil.copytree(first_edition.output, output)
    again = Sample(output, warta("sample", "--output", str(output)).stdout)
    assert "Nothing new" in again.said
    assert len(again.rows("articles")) == len(first_edition.rows("articles"))
    assert again.reports()[-1]["books"]["announced"] == 0


def test_a_changed_article_becomes_a_revision_of_the_same_id(first_edition: Sample, tmp_path: Path) -> None:
    output = tmp_path / "data"
    shutil.copytree(first_edition.output, output)
    later = Sample(output, warta("sample", "--edition", "2", "--output", str(output)).stdout)
    changed = [row for row in truth(2) if row.updated]
    addresses = {row.key: row.url for row in truth(1)}
    assert {row.url == addresses[row.key] for row in changed} == {True, False}  # one changed its slug as well
    for article in changed:
        wanted = article_id(article.canonical_url)
        versions = [row for row in later.rows("articles") if row["id"] == wanted]
        first, second = sorted(versions, key=lambda row: row["revision"])
        assert (first["revision"], second["revision"]) == (1, 2)
        assert second["previous_hash"] == first["content_hash"]
        assert all(part in paragraphs(second["text"]) for part in article.paragraphs)
