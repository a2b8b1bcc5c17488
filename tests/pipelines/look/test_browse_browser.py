"""`warta browse` in a real browser: a reader searches, opens an article, and nothing complains."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.pipelines.chromium import Tab, needs_chromium, open_tab
from tests.sample import Sample
from warta.pipelines.look.browse.dataset import Dataset
from warta.pipelines.look.browse.server import Server

pytestmark = needs_chromium

TYPED = """
    document.querySelector('input[name=q]').value = %r;
    document.querySelector('form').requestSubmit();
"""
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def visit(sample: Sample, profile: Path, act: Callable[[Tab, str], Awaitable[None]]) -> Tab:
    """Serve the sample, let `act` use a browser on it, and return the tab for a look at its errors."""
    seen: list[Tab] = []

    async def in_browser(address: str) -> None:
        async with open_tab(profile) as tab:
            seen.append(tab)
            await tab.open(address)
            await act(tab, address)

    with Server(Dataset(str(sample.output))) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            asyncio.run(in_browser(f"http://127.0.0.1:{server.server_port}/"))
        finally:
            server.shutdown()
            thread.join()
    return seen[0]


async def loaded(tab: Tab, act: str) -> None:
    """Run `act`, which leads to another page, and wait until that has loaded."""
    tab.arrive()
    await tab.ask(act)
    await tab.arrived()


def test_a_reader_searches_and_opens_an_article(first_edition: Sample, tmp_path: Path) -> None:
    async def act(tab: Tab, address: str) -> None:
        await loaded(tab, TYPED % "beras")
        assert "q=beras" in await tab.ask("location.search")
        assert await tab.ask("document.querySelectorAll('mark').length") > 0
        title = await tab.ask("document.querySelector('a.title').textContent")
        await loaded(tab, "document.querySelector('a.title').click()")
        assert await tab.ask("document.querySelector('h1').textContent") == title
        assert await tab.ask("document.querySelectorAll('article p').length") > 2

    assert visit(first_edition, tmp_path, act).errors == []


def test_an_article_with_copies_names_them(first_edition: Sample, tmp_path: Path) -> None:
    copy = first_edition.rows("duplicates")[0]

    async def act(tab: Tab, address: str) -> None:
        await tab.open(f"{address}article/{copy['dup_of']}")
        listed = "[...document.querySelectorAll('section a')].map(a => a.href)"
        assert copy["url"] in await tab.ask(listed)

    assert visit(first_edition, tmp_path, act).errors == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_phone_shows_it_without_scrolling_sideways(
    first_edition: Sample, tmp_path: Path, dark: bool
) -> None:
    article = first_edition.rows("articles")[0]["id"]

    async def act(tab: Tab, address: str) -> None:
        await tab.dress(width=390, height=844, dark=dark)
        for page in (address, f"{address}article/{article}"):
            await tab.open(page)
            assert not await tab.ask(TOO_WIDE)
            await tab.picture(tmp_path / "page.png")
        paper = await tab.ask("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
        assert (sum(paper) < 3 * 128) is dark

    assert visit(first_edition, tmp_path / "profile", act).errors == []


def test_only_this_machine_is_asked(first_edition: Sample, tmp_path: Path) -> None:
    article = first_edition.rows("articles")[0]["id"]

    async def act(tab: Tab, address: str) -> None:
        await tab.open(f"{address}article/{article}")
        asked = [url for url in tab.requests if not url.startswith((address, "data:", "about:"))]
        assert asked == []

    visit(first_edition, tmp_path, act)
