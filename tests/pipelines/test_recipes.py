"""Every recipe of the document runs on the sample, and prints what the document shows."""

import importlib.util
import shutil

import pytest

from tests.pipelines.recipes import Recipe, recipes, run
from tests.sample import Sample

ENGINES = ("DuckDB", "Polars", "pandas", "pyarrow", "Spark")


@pytest.mark.parametrize("recipe", recipes(), ids=lambda recipe: recipe.name)
def test_a_recipe_prints_what_the_document_shows(first_edition: Sample, recipe: Recipe) -> None:
    if recipe.name.startswith("Spark"):
        if importlib.util.find_spec("pyspark") is None:
            pytest.skip("no pyspark: pip install pyspark")
        if shutil.which("java") is None:
            pytest.skip("no Java: Spark needs version 17 or later")
    said = run(recipe, first_edition.output.parent)
    assert said == recipe.said, "bring it up to date with `python -m tests.pipelines.recipes`"


def test_there_is_a_recipe_for_each_engine() -> None:
    assert {recipe.name.rpartition(" ")[0] for recipe in recipes()} == set(ENGINES)
    assert all(recipe.said for recipe in recipes())
