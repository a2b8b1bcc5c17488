"""A dataset of the sample newsroom, made once by the command a user runs."""

import pytest

from tests.sample import Sample, warta


@pytest.fixture(scope="session")
def first_edition(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """The newsroom's first edition, run once."""
    output = tmp_path_factory.mktemp("sample") / "data"
    return Sample(output, warta("sample", "--output", str(output)).stdout)
