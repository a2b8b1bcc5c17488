"""The command line of the stream: parser only."""

from warta.pipelines.cli.parsers import Commands, add_command
from warta.pipelines.options import add_run_arguments

DEFAULT_INTERVAL = "5m"


def add_stream_command(commands: Commands) -> None:
    """Add `warta stream` to the command line."""
    parser = add_command(
        commands,
        "stream",
        "warta.pipelines.stream.loop:stream",
        about="go on for ever: poll each feed when it is due, store what is new, until you stop it",
        example="""warta stream --feeds deploy/feeds/indonesia.toml --output data
        warta stream --feeds deploy/feeds/indonesia.toml --output data --interval 10m --log-json
        warta stream --feeds feeds.toml --output data --runner=PrismRunner --prism_location=./prism""",
        takes_beam_options=True,
    )
    parser.add_argument(
        "--interval",
        default=DEFAULT_INTERVAL,
        metavar="TIME",
        help="how often a healthy feed is polled, such as 30s, 5m or 1h (default 5m); servers that say how "
        "long nothing new is to be had are believed",
    )
    parser.add_argument(
        "--keep-days", type=int, metavar="N", help="forget partitions older than N days while tidying up"
    )
    parser.add_argument(
        "--windows", type=int, metavar="N", help="with --runner: end after N windows of an interval each"
    )
    add_run_arguments(parser)
