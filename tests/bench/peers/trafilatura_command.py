"""The trafilatura command on a list of addresses: one JSON file an article, no pause between requests."""

import sys
from contextlib import suppress
from pathlib import Path

import trafilatura
from common import WORKERS, lead_names_to, peer_options
from trafilatura.cli import main as command


def main() -> None:
    """Run `trafilatura --input-file … --json --with-metadata`."""
    args = peer_options(__doc__ or "")
    lead_names_to(args.port)
    config = (Path(trafilatura.__file__).parent / "settings.cfg").read_text(encoding="utf-8")
    config = config.replace("SLEEP_TIME = 5.0", "SLEEP_TIME = 0").replace(
        "SSRF_PROTECTION = on", "SSRF_PROTECTION = off"
    )
    config_file = args.output.with_suffix(".cfg")
    config_file.write_text(config, encoding="utf-8")
    sys.argv = ["trafilatura", "--input-file", str(args.urls), "--output-dir", str(args.output), "--json"]
    sys.argv += ["--with-metadata", "--no-comments", "--parallel", str(WORKERS)]
    sys.argv += ["--config-file", str(config_file)]
    with suppress(SystemExit):  # it says so when any page had no text
        command()
    print(f"{sum(1 for _ in args.output.rglob('*.json'))} rows")


if __name__ == "__main__":
    main()
