"""Virtual environments beside the project's own, made on demand under `.cache/`.

What one check needs and nobody else (peers of a benchmark, a cloud's client library, a cluster's jars) stays
out of the lock file: it is large, and its pins would be ours to keep.
"""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

UV = str(Path(sys.executable).with_name("uv"))


class CannotBeMade(Exception):
    """An environment that could not be made; the message is the last word of who tried."""


def environment(home: Path, packages: Sequence[str], made_of: str = "") -> Path:
    """Return the interpreter of an environment at `home`, made anew when it is not of these packages.

    Args:
      packages: what `uv pip install` takes, options included.
      made_of: what else it follows from, such as the text of a `setup.py` among `packages`.

    Raises:
      CannotBeMade: without uv, a registry or room on the disk.
    """
    python, stamp = home / "bin" / "python", home / "installed"
    wanted = "\n".join([*packages, made_of]).rstrip("\n")
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return python
    make = [UV, "venv", "--quiet", "--clear", "--python", sys.executable, str(home)]
    fill = [UV, "pip", "install", "--quiet", "--compile-bytecode", "--python", str(python), *packages]
    try:
        home.parent.mkdir(parents=True, exist_ok=True)
        for command in (make, fill):
            subprocess.run(command, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        told = (getattr(error, "stderr", "") or str(error)).strip().splitlines()[-1]
        raise CannotBeMade(told) from error
    stamp.write_text(wanted, encoding="utf-8")
    return python
