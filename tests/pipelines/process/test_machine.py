"""What is chosen before the heavy libraries are there to choose it themselves."""

import subprocess
import sys

ASK_ARROW_ALONE = """
import pyarrow
print(pyarrow.default_memory_pool().backend_name)
"""
ASK_ARROW = f"""
from warta.pipelines.process.machine import choose_allocator
choose_allocator()
{ASK_ARROW_ALONE}
"""
LOOK_WHAT_IS_LOADED = """
import sys
import warta.pipelines.cli.run
from warta.pipelines.engines import check_engine, check_workers_write
from warta.pipelines.options import Settings, checked_beam_args
settings = Settings(feeds=(), output="data", beam_args=checked_beam_args([]))
check_engine(settings)
check_workers_write(settings)
print({"apache_beam", "pyarrow"} & sys.modules.keys())
"""


def told(code: str, **environment: str) -> str:
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    return run.stdout.strip()


def test_arrow_takes_the_allocator_that_gives_memory_back() -> None:
    """On Linux, where it was measured; elsewhere what Arrow chooses by itself."""
    assert told(ASK_ARROW) == ("jemalloc" if sys.platform == "linux" else told(ASK_ARROW_ALONE))


def test_an_allocator_named_by_the_user_is_left_alone() -> None:
    assert told(ASK_ARROW, ARROW_DEFAULT_MEMORY_POOL="system") == "system"


def test_readers_are_started_before_beam_is_loaded() -> None:
    """A local run checks its settings without Beam: readers load on one core while Beam does on another."""
    assert told(LOOK_WHAT_IS_LOADED) == "set()"


def test_no_garbage_is_looked_for_while_modules_load_and_what_they_made_is_passed_over() -> None:
    looks = told(
        "import gc\n"
        "from warta.pipelines.process.machine import loading\n"
        "gc.collect()\n"
        "looks = []\n"
        "gc.callbacks.append(lambda phase, info: looks.append(info['generation']))\n"
        "with loading():\n"
        "    made = [[] for _ in range(100_000)]\n"
        "    print(looks)\n"
        "print(gc.get_freeze_count() >= 100_000, gc.isenabled())\n"
    )
    assert looks == "[]\nTrue True"
