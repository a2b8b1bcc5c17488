"""Typed state: what comes back is what was kept, or nothing."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.transforms.store.worlds import entry, feed_state
from warta.schemas.host import HostState
from warta.transforms.store import state
from warta.transforms.store.errors import StateCorrupt


def test_feed_states_come_back_by_url_and_the_later_file_wins(tmp_path: Path) -> None:
    first = state.write_feed_states([feed_state(2), feed_state(1)], str(tmp_path), "a")
    newer = feed_state(1).__class__(feed_state(1).url, etag="new", listed=b"\x00\xff")
    second = state.write_feed_states([newer], str(tmp_path), "b")
    assert state.read_feed_states([first, second]) == {feed_state(2).url: feed_state(2), newer.url: newer}


def test_host_states_keep_instants_to_the_microsecond(tmp_path: Path) -> None:
    host = HostState("kabar.example", datetime(2026, 11, 21, 1, 2, 3, 456789, tzinfo=UTC), robots_status=404)
    path = state.write_host_states([host], str(tmp_path))
    assert state.read_host_states([path]) == {"kabar.example": host}


def test_entries_keep_their_order_and_every_field(tmp_path: Path) -> None:
    entries = [entry(3), entry(1), entry(2)]
    assert state.read_entries([state.write_entries(entries, str(tmp_path))]) == entries


def test_the_same_states_give_the_same_bytes(tmp_path: Path) -> None:
    one = Path(state.write_feed_states([feed_state(1), feed_state(2)], str(tmp_path), "a"))
    other = Path(state.write_feed_states([feed_state(2), feed_state(1)], str(tmp_path), "b"))
    assert one.read_bytes() == other.read_bytes()


def test_an_older_file_gets_defaults_and_a_newer_ones_extra_column_is_ignored(tmp_path: Path) -> None:
    path = str(tmp_path / "hosts.parquet")
    pq.write_table(pa.table({"host": ["a.example"], "mood": ["good"]}), path)
    assert state.read_host_states([path]) == {"a.example": HostState("a.example")}


def spoiled(path: Path, how: str) -> None:
    match how:
        case "cut":
            path.write_bytes(path.read_bytes()[:-9])
        case "empty":
            path.write_bytes(b"")
        case "gone":
            path.unlink()
        case "other":
            pq.write_table(pa.table({"something": [1]}), path)
        case "types":
            pq.write_table(pa.table({"url": [[1]]}), path)


@pytest.mark.parametrize("how", ["cut", "empty", "gone", "other", "types"])
def test_a_spoiled_file_is_named_and_not_trusted(tmp_path: Path, how: str) -> None:
    path = Path(state.write_feed_states([feed_state(1)], str(tmp_path)))
    spoiled(path, how)
    with pytest.raises(StateCorrupt, match=str(path)):
        state.read_feed_states([str(path)])


def test_no_files_are_no_states() -> None:
    assert state.read_feed_states([]) == {}
