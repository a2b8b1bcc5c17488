"""`python -m warta`."""

import sys

from warta.pipelines.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
