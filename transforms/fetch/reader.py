"""The inside of a reader process: set up once, then one page after another.

The server that readers are forked from imports this module first, with the set-up named in its environment:
models are then loaded once, shared by all readers, and a replaced reader is ready at once. Loading must never
count against a page's deadline: on a loaded machine it takes longer than any page may.
"""

import os
import resource
import threading
from collections.abc import Callable
from functools import cache
from importlib import import_module
from multiprocessing import parent_process
from typing import Any

SETUP_VARIABLE = "WARTA_READER_SETUP"


def prepare(setup: tuple[str, ...], memory_mb: int) -> None:
    """Get this process ready: run `setup` unless the fork server has, then bound the memory."""
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    set_up(setup)
    if memory_mb > 0:
        limit = memory_mb * 2**20
        resource.setrlimit(resource.RLIMIT_AS, (limit, resource.getrlimit(resource.RLIMIT_AS)[1]))


def call(setup: tuple[str, ...], function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    """Return `function(*args)`. Raises what made the set-up fail, if it did."""
    error = set_up(setup)
    if error is not None:
        raise error
    return function(*args)


@cache
def set_up(setup: tuple[str, ...]) -> Exception | None:
    """Call every "module:function" once; return the failure, which each page then tells.

    A process that died of it instead would be replaced for ever.
    """
    try:
        for name in setup:
            module, _, function = name.partition(":")
            getattr(import_module(module), function)()
    except Exception as error:
        return error
    return None


def _leave_with_parent() -> None:
    """End this process when the one it reads for dies, however long the page in hand would take."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


if SETUP_VARIABLE in os.environ:
    set_up(tuple(os.environ[SETUP_VARIABLE].split()))
