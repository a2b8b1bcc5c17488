"""The commands of whoever keeps warta running."""

from warta.pipelines.parsers import Commands


def add_operator_commands(commands: Commands) -> None:
    """Add the operator's commands to the command line."""
