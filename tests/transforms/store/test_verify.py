"""Verify finds what is planted; repair mends what can be mended."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.transforms.store.stages import cycle, ids
from tests.transforms.store.worlds import NOON, duplicate, entry, record, rejection
from warta.schemas.outcome import Books, RunReport
from warta.transforms.store.commit import Staging, Store
from warta.transforms.store.errors import StoreError
from warta.transforms.store.files import LocalFiles
from warta.transforms.store.read import read
from warta.transforms.store.repair import repair
from warta.transforms.store.state import read_entries, write_entries
from warta.transforms.store.verify import Fault, Kind, View, verify

QUICK = LocalFiles(durable=False)
BOOKS = Books(announced=8, kept=6, duplicates=1, rejected=1)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    out = tmp_path / "out"
    with Store.open(str(out), owner="test", files=QUICK) as store:
        for number in (1, 2):
            items = [record(number * 10 + one) for one in range(3)]
            staging = cycle(store, f"c{number}", [*items, duplicate(1) if number == 1 else rejection(1)])
            seen = map(entry, range(number * 10, number * 10 + 3))
            index = write_entries(seen, staging.state_dir("index"))
            store.commit(staging, append={"index": [index]})
        store.write_run_report(RunReport("run-1", NOON, NOON, "warta run", "0", BOOKS))
    return out


def one_file(root: Path) -> Path:
    return sorted((root / "articles").rglob("*.parquet"))[0]


def cut_short(root: Path) -> None:
    path = one_file(root)
    path.write_bytes(path.read_bytes()[:-20])


def flip_a_byte(root: Path) -> None:
    path = one_file(root)
    data = bytearray(path.read_bytes())
    data[len(data) // 5] ^= 0xFF
    path.write_bytes(bytes(data))


def lose_a_file(root: Path) -> None:
    one_file(root).unlink()


def add_a_stranger(root: Path) -> None:
    path = one_file(root)
    path.with_name("part-mine.parquet").write_bytes(path.read_bytes())


def leave_a_note(root: Path) -> None:
    (root / "articles" / "README.md").write_text("hello")


def lose_state(root: Path) -> None:
    sorted((root / "state" / "index").iterdir())[0].unlink()


def spoil_state(root: Path) -> None:
    sorted((root / "state" / "index").iterdir())[0].write_bytes(b"PAR1")


def spoil_the_manifest(root: Path) -> None:
    sorted((root / "manifests").iterdir())[-1].write_text('{"format": 1, "number"')


def spoil_the_books(root: Path) -> None:
    path = root / "runs" / "run-1.json"
    path.write_text(path.read_text().replace('"kept": 6', '"kept": 5'))


PLANTED: dict[Callable[[Path], None], Kind] = {
    cut_short: Kind.UNREADABLE,
    flip_a_byte: Kind.UNREADABLE,
    lose_a_file: Kind.MISSING,
    add_a_stranger: Kind.STRAY,
    leave_a_note: Kind.STRAY,
    lose_state: Kind.STATE,
    spoil_state: Kind.STATE,
    spoil_the_manifest: Kind.LOG,
    spoil_the_books: Kind.BOOKS,
}
UNMENDABLE = {spoil_the_books}


def test_a_healthy_dataset_has_no_faults(root: Path) -> None:
    seen = verify(str(root))
    assert seen.faults == ()
    assert (seen.rows["articles"], seen.rows["duplicates"], seen.rows["rejections"]) == (6, 1, 1)


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_a_planted_fault_is_found(root: Path, plant: Callable[[Path], None]) -> None:
    plant(root)
    assert PLANTED[plant] in {fault.kind for fault in verify(str(root)).faults}


@pytest.mark.parametrize("plant", PLANTED.keys() - UNMENDABLE, ids=lambda plant: plant.__name__)
def test_repair_leaves_a_dataset_that_every_reader_opens(root: Path, plant: Callable[[Path], None]) -> None:
    plant(root)
    mended = repair(str(root), owner="test")
    left = {fault.kind for fault in mended.left.faults}
    assert mended.mended
    assert left <= {Kind.BOOKS}  # rows that are gone stay gone, and the run's report says so
    with Store.open(str(root), owner="test", files=QUICK) as store:
        store.commit(cycle(store, "after", [record(99)], run_id="run-2"))
    assert record(99).article.id in ids(root)


@pytest.mark.parametrize("plant", sorted(UNMENDABLE, key=str), ids=lambda plant: plant.__name__)
def test_what_cannot_be_mended_is_said(root: Path, plant: Callable[[Path], None]) -> None:
    plant(root)
    assert {fault.kind for fault in repair(str(root), owner="test").left.faults} >= {PLANTED[plant]}


@pytest.mark.parametrize("plant", [cut_short, lose_state, spoil_the_manifest])
def test_lost_state_is_rebuilt_from_the_rows(root: Path, plant: Callable[[Path], None]) -> None:
    def rebuild(store: Store, staging: Staging) -> dict[str, list[str]]:
        urls = read(store.layout.root).to_table(columns=["url"]).column("url").to_pylist()
        entries = [replace(entry(1), url=url) for url in urls]
        return {"index": [write_entries(entries, staging.state_dir("index"))]}

    plant(root)
    assert repair(str(root), owner="test", rebuild=rebuild).rebuilt_state
    with Store.open(str(root), owner="test", files=QUICK) as store:
        known = {one.url for one in read_entries(store.state_files("index"))}
    assert known == set(read(str(root)).to_table(columns=["url"]).column("url").to_pylist()) != set()


def test_the_same_article_stored_twice_is_found(root: Path) -> None:
    with Store.open(str(root), owner="test", files=QUICK) as store:
        store.commit(cycle(store, "again", [record(11)], run_id="run-2"))
    (fault,) = verify(str(root)).faults
    assert fault.kind == Kind.TWICE
    assert record(11).article.id in fault.detail


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"id": "nonsense"}, "column 'id': 1 values are not 32 hex characters"),
        ({"date": date(2026, 1, 1)}, "1 rows published on another day than their partition"),
    ],
    ids=["id", "day"],
)
def test_rows_that_break_a_promise_are_found(root: Path, changes: dict[str, object], said: str) -> None:
    with Store.open(str(root), owner="test", files=QUICK) as store:
        store.commit(cycle(store, "odd", [record(77, **changes)], run_id="run-2"))
    assert [(fault.kind, fault.detail) for fault in verify(str(root)).faults] == [(Kind.ROWS, said)]


def test_a_revision_is_not_a_double(root: Path) -> None:
    with Store.open(str(root), owner="test", files=QUICK) as store:
        store.commit(cycle(store, "again", [replace(record(11), revision=2)], run_id="run-2"))
    assert verify(str(root)).faults == ()


def test_a_check_from_outside_sees_keys_and_state(root: Path) -> None:
    def index_knows_every_row(view: View) -> list[Fault]:
        known = {one.url for one in read_entries(view.state_files("index"))}
        urls = view.keys["articles"].column("url").to_pylist()
        return [Fault(Kind.STATE, "state/index", f"does not know {url}") for url in urls if url not in known]

    assert verify(str(root), [index_knows_every_row]).faults == ()
    with Store.open(str(root), owner="test", files=QUICK) as store:
        store.commit(cycle(store, "unseen", [record(50)], run_id="run-2"))
    assert [fault.kind for fault in verify(str(root), [index_knows_every_row]).faults] == [Kind.STATE]


def test_a_folder_without_output_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no output here"):
        verify(str(tmp_path))
