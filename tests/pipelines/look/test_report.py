"""The report: right figures, one file that asks for nothing, drawn and usable in a real browser."""

import json
import re
import time
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tests.pipelines.many import many
from tests.sample import Sample, warta
from warta.pipelines.look.report import articles as stored
from warta.pipelines.look.report import losses
from warta.pipelines.look.report.gather import gather
from warta.pipelines.look.report.page import page
from warta.pipelines.look.report.periods import periods_of
from warta.schemas.outcome import Reason, Stage
from warta.schemas.tables import ARTICLES, DUPLICATES, FEEDS, REJECTIONS, STORIES
from warta.schemas.topic import QCODES
from warta.transforms.store.errors import StoreError

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
LABELS = json.loads((Path(stored.__file__).parent / "labels.json").read_text(encoding="utf-8"))
HOSTILE = '</script><script>document.title="taken"</script><img src=x onerror=alert(1)>'


def figures_of(sample: Sample) -> dict[str, Any]:
    return gather(str(sample.output), now=NOW)


def rows(schema: pa.Schema, *values: dict[str, Any]) -> pa.Table:
    """Return a table of the named columns only."""
    names = list(values[0])
    return pa.table(
        {name: [row[name] for row in values] for name in names}, pa.schema(map(schema.field, names))
    )


# ---- periods


@pytest.mark.parametrize(
    ("first", "last", "unit", "columns"),
    [
        (date(2025, 10, 1), date(2025, 10, 1), "day", 1),
        (date(2025, 10, 1), date(2025, 12, 30), "day", 91),
        (date(2025, 1, 1), date(2025, 12, 31), "week", 53),
        (date(2020, 1, 15), date(2025, 12, 31), "month", 72),
    ],
)
def test_a_span_is_told_in_the_unit_that_reads_best(first: date, last: date, unit: str, columns: int) -> None:
    periods = periods_of({first: 5, last: 5})
    assert (periods.unit, len(periods.starts)) == (unit, columns)
    assert (periods.place(first), periods.place(last)) == (0, columns - 1)


def test_a_stray_old_article_does_not_stretch_the_chart() -> None:
    days = {date(2025, 10, 1) + timedelta(days=n): 20 for n in range(10)}
    periods = periods_of(days | {date(2009, 3, 1): 2})
    assert (periods.unit, periods.starts[0], periods.earlier) == ("day", date(2025, 10, 1), 2)
    assert periods.place(date(2009, 3, 1)) is None


# ---- figures


def test_the_figures_agree_with_the_rows(first_edition: Sample) -> None:
    figures = figures_of(first_edition)
    (books,) = (report["books"] for report in first_edition.reports())
    totals = figures["totals"]
    assert (totals["articles"], totals["duplicates"], totals["rejections"]) == (
        books["kept"],
        books["duplicates"],
        books["rejected"],
    )
    told = [
        sum(topic["total"] for topic in figures["topics"]["topics"]),
        sum(sum(topic["counts"]) for topic in figures["topics"]["topics"]) + figures["topics"]["earlier"],
        sum(figures["hours"]),
        sum(one["articles"] for one in figures["languages"]),
        sum(one["articles"] for one in figures["publishers"]),
        sum(figures["lengths"]["counts"]),
        sum(figures["freshness"]["announced"]["counts"]),
    ]
    assert told == [books["kept"]] * len(told)
    assert sum(one["count"] for one in figures["copies"]["pairs"]) == books["duplicates"]
    assert {one["reason"]: one["total"] for one in figures["rejected"]["reasons"]} == (
        first_edition.reports()[0]["rejected_by_reason"]
    )


def test_the_text_is_never_read() -> None:
    read = {*stored.COLUMNS, *losses.DUPLICATE_COLUMNS, *losses.REJECTION_COLUMNS, *losses.FEED_COLUMNS}
    assert "text" not in read | {*losses.STORY_COLUMNS}


def test_delays_fall_into_their_columns() -> None:
    seen = [timedelta(seconds=n) for n in (-5, 0, 59, 61, 3700, 90_000)]
    table = rows(
        ARTICLES, *({"announced_at": NOW, "published": None, "fetched_at": NOW + delay} for delay in seen)
    )
    delays = stored.freshness(table)
    assert delays["announced"]["counts"] == [3, 1, 0, 0, 1, 0, 1]
    assert delays["published"] == {"counts": [0] * 7, "rows": 0, "median": None, "p90": None}


def test_a_feed_is_as_healthy_as_its_last_poll_that_asked() -> None:
    def poll(minutes: int, status: str, new: int) -> dict[str, Any]:
        blank = dict.fromkeys(losses.FEED_COLUMNS)
        said = {"feed_url": "https://a.example/rss", "publisher": "A", "status": status, "new_entries": new}
        return blank | said | {"polled_at": NOW + timedelta(minutes=minutes), "entries": 9}

    polls = [poll(0, "ok", 4), poll(10, "failed", 0), poll(20, "not_due", 0)]
    (feed,) = losses.feed_health(rows(FEEDS, *polls))
    assert (feed["status"], feed["polls"], feed["failed"], feed["new"]) == ("failed", 2, 1, 4)


def test_an_empty_dataset_has_figures_and_a_page() -> None:
    articles, duplicates = (
        schema.empty_table().select(list(names))
        for schema, names in ((ARTICLES, stored.COLUMNS), (DUPLICATES, losses.DUPLICATE_COLUMNS))
    )
    rejections = REJECTIONS.empty_table()
    assert stored.topics_by_period(articles)["topics"] == []
    assert stored.lengths(articles)["median"] is None
    assert stored.removed(articles) == stored.publishers(articles, duplicates, rejections) == []
    assert losses.copies(duplicates)["pairs"] == losses.rejected(rejections)["reasons"] == []
    assert losses.biggest_stories(STORIES.empty_table()) == losses.feed_health(FEEDS.empty_table()) == []


# ---- words


def test_every_label_is_there_in_both_languages() -> None:
    english, indonesian = LABELS["en"], LABELS["id"]
    assert english.keys() == indonesian.keys()
    for name, text in english.items():
        if isinstance(text, dict):
            assert text.keys() == indonesian[name].keys(), name
        else:
            holes = [sorted(re.findall(r"\{\w+\}", one)) for one in (text, indonesian[name])]
            assert holes[0] == holes[1], name


@pytest.mark.parametrize("language", sorted(LABELS))
def test_every_topic_reason_and_stage_has_a_name(language: str) -> None:
    names = LABELS[language]
    assert names["topic"].keys() == QCODES.keys()
    assert names["reason"].keys() == {reason.value for reason in Reason}
    assert names["stage"].keys() == {stage.value for stage in Stage}


# ---- the file


class Addresses(HTMLParser):
    """Collects whatever a browser would load for an element."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.loaded += [f"{tag} {value}" for name, value in attrs if name in ("src", "srcset", "data")]
        self.loaded += [f"{tag} {value}" for name, value in attrs if tag == "link" and name == "href"]


def test_a_run_leaves_a_page_that_loads_nothing(first_edition: Sample) -> None:
    text = (first_edition.output / "report.html").read_text(encoding="utf-8")
    seen = Addresses()
    seen.feed(text)
    assert seen.loaded == ["link data:,"]
    assert "url(" not in text
    assert "@import" not in text
    assert f"page: {first_edition.output / 'report.html'}" in first_edition.said.replace("\n", "")


def test_a_run_can_be_told_to_leave_none(tmp_path: Path) -> None:
    warta("sample", "--output", str(tmp_path / "data"), "--no-report")
    assert not (tmp_path / "data" / "report.html").exists()


def test_the_command_writes_where_it_is_told(first_edition: Sample, tmp_path: Path) -> None:
    done = warta("report", str(first_edition.output), "-o", str(tmp_path / "page.html"))
    assert done.stdout == f"report: {tmp_path / 'page.html'}\n"
    assert (tmp_path / "page.html").stat().st_size > 20_000


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("nowhere", "-o", "x.html"), 1, "nowhere: no dataset here; name the folder"),
        (("nowhere", "-o", "no/such/x.html"), 2, "there is no folder no/such; make it first"),
    ],
)
def test_a_mistake_is_answered_with_what_to_do(arguments: tuple[str, ...], code: int, said: str) -> None:
    done = warta("report", *arguments, check=False)
    assert (done.returncode, said in done.stderr) == (code, True)


def test_no_dataset_is_an_error_and_no_page(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no dataset here"):
        gather(str(tmp_path), now=NOW)


def test_ten_thousand_articles_are_drawn_quickly_and_small(tmp_path: Path) -> None:
    many(tmp_path / "data", 10_000, days=6)  # ten times as many: `python -m tests.bench.bench_report`
    started = time.process_time()
    made = page(gather(str(tmp_path / "data"), now=NOW))
    assert time.process_time() - started < 10
    assert len(made.encode()) < 5e6
