"""Cycles in processes that are replaced from time to time: the parent's side.

Beam's in-memory engine keeps about 1 MB of every pipeline it ran, so a process that ran for ever would grow
for ever. The parent imports no Beam; it holds the output's lock, which its processes share.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe
from typing import Any

from warta.pipelines.options import Settings
from warta.pipelines.process.logs import Voice
from warta.schemas.outcome import RunReport
from warta.transforms.store.lock import Share

MODULE = "warta.pipelines.stream.cycle_process"
RECYCLE_AFTER = 50
"""Cycles of one process. It grows by 1 MB a cycle and costs 3 CPU-s to start: 50 MB against .06 CPU-s."""
STOP_S = 8.0
"""What a cycle gets to settle and commit after a stop was asked for. Then it is dropped, which costs nothing
but its work: the store shows all of a cycle or none of it."""
PATIENCE_S = 600.0
"""Beyond its own deadline, the time after which a cycle is taken for hung."""
LOOK_S = 0.1
LEAVE_S = 5.0


class CycleFailed(Exception):
    """A cycle ended without a commit. What was committed before is intact; its work is due again."""


@dataclass(frozen=True)
class Finished:
    """A cycle that was committed."""

    report: RunReport
    rss_mb: float
    """Resident size of the process that ran it."""


class Cycles:
    """Runs cycles one after the other, each process a limited number of them. Close it at the end.

    Args:
      voice: how much the processes say.
      command: what the run reports name.
      shared: the output's lock, from `lock.share`.
      stopped: True once somebody asked for the end.
    """

    def __init__(
        self,
        voice: Voice,
        command: str,
        shared: Share,
        *,
        stopped: Callable[[], bool],
        recycle_after: int = RECYCLE_AFTER,
    ) -> None:
        self._begin = (voice, command, shared)
        self._shared = shared
        self._stopped = stopped
        self._recycle_after = recycle_after
        self._process: subprocess.Popen[bytes] | None = None
        self._link: Connection[Any, Any] | None = None
        self._ran = 0

    def run(self, settings: Settings) -> Finished:
        """Run one cycle and return what it did.

        Raises:
          CycleFailed: when it was not committed.
        """
        if self._ran >= self._recycle_after:
            self.close()
        self._ran += 1
        finished = self._ask(("cycle", settings), (settings.max_run_s or 0.0) + PATIENCE_S)
        assert isinstance(finished, Finished)
        return finished

    def tidy(self, settings: Settings, keep_days: int | None) -> str:
        """Join small files and forget what is old; return what was done in one line."""
        return str(self._ask(("tidy", (settings, keep_days)), PATIENCE_S))

    def close(self) -> None:
        """End the process in order."""
        if self._process is None:
            return
        with suppress(OSError, ValueError):
            self._send(("end", None))
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(LEAVE_S)
        self._kill()

    def _ask(self, order: tuple[str, Any], patience_s: float) -> Any:
        if self._process is None:
            self._start()
        assert self._link is not None
        try:
            self._send(order)
            self._await(patience_s)
            answer = self._link.recv()
        except (EOFError, OSError) as error:
            self._kill()
            raise CycleFailed("the process that ran the cycle died; its work is due again") from error
        if isinstance(answer, Exception):
            raise CycleFailed(str(answer))
        return answer

    def _await(self, patience_s: float) -> None:
        """Wait for the answer; on a stop, for no longer than `STOP_S`."""
        assert self._link is not None
        ends, asked = time.monotonic() + patience_s, False
        while not self._link.poll(LOOK_S):
            if self._stopped() and not asked:
                self._send(("stop", None))
                ends, asked = time.monotonic() + STOP_S, True
            if time.monotonic() >= ends:
                self._kill()
                why = "was dropped to stop in time" if asked else f"gave no answer for {patience_s:.0f} s"
                raise CycleFailed(f"the cycle {why}; its work is due again")

    def _send(self, order: tuple[str, Any]) -> None:
        assert self._link is not None
        self._link.send(order)

    def _start(self) -> None:
        self._link, theirs = Pipe()
        passed = [theirs.fileno(), *([self._shared.fd] if self._shared.fd >= 0 else [])]
        self._process = subprocess.Popen(
            [sys.executable, "-m", MODULE, *map(str, passed)],
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr.fileno() if _has_fileno(sys.stderr) else subprocess.DEVNULL,
            pass_fds=passed,
            start_new_session=True,  # a terminal's Ctrl-C is the parent's business
        )
        theirs.close()
        self._ran = 0
        self._send(("begin", self._begin))

    def _kill(self) -> None:
        """Leave nothing of the process and of its readers, who share its group."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        if self._link is not None:
            self._link.close()
        self._process = self._link = None
        self._ran = 0


def _has_fileno(stream: Any) -> bool:
    try:
        stream.fileno()
    except (OSError, AttributeError, ValueError):
        return False
    return True
