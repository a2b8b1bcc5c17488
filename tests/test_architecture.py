"""The rules of the house: who may know whom, checked on the imports themselves."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("schemas", "transforms", "pipelines")
LEAVES = {f"warta.transforms.{name}" for name in ("text", "urls", "dates", "windows", "outline")}
OUTSIDE = {
    "fetch": {"aiohttp", "protego", "pebble", "yarl", "multidict"},
    "parse": {"feedparser", "lxml"},
    "extract": {"trafilatura", "lxml"},
    "clean": {"lxml"},
    "label": {"langid", "numpy"},
    "dedup": {"numpy"},
    "store": {"pyarrow", "warcio"},
}
"""What each folder may take from outside; lxml comes with trafilatura, numpy with pyarrow and Beam,
yarl and multidict with aiohttp."""
STANDARD = set(__import__("sys").stdlib_module_names)


def modules(folder: str) -> list[Path]:
    return sorted(path for path in (ROOT / folder).rglob("*.py") if "__pycache__" not in path.parts)


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""


def room_of(path: Path) -> str:
    return path.relative_to(ROOT / "transforms").parts[0]


TRANSFORMS = [path for path in modules("transforms") if path.parent != ROOT / "transforms"]


@pytest.mark.parametrize("path", modules("schemas"), ids=lambda path: path.name)
def test_schemas_know_the_standard_library_and_pyarrow_for_tables(path: Path) -> None:
    allowed = STANDARD | ({"pyarrow"} if path.name == "tables.py" else set())
    strangers = {
        name
        for name in imports(path)
        if name.split(".")[0] not in allowed and not name.startswith("warta.schemas")
    }
    assert not strangers


@pytest.mark.parametrize("path", TRANSFORMS, ids=lambda path: f"{room_of(path)}-{path.stem}")
def test_rooms_do_not_import_each_other(path: Path) -> None:
    own = f"warta.transforms.{room_of(path)}"
    strangers = {
        name
        for name in imports(path)
        if name.startswith("warta.")
        and not name.startswith(("warta.schemas", own))
        and name not in LEAVES | {"warta.transforms"}
    }
    assert not strangers


@pytest.mark.parametrize("path", TRANSFORMS, ids=lambda path: f"{room_of(path)}-{path.stem}")
def test_each_room_has_its_own_outside_library(path: Path) -> None:
    allowed = STANDARD | OUTSIDE[room_of(path)] | {"warta"}
    if path.name == "beam.py" or room_of(path) in ("store", "dedup"):  # Beam's filesystems carry the files
        allowed |= {"apache_beam"}
    assert {name.split(".")[0] for name in imports(path)} <= allowed


@pytest.mark.parametrize("path", modules("transforms") + modules("schemas"), ids=str)
def test_nobody_imports_pipelines(path: Path) -> None:
    assert not [name for name in imports(path) if name.startswith("warta.pipelines")]


@pytest.mark.parametrize("path", sorted(ROOT.glob("transforms/*/beam.py")), ids=lambda path: path.parent.name)
def test_beam_files_keep_their_annotations_real(path: Path) -> None:
    """Postponed annotations silently turn Beam's construction-time type checks off."""
    assert "__future__" not in set(imports(path))


@pytest.mark.parametrize("folder", sorted({path.parent for room in ROOMS for path in modules(room)}), ids=str)
def test_every_room_has_its_card(folder: Path) -> None:
    card = folder / "__init__.py"
    assert card.is_file()
    assert ast.get_docstring(ast.parse(card.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", [path for room in ROOMS for path in modules(room)], ids=str)
def test_files_stay_small(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400
