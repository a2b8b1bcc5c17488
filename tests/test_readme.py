"""The README shows what the program prints: outputs are made anew and compared."""

import re
from pathlib import Path

import duckdb
import pytest

from tests.sample import Sample
from warta.pipelines.cli.main import build_parser

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
VARYING = re.compile(r"run \S+|[\d.]+ s, .*received|data: .*|page: .*|\S+\.json|\s+")
"""Run ids, times, sizes and places differ between runs; the rest must not."""


def shown(label: str, language: str) -> str:
    found = re.search(rf"<!-- {label} -->\n```{language}\n(.*?)```", README, re.DOTALL)
    assert found, f"README.md has no block {label!r}"
    return found[1]


def test_the_sample_run_prints_what_the_readme_shows(first_edition: Sample) -> None:
    assert (
        VARYING.sub(" ", shown("output: sample", "text")).split()
        == VARYING.sub(" ", first_edition.said).split()
    )


def test_the_query_answers_what_the_readme_shows(
    first_edition: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(first_edition.output.parent)
    assert str(duckdb.sql(shown("query: sample", "sql"))).split() == shown("output: query", "text").split()


def test_every_command_it_names_exists() -> None:
    named = set(re.findall(r"`?warta ([a-z]+)", README)) - {"turns", "runs"}
    (commands,) = [a for a in build_parser()._actions if a.dest == "command"]
    assert named <= set(commands.choices or ()), named - set(commands.choices or ())
