"""Reader processes: killed when they hang, replaced when they crash, never costing more than their page."""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures.process import BrokenProcessPool
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.transforms.fetch.readers import (
    Unreadable,
    double,
    killed_the_first_time,
    nap,
    process_id,
    read_text,
    same,
    set_up_at,
)
from warta.schemas.entry import Entry
from warta.schemas.outcome import Reason
from warta.schemas.page import Page
from warta.transforms.fetch.pool import InlinePool, ReaderPool, ReadError, ReadersBroken, shared_pool
from warta.transforms.fetch.settings import FetchSettings

TIMEOUT_S = 2.0
ENTRY = Entry(url="http://a.test/1", url_id="1", feed_url="")


@pytest.fixture(scope="module")
def pool() -> Iterator[ReaderPool]:
    running = ReaderPool(workers=2, timeout_s=TIMEOUT_S, memory_mb=1024, max_tasks=50)
    yield running
    running.close()


def page(body: str) -> tuple[Page, ...]:
    return (
        Page("http://a.test/1", "http://a.test/1", 200, body.encode(), datetime(2026, 11, 21, tzinfo=UTC)),
    )


def failure(pool: ReaderPool | InlinePool, function: Callable[..., Any], *args: Any) -> ReadError:
    async def once() -> Any:
        return await pool.run(function, *args)

    with pytest.raises(ReadError) as caught:
        asyncio.run(once())
    return caught.value


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("hang", Reason.READER_TIMEOUT),
        ("crash", Reason.READER_CRASHED),
        ("greedy", Reason.READER_CRASHED),
        ("raise", Reason.READER_CRASHED),
    ],
)
def test_one_page_is_lost_to_a_reason_and_the_pool_goes_on(
    pool: ReaderPool, body: str, reason: Reason
) -> None:
    started = time.monotonic()
    error = failure(pool, read_text, ENTRY, page(body))
    assert error.reason is reason
    assert time.monotonic() - started < TIMEOUT_S + 10
    assert asyncio.run(_gather(pool, double, range(4))) == [0, 2, 4, 6]


def test_a_reader_killed_in_the_middle_of_a_page_costs_that_page_nothing(
    pool: ReaderPool, tmp_path: Path
) -> None:
    assert asyncio.run(_gather(pool, killed_the_first_time, [str(tmp_path / "killed")])) == ["read"]
    assert (tmp_path / "killed").exists()


def test_the_others_come_home_while_one_hangs(pool: ReaderPool) -> None:
    async def all_of_it() -> list[Any]:
        tasks = [pool.run(read_text, ENTRY, page("hang" if number == 3 else "isi")) for number in range(12)]
        return await asyncio.gather(*tasks, return_exceptions=True)

    outcomes = asyncio.run(all_of_it())
    assert [number for number, outcome in enumerate(outcomes) if isinstance(outcome, ReadError)] == [3]


def test_both_readers_work_and_not_this_process(pool: ReaderPool) -> None:
    async def all_of_it() -> set[int]:
        naps = [pool.run(nap, 0.2) for _ in range(2)]
        ids = [pool.run(process_id, number) for number in range(6)]
        await asyncio.gather(*naps)
        return set(await asyncio.gather(*ids))

    assert os.getpid() not in asyncio.run(all_of_it())


def test_readers_are_replaced_after_their_tasks(pool: ReaderPool) -> None:
    assert len(set(asyncio.run(_gather(pool, process_id, range(220))))) > 2


def test_a_cancelled_call_does_not_keep_a_reader_busy(pool: ReaderPool) -> None:
    async def all_of_it() -> int:
        tasks = [asyncio.ensure_future(pool.run(nap, 0.9)) for _ in range(2)]
        await asyncio.sleep(0.1)
        for task in tasks:
            task.cancel()
        return await pool.run(double, 21)

    started = time.monotonic()
    assert asyncio.run(all_of_it()) == 42
    assert time.monotonic() - started < 5


def test_readers_are_set_up_once_before_their_first_page() -> None:
    pool = ReaderPool(2, TIMEOUT_S, 0, 50, ("tests.transforms.fetch.readers:slow_setup",))
    try:
        assert asyncio.run(_gather(pool, set_up_at, range(6))) == [1] * 6
    finally:
        pool.close()


def test_a_reader_killed_between_two_pages_is_replaced() -> None:
    pool = ReaderPool(1, TIMEOUT_S, 0, 50)
    try:
        victim = asyncio.run(_gather(pool, process_id, [0]))[0]
        os.kill(victim, signal.SIGKILL)
        outcomes = asyncio.run(_gather(pool, process_id, range(3)))
    finally:
        pool.close()
    assert victim not in outcomes
    assert len(outcomes) == 3


def test_pages_that_wait_while_the_pool_breaks_are_read_all_the_same() -> None:
    """pebble aborts the tasks that it has handed out; those still in its queue it forgets."""
    outcomes = _while_it_breaks(lambda broken: broken.handle_broken_pool(BrokenProcessPool("by a test")))
    assert outcomes == LONG_PAGES


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_pages_are_read_all_the_same_when_a_thread_of_the_pool_dies() -> None:
    def kill(broken: Any) -> None:
        broken.process_next_message = None  # as little called for as what killed it in a run

    assert _while_it_breaks(kill) == LONG_PAGES


LONG_PAGES = ["x" * 200_000 + str(number) for number in range(30)]
"""More than the pipe to the readers takes: most of them wait in the queue."""


def _while_it_breaks(break_it: Callable[[Any], None]) -> list[str]:
    async def all_of_it() -> list[str]:
        first = asyncio.ensure_future(pool.run(nap, 0.3))
        others = [asyncio.ensure_future(pool.run(same, text)) for text in LONG_PAGES]
        await asyncio.sleep(0)  # all are scheduled now
        break_it(pool._pool._pool_manager)
        await asyncio.wait_for(first, 60)
        return await asyncio.wait_for(asyncio.gather(*others), 60)

    pool = ReaderPool(1, TIMEOUT_S, 0, 50)
    try:
        assert asyncio.run(_gather(pool, double, [1])) == [2]
        return asyncio.run(all_of_it())
    finally:
        pool.close()


def test_readers_that_cannot_live_end_the_run() -> None:
    pool = ReaderPool(1, TIMEOUT_S, 0, 50, ("tests.transforms.fetch.readers:die",))
    try:
        with pytest.raises(ReadersBroken):
            asyncio.run(_gather(pool, double, [1]))
    finally:
        pool.close()


def test_a_failing_setup_is_told_by_every_page_instead_of_hanging() -> None:
    pool = ReaderPool(1, TIMEOUT_S, 0, 50, ("tests.transforms.fetch.readers:no_such_function",))
    try:
        error = failure(pool, double, 1)
    finally:
        pool.close()
    assert error.reason is Reason.READER_CRASHED
    assert "no_such_function" in error.detail


def test_a_parser_names_its_own_reason() -> None:
    error = failure(InlinePool(), _refuse)
    assert (error.reason, error.detail) == (Reason.FEED_NOT_A_FEED, "an HTML page")


def test_inline_reading_stays_in_this_process() -> None:
    pool = shared_pool(FetchSettings(workers=0))
    assert asyncio.run(_gather(pool, process_id, [1])) == [os.getpid()]
    assert failure(InlinePool(), read_text, ENTRY, page("raise")).detail == "KeyError: 'body'"


def _refuse() -> None:
    raise Unreadable(Reason.FEED_NOT_A_FEED, "an HTML page")


async def _gather(pool: Any, function: Callable[..., Any], arguments: Any) -> list[Any]:
    return list(await asyncio.gather(*(pool.run(function, argument) for argument in arguments)))
