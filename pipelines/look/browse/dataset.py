"""Ask the tables of a dataset, through DuckDB, straight from the committed Parquet files."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as pads

from warta.pipelines.look.browse.query import PAGE_ROWS, Query
from warta.transforms.store.errors import StoreError
from warta.transforms.store.files import absolute, files_at
from warta.transforms.store.layout import Layout
from warta.transforms.store.manifest import numbers
from warta.transforms.store.read import read

Row = dict[str, Any]
LISTED = ("id", "revision", "title", "publisher", "published", "date", "topic", "language", "text")
CONFIG: dict[str, str | bool | int | float | list[str]] = {"threads": 2, "enable_external_access": False}
"""A reader's machine has other work; and a query has no business with files or network."""

HAS = (
    "CREATE TEMP MACRO _has(text, word, pattern) AS "
    "contains(lower(text), word) AND regexp_matches(lower(text), pattern)"
)
"""Plain search first: it spares most rows the pattern, which is slower."""


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a search."""

    rows: list[Row]
    total: int


@dataclass(frozen=True, slots=True)
class Reading:
    """One article with its company."""

    article: Row
    revisions: list[Row]
    duplicates: list[Row]
    story: Row | None
    beside: list[Row]
    """The other articles of its story, earliest first."""


class Dataset:
    """A dataset that may grow while it is read; each commit is seen by the next question.

    Raises:
      StoreError: when there is no dataset.
    """

    def __init__(self, output_dir: str) -> None:
        self.name = absolute(output_dir).rpartition("/")[2]
        self._dir = output_dir
        self._layout = Layout(absolute(output_dir))
        self._files = files_at(self._layout.root)
        self._lock = threading.Lock()
        self._commit = 0
        self._tables: dict[str, pads.Dataset] = {}
        self._choices: dict[str, list[tuple[str, int]]] = {}
        self._now()

    def search(self, query: Query) -> Found:
        """Return one page of the articles that `query` asks for, newest first."""
        where, values = _where(query)
        asked = (
            "SELECT id, date, topic, count(*) OVER () AS total FROM articles "
            f"WHERE {where} ORDER BY published DESC NULLS LAST, id LIMIT {PAGE_ROWS} OFFSET ?"
        )
        hits = self._ask(asked, [*values, (query.page - 1) * PAGE_ROWS])
        if not hits:
            return Found([], 0)
        order = {hit["id"]: place for place, hit in enumerate(hits)}
        rows = self._fetch("articles", hits, LISTED)
        return Found(sorted(rows, key=lambda row: order[row["id"]]), hits[0]["total"])

    def choices(self) -> dict[str, list[tuple[str, int]]]:
        """Return publishers, topics and languages with their numbers of articles, most first."""
        self._now()
        with self._lock:
            if not self._choices:
                self._choices = {name: self._counted(name) for name in ("publisher", "topic", "language")}
            return self._choices

    def article(self, id_: str, revision: int | None = None) -> Reading | None:
        """Return an article with duplicates, story and revisions; None when there is none of that id."""
        revisions = self._ask(
            "SELECT id, revision, title, fetched_at, text_chars, date, topic FROM versions "
            "WHERE id = ? ORDER BY revision DESC",
            [id_],
        )
        chosen = [one for one in revisions if revision in (None, one["revision"])]
        if not chosen:
            return None
        stored = [
            row
            for row in self._fetch("versions", chosen[:1], None)
            if row["revision"] == chosen[0]["revision"]
        ]
        duplicates = self._ask(
            "SELECT url, publisher, title, published, dup_kind, containment FROM duplicates "
            "WHERE dup_of = ? ORDER BY published NULLS LAST, url",
            [id_],
        )
        stories = self._ask(
            "SELECT * FROM stories WHERE list_contains(article_ids, ?) ORDER BY first_seen LIMIT 1", [id_]
        )
        story = stories[0] if stories else None
        return Reading(stored[0], revisions, duplicates, story, self._beside(story, id_))

    def titles(self, ids: Iterable[str]) -> list[Row]:
        """Return id, title and publisher of articles."""
        asked = (
            "SELECT id, title, publisher, published FROM articles "
            "WHERE list_contains(?, id) ORDER BY published NULLS LAST, id"
        )
        wanted = list(ids)
        return self._ask(asked, [wanted]) if wanted else []

    def _beside(self, story: Row | None, id_: str) -> list[Row]:
        return self.titles(other for other in story["article_ids"] if other != id_) if story else []

    def _counted(self, name: str) -> list[tuple[str, int]]:
        asked = f"SELECT {name} AS name, count(*) AS articles FROM articles GROUP BY 1 ORDER BY 2 DESC, 1"
        return [(row["name"], row["articles"]) for row in self._query(asked, [])]

    def _ask(self, asked: str, values: list[Any]) -> list[Row]:
        self._now()
        return self._query(asked, values)

    def _query(self, asked: str, values: list[Any]) -> list[Row]:
        with duckdb.connect(config=CONFIG) as connection:
            for name, table in self._tables.items():
                connection.register(name, table)
            connection.execute(HAS)
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute("SET lock_configuration = true")
            result: pa.Table = connection.sql(asked, params=values).to_arrow_table()
            return list(result.to_pylist())

    def _fetch(self, table: str, hits: list[Row], columns: tuple[str, ...] | None) -> list[Row]:
        """Return whole rows, opening only the partitions they lie in."""
        where = pc.scalar(True)
        for name, type_ in (("date", pa.date32()), ("topic", pa.string()), ("id", pa.string())):
            where &= pc.field(name).isin(pa.array(sorted({hit[name] for hit in hits}), type_))
        rows = self._tables[table].to_table(columns=list(columns) if columns else None, filter=where)
        return list(rows.to_pylist())

    def _now(self) -> None:
        """Open the tables anew after a commit."""
        known = numbers(self._files, self._layout)
        if not known:
            raise StoreError(
                f"{self._dir}: no dataset here; name the folder that `warta run --output` was given"
            )
        with self._lock:
            if known[-1] == self._commit:
                return
            tables = {name: read(self._dir, name) for name in ("duplicates", "stories")}
            tables["versions"] = read(self._dir)
            tables["articles"] = read(self._dir, latest=True)
            self._tables, self._choices, self._commit = tables, {}, known[-1]


def _where(query: Query) -> tuple[str, list[Any]]:
    """Return a WHERE clause and its values; nothing of the query is ever part of the SQL."""
    parts, values = ["true"], list[Any]()
    for name in ("publisher", "topic", "language"):
        if value := getattr(query, name):
            parts.append(f"{name} = ?")
            values.append(value)
    for name, comparison in (("since", ">="), ("until", "<=")):
        if value := getattr(query, name):
            parts.append(f"date {comparison} CAST(? AS DATE)")
            values.append(value)
    for word in query.words:
        parts.append("(_has(title, ?, ?) OR _has(text, ?, ?))")
        values += [word.text, word.re2] * 2
    return " AND ".join(parts), values
