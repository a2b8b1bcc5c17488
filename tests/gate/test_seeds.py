"""The five seed texts, as plain text and as pages: every expected paragraph stays, no residue does."""

import json
import re
from datetime import datetime
from typing import Any

import pytest

from tests.shared import SHARED
from warta.pipelines.stages import extract_row
from warta.transforms.text import paragraphs

EXPECTED = SHARED / "seeds" / "expected.jsonl"
ROWS = [json.loads(line) for line in EXPECTED.read_text().splitlines()] if EXPECTED.exists() else []

pytestmark = pytest.mark.corpus("seeds")
PAGE = """<html lang="id"><head><title>{title} - Situs Berita</title></head><body>
<nav><a href="/">Beranda</a> <a href="/news">News</a></nav>
<article><h1>{title}</h1>{body}</article>
<aside><h3>Terpopuler</h3><ul>{popular}</ul></aside><footer>Hak cipta</footer></body></html>"""
POPULAR = "".join(
    f'<li><a href="/b/{n}">Berita terpopuler nomor {n} pada hari ini</a></li>' for n in range(6)
)


def extracted(row: dict[str, Any], *, as_page: bool) -> dict[str, Any]:
    text = (SHARED / "seeds" / row["file"]).read_text()
    given: dict[str, Any] = {
        "id": row["file"],
        "url": f"http://{row.get('url_host') or 'situs.test'}/a",
        "text": text,
    }
    if as_page:
        body = "".join(f"<p>{line}</p>" for line in re.split(r"\n+", text) if line)
        del given["text"]
        given["html"] = PAGE.format(title=row["title"] or "", body=body, popular=POPULAR)
    return extract_row(given)


@pytest.mark.parametrize("as_page", [False, True], ids=["text", "page"])
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["file"][:3])
def test_the_body_stays_and_the_residue_goes(row: dict[str, Any], as_page: bool) -> None:
    found = extracted(row, as_page=as_page)
    kept = paragraphs(found["text"])
    assert [part for part in row["body"] if " ".join(part.split()) not in kept] == []
    assert [string for string in row["residue"] if string in found["text"]] == []


@pytest.mark.parametrize(
    "name", ["title", "publisher", "dateline", "authors", "editors", "published", "section"]
)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["file"][:3])
def test_fields_come_out_of_plain_text_where_it_has_them(row: dict[str, Any], name: str) -> None:
    if not row.get(name):
        return  # the text does not say: nothing to find
    found = extracted(row, as_page=False)[name]
    if name == "published":
        assert datetime.fromisoformat(found) == datetime.fromisoformat(row[name])
    else:
        assert found == row[name]
