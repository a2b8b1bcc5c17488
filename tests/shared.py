"""Where the shared corpora lie: `$WARTA_SHARED`, else the folder `shared` beside the checkout."""

import os
from pathlib import Path

SHARED = Path(os.environ.get("WARTA_SHARED") or Path(__file__).parents[2] / "shared")


def absent(*names: str) -> str:
    """Return what to say when one of these parts of it is missing, else nothing."""
    missing = [name for name in names if not (SHARED / name).exists()]
    return f"no {SHARED / missing[0]}: put it there, or name its folder in $WARTA_SHARED" if missing else ""
