"""The commands of whoever keeps warta running: parsers only."""

from warta.pipelines.cli.parsers import Commands, Parser, add_command
from warta.pipelines.options import add_network_arguments


def add_operator_commands(commands: Commands) -> None:
    """Add the operator's commands to the command line."""
    _status(commands)
    _feeds(commands)
    _doctor(commands)
    _completion(commands)


def _status(commands: Commands) -> None:
    parser = add_command(
        commands,
        "status",
        "warta.pipelines.look.status:status",
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


def _feeds(commands: Commands) -> None:
    feeds = add_command(
        commands,
        "feeds",
        "",
        about="check the feeds of a list, find those of a site, bring lists over from elsewhere",
        example="""warta feeds check deploy/feeds/indonesia.toml
        warta feeds discover https://www.example.com""",
    )
    actions: Commands = feeds.add_subparsers(dest="action", metavar="ACTION", required=True)
    check = add_command(
        actions,
        "check",
        "warta.pipelines.feeds.commands:check",
        about="fetch each feed of a list once: does it work, is it fresh; exit code 1 when some fail",
        example="""warta feeds check deploy/feeds/indonesia.toml
        warta feeds check feeds.toml --json""",
    )
    check.add_argument("file", metavar="FILE", help="feed list: .toml, .txt or .opml")
    check.add_argument("--json", action="store_true", help="print one JSON object a feed, for programs")
    _manners(check)
    discover = add_command(
        actions,
        "discover",
        "warta.pipelines.feeds.commands:discover",
        about="find the feeds of a site from its homepage, and try each",
        example="warta feeds discover https://www.example.com -o feeds.toml",
    )
    discover.add_argument("url", metavar="URL", help="homepage of the site")
    _list_output(discover)
    _manners(discover)
    import_ = add_command(
        actions,
        "import",
        "warta.pipelines.feeds.commands:import_",
        about="turn the OPML export of a feed reader into a feed list; nothing is fetched",
        example="""warta feeds import subscriptions.opml -o feeds.toml
        warta feeds import subscriptions.opml""",
    )
    import_.add_argument("file", metavar="FILE", help="a list in another form: .opml or .txt")
    _list_output(import_)


def _list_output(parser: Parser) -> None:
    parser.add_argument("-o", "--output", metavar="FILE.toml", help="write the list there")
    parser.add_argument("--force", action="store_true", help="replace FILE.toml when it is there already")


def _manners(parser: Parser) -> None:
    parser.add_argument(
        "--min-delay-s",
        type=float,
        default=1.0,
        metavar="S",
        help="least seconds between two requests to one host (default 1)",
    )
    add_network_arguments(parser)


def _doctor(commands: Commands) -> None:
    parser = add_command(
        commands,
        "doctor",
        "warta.pipelines.look.doctor:doctor",
        about="check whether a run can work on this machine; exit code 1 when something blocks it",
        example="""warta doctor data
        warta doctor data --feeds deploy/feeds/indonesia.toml""",
    )
    parser.add_argument(
        "dataset",
        nargs="?",
        default="data",
        metavar="DIR",
        help="dataset folder, there or not (default data)",
    )
    parser.add_argument("--feeds", metavar="FILE", help="feed list whose first host is asked, once")
    add_network_arguments(parser)


def _completion(commands: Commands) -> None:
    parser = add_command(
        commands,
        "completion",
        "warta.pipelines.cli.completion:completion",
        about="print a script that teaches a shell to complete warta's commands and options",
        example="""warta completion bash > ~/.local/share/bash-completion/completions/warta
        warta completion zsh > ~/.zfunc/_warta
        warta completion fish > ~/.config/fish/completions/warta.fish""",
    )
    parser.add_argument("shell", choices=("bash", "zsh", "fish"))
