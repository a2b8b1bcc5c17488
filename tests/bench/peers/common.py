"""What every peer shares: its options, and names that lead to the loopback world."""

import argparse
import os
import socket
from pathlib import Path
from typing import Any

WORKERS = os.cpu_count() or 1
AT_ONCE = 64
"""Open requests of peers that fetch in one loop."""


def peer_options(about: str, *flags: str) -> argparse.Namespace:
    """Parse the command line of a peer and make its output folder."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--urls", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--output", type=Path, required=True)
    for flag in flags:
        parser.add_argument(flag, action="store_true")
    args = parser.parse_args()
    args.output.mkdir(parents=True, exist_ok=True)
    return args


def read_urls(path: Path) -> list[str]:
    """Return the addresses of a list, in order."""
    return path.read_text(encoding="utf-8").split()


def lead_names_to(port: int) -> None:
    """Have this process find every host at 127.0.0.1:`port`; children that are forked inherit it."""

    def getaddrinfo(*_: Any, **__: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    socket.getaddrinfo = getaddrinfo
