"""Kill a writer at random moments, look with every reader, finish, compare with an undisturbed run.

    python -m tests.chaos.run --kills 200

Prints what was killed where, how many looks the readers took and what they found; exits 1 on any loss,
doubling or unreadable moment.
"""

import argparse
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import duckdb

from tests.chaos.outcome import Outcome, moment, report
from tests.chaos.readers import Watch
from tests.chaos.work import DONE, work
from warta.schemas.tables import TABLES
from warta.transforms.store.verify import verify

STEPS_BEFORE_DEATH = 12
"""Most steps (a cycle begun, a manifest published) that a process lives to tell; the first life of a step
includes mending what the death before left behind."""


def chaos(folder: Path, *, kills: int, cycles: int, seed: int) -> Outcome:
    """Interrupt the work `kills` times; return what was seen.

    Args:
      folder: scratch space.
      kills: `kill -9`s that hit a live process.
      cycles: work to do in all; what the kills leave undone a last, undisturbed process does.
      seed: of the moments; the machine's own timing stays random.
    """
    chance = random.Random(seed)
    root = folder / "disturbed"
    outcome = Outcome()
    watch = Watch(root)
    while outcome.kills < kills:
        if _interrupted(root, cycles, chance, watch):
            outcome.kills += 1
            outcome.moments[moment(root)] += 1
            watch.look(busy=False)
        elif outcome.kills < kills:  # it was done before the kill: start over
            _compare(root, folder, cycles, outcome, watch)
            shutil.rmtree(root)
    work(str(root), cycles)
    _compare(root, folder, cycles, outcome, watch)
    outcome.add_watch(watch)
    return outcome


def _interrupted(root: Path, cycles: int, chance: random.Random, watch: Watch) -> bool:
    """Start the work, look at it while it runs, kill it; False when it was faster than the kill."""
    command = [sys.executable, "-m", "tests.chaos.work", str(root), str(cycles)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        killed = threading.Event()
        looker = threading.Thread(target=_look_until, args=(killed, watch))
        looker.start()
        try:
            if _await_moment(child, chance):
                child.send_signal(signal.SIGKILL)
            ended = child.wait()
        finally:
            killed.set()
            looker.join()
    if ended not in (0, -signal.SIGKILL):
        raise RuntimeError(f"the work failed by itself, exit code {ended}")
    return ended == -signal.SIGKILL


def _await_moment(child: subprocess.Popen[str], chance: random.Random) -> bool:
    """Return at a random moment of the child's work: some steps in, and then anywhere in the next.

    False when the work was done before.
    """
    assert child.stdout is not None
    took_s: dict[str, float] = {}
    before, since = "", time.monotonic()
    for _ in range(chance.randint(1, STEPS_BEFORE_DEATH)):
        word = child.stdout.readline().strip()
        if word in (DONE, ""):
            return False
        took_s[before] = time.monotonic() - since
        before, since = word, time.monotonic()
    time.sleep(chance.uniform(0.0, took_s.get(before, 0.03)))  # the moment itself, not a wait for something
    return True


def _look_until(killed: threading.Event, watch: Watch) -> None:
    while not killed.is_set():
        watch.look(busy=True)
        killed.wait(0.02)


def _compare(root: Path, folder: Path, cycles: int, outcome: Outcome, watch: Watch) -> None:
    """Hold a finished dataset against an undisturbed one, row by row, and against its own promises."""
    plain = folder / "undisturbed"
    if not plain.exists():
        work(str(plain), cycles)
    watch.look(busy=False)
    outcome.faults += [str(fault) for fault in verify(str(root)).faults]
    for table in TABLES:
        lost, extra, rows = _difference(plain / table, root / table)
        outcome.rows[table] = rows
        if lost or extra:
            outcome.faults.append(f"{table}: {lost} rows lost, {extra} rows too many")


def _difference(plain: Path, disturbed: Path) -> tuple[int, int, int]:
    """Return rows lost, rows too many and rows in all, every column compared."""
    if not plain.exists():
        return 0, 0, 0
    with duckdb.connect() as connection:
        for name, root in (("plain", plain), ("disturbed", disturbed)):
            rows = f"read_parquet('{root}/**/*.parquet', hive_partitioning=true)"
            connection.execute(f"create view {name} as select * from {rows}")
        count = "select count(*) from (select * from {} except all select * from {})"
        lost = connection.execute(count.format("plain", "disturbed")).fetchall()[0][0]
        extra = connection.execute(count.format("disturbed", "plain")).fetchall()[0][0]
        return lost, extra, connection.execute("select count(*) from plain").fetchall()[0][0]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--cycles", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        started = time.monotonic()
        outcome = chaos(Path(folder), kills=options.kills, cycles=options.cycles, seed=options.seed)
        print(report("store", outcome, time.monotonic() - started))
    return 1 if outcome.faults else 0


if __name__ == "__main__":
    sys.exit(main())
