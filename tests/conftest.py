"""A dataset of the sample newsroom, made once by the command a user runs."""

import pytest

from tests.sample import Sample, warta
from tests.shared import absent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out, with a word, the tests whose part of the shared corpora is not here."""
    for item in items:
        for mark in item.iter_markers("corpus"):
            if reason := absent(*mark.args):
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def first_edition(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """The newsroom's first edition, run once."""
    output = tmp_path_factory.mktemp("sample") / "data"
    return Sample(output, warta("sample", "--output", str(output)).stdout)
