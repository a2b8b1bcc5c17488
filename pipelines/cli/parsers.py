"""Building blocks of the command line: a parser that says what to do, and one way to add a command."""

import argparse
import difflib
import re
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction["Parser"]
else:
    Commands = argparse._SubParsersAction

_WRONG_CHOICE = re.compile(r"argument ([^:]*): invalid choice: '([^']*)' \(choose from ([^)]*)\)")


class Parser(argparse.ArgumentParser):
    """An argument parser that keeps examples as written, and says what to do about a mistake."""

    def __init__(self, **kwargs: object) -> None:
        kwargs.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        kwargs.setdefault("allow_abbrev", False)
        super().__init__(**kwargs)  # type: ignore[arg-type]

    def error(self, message: str) -> NoReturn:
        """Leave with exit code 2, saying what is wrong and what to do, and nothing else."""
        wrong = _WRONG_CHOICE.search(message)
        if wrong:
            near = difflib.get_close_matches(wrong[2], re.findall(r"[\w.-]+", wrong[3]), n=1)
            advice = f"did you mean {near[0]!r}?" if near else f"use one of {wrong[3]}"
            message = f"{wrong[1].lower()} {wrong[2]!r}: no such thing; {advice}"
        self.exit(2, f"{self.prog}: {message}; see `{self.prog} --help`\n")


def add_command(
    commands: Commands,
    name: str,
    work: str,
    *,
    about: str,
    example: str,
    takes_beam_options: bool = False,
) -> Parser:
    """Add a command.

    Args:
      work: "module:function" that is imported when the command is called.
      about: one line for the list of commands.
      example: one or more command lines; a test parses each of them.
      takes_beam_options: whether unknown options are Beam's own.
    """
    examples = "".join(f"\n  {line.strip()}" for line in example.strip().splitlines())
    title = "examples" if examples.count("\n") > 1 else "example"
    parser = commands.add_parser(
        name, help=about, description=about[0].upper() + about[1:] + ".", epilog=f"{title}:{examples}"
    )
    parser.set_defaults(work=work, takes_beam_options=takes_beam_options)
    return parser
