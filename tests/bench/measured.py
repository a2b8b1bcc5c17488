"""Run one command and tell what it cost: `python -m tests.bench.measured RESULT COMMAND …`.

Writes to RESULT, as JSON: wall_s, cpu_s (the command and every process below it, daemons and orphans
included) and peak_mb (the largest sum of proportional set sizes seen, looked at every half second).
"""

import ctypes
import json
import os
import resource
import subprocess
import sys
import threading
import time
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36
LOOK_EVERY_S = 0.5


def main() -> int:
    """Run, wait for all that it left behind, write the costs; return the command's exit code."""
    result, *command = sys.argv[1:]
    # orphans, such as the readers of a fork server, become our children: their CPU is counted when we wait
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    over = threading.Event()
    peaks = [0.0]
    watcher = threading.Thread(target=_watch, args=(over, peaks))
    started_s = time.perf_counter()
    process = subprocess.Popen(command)
    watcher.start()
    code = process.wait()
    wall_s = time.perf_counter() - started_s
    over.set()
    watcher.join()
    _wait_for_orphans()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    costs = {"wall_s": wall_s, "cpu_s": used.ru_utime + used.ru_stime, "peak_mb": peaks[0]}
    Path(result).write_text(json.dumps(costs), encoding="utf-8")
    return code


def _wait_for_orphans() -> None:
    while True:
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def _watch(over: threading.Event, peaks: list[float]) -> None:
    while not over.wait(LOOK_EVERY_S):
        peaks[0] = max(peaks[0], sum(_pss_mb(pid) for pid in descendants(os.getpid())))


def descendants(root: int) -> list[int]:
    """Return the processes below `root`, not itself."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:  # it ended while we looked
                continue
            children.setdefault(parent, []).append(int(folder.name))
    found, open_ = [], [root]
    while open_:
        below = children.get(open_.pop(), [])
        found += below
        open_ += below
    return found


def _pss_mb(pid: int) -> float:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0


if __name__ == "__main__":
    raise SystemExit(main())
