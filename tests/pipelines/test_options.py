"""Options: the runner that is meant, and words that nobody knows."""

import pytest

from warta.pipelines.options import BATCH_RUNNER, UsageError, checked_beam_args, runner_of


@pytest.mark.parametrize(
    ("given", "runner"),
    [
        ([], BATCH_RUNNER),
        (["--runner=DirectRunner"], BATCH_RUNNER),
        (["--runner", "directrunner"], BATCH_RUNNER),
        (["--runner=FlinkRunner"], "FlinkRunner"),
        (["--runner", "PrismRunner", "--save_main_session"], "PrismRunner"),
    ],
    ids=str,
)
def test_the_direct_runner_means_the_batch_engine_in_memory(given: list[str], runner: str) -> None:
    assert runner_of(given) == runner
    assert runner_of(checked_beam_args(given)) == runner


def test_beam_options_pass_through_unchanged() -> None:
    given = ("--runner=FlinkRunner", "--flink_master=localhost:8081", "--parallelism=2")
    assert checked_beam_args(given) == given


@pytest.mark.parametrize("given", [["--nonsense"], ["--runner=FlinkRunner", "--paralelism=2"]], ids=str)
def test_a_misspelt_option_is_refused(given: list[str]) -> None:
    with pytest.raises(UsageError, match="unknown option"):
        checked_beam_args(given)
