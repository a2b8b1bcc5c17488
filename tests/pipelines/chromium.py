"""A headless Chromium for tests, spoken to over its own debugging protocol; no driver, no extra package."""

import asyncio
import base64
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

CHROMIUM = os.environ.get("WARTA_CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium: apt-get install chromium, or name one in $WARTA_CHROMIUM"
)
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-port=0",
)
PATIENCE_S = 60
"""A cold start of Chromium on a busy machine of two cores took up to 12 s."""


class Tab:
    """One page. `errors` collects console errors, uncaught exceptions and refused requests."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.errors: list[str] = []
        self.requests: list[str] = []
        self._socket = socket
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._loaded = asyncio.Event()
        self._reader = asyncio.create_task(self._read())

    async def open(self, url: str) -> None:
        """Go to `url` and wait until it has loaded."""
        self.arrive()
        await self.call("Page.navigate", url=url)
        await self.arrived()

    def arrive(self) -> None:
        """Say that what comes next leads to another page."""
        self._loaded.clear()

    async def arrived(self) -> None:
        """Wait until that page has loaded."""
        await asyncio.wait_for(self._loaded.wait(), PATIENCE_S)

    async def ask(self, expression: str) -> Any:
        """Return the value of a JavaScript expression, awaited when it is a promise."""
        said = await self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in said:
            raise AssertionError(said["exceptionDetails"])
        return said["result"].get("value")

    async def dress(self, *, width: int, height: int, dark: bool = False, scale: float = 1) -> None:
        """Set the window's size and the reader's preference for dark pages."""
        await self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=scale,
            mobile=width < 600,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        await self.call("Emulation.setEmulatedMedia", features=[scheme])

    async def picture(self, path: Path) -> None:
        """Save a picture of the whole page."""
        said = await self.call("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(said["data"]))

    async def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = len(self._waiting) + 1
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        return await asyncio.wait_for(answer, PATIENCE_S)

    async def _read(self) -> None:
        async for message in self._socket:
            said = message.json()
            if "id" in said:
                if "error" in said:
                    self._waiting[said["id"]].set_exception(AssertionError(said["error"]))
                else:
                    self._waiting[said["id"]].set_result(said["result"])
                continue
            self._hear(said["method"], said["params"])

    def _hear(self, event: str, told: dict[str, Any]) -> None:
        if event == "Page.loadEventFired":
            self._loaded.set()
        elif event == "Network.requestWillBeSent":
            self.requests.append(told["request"]["url"])
        elif event == "Runtime.exceptionThrown":
            self.errors.append(str(told["exceptionDetails"]))
        elif event == "Runtime.consoleAPICalled" and told["type"] in ("error", "warning"):
            self.errors.append(str(told["args"]))
        elif event == "Log.entryAdded" and told["entry"]["level"] in ("error", "warning"):
            self.errors.append(f"{told['entry']['text']} {told['entry'].get('url', '')}")


@asynccontextmanager
async def open_tab(profile: Path) -> AsyncIterator[Tab]:
    """Start Chromium with an empty profile, hand out its page, end it."""
    assert CHROMIUM
    command = [CHROMIUM, *FLAGS, f"--user-data-dir={profile}", "about:blank"]
    process = await asyncio.create_subprocess_exec(
        *command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
    )
    try:
        port = await asyncio.wait_for(_port(process), PATIENCE_S)
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://127.0.0.1:{port}/json/list") as answer:
                pages = [one for one in await answer.json() if one["type"] == "page"]
            address = pages[0]["webSocketDebuggerUrl"]
            async with session.ws_connect(address, max_msg_size=0) as socket:
                tab = Tab(socket)
                for domain in ("Page", "Runtime", "Log", "Network"):
                    await tab.call(f"{domain}.enable")
                yield tab
    finally:
        process.kill()
        await process.wait()


async def _port(process: asyncio.subprocess.Process) -> int:
    """Read "DevTools listening on ws://127.0.0.1:PORT/..." from what Chromium says."""
    assert process.stderr
    async for line in process.stderr:
        if b"DevTools listening on" in line:
            return int(line.rpartition(b"127.0.0.1:")[2].split(b"/")[0])
    raise AssertionError("Chromium ended before it listened")
