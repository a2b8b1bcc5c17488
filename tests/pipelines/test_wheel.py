"""The wheel, in an environment that knows nothing of the checkout."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UV = Path(sys.executable).with_name("uv")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    tree = folder / "tree"  # setuptools leaves build/ behind: never in the checkout
    files = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.splitlines()
    for name in files:
        if (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            os.link(ROOT / name, tree / name) if os.stat(ROOT).st_dev == os.stat(folder).st_dev else (
                (tree / name).write_bytes((ROOT / name).read_bytes())
            )
    run(
        UV,
        "build",
        "--quiet",
        "--wheel",
        "--no-build-isolation",
        "--python",
        sys.executable,
        "-o",
        folder,
        tree,
    )
    return next(folder.glob("*.whl"))


def run(*command: object, **options: object) -> "subprocess.CompletedProcess[str]":
    words = [str(word) for word in command]
    ended = subprocess.run(words, capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload]
    assert ended.returncode == 0, ended.stderr[-2000:]
    return ended  # type: ignore[no-any-return]


def test_the_wheel_holds_the_rooms_and_their_data_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {name.split("/")[1] for name in names if name.startswith("warta/")} >= {"schemas", "transforms"}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"warta"}
    data = {Path(name).suffix for name in names}
    assert {".toml", ".html", ".md"} <= data


def test_it_runs_the_sample_newsroom_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "venv"
    run(UV, "venv", "--quiet", "--python", sys.executable, environment)
    python = environment / "bin" / "python"
    run(UV, "pip", "install", "--quiet", "--python", python, wheel, "-c", ROOT / "requirements.lock")
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    said = run(
        environment / "bin" / "warta", "sample", "--output", tmp_path / "data", cwd=tmp_path, env=clean
    )
    assert "Kabar Nusa" in said.stdout
    assert list((tmp_path / "data" / "articles").rglob("*.parquet"))
