"""What a run costs the machine it runs on."""

import ctypes
import gc
import os
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROC = Path("/proc")

MAPPED_FROM_BYTES = 2**20
"""From 32 MB on in place of 1 MB a run has half the page faults and takes 1 % less CPU, but its heap is in
pieces then: 20,000 pages peaked at 815 MB in place of 690."""
KEPT_BYTES = 64 * 2**20
COLLECT_EVERY = 2_000
"""Objects made and kept between two looks for garbage; Python's own number is 700. Of a run over 3,000 pages
looks took .56 s, most of it five looks at all that Beam's import makes; now one is left of these."""
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
"""Of `mallopt(3)`, from malloc.h."""


def tree_cpu_s() -> float:
    """Return the CPU seconds of this process and all processes below it, ended ones included.

    Reader processes are children of a fork server, which `getrusage` does not see; on systems without
    /proc only this process and its direct children count.
    """
    own = resource.getrusage(resource.RUSAGE_SELF)
    if not PROC.exists():
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        return own.ru_utime + own.ru_stime + ended.ru_utime + ended.ru_stime
    parents, ticks = _processes()
    tree, grown = {os.getpid()}, True
    while grown:
        below = {pid for pid, parent in parents.items() if parent in tree}
        grown = not below <= tree
        tree |= below
    return sum(ticks.get(pid, 0) for pid in tree) / os.sysconf("SC_CLK_TCK")


def peak_rss_mb() -> float:
    """Return the largest resident size that this process had, in MB (Linux counts in kB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def choose_allocator() -> None:
    """Have Arrow use jemalloc on Linux, unless the environment names another; call before it is imported.

    Its own choice, mimalloc, held 58 MB for 1 MB of columns after four slices, and more after each: 20,000
    pages peaked at 693 MB, and at 632 with jemalloc.
    """
    if sys.platform == "linux":
        os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "jemalloc")


@contextmanager
def loading() -> Iterator[None]:
    """Load modules with no look for garbage meanwhile; later looks pass over all that there is by then."""
    gc.disable()
    try:
        yield
    finally:
        gc.collect()
        gc.freeze()
        gc.set_threshold(COLLECT_EVERY, 10, 10)
        gc.enable()


def keep_memory_tidy() -> None:
    """Have the C library return large pieces to the system when they are freed; glibc, others are left alone.

    It raises both limits by itself as a program grows, and then holds on to hundreds of MB of shuffles past.
    """
    tune = getattr(ctypes.CDLL(None), "mallopt", None)
    if tune:
        tune(_M_MMAP_THRESHOLD, MAPPED_FROM_BYTES)
        tune(_M_TRIM_THRESHOLD, KEPT_BYTES)


def release_memory() -> None:
    """Return what was freed in small pieces, too, and what Arrow holds on to of columns past."""
    import pyarrow as pa

    pa.default_memory_pool().release_unused()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim:
        trim(0)


def _processes() -> tuple[dict[int, int], dict[int, int]]:
    """Return parent and clock ticks (own and of waited-for children) of every process, by pid."""
    parents, ticks = {}, {}
    for folder in PROC.iterdir():
        if not folder.name.isdecimal():
            continue
        try:
            # the second field is the command in parentheses, which may hold blanks
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it ended while we looked
            continue
        parents[int(folder.name)] = int(fields[1])
        ticks[int(folder.name)] = sum(int(field) for field in fields[11:15])
    return parents, ticks
