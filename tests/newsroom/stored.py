"""What a run stored of the newsroom, against its ground truth: `python -m tests.newsroom.stored DIR`.

Run it after `warta run` or `warta sample` over an edition; it prints the differences and a line of totals.
"""

import argparse
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds

from warta.newsroom import TruthRow, truth
from warta.transforms.urls import canonical_url

FIELDS = ("title", "authors", "published", "section", "topic", "language", "dateline", "tags")


def stored_rows(folder: Path, table: str) -> list[dict[str, Any]]:
    """Return the rows of one table, partitions included; none when it was never written."""
    root = folder / table
    if not root.is_dir():
        return []
    rows: list[dict[str, Any]] = ds.dataset(root, partitioning="hive").to_table().to_pylist()
    return rows


def newest(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the last revision of each article by its canonical address."""
    latest: dict[str, dict[str, Any]] = {}
    for row in sorted(rows, key=lambda row: row["revision"]):
        latest[row["id"]] = row
    return {canonical_url(row["canonical_url"] or row["url"]): row for row in latest.values()}


def differences(folder: Path, edition: int) -> list[tuple[str, str, str]]:
    """Return (field, key, what) for everything that is not as the truth says."""
    kept = newest(stored_rows(folder, "articles"))
    rejected = {row["url"]: row["reason"] for row in stored_rows(folder, "rejections")}
    duplicates = {canonical_url(row["url"]) for row in stored_rows(folder, "duplicates")}
    found: list[tuple[str, str, str]] = []
    groups: Counter[str] = Counter()
    for row in truth(edition):
        if row.ending == "rejected":
            if rejected.get(row.url) != row.reason:
                found.append(("reason", row.url, f"{rejected.get(row.url)} for {row.reason}"))
            continue
        address = canonical_url(row.canonical_url)
        stored = kept.get(address)
        if stored and row.copy_group:
            groups[row.copy_group] += 1
        if stored:
            found += [(field, row.key, what) for field, what in _wrong(row, stored)]
        elif address not in duplicates:
            found.append(("lost", row.key, row.url))
        elif row.ending == "kept" and not row.copy_group:
            found.append(("duplicate", row.key, "an article of its own was taken for a copy"))
    found += [("copies", group, f"{count} kept for 1") for group, count in groups.items() if count != 1]
    return found


def _wrong(row: TruthRow, stored: dict[str, Any]) -> list[tuple[str, str]]:
    wrong = []
    for name in FIELDS:
        wanted = getattr(row, name)
        value = stored[name]
        value = tuple(value or ()) if isinstance(wanted, tuple) else value or type(wanted)()
        if value != wanted:
            wrong.append((name, f"{value!r} for {wanted!r}"))
    if lost := [part for part in row.paragraphs if part not in stored["text"]]:
        wrong.append(("loss", f"{len(lost)} of {len(row.paragraphs)} on {row.pages} pages: {lost[0][:50]}"))
    if leaks := [part for part in row.residue if part in stored["text"]]:
        wrong.append(("leak", "; ".join(part[:40] for part in leaks[:3])))
    return wrong


def main() -> None:
    """Print the differences between a stored edition and its truth."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--edition", type=int, default=1)
    args = parser.parse_args()
    found = differences(args.folder, args.edition)
    for field, key, what in found:
        print(f"{field:10} {key:45} {what}")
    totals = Counter(field for field, _, _ in found)
    print(f"{len(truth(args.edition))} announced; differences: {dict(totals) or 'none'}")


if __name__ == "__main__":
    main()
