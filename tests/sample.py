"""The sample newsroom as a user runs it, and what that leaves."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warta import read


def warta(*arguments: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
    """Run the command line in a process of its own; one that ends badly says where, even when it aborts."""
    command = [sys.executable, "-X", "faulthandler", "-m", "warta", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0 or not check, (
        f"{command} ended with {done.returncode}:\n{done.stderr[-5_000:]}"
    )
    return done


@dataclass(frozen=True)
class Sample:
    """What one or more runs over the newsroom left."""

    output: Path
    said: str

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Return all rows of a table; none when it was never written."""
        return list(read(str(self.output), table).to_table().to_pylist())

    def reports(self) -> list[dict[str, Any]]:
        """Return the run reports, oldest first."""
        return [json.loads(path.read_text()) for path in sorted((self.output / "runs").glob("*.json"))]
