import random

import pytest

from tests.transforms.dedup.conftest import prose
from warta.transforms.dedup.documents import dedup_documents

TEXT = prose(1)


def doc(id_: object, text: str, *, hour: int = 8, url: str = "", **more: object) -> dict[str, object]:
    return {
        "id": id_,
        "url": url,
        "text": text,
        "title": "",
        "published": f"2026-11-01T{hour:02}:00Z",
        **more,
    }


def test_rows_come_back_in_input_order_with_the_promised_fields() -> None:
    rows = dedup_documents([doc(2, TEXT, hour=9), doc(1, TEXT + " lagi", hour=8)])
    assert [row["id"] for row in rows] == [2, 1]
    assert rows[0] == {
        "id": 2,
        "dup_of": 1,
        "dup_kind": "near",
        "similar_to": None,
        "containment": 1.0,
        "overlaps": [{"id": 1, "containment": 1.0}],
        "story_id": 1,
    }
    assert {rows[1][name] for name in ("dup_of", "dup_kind", "similar_to", "containment")} == {None}


@pytest.mark.parametrize(
    ("urls", "kind"),
    [
        pytest.param(("https://a.test/x", "https://b.test/y"), "exact", id="another publisher"),
        pytest.param(("https://a.test/x", "https://a.test/y"), "url", id="a changed slug"),
        pytest.param(("https://a.test/x", "https://m.a.test/x?page=all"), "url", id="one address"),
        pytest.param(("", ""), "exact", id="no addresses"),
        pytest.param(("not a url", "::"), "exact", id="no usable addresses"),
    ],
)
def test_equal_texts_are_told_apart_by_address(urls: tuple[str, str], kind: str) -> None:
    rows = dedup_documents([doc("a", TEXT, url=urls[0]), doc("b", TEXT, hour=9, url=urls[1])])
    assert (rows[1]["dup_of"], rows[1]["dup_kind"]) == ("a", kind)


def test_a_document_between_two_others_names_both() -> None:
    other = prose(2)
    rows = dedup_documents(
        [
            doc("a", TEXT),
            doc("b", other, hour=9),
            doc("c", TEXT + " " + " ".join(other.split()[:150]), hour=10),
        ]
    )
    assert rows[2]["dup_of"] == "a"
    assert rows[2]["similar_to"] == "b"
    assert [one["id"] for one in rows[2]["overlaps"]] == ["a", "b"]


def test_documents_far_apart_in_time_are_compared() -> None:
    rows = dedup_documents([doc("a", TEXT, published="2020-01-01"), doc("b", TEXT + " lagi")])
    assert rows[1]["dup_of"] == "a"


@pytest.mark.parametrize("published", [None, "", "kemarin sore"])
def test_an_unknown_date_stands_last(published: object) -> None:
    rows = dedup_documents([doc("a", TEXT, published=published), doc("b", TEXT)])
    assert (rows[0]["dup_of"], rows[1]["dup_of"]) == ("b", None)


def test_only_id_and_text_are_needed() -> None:
    assert dedup_documents([{"id": "a", "text": TEXT}, {"id": "b"}])[1]["dup_of"] is None


def test_no_documents_give_no_rows() -> None:
    assert dedup_documents([]) == []


def test_twenty_shuffles_give_the_same_answers() -> None:
    chance = random.Random(1)
    docs = []
    for number in range(40):
        words = prose(number % 15, 120).split()
        cut = words[: chance.randrange(60, 121)] + prose(100 + number, chance.randrange(40)).split()
        docs.append(doc(f"{number:02}", " ".join(cut), hour=number % 24))
    expected = {row["id"]: row for row in dedup_documents(docs)}
    assert sum(bool(row["dup_of"]) for row in expected.values()) > 10
    for _ in range(20):
        chance.shuffle(docs)
        assert {row["id"]: row for row in dedup_documents(docs)} == expected
