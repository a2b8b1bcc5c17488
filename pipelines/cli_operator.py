"""The commands of whoever keeps warta running: parsers only."""

from warta.pipelines.parsers import Commands, add_command


def add_operator_commands(commands: Commands) -> None:
    """Add the operator's commands to the command line."""
    _status(commands)


def _status(commands: Commands) -> None:
    parser = add_command(
        commands,
        "status",
        "warta.pipelines.status:status",
        about="show the last runs, the health of the feeds, what was rejected and why, and the disk used",
        example="""warta status data
        warta status data --json""",
    )
    parser.add_argument("dataset", metavar="DIR", help="dataset folder")
    parser.add_argument(
        "--days", type=int, default=7, metavar="N", help="days of polls to look at (default 7)"
    )
    parser.add_argument("--all", action="store_true", help="show every feed")
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")
