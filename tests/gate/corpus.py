"""The shared extraction corpus: rows, pages, digest, and which sites are kept aside."""

import gzip
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.shared import SHARED

HELD_ASIDE_QUARTERS = 4
"""One site in four, by hash of its host, is not looked at while developing; its figures stand apart."""

Row = dict[str, Any]


def corpus_dir() -> Path:
    """Return where the corpus lies: $WARTA_SHARED, else `../shared` beside the checkout."""
    return SHARED / "corpus"


def is_present() -> bool:
    """Tell whether the corpus can be read here."""
    return (corpus_dir() / "dev.jsonl").is_file()


def rows() -> list[Row]:
    """Return the ground truth, one row a page."""
    with (corpus_dir() / "dev.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def page(row: Row) -> bytes:
    """Return the bytes of a row's page, unchanged."""
    return gzip.decompress((corpus_dir() / row["file"]).read_bytes())


def digest(ground_truth: list[Row]) -> str:
    """Return 16 hex characters that identify ground truth and pages; floors hold only for them."""
    hashed = hashlib.sha256()
    for row in sorted(ground_truth, key=lambda row: str(row["id"])):
        hashed.update(json.dumps(row, sort_keys=True, ensure_ascii=False).encode())
    return hashed.hexdigest()[:16]


def is_held_aside(row: Row) -> bool:
    """Tell whether a row's site belongs to the quarter that development does not look at."""
    site = str(row["site"]).lower().encode()
    return hashlib.sha256(site).digest()[0] % HELD_ASIDE_QUARTERS == 0


def groups(row: Row) -> Iterator[str]:
    """Yield the names of the groups that a row is counted in."""
    yield "all"
    yield "kept aside" if is_held_aside(row) else "developed on"
    if row["country"] == "ID" or row["lang"] == "id":
        yield "Indonesian"
    yield f"lang {row['lang'] or '?'}"
    yield f"repo {row['source_repo']}"
