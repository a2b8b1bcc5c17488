"""`python -m warta.newsroom`: serve the sample newsroom until Ctrl-C, to look at it in a browser."""

import argparse
import threading

from warta.newsroom import EDITIONS, serve


def main() -> None:
    """Serve one edition and say how to reach it."""
    parser = argparse.ArgumentParser(prog="python -m warta.newsroom", description=main.__doc__)
    parser.add_argument("--edition", type=int, default=1, choices=sorted(EDITIONS))
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one (default)")
    args = parser.parse_args()
    with serve(args.edition, args.port) as room:
        address = f"127.0.0.1:{room.port}"
        print(f"edition {args.edition} on {address}; stop with Ctrl-C", flush=True)
        print(f"  curl --connect-to ::{address} http://www.kabarnusa.test/rss")
        print(f'  chromium --host-resolver-rules="MAP *.test:80 {address}" http://www.kabarnusa.test/')
        print(f"  warta run --feeds {room.feeds_file} --output data \\")
        print(f"    --allow-network 127.0.0.0/8 --connect-to '*.test={address}'", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print("closed")


if __name__ == "__main__":
    main()
