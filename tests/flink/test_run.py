"""The comparison itself, and what is said where an engine cannot be had."""

from pathlib import Path

import pytest

from tests.flink.programs import Missing, flink_job_server
from tests.flink.run import rows, same

ROW = ("articles", "a" * 32, 0)


def test_what_to_install_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Missing, match="no `java` on the path: install Java 17"):
        flink_job_server()


def test_equal_rows_are_the_same() -> None:
    assert same({ROW}, {ROW})


@pytest.mark.parametrize(
    ("found", "said"), [(set(), "missing"), ({ROW, ("articles", "b" * 32, 0)}, "other")], ids=["less", "more"]
)
def test_a_row_too_few_or_too_many_is_shown(
    found: set[tuple[object, ...]], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not same({ROW}, found)
    assert said in capsys.readouterr().out


def test_an_output_without_data_has_no_rows(tmp_path: Path) -> None:
    assert rows(tmp_path / "nothing") == set()
