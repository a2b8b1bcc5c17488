"""The recipes of `deploy/RECIPES.md`: find them, run them, write down what they print.

`python -m tests.pipelines.recipes` runs the sample and brings the printed output in the document up to date.
"""

import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.sample import warta

DOCUMENT = Path(__file__).parents[2] / "deploy" / "RECIPES.md"
_BLOCK = re.compile(
    r"^## (?P<name>.+?)$|```python\n(?P<code>.*?)```\n\n```text\n(?P<said>.*?)```", re.M | re.S
)


@dataclass(frozen=True)
class Recipe:
    """One program of the document and the output shown below it."""

    name: str
    code: str
    said: str


def recipes() -> list[Recipe]:
    """Return the recipes in order, named by their heading."""
    found, heading = [], ""
    for block in _BLOCK.finditer(DOCUMENT.read_text(encoding="utf-8")):
        if block["name"]:
            heading = block["name"]
        else:
            number = sum(one.name.startswith(heading) for one in found) + 1
            found.append(Recipe(f"{heading} {number}", block["code"], block["said"]))
    return found


def run(recipe: Recipe, folder: Path) -> str:
    """Run a recipe in the folder that holds `data`; return what it printed, without spaces at line ends."""
    surroundings = os.environ | {"SPARK_LOCAL_IP": "127.0.0.1", "TZ": "UTC", "COLUMNS": "110"}
    done = subprocess.run(
        [sys.executable, "-c", recipe.code],
        cwd=folder,
        env=surroundings,
        capture_output=True,
        text=True,
        timeout=240,
    )
    if done.returncode:
        raise AssertionError(f"{recipe.name} failed:\n{done.stderr}")
    return "".join(line.rstrip() + "\n" for line in done.stdout.rstrip().splitlines())


def main() -> None:
    """Write what the recipes print now into the document."""
    with tempfile.TemporaryDirectory() as folder:
        warta("sample", "--output", f"{folder}/data")
        text = DOCUMENT.read_text(encoding="utf-8")
        for recipe in recipes():
            old = f"```python\n{recipe.code}```\n\n```text\n{recipe.said}```"
            text = text.replace(
                old, f"```python\n{recipe.code}```\n\n```text\n{run(recipe, Path(folder))}```"
            )
            print(f"{recipe.name}: done")
    DOCUMENT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
