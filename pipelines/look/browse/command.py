"""`warta browse`."""

import argparse
import importlib.util
import sys
import webbrowser

from warta.pipelines.options import UsageError
from warta.transforms.store.errors import StoreError

EXIT_DONE, EXIT_FAILED = 0, 1


def browse(args: argparse.Namespace, _: list[str]) -> int:
    """`warta browse DIR`: serve the pages until Ctrl-C."""
    if not 0 <= args.port <= 65535:
        raise UsageError(f"--port {args.port}: must be between 0 (a free one) and 65535")
    if importlib.util.find_spec("duckdb") is None:
        print("warta: browse needs DuckDB: pip install 'warta[browse]'", file=sys.stderr)
        return EXIT_FAILED
    from warta.pipelines.look.browse.dataset import Dataset
    from warta.pipelines.look.browse.server import Server

    try:
        server = Server(Dataset(args.dataset), args.port)
    except StoreError as error:
        print(f"warta: {error}", file=sys.stderr)
        return EXIT_FAILED
    except OSError as error:
        raise UsageError(
            f"--port {args.port}: {error.strerror}; choose another, or 0 for a free one"
        ) from error
    with server:
        print(f"{args.dataset} at {server.url}   Ctrl-C ends", flush=True)
        if not args.no_open:
            webbrowser.open(server.url)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()
    return EXIT_DONE
