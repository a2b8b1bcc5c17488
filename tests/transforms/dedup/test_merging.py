import random
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.transforms.dedup.conftest import FIRST_DAY, prose
from tests.transforms.dedup.test_index import record, together
from warta.transforms.dedup import merging
from warta.transforms.dedup.index import PRINTS, URLS, Index, IndexFiles, write_segment
from warta.transforms.dedup.merging import compact_index, due_runs, merge_segments, rows_of_stored
from warta.transforms.dedup.model import IndexRow, Kind
from warta.transforms.dedup.near import fingerprint, samples_of
from warta.transforms.text import digest
from warta.transforms.urls import article_id


def answers(files: IndexFiles, names: list[str], texts: list[str]) -> tuple[object, ...]:
    """Return all that an index says of some names and texts."""
    index = Index(files)
    keys = [digest(name) for name in names]
    prints = [samples_of(fingerprint(text)) for text in texts]
    near = [(place, row.key, shared) for place, row, shared in index.near(prints, [FIRST_DAY] * len(texts))]
    return index.known(keys), index.by_content(digest("content", text) for text in texts), near


def history(index_dir: str, cycles: int = 8) -> tuple[dict[str, list[str]], list[str], list[str]]:
    """Write cycles of records, revisions, copies and rejections; return files, names and texts."""
    chance = random.Random(1)
    names = [f"n{number}" for number in range(120)]
    texts = [prose(number, 60) for number in range(90)]
    parts = []
    for cycle in range(cycles):
        rows = [
            record(name, text=chance.choice(texts), revision=cycle + 1, publisher=f"P{chance.randrange(5)}")
            for name in chance.sample(names[:80], 25)
        ]
        rows += [IndexRow(digest(name), Kind.COPY, target=digest("n1")) for name in names[80 + cycle : 90]]
        rows += [IndexRow(digest(names[100 + cycle]), Kind.REJECTED, digest="gone", feed_url="f")]
        parts.append(write_segment(rows, index_dir, f"c{cycle}"))
    return together(*parts), names, texts


@pytest.mark.parametrize("slice_rows", [1 << 20, 40], ids=["one slice", "many slices"])
def test_merging_changes_no_answer(index_dir: str, monkeypatch: pytest.MonkeyPatch, slice_rows: int) -> None:
    monkeypatch.setattr(merging, "SLICE_ROWS", slice_rows)
    files, names, texts = history(index_dir)
    merged = merge_segments(files, index_dir, "m")
    assert {name: len(paths) for name, paths in merged.items()} == {URLS: 1, PRINTS: 1}
    before, after = answers(files, names, texts), answers(merged, names, texts)
    assert after[:2] == before[:2]
    stale = set(before[2]) - set(after[2])  # fingerprints of texts that revisions replaced
    assert set(after[2]) <= set(before[2])
    current = {row.key: row.content_hash for row in before[0].values() if row.kind is Kind.RECORD}
    assert not any(current[key] == digest("content", texts[place]) for place, key, _ in stale)


def test_merging_in_steps_equals_merging_at_once(index_dir: str) -> None:
    files, names, texts = history(index_dir)
    halves = [
        merge_segments({name: paths[part] for name, paths in files.items()}, index_dir, f"h{number}")
        for number, part in enumerate((slice(4), slice(4, None)))
    ]
    stepwise = merge_segments(together(*halves), index_dir, "h")
    at_once = merge_segments(files, index_dir, "m")
    assert answers(stepwise, names, texts) == answers(at_once, names, texts)


def test_the_same_segments_merge_to_the_same_bytes(index_dir: str) -> None:
    files, _, _ = history(index_dir)
    for name in (URLS, PRINTS):
        one = merge_segments(files, index_dir, "one")[name][0]
        other = merge_segments(files, index_dir, "other")[name][0]
        assert Path(one).read_bytes() == Path(other).read_bytes()


def test_small_segments_are_merged_when_enough_of_them_lie_together(index_dir: str) -> None:
    files, names, texts = history(index_dir)
    changed = compact_index(files, index_dir, "k", FIRST_DAY)
    assert [len(changed[name]) for name in (URLS, PRINTS)] == [1, 1]
    assert answers({**files, **changed}, names, texts)[0] == answers(files, names, texts)[0]
    assert compact_index(changed, index_dir, "k2", FIRST_DAY) == {}


def test_fingerprints_leave_after_the_window_and_addresses_stay(index_dir: str) -> None:
    old = write_segment([record("a", text=prose(1))], index_dir, "c1")
    new = write_segment([record("b", text=prose(2), day=FIRST_DAY + timedelta(40))], index_dir, "c2")
    changed = compact_index(together(old, new), index_dir, "k", FIRST_DAY + timedelta(40))
    assert changed == {PRINTS: new[PRINTS]}


def test_an_old_article_is_remembered_from_its_fetch_on(index_dir: str) -> None:
    old = replace(record("a", text=prose(1)), seen=FIRST_DAY + timedelta(100))
    files = write_segment([old], index_dir, "c1")
    assert compact_index(files, index_dir, "k", FIRST_DAY + timedelta(130)) == {}
    assert compact_index(files, index_dir, "k", FIRST_DAY + timedelta(131)) == {PRINTS: []}


def test_expired_documents_leave_merged_segments(index_dir: str) -> None:
    rows = [record(f"d{n}", text=prose(n), day=FIRST_DAY + timedelta(n)) for n in range(12)]
    files = together(*(write_segment([row], index_dir, f"c{n}") for n, row in enumerate(rows)))
    merged = merge_segments(files, index_dir, "m", horizon=(FIRST_DAY - date(1970, 1, 1)).days + 6)
    index = Index(merged)
    days = [row.day for row in rows]
    found = index.near([samples_of(row.fingerprint) for row in rows], days)
    assert [place for place, _, _ in found] == list(range(6, 12))
    gone = merge_segments({PRINTS: files[PRINTS][:2]}, index_dir, "gone", horizon=30_000)
    assert gone == {PRINTS: []}


def test_few_segments_remain_after_many_cycles() -> None:
    sizes: list[int] = []
    for cycle in range(5_000):
        sizes.append(1_500 + 37 * (cycle % 29))
        for start, end in due_runs(sizes):
            sizes[start:end] = [sum(sizes[start:end])]
        assert len(sizes) <= 30
    assert sum(sizes) > 9_000_000


def test_the_index_can_be_rebuilt_from_stored_rows(index_dir: str) -> None:
    text = prose(1)
    article = {
        "id": digest("a"),
        "url": "https://kabar.test/a",
        "text": text,
        "content_hash": digest("content", text),
        "revision": 2,
        "date": FIRST_DAY,
        "topic": "politics",
        "publisher": "Kabar",
    }
    older = article | {"revision": 1, "text": "dulu", "content_hash": digest("content", "dulu")}
    copy = {"url": "https://pos.test/b", "dup_of": digest("a")}
    gone = {"url_id": digest("gone")}
    feed = {"url_id": ""}
    rows = list(rows_of_stored([article, older], [copy, {"url": "::", "dup_of": digest("a")}], [gone, feed]))
    index = Index(write_segment(rows, index_dir, "r"))
    addresses = [article_id("https://kabar.test/a"), article_id("https://pos.test/b"), digest("gone")]
    known = index.known([digest("a"), *addresses])
    assert [known[key].kind for key in (digest("a"), *addresses)] == [
        Kind.RECORD,
        Kind.ADDRESS,
        Kind.COPY,
        Kind.REJECTED,
    ]
    assert (known[digest("a")].revision, known[digest("a")].content_hash) == (2, article["content_hash"])
    assert [row.key for _, row, _ in index.near([samples_of(fingerprint(text))], [FIRST_DAY])] == [
        digest("a")
    ]
