"""The report in a headless Chromium: drawn whole, usable by hand, keyboard and phone, no complaints."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.pipelines.chromium import Tab, needs_chromium, open_tab
from tests.pipelines.look.test_report import HOSTILE, LABELS, NOW, figures_of
from tests.pipelines.many import many
from tests.sample import Sample
from warta.pipelines.look.report.gather import gather
from warta.pipelines.look.report.page import page

OVERLAPS = """
[...document.querySelectorAll('svg.chart')].flatMap((chart) => {
  const upright = [...chart.querySelectorAll('text:not([transform])')];
  const texts = upright.map((one) => [one.textContent, one.getBoundingClientRect()]);
  const touch = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 3 && b.top < a.bottom - 3;
  return texts.flatMap(([text, a], at) => texts.slice(at + 1).filter(([, b]) => touch(a, b)).map(([other]) => [text, other]));
})"""  # noqa: E501
"""Pairs of texts in a chart that lie on each other; line boxes may touch by 3 px."""
OUTSIDE = """
[...document.querySelectorAll('svg.chart text')].filter((one) => {
  const box = one.getBoundingClientRect();
  return box.right > innerWidth || box.left < 0;
}).map((one) => one.textContent)"""
"""Texts that the window cuts."""


def in_browser(figures: dict[str, Any], folder: Path, look: Any, **dress: Any) -> None:
    """Open the page of `figures` in Chromium and let `look(tab)` look at it; it must not complain."""
    (folder / "report.html").write_text(page(figures), encoding="utf-8")

    async def visit() -> None:
        async with open_tab(folder / "profile") as tab:
            await tab.dress(**({"width": 1200, "height": 900} | dress))
            await tab.open(f"file://{folder / 'report.html'}?lang=en")
            await look(tab)
            assert tab.errors == []
            loaded = [url for url in tab.requests if not url.startswith("data:")]
            assert loaded == [f"file://{folder / 'report.html'}?lang=en"]

    asyncio.run(visit())


async def shapes(tab: Tab, figure: str, what: str) -> int:
    return int(await tab.ask(f"document.querySelectorAll('#{figure} {what}').length"))


@needs_chromium
def test_every_chart_is_drawn_in_the_browser(first_edition: Sample, tmp_path: Path) -> None:
    figures = figures_of(first_edition)
    figures["stories"] = figures["stories"] or [
        {"id": "a", "headline": "H", "articles": 2, "publishers": ["A"], "url": "https://a.example/1"}
        | {"first": "2025-10-13T00:00:00Z", "last": "2025-10-14T00:00:00Z"}
    ]

    async def look(tab: Tab) -> None:
        topics = figures["topics"]["topics"]
        drawn = [sum(column) for column in zip(*(one["counts"] for one in topics), strict=True)]
        assert await shapes(tab, "topics", ".hit") == len(drawn)
        assert await shapes(tab, "publishers", ".bar:not([hidden])") == len(figures["publishers"])
        assert await shapes(tab, "languages", ".share i") == len(figures["languages"])
        assert await shapes(tab, "hours", ".column") == sum(1 for one in figures["hours"] if one)
        assert await shapes(tab, "freshness", ".bar:not([hidden])") > 0
        assert await shapes(tab, "stories", "li") == len(figures["stories"])
        assert await shapes(tab, "copies", ".cell") == len(figures["copies"]["pairs"])
        assert await shapes(tab, "lengths", ".column") == sum(
            1 for one in figures["lengths"]["counts"] if one
        )
        assert await shapes(tab, "rejected", ".column") == len(figures["rejected"]["reasons"])
        assert await shapes(tab, "removed", ".bar:not([hidden])") > 5
        assert await shapes(tab, "feeds", "tbody tr") == len(figures["feeds"])
        assert await shapes(tab, "runs", "tbody tr") == 1
        assert await tab.ask("document.querySelector('#topics .column').getBBox().height") > 5
        await tab.picture(tmp_path / "desktop.png")
        assert (tmp_path / "desktop.png").stat().st_size > 50_000

    in_browser(figures, tmp_path, look)


@needs_chromium
def test_a_hand_can_filter_feeds_and_change_language_zone_and_theme(
    first_edition: Sample, tmp_path: Path
) -> None:
    async def look(tab: Tab) -> None:
        shown = "[...document.querySelectorAll('#feeds tbody tr')].filter((row) => row.offsetHeight).length"
        search = "document.getElementById('feed-search')"
        await tab.ask(f"{search}.value = 'raya bolaraya'; {search}.dispatchEvent(new Event('input'))")
        assert await tab.ask(shown) == 1
        assert await tab.ask("document.getElementById('feeds-shown').textContent") == "1 of 12 shown"
        await tab.ask("document.getElementById('feed-failing').click()")
        assert await tab.ask(shown) == 0
        await tab.ask("document.querySelector('[data-set-lang=id]').click()")
        assert await tab.ask("document.documentElement.lang") == "id"
        assert await tab.ask("document.querySelector('#topics h2').textContent") == LABELS["id"]["topics"]
        hours = "document.querySelector('#hours .finding').textContent"
        before = await tab.ask(hours)
        zone = "document.getElementById('zone')"
        await tab.ask(f"{zone}.value = 'WIT'; {zone}.dispatchEvent(new Event('change'))")
        assert "WIT" in await tab.ask(hours) != before
        await tab.ask("document.getElementById('theme').click()")
        assert await tab.ask("getComputedStyle(document.body).backgroundColor") == "rgb(22, 20, 18)"

    in_browser(figures_of(first_edition), tmp_path, look)


@needs_chromium
def test_a_keyboard_walks_through_a_chart_and_sorts_a_table(first_edition: Sample, tmp_path: Path) -> None:
    async def press(tab: Tab, key: str) -> None:
        await tab.call("Input.dispatchKeyEvent", type="keyDown", key=key)
        await tab.call("Input.dispatchKeyEvent", type="keyUp", key=key)

    async def look(tab: Tab) -> None:
        tip = "document.getElementById('tip')"
        await tab.ask("document.querySelector('#hours svg').focus()")
        await press(tab, "ArrowRight")
        assert "00:00–01:00" in await tab.ask(f"{tip}.textContent")
        await press(tab, "ArrowRight")
        assert "01:00–02:00" in await tab.ask(f"{tip}.textContent")
        await press(tab, "End")
        assert "23:00–00:00" in await tab.ask(f"{tip}.textContent")
        await press(tab, "Escape")
        assert await tab.ask(f"{tip}.hidden")
        names = "[...document.querySelectorAll('#feeds tbody th span')].map((one) => one.firstChild.data)"
        listed = await tab.ask("[...document.querySelectorAll('#feeds tbody td:nth-child(3)')].length")
        for sort, up in (("descending", False), ("ascending", True)):
            await tab.ask("document.querySelector('#feeds th:nth-child(3) button').click()")
            assert await tab.ask("document.querySelector('#feeds th:nth-child(3)').ariaSort") == sort
            counts = await tab.ask(
                "[...document.querySelectorAll('#feeds td:nth-child(3)')].map((one) => +one.textContent)"
            )
            assert counts == sorted(counts, reverse=not up)
            assert len(counts) == listed
        await tab.ask("document.querySelector('#feeds th button').click()")
        assert await tab.ask(names) == sorted(await tab.ask(names), key=str.lower)

    in_browser(figures_of(first_edition), tmp_path, look)


@needs_chromium
def test_the_page_says_first_whether_all_is_well(first_edition: Sample, tmp_path: Path) -> None:
    figures = figures_of(first_edition)
    figures["doubts"] = []

    async def look(tab: Tab) -> None:
        verdict = "document.querySelector('.verdict').textContent"
        assert await tab.ask(verdict) == LABELS["en"]["verdict_good"]
        await tab.ask(
            "DATA.doubts = [{kind: 'rejected', values: {rejected: 6, announced: 10, reason: 'gone'}}];"
            "render()"
        )
        assert "6 of 10 articles were rejected, most for: gone." in await tab.ask(verdict)

    in_browser(figures, tmp_path, look)


@needs_chromium
@pytest.mark.parametrize("width", [390, 768, 1280])
@pytest.mark.parametrize("language", sorted(LABELS))
def test_no_text_of_a_chart_lies_on_another(tmp_path: Path, width: int, language: str) -> None:
    figures = gather(str(many(tmp_path / "data", 600, days=50)), now=NOW)

    async def look(tab: Tab) -> None:
        await tab.ask(f"document.querySelector('[data-set-lang={language}]').click()")
        assert await tab.ask(OVERLAPS) == []
        assert await tab.ask(OUTSIDE) == []

    in_browser(figures, tmp_path, look, width=width)


@needs_chromium
def test_a_phone_shows_it_without_scrolling_sideways(tmp_path: Path) -> None:
    figures = gather(str(many(tmp_path / "data", 600, days=4)), now=NOW)

    async def look(tab: Tab) -> None:
        assert await tab.ask("document.documentElement.scrollWidth") == 390
        assert await tab.ask("getComputedStyle(document.body).backgroundColor") == "rgb(22, 20, 18)"

    in_browser(figures, tmp_path, look, width=390, height=844, dark=True)


@needs_chromium
def test_what_strangers_wrote_stays_text(first_edition: Sample, tmp_path: Path) -> None:
    figures = figures_of(first_edition)
    figures["name"] = HOSTILE
    figures["publishers"][0]["publisher"] = HOSTILE
    figures["feeds"][0] |= {"publisher": HOSTILE, "reason": HOSTILE, "detail": HOSTILE}
    story = {
        "id": "a",
        "headline": HOSTILE,
        "articles": 2,
        "publishers": [HOSTILE],
        "url": "javascript:alert(1)",
    }
    figures["stories"] = [story | {"first": "2025-10-13T00:00:00Z", "last": "2025-10-13T00:00:00Z"}]

    async def look(tab: Tab) -> None:
        assert await tab.ask("document.querySelectorAll('img').length") == 0
        assert await tab.ask("document.title") == f"{HOSTILE} · warta"
        assert await tab.ask("document.querySelector('#stories .headline').textContent") == HOSTILE
        assert await shapes(tab, "stories", "a") == 0

    in_browser(figures, tmp_path, look)


@needs_chromium
def test_an_empty_dataset_is_said_to_be_empty(tmp_path: Path) -> None:
    figures = gather(str(many(tmp_path / "data", 0)), now=NOW)
    figures["feeds"] = figures["runs"] = []

    async def look(tab: Tab) -> None:
        assert await tab.ask("document.querySelectorAll('.figure .none').length") == 12

    in_browser(figures, tmp_path, look)


MARK_READ_OFF = """
(() => {
  const ticks = [...document.querySelectorAll('#lengths svg text[text-anchor=middle]')]
    .map((one) => [Number(one.textContent.replace(/,/g, '')), Number(one.getAttribute('x'))]);
  const [[low, from], [high, to]] = ticks;
  const mark = Number(document.querySelector('#lengths svg .mark').getAttribute('x1'));
  return low + (mark - from) / (to - from) * (high - low);
})()"""
"""Characters at the median's line, read off the first two numbers of its axis."""


@needs_chromium
def test_the_median_stands_where_the_axis_says(first_edition: Sample, tmp_path: Path) -> None:
    figures = figures_of(first_edition)

    async def look(tab: Tab) -> None:
        assert float(await tab.ask(MARK_READ_OFF)) == pytest.approx(figures["lengths"]["median"], abs=1)

    in_browser(figures, tmp_path, look)
