"""A local disk: whole files, repeatable moves, exchanged folders."""

from pathlib import Path

import pytest

from warta.transforms.store.errors import StoreError
from warta.transforms.store.files import LocalFiles
from warta.transforms.store.kernel import exchange_names

FILES = LocalFiles(durable=False)


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).write_text(name)
    return tmp_path / "one", tmp_path / "other"


def contents(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def exchange_in_steps(one: str, other: str) -> None:
    FILES._exchange_in_steps(Path(one), Path(other))


@pytest.mark.parametrize("exchange", [FILES.exchange, exchange_in_steps], ids=["kernel", "steps"])
def test_folders_change_places(folders: tuple[Path, Path], exchange) -> None:
    one, other = folders
    exchange(str(one), str(other))
    assert (contents(one), contents(other)) == (["other"], ["one"])


def test_an_exchange_in_steps_goes_on_where_it_was_cut(folders: tuple[Path, Path]) -> None:
    one, other = folders
    other.rename(one.with_name("one.aside"))
    exchange_in_steps(str(one), str(other))
    assert (contents(one), contents(other)) == (["other"], ["one"])


def test_the_kernel_says_when_it_cannot(tmp_path: Path) -> None:
    assert not exchange_names(str(tmp_path / "no"), str(tmp_path / "where"))


def test_a_move_can_be_repeated(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    for _ in range(2):
        FILES.move(str(tmp_path / "a"), str(tmp_path / "deep" / "b"))
    assert (tmp_path / "deep" / "b").read_text() == "x"


def test_a_move_of_nothing_to_nowhere_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"No such file or directory; it vanished while in use"):
        FILES.move(str(tmp_path / "a"), str(tmp_path / "b"))


def test_writing_leaves_no_draft_behind(tmp_path: Path) -> None:
    LocalFiles().write(str(tmp_path / "x.json"), b"{}")
    assert contents(tmp_path) == ["x.json"]


def test_a_linked_file_outlives_its_first_name(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    FILES.link(str(tmp_path / "a"), str(tmp_path / "below" / "b"))
    (tmp_path / "a").unlink()
    assert (tmp_path / "below" / "b").read_text() == "x"


def test_a_missing_folder_is_empty(tmp_path: Path) -> None:
    assert FILES.walk(str(tmp_path / "no")) == []
    assert FILES.names(str(tmp_path / "no")) == []
