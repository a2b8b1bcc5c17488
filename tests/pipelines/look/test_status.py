"""`warta status`: it agrees with the data, says what needs a look, and is quick on large tables."""

import json
import resource
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tests.sample import Sample, warta
from warta.pipelines.look.feed_health import FeedLine, feed_lines
from warta.pipelines.look.status import refusals
from warta.pipelines.look.status_view import span
from warta.pipelines.look.stored_columns import NEEDED, Columns, codes, instant, numbers
from warta.schemas.outcome import Books, RunReport
from warta.schemas.tables import TABLES
from warta.transforms.store.commit import Store
from warta.transforms.store.layout import join
from warta.transforms.store.parquet import write_rows

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def poll(feed: str, hour: float, status: str = "ok", **facts: Any) -> dict[str, Any]:
    """One row of the feed table, so many hours before noon."""
    blank: dict[str, Any] = dict.fromkeys(NEEDED["feeds"])
    names = {"publisher": "P", "reason": "", "detail": "", "entries": 0, "new_entries": 0}
    polled_at = NOON - timedelta(hours=hour)
    return blank | names | {"feed_url": feed, "polled_at": polled_at, "status": status} | facts


def columns(table: str, rows: list[dict[str, Any]]) -> Columns:
    schema = TABLES[table]
    return {
        name: pa.chunked_array([pa.array([row[name] for row in rows], schema.field(name).type)])
        for name in NEEDED[table]
    }


def test_a_feed_is_as_its_last_poll_that_asked(tmp_path: Path) -> None:
    rows = [poll("f", 3), poll("f", 2, "failed", reason="timeout"), poll("f", 1, "not_due")]
    (line,) = feed_lines(columns("feeds", rows), 7)
    assert (line.status, line.reason) == ("failed", "timeout")
    assert line.polled_at == NOON - timedelta(hours=2)
    assert (line.polls, line.failed_polls) == (2, 1)


def test_the_order_of_rows_does_not_matter() -> None:
    rows = [poll("f", 3), poll("g", 2, "failed"), poll("f", 1, "not_modified"), poll("g", 5)]
    assert feed_lines(columns("feeds", rows), 7) == feed_lines(columns("feeds", rows[::-1]), 7)


def test_the_newest_item_is_the_newest_of_all_polls() -> None:
    newest = NOON - timedelta(days=1)
    rows = [
        poll("f", 9, newest=newest),
        poll("f", 3, newest=newest - timedelta(days=1)),
        poll("f", 1, "not_modified"),
    ]
    assert feed_lines(columns("feeds", rows), 7)[0].newest == newest


def test_new_per_day_is_counted_over_the_days_that_were_seen() -> None:
    rows = [poll("f", 48, new_entries=10), poll("f", 0, new_entries=10)]
    assert feed_lines(columns("feeds", rows), 7)[0].new_per_day == 10
    assert feed_lines(columns("feeds", rows[1:]), 7)[0].new_per_day == 10, "less than a day counts as one"


def test_a_feed_that_was_never_asked_keeps_what_is_known() -> None:
    next_poll = NOON + timedelta(hours=1)
    (line,) = feed_lines(columns("feeds", [poll("f", 1, "not_due", next_poll=next_poll)]), 7)
    assert (line.status, line.polled_at, line.next_poll) == ("not_due", None, next_poll)


def test_failing_feeds_come_first() -> None:
    rows = [poll("a", 1), poll("z", 1, "failed", failing_since=NOON)]
    assert [line.url for line in feed_lines(columns("feeds", rows), 7)] == ["z", "a"]


def test_no_rows_no_lines() -> None:
    assert feed_lines({}, 7) == []
    assert refusals({}) == []


def test_refusals_come_most_first_with_their_newest_examples() -> None:
    rows = [
        {"url": f"u{n}", "reason": reason, "detail": "", "rejected_at": NOON + timedelta(hours=n)}
        for n, reason in enumerate(["gone", "timeout", "gone", "gone", "gone"])
    ]
    first, second = refusals(columns("rejections", rows))
    assert (first.reason, first.count) == ("gone", 4)
    assert [url for url, _ in first.examples] == ["u4", "u3", "u2"]
    assert second.reason == "timeout"


def test_columns_are_read_right_through_nulls_slices_and_chunks() -> None:
    type_ = TABLES["feeds"].field("newest").type
    values = [None, NOON, None, NOON + timedelta(microseconds=1)]
    column = pa.chunked_array([pa.array(values, type_).slice(1), pa.array(values[:2], type_)])
    found = [instant(number) for number in numbers(column)]
    assert found == [NOON, None, NOON + timedelta(microseconds=1), None, NOON]
    assert codes(pa.chunked_array([["b", None], ["a", "b"]]))[0] == ["b", "", "a"]


def report(**facts: Any) -> dict[str, Any]:
    books = {"announced": 100, "kept": 80, "duplicates": 10, "rejected": 10, "deferred": 0}
    ended = (NOON - timedelta(hours=1)).isoformat()
    usual = {"finished_at": ended, "stopped": "", "books": books, "rejected_by_reason": {"gone": 10}}
    return usual | facts


def feed(failing: bool) -> FeedLine:
    since = NOON if failing else None
    return FeedLine("f", "P", "ok", NOON, 1, 0, 1.0, None, None, since, "", "")


@pytest.mark.parametrize(
    ("seconds", "said"), [(-5, "0 s"), (90, "2 min"), (7100, "118 min"), (2e5, "2 d")], ids=str
)
def test_tables_tell_times_in_one_unit(seconds: float, said: str) -> None:
    assert span(seconds) == said


def test_the_status_agrees_with_the_data_to_the_row(first_edition: Sample) -> None:
    status = json.loads(warta("status", str(first_edition.output), "--json").stdout)
    rejected = first_edition.rows("rejections")
    assert {one["reason"]: one["count"] for one in status["refusals"]} == {
        reason: sum(row["reason"] == reason for row in rejected)
        for reason in {row["reason"] for row in rejected}
    }
    assert status["runs"][0] == first_edition.reports()[-1]
    polled = {row["feed_url"]: row for row in first_edition.rows("feeds")}
    assert {one["url"] for one in status["feeds"]} == set(polled)
    for one in status["feeds"]:
        assert datetime.fromisoformat(one["newest"]) == polled[one["url"]]["newest"]
        assert datetime.fromisoformat(one["next_poll"]) == polled[one["url"]]["next_poll"]
    files = [path for path in first_edition.output.rglob("*") if path.is_file()]
    assert sum(status["disk_bytes"].values()) == sum(path.stat().st_size for path in files)


def test_the_screen_begins_with_the_verdict(first_edition: Sample) -> None:
    lines = warta("status", str(first_edition.output)).stdout.splitlines()
    assert lines[0] == f"{first_edition.output}: all is well"
    shown = "\n".join(lines)
    assert "feeds: 12 work, 0 fail" in shown
    assert "robots_disallowed" in shown
    assert "disk: " in shown


def test_a_folder_without_a_dataset_is_told_with_what_to_do(tmp_path: Path) -> None:
    ended = warta("status", str(tmp_path), check=False)
    assert ended.returncode == 2
    assert "no dataset here; name the folder that `warta run --output` was given" in ended.stderr


ROWS = 100_000
MAX_CPU_S = 2.0
"""Of the whole command; about .6 on the machine it was written on."""


def many_polls(root: Path) -> None:
    """Commit 100,000 polls and as many rejections of one week."""
    size = ROWS // 7
    with Store.open(str(root), owner="test") as store:
        staging = store.begin("20261120T120000Z-0001")
        for back in range(7):
            day = date(2026, 11, 20) - timedelta(days=back)
            at = [
                datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=n) for n in range(size)
            ]
            for table, facts in (
                (
                    "feeds",
                    {"feed_url": [f"http://f{n % 900}.test/rss" for n in range(size)], "polled_at": at},
                ),
                ("rejections", {"reason": [f"reason_{n % 20}" for n in range(size)], "rejected_at": at}),
            ):
                path = join(staging.data_dir(table), f"date={day}", "part-0.parquet")
                write_rows(store.files, path, table, filled(table, facts, size))
        store.commit(staging)
        store.write_run_report(RunReport("r", NOON, NOON, "test", "0", Books()))


def filled(table: str, facts: dict[str, list[Any]], size: int) -> pa.Table:
    """Return so many rows with these columns, and something fitting in the others."""
    schema = TABLES[table]
    arrays = []
    for one in schema:
        value = "x" if pa.types.is_string(one.type) else 0 if pa.types.is_integer(one.type) else None
        value = 0.0 if pa.types.is_floating(one.type) else value
        value = date(2026, 11, 20) if pa.types.is_date(one.type) else value
        arrays.append(pa.array(facts.get(one.name, [value] * size), one.type))
    return pa.table(arrays, schema=schema)


def test_a_hundred_thousand_rows_take_less_than_two_seconds(tmp_path: Path) -> None:
    many_polls(tmp_path / "data")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    status = json.loads(warta("status", str(tmp_path / "data"), "--json").stdout)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert len(status["feeds"]) == 900
    assert sum(one["count"] for one in status["refusals"]) == ROWS // 7 * 7
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < MAX_CPU_S


def test_neither_beam_nor_pandas_is_imported(first_edition: Sample) -> None:
    code = (
        "import sys; from warta.pipelines.cli.main import main\n"
        f"main(['status', {str(first_edition.output)!r}])\n"
        "print(sorted({'apache_beam', 'pandas', 'trafilatura', 'aiohttp'} & set(sys.modules)))"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.splitlines()[-1] == "[]"
