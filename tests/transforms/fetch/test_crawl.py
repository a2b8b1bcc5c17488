"""The scheduler with jobs that touch nothing: every job settled once, whatever ends the crawl."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from warta.schemas.outcome import Reason
from warta.transforms.fetch.crawl import AT_ONCE, Crawl
from warta.transforms.fetch.model import Postponed
from warta.transforms.fetch.progress import Progress
from warta.transforms.fetch.room import MOST_BODIES, MOST_BYTES
from warta.transforms.fetch.settings import FetchSettings

Act = Callable[["Task", Crawl], Awaitable[None]]


class Task:
    """A job that does what it is told and tells how it ended."""

    def __init__(self, name: str, act: Act, host: str = "a.test") -> None:
        self.name = name
        self.host = host
        self._act = act

    async def fetch(self, crawl: Crawl) -> None:
        await self._act(self, crawl)

    def postpone(self, reason: Reason, detail: str, until: float | None) -> Sequence[Any]:
        return [(self.name, str(reason))]


async def finish(task: Task, crawl: Crawl) -> None:
    crawl.settle(task, [(task.name, "done")])


async def read(task: Task, crawl: Crawl) -> None:
    async def reading() -> None:
        await asyncio.sleep(0)
        crawl.settle(task, [(task.name, "read")])

    crawl.read(task, 1, reading)


async def hang(task: Task, crawl: Crawl) -> None:
    await asyncio.Event().wait()


async def hang_reading(task: Task, crawl: Crawl) -> None:
    crawl.read(task, 1, asyncio.Event().wait)  # type: ignore[arg-type]


async def postpone(task: Task, crawl: Crawl) -> None:
    raise Postponed(Reason.RETRY_AFTER, "later", 5.0)


async def fail(task: Task, crawl: Crawl) -> None:
    raise RuntimeError("a bug")


def run(tasks: Sequence[Task], crawl: Crawl) -> list[tuple[str, str]]:
    async def all_of_it() -> list[tuple[str, str]]:
        for task in tasks:
            crawl.submit(task)
        return [outcome async for batch in crawl.outcomes() for outcome in batch]

    return asyncio.run(all_of_it())


def new_crawl(stopped: Callable[[], bool] = lambda: False, **knobs: Any) -> Crawl:
    return Crawl(FetchSettings(**knobs), progress=Progress(), stopped=stopped)


def test_every_job_is_settled_once() -> None:
    acts = [finish, read, postpone]
    tasks = [Task(f"{number}", acts[number % 3], f"h{number % 7}.test") for number in range(90)]
    outcomes = run(tasks, new_crawl())
    assert sorted(name for name, _ in outcomes) == sorted(task.name for task in tasks)
    assert {ending for _, ending in outcomes} == {"done", "read", "retry_after"}


def test_nothing_to_do_ends_at_once() -> None:
    assert run([], new_crawl()) == []


def test_the_first_answers_are_heard_while_other_hosts_are_still_to_be_asked() -> None:
    told: list[str] = []

    async def act(task: Task, crawl: Crawl) -> None:
        told.append("asked")
        await asyncio.sleep(0)
        told.append("heard")
        crawl.settle(task, [(task.name, "done")])

    assert len(run([Task(f"{n}", act, f"h{n}.test") for n in range(200)], new_crawl())) == 200
    assert told.index("heard") == AT_ONCE
    assert told.count("asked") == told.count("heard") == 200


def test_a_second_ending_is_ignored() -> None:
    async def twice(task: Task, crawl: Crawl) -> None:
        crawl.settle(task, [(task.name, "first")])
        crawl.settle(task, [(task.name, "second")])

    assert run([Task("a", twice)], new_crawl()) == [("a", "first")]


def test_a_job_may_queue_itself_again_before_the_others() -> None:
    order: list[str] = []

    async def act(task: Task, crawl: Crawl) -> None:
        order.append(task.name)
        if order == ["a"]:
            crawl.submit(task, first=True)
        else:
            crawl.settle(task, [(task.name, "done")])

    outcomes = run([Task("a", act), Task("b", act)], new_crawl())
    assert order == ["a", "a", "b"]
    assert len(outcomes) == 2


@pytest.mark.parametrize("concurrency", [1, 3])
def test_a_host_is_served_by_so_many_at_a_time(concurrency: int) -> None:
    inside = most = 0

    async def act(task: Task, crawl: Crawl) -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        await asyncio.sleep(0)
        inside -= 1
        crawl.settle(task, [(task.name, "done")])

    run([Task(f"{number}", act) for number in range(12)], new_crawl(per_host_concurrency=concurrency))
    assert most == concurrency


def test_hosts_are_served_side_by_side() -> None:
    met = asyncio.Barrier(50)

    async def act(task: Task, crawl: Crawl) -> None:
        await met.wait()
        crawl.settle(task, [(task.name, "done")])

    outcomes = run([Task(f"{number}", act, f"h{number}.test") for number in range(50)], new_crawl())
    assert len(outcomes) == 50


@pytest.mark.parametrize(("body_bytes", "at_most"), [(1, MOST_BODIES), (MOST_BYTES // 50, 50)])
def test_fetched_but_unread_pages_are_bounded(body_bytes: int, at_most: int) -> None:
    unread = most = 0
    release = asyncio.Event()

    async def act(task: Task, crawl: Crawl) -> None:
        async def reading() -> None:
            nonlocal unread
            await release.wait()
            unread -= 1
            crawl.settle(task, [(task.name, "read")])

        nonlocal unread, most
        async with crawl.room.request():
            unread += 1
            most = max(most, unread)
        if unread == at_most - 1:
            asyncio.get_running_loop().call_later(0.05, release.set)
        crawl.read(task, body_bytes, reading)

    outcomes = run([Task(f"{number}", act) for number in range(2 * at_most + 7)], new_crawl())
    assert len(outcomes) == 2 * at_most + 7
    assert most - at_most in (-1, 0, 1)


def test_the_stop_flag_settles_everything_within_a_second() -> None:
    stop: list[bool] = []

    async def stopping(task: Task, crawl: Crawl) -> None:
        stop.append(True)
        crawl.settle(task, [(task.name, "done")])

    tasks = [Task("first", stopping), *(Task(f"waits{number}", finish, "b.test") for number in range(5))]
    tasks += [Task("hangs", hang, "c.test"), Task("reads", hang_reading, "d.test")]
    tasks.insert(1, Task("blocks", hang, "b.test"))
    started = time.monotonic()
    outcomes = dict(run(tasks, new_crawl(lambda: bool(stop))))
    assert time.monotonic() - started < 1.0
    assert outcomes.pop("first") == "done"
    assert set(outcomes.values()) == {"run_stopped"}
    assert len(outcomes) == len(tasks) - 1


def test_at_the_deadline_nothing_starts_but_what_runs_may_finish() -> None:
    crawl: Crawl

    async def slow(task: Task, crawl: Crawl) -> None:
        await asyncio.sleep(0.5)
        crawl.settle(task, [(task.name, "done")])

    crawl = new_crawl(deadline=time.time() + 0.1)
    outcomes = dict(run([Task("runs", slow), Task("waits", finish)], crawl))
    assert outcomes == {"runs": "done", "waits": "run_deadline"}


def test_a_deadline_in_the_past_defers_all() -> None:
    tasks = [Task(f"{number}", hang, f"h{number}.test") for number in range(3)]
    stop: list[bool] = []
    crawl = new_crawl(lambda: bool(stop), deadline=1.0)

    async def all_of_it() -> list[Any]:
        for task in tasks:
            crawl.submit(task)
        asyncio.get_running_loop().call_later(0.3, stop.append, True)
        return [outcome async for batch in crawl.outcomes() for outcome in batch]

    assert [ending for _, ending in asyncio.run(all_of_it())] == ["run_deadline"] * 3


def test_a_bug_in_a_job_ends_the_crawl_with_itself() -> None:
    with pytest.raises(RuntimeError, match="a bug"):
        run([Task("a", fail), Task("b", hang, "b.test")], new_crawl())


def test_an_abandoned_crawl_leaves_no_task_behind() -> None:
    async def abandon() -> int:
        crawl = new_crawl()
        crawl.submit(Task("a", finish))
        crawl.submit(Task("b", hang, "b.test"))
        batches = crawl.outcomes()
        assert await anext(batches) == [("a", "done")]
        await batches.aclose()  # type: ignore[attr-defined]
        return len(asyncio.all_tasks())

    assert asyncio.run(abandon()) == 1
