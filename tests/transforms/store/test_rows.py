"""Rows fit their tables, or say why not."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from tests.transforms.store.worlds import NOON, duplicate, health, record, rejection
from warta.schemas.outcome import Duplicate, Reason, Stage
from warta.schemas.tables import SCHEMA_VERSION, TABLES
from warta.transforms.store.rows import RowInvalid, Stamp, Storable, refusal, to_arrow, to_row

STAMP = Stamp("run-1", NOON)
ITEMS = [record(1), duplicate(1), rejection(1), health(1)]


@pytest.mark.parametrize("item", ITEMS, ids=lambda one: type(one).__name__)
def test_every_noun_fits_its_table(item: Storable) -> None:
    table, row = to_row(item, STAMP)
    assert list(row) == TABLES[table].names
    assert (row["run_id"], row["schema_version"]) == ("run-1", SCHEMA_VERSION)
    assert to_arrow(table, [row]).schema.equals(TABLES[table])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"topic": "gossip"}, "articles.topic: 'gossip' is not in the vocabulary"),
        ({"text": ""}, "articles.text: empty"),
        ({"id": ""}, "articles.id: empty"),
        ({"date": None}, "articles.date: missing"),
        ({"date": NOON}, "articles.date: .* is not a day"),
        ({"published": datetime(2026, 11, 21)}, "articles.published: .* is not an instant with a zone"),
        ({"title": 7}, "articles.title: int instead of text"),
        ({"authors": "Sari"}, "articles.authors: str instead of a list"),
        ({"authors": (None,)}, "articles.authors: NoneType instead of text"),
        ({"language_score": float("nan")}, "articles.language_score: nan is not a number"),
        ({"paywalled": "yes"}, "articles.paywalled: 'yes' is not true or false"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_an_impossible_value_names_its_column(changes: dict[str, object], said: str) -> None:
    with pytest.raises(RowInvalid, match=said):
        to_row(record(1, **changes), STAMP)


def test_half_a_surrogate_pair_costs_a_character_not_the_article() -> None:
    _, row = to_row(record(1, text="Halo \ud83d dunia"), STAMP)
    assert row["text"] == "Halo ? dunia"
    assert row["text_chars"] == len(row["text"])


def test_instants_are_stored_in_utc() -> None:
    wib = timezone(timedelta(hours=7))
    _, row = to_row(record(1, published=datetime(2026, 11, 21, 19, 0, tzinfo=wib)), STAMP)
    assert row["published"] == datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
    assert row["published"].tzinfo is UTC


def test_what_an_item_does_not_know_comes_from_the_stamp() -> None:
    _, row = to_row(Duplicate("a" * 32, "https://x.example/1", "b" * 32, "url"), STAMP)
    assert (row["fetched_at"], row["date"]) == (NOON, NOON.date())


@pytest.mark.parametrize("item", ITEMS, ids=lambda one: type(one).__name__)
def test_a_refused_row_becomes_a_rejection_with_its_address(item: Storable) -> None:
    refused = refusal(item, RowInvalid("articles.topic: no"), STAMP)
    assert (refused.stage, refused.reason) == (Stage.STORE, Reason.ROW_INVALID)
    assert refused.detail == "articles.topic: no"
    assert refused.url.startswith("https://")
    assert to_row(refused, STAMP)[0] == "rejections"
