"""The work that chaos interrupts: cycles of made-up rows, a compaction now and then. Run as a child process.

python -m tests.chaos.work DIR CYCLES
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace

from tests.transforms.store.stages import cycle
from tests.transforms.store.worlds import duplicate, entry, health, record, rejection
from warta.transforms.store.commit import Store
from warta.transforms.store.compact import compact
from warta.transforms.store.files import LocalFiles
from warta.transforms.store.rows import Storable
from warta.transforms.store.state import read_entries, write_entries

ROWS = 40
"""New articles a cycle; small, so that most of the time goes into the steps that are to be interrupted."""

COMPACT_EVERY = 3

BEGUN, PUBLISHED, DONE = "begun", "published", "done"
Say = Callable[[str], None]


def items(number: int) -> Iterator[Storable]:
    """Yield what cycle `number` finds: articles, a revision of an earlier one, one of everything else."""
    yield from (record(number * ROWS + one) for one in range(ROWS))
    if number:
        first = record((number - 1) * ROWS)
        text = first.article.text + f"\n\nDiperbarui pada siklus {number}."
        yield replace(first, article=replace(first.article, text=text), revision=2)
    yield duplicate(number)
    yield rejection(number)
    yield health(number, f"run-{number}")


class Telling(LocalFiles):
    """A disk that says when a manifest was published: the moment after which files move into place."""

    def __init__(self, say: Say) -> None:
        super().__init__()
        self._say = say

    def write(self, path: str, data: bytes) -> None:
        super().write(path, data)
        if path.endswith(".json") and "/manifests/" in path:
            self._say(PUBLISHED)


def work(root: str, cycles: int, say: Say = lambda word: None) -> None:
    """Do what is left to do; the state says what that is.

    Args:
      say: told `BEGUN`, `PUBLISHED` and `DONE` as it happens.
    """
    with Store.open(root, owner="chaos", files=Telling(say)) as store:
        done = len(read_entries(store.state_files("known")))
        for number in range(done, cycles):
            say(BEGUN)
            staging = cycle(store, f"cycle-{number}", items(number), run_id=f"run-{number}")
            known = write_entries([entry(number)], staging.state_dir("known"))
            waiting = write_entries([entry(number + 1)], staging.state_dir("pending"))
            store.commit(staging, append={"known": [known]}, replace={"pending": [waiting]})
            if number % COMPACT_EVERY == COMPACT_EVERY - 1:
                compact(store)
    say(DONE)


if __name__ == "__main__":
    work(sys.argv[1], int(sys.argv[2]), lambda word: print(word, flush=True))
