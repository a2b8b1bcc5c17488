"""The kept tables of langid's model: what was kept comes back; whatever else lies there does not."""

from pathlib import Path

import numpy as np
import pytest

from warta.transforms.label.langid_cache import cache_path, keep, recall
from warta.transforms.label.langid_model import load_langid

TABLES = {"languages": np.array(["id", "ms"]), "weights": np.arange(4.0)}
NAMES = tuple(TABLES)


def test_kept_tables_come_back_bit_by_bit(tmp_path: Path) -> None:
    keep(tmp_path / "folder" / "kept.npz", TABLES)
    found = recall(tmp_path / "folder" / "kept.npz", NAMES)
    assert found is not None
    assert all(np.array_equal(found[name], table) for name, table in TABLES.items())
    assert [path.name for path in (tmp_path / "folder").iterdir()] == ["kept.npz"]


@pytest.mark.parametrize("spoil", [lambda data: b"", lambda data: b"no archive", lambda data: data[:-60]])
def test_a_damaged_file_counts_as_none(tmp_path: Path, spoil) -> None:
    path = tmp_path / "kept.npz"
    keep(path, TABLES)
    path.write_bytes(spoil(path.read_bytes()))
    assert recall(path, NAMES) is None


def test_a_missing_table_counts_as_none(tmp_path: Path) -> None:
    keep(tmp_path / "kept.npz", TABLES)
    assert recall(tmp_path / "kept.npz", (*NAMES, "prior")) is None


def test_pickled_objects_are_not_read(tmp_path: Path) -> None:
    np.savez(tmp_path / "kept.npz", weights=np.array([{"a": 1}], dtype=object))
    assert recall(tmp_path / "kept.npz", ("weights",)) is None


def test_a_folder_that_cannot_be_made_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    keep(tmp_path / "file" / "kept.npz", TABLES)
    assert recall(tmp_path / "file" / "kept.npz", NAMES) is None


def test_another_source_has_another_place() -> None:
    assert cache_path(b"one model") != cache_path(b"another")


def test_the_model_is_the_same_made_and_recalled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    made, recalled = load_langid(), load_langid()
    assert list(tmp_path.rglob("*.npz"))
    assert made.languages == recalled.languages
    assert np.array_equal(made.weights, recalled.weights)
    assert np.array_equal(made.moves, recalled.moves)
    assert np.array_equal(made.prior, recalled.prior)
