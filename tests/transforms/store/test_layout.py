"""Names of things below an output folder."""

from datetime import date

import pytest

from warta.transforms.store.errors import StoreError
from warta.transforms.store.layout import (
    Layout,
    join,
    manifest_number,
    parent,
    parse_partition,
    partition_path,
)


@pytest.mark.parametrize("root", ["/srv/news", "s3://bucket/news", "gs://bucket"])
def test_paths_below_a_root_come_back_relative(root: str) -> None:
    layout = Layout(root)
    assert layout.relative(layout.manifest(12)) == "manifests/0000000012.json"
    assert layout.dataset("articles") == f"{root}/articles"
    assert parent(layout.dataset("articles")) == root


def test_a_path_elsewhere_is_refused() -> None:
    with pytest.raises(StoreError, match="/srv/newsroom/x: not below /srv/news"):
        Layout("/srv/news").relative("/srv/newsroom/x")


def test_joining_keeps_the_scheme() -> None:
    assert join("s3://bucket/", "/a", "", "b") == "s3://bucket/a/b"


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("0000000012.json", 12),
        ("0000000012.files.json.gz", None),
        (".0000000012.json.7", None),
        ("x", None),
    ],
)
def test_manifests_are_told_from_other_files(name: str, number: int | None) -> None:
    assert manifest_number(f"/out/manifests/{name}") == number


@pytest.mark.parametrize("topic", ["economy", "science_technology", "odd/one=?"])
def test_partitions_survive_the_round_trip(topic: str) -> None:
    values = {"date": date(2026, 11, 21), "topic": topic}
    assert parse_partition("articles", partition_path("articles", values) + "/part-1.parquet") == values


@pytest.mark.parametrize(
    "path",
    ["part-1.parquet", "date=2026-11-21/p", "date=soon/topic=x/p", "topic=x/date=2026-11-21/p"],
)
def test_a_path_that_is_no_partition_is_refused(path: str) -> None:
    with pytest.raises(StoreError):
        parse_partition("articles", path)
