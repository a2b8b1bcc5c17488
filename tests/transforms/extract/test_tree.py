"""From bytes to a tree: decoding, and the pages that are refused."""

import pickle

import pytest

from warta.schemas.outcome import Reason
from warta.transforms.extract.errors import ExtractError
from warta.transforms.extract.tree import MAX_ELEMENTS, MAX_PAGE_BYTES, decode, parse_tree


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        ("kopi – enak".encode(), "text/html; charset=iso-8859-1", "kopi – enak"),
        ("café".encode("cp1252"), "text/html; charset=ISO-8859-1", "café"),
        ("“kopi”".encode("cp1252"), "text/html; charset=latin1", "“kopi”"),
        ("新聞".encode("shift_jis"), "text/html; charset=Shift_JIS", "新聞"),
        ("신문".encode("euc-kr"), "", "신문"),
        ("kopi".encode("utf-16"), "", "kopi"),
        ("café".encode("cp1252"), "text/html; charset=no-such-thing", "café"),
        ("café".encode("cp1252"), "", "café"),
        (b"\xef\xbb\xbfkopi", "", "kopi"),
    ],
    ids=["utf-8 wins", "latin-1 is cp1252", "quotes", "header", "meta", "utf-16", "unknown", "none", "mark"],
)
def test_bytes_become_the_text_that_was_meant(body: bytes, content_type: str, text: str) -> None:
    meta = b'<meta charset="euc-kr">' if text == "신문" else b""
    assert decode(meta + body, content_type).removeprefix(meta.decode()).strip("\ufeff") == text


def test_a_few_broken_bytes_in_utf8_cost_only_themselves() -> None:
    body = b'<meta charset="utf-8">' + "harga naik – lagi – é – ü".encode() + b"\xff."
    assert decode(body).endswith("harga naik – lagi – é – ü\ufffd.")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", Reason.PAGE_EMPTY),
        (b"  \n ", Reason.PAGE_EMPTY),
        (b"only words here", Reason.PAGE_NOT_HTML),
        (b"<div>" * 100_000, Reason.PAGE_TOO_DEEP),
        (b"<p>" + b"kata " * (MAX_PAGE_BYTES // 5), Reason.TOO_LARGE),
        (b"<p>x</p>" * (MAX_ELEMENTS + 1), Reason.TOO_LARGE),
    ],
    ids=["empty", "blank", "no tag", "100,000 levels", "too long", "too many elements"],
)
def test_hostile_pages_end_in_a_reason(body: bytes, reason: Reason) -> None:
    with pytest.raises(ExtractError) as refusal:
        parse_tree(body)
    assert refusal.value.reason is reason


def test_control_characters_and_an_xml_prologue_do_not_stop_the_parser() -> None:
    tree = parse_tree(
        b'<?xml version="1.0" encoding="utf-8"?>\n<html><body><p>Sa\x00tu\x08 dua</p></body></html>'
    )
    assert tree.findtext(".//p") == "Satu dua"


@pytest.mark.parametrize(
    "page",
    [
        "<html><body><p>satu</p></body><div>dua</div></html>",
        "<html><body><p>satu</p></body>dua</html>",
        "<html><body><p>satu</p></body></html><div>dua</div>",
        "<html><body><p>satu</p></body></html><html><body id='b'>dua</body></html>",
        "<html><body><p>satu</p></body><body class='b'>dua</body></html>",
    ],
)
def test_what_stands_behind_a_stray_end_of_the_page_belongs_to_it(page: str) -> None:
    tree = parse_tree(page)
    assert " ".join(tree.find("body").itertext()).split() == ["satu", "dua"]
    assert [node.tag for node in tree.iter("html", "body")] == ["html", "body"]
    assert tree.getnext() is None


def test_an_error_survives_the_way_back_from_a_worker_process() -> None:
    error = pickle.loads(pickle.dumps(ExtractError(Reason.PAGE_TOO_DEEP, "more than 255")))
    assert (error.reason, error.detail) == (Reason.PAGE_TOO_DEEP, "more than 255")
    assert str(error) == "page_too_deep: more than 255"
