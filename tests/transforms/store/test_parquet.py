"""What a file says of itself, and what it leaves out when it is small."""

from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from tests.transforms.store.worlds import NOON, record
from warta.schemas.tables import SCHEMA_VERSION
from warta.transforms.store.files import files_at
from warta.transforms.store.parquet import SOME_ROWS, schema_version, table_name, write_rows
from warta.transforms.store.rows import Stamp, to_arrow, to_row


def written(folder: Path, rows: int) -> Path:
    """Write `rows` articles of five kilobytes each into one file."""
    path = folder / f"{rows}.parquet"
    made = [to_row(record(n, text="Harga beras naik. " * 280), Stamp("run-1", NOON)) for n in range(rows)]
    write_rows(files_at(str(folder)), str(path), "articles", to_arrow("articles", [row for _, row in made]))
    return path


@pytest.mark.parametrize("rows", [1, SOME_ROWS])
def test_every_file_names_its_table_and_schema(tmp_path: Path, rows: int) -> None:
    meta = pq.read_metadata(written(tmp_path, rows))
    assert (table_name(meta), schema_version(meta)) == ("articles", SCHEMA_VERSION)


def test_files_of_some_rows_say_what_their_columns_mean(tmp_path: Path) -> None:
    path = written(tmp_path, SOME_ROWS)
    query = f"select value from parquet_kv_metadata('{path}') where key = 'warta.docs'"
    assert b"Clean body; paragraphs" in duckdb.sql(query).fetchall()[0][0]


def test_a_file_of_one_article_is_little_more_than_its_article(tmp_path: Path) -> None:
    assert written(tmp_path, 1).stat().st_size < 10_000


def test_readers_can_prune_by_short_columns_and_no_footer_repeats_a_text(tmp_path: Path) -> None:
    group = pq.read_metadata(written(tmp_path, 9)).row_group(0)
    columns = [group.column(number) for number in range(group.num_columns)]
    bounded = {column.path_in_schema for column in columns if column.is_stats_set}
    assert {"id", "publisher", "published", "language", "run_id"} <= bounded
    assert not bounded & {"text", "title", "url"}
