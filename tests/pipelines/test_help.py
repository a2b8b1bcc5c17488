"""Help that teaches: every command has examples that parse, and mistakes are told with what to do."""

import argparse
import re
import shlex
from collections.abc import Iterator

import pytest

from warta.pipelines.cli.main import build_parser, main


def commands(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """Yield every command's parser, sub-commands included."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for sub in action.choices.values():
                yield sub
                yield from commands(sub)


COMMANDS = list(commands(build_parser()))


def examples(parser: argparse.ArgumentParser) -> list[str]:
    return re.findall(r"^  (warta .*)$", parser.epilog or "", re.MULTILINE)


@pytest.mark.parametrize("parser", COMMANDS, ids=lambda parser: parser.prog)
def test_a_command_says_what_it_does_and_shows_an_example_of_itself(parser: argparse.ArgumentParser) -> None:
    assert parser.description
    assert examples(parser)
    assert all(example.startswith(parser.prog) for example in examples(parser))


@pytest.mark.parametrize("example", [one for parser in COMMANDS for one in examples(parser)])
def test_an_example_parses(example: str) -> None:
    words = shlex.split(example.split(" > ")[0].split(" | ")[0])
    args, rest = build_parser().parse_known_args(words[1:])
    assert rest == [] or args.takes_beam_options
    assert args.work


@pytest.mark.parametrize("parser", COMMANDS, ids=lambda parser: parser.prog)
def test_every_option_says_what_it_is_for(parser: argparse.ArgumentParser) -> None:
    options = [action for action in parser._actions if action.option_strings]
    assert [action.option_strings for action in options if not action.help] == []


def test_no_line_of_help_is_wider_than_a_page() -> None:
    for parser in COMMANDS:
        assert max(len(line) for line in parser.format_help().splitlines()) <= 110, parser.prog


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["statos", "data"], "did you mean 'status'?; see `warta --help`"),
        (["completion", "tcsh"], "use one of 'bash', 'zsh', 'fish'; see `warta completion --help`"),
        (["verify"], "the following arguments are required: DIR; see `warta verify --help`"),
        (["verify", "data", "--depth"], "unknown option '--depth' for `warta verify`"),
        (["compact", "data", "--keep-days", "soon"], "invalid int value: 'soon'; see `warta compact --help`"),
    ],
    ids=["command", "choice", "missing", "option", "kind"],
)
def test_a_mistake_is_told_in_one_line_with_what_to_do(
    capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    told = capsys.readouterr().err
    assert left.value.code == 2
    assert said in told
    assert told.startswith("warta")
    assert told.count("\n") == 1
