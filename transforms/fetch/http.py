"""The guarded HTTP client: one GET with a total deadline, byte caps and every address checked.

The only module of the room that opens sockets. Everything that can go wrong comes out as one FetchError with
a reason; everything that comes back is a complete Page.
"""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol
from urllib.parse import urlsplit
from urllib.request import getproxies_environment, proxy_bypass_environment  # type: ignore[attr-defined]

import aiohttp
from yarl import URL

from warta.schemas.outcome import Reason
from warta.schemas.page import Page
from warta.transforms.fetch.addresses import is_allowed, networks, parse_address
from warta.transforms.fetch.answers import REDIRECTS, redirect_target, status_reason
from warta.transforms.fetch.inflate import ACCEPT_ENCODING, BodyError, Inflater
from warta.transforms.fetch.model import FetchError
from warta.transforms.fetch.resolver import GuardedResolver, connect_target
from warta.transforms.fetch.room import Room
from warta.transforms.fetch.settings import FetchSettings

MAX_DISCARD_BYTES = 16 * 1024
"""A body that nobody needs is read up to here, to keep the connection; beyond, closing is cheaper."""
MAX_HEADER_LINE_BYTES = 32 * 1024
"""Content-Security-Policy of real sites passes aiohttp's default of 8 kB."""
MAX_HEADERS = 256
MAX_URL_CHARS = 8192
"""Longer addresses are not news: servers refuse them, and a redirect chain could grow one for ever."""
_ACCEPT = (
    "text/html,application/xhtml+xml,application/rss+xml,application/atom+xml,application/xml;q=0.9,*/*;q=0.8"
)


class Turn(Protocol):
    """One permitted request; `answered` is called when the host has evidently seen it."""

    def answered(self, status: int, headers: Mapping[str, str]) -> None: ...


class Manners(Protocol):
    """Who decides when a host may be asked (`hosts.HostDesk`)."""

    def turn(self, url: str) -> AbstractAsyncContextManager[Turn]:
        """Wait until `url` may be requested; hold the host until the block ends.

        Raises FetchError when it must not be (robots.txt), Postponed when it should not be now.
        """


class _NoTurn:
    def answered(self, status: int, headers: Mapping[str, str]) -> None:
        """Nobody keeps count."""


class NoManners:
    """For a single request that a person asked for."""

    @asynccontextmanager
    async def turn(self, url: str) -> AsyncIterator[Turn]:
        yield _NoTurn()


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: dict[str, str]
    body: bytes
    wire_bytes: int


class _GuardedConnector(aiohttp.TCPConnector):
    """Hand out a connection only when its peer, as the socket names it, may be talked to."""

    def __init__(self, allow_networks: tuple[str, ...], **options: Any) -> None:
        super().__init__(**options)
        self._allow_blocks = networks(allow_networks)

    async def connect(self, req: Any, traces: Any, timeout: Any) -> Any:
        connection = await super().connect(req, traces, timeout)
        if req.proxy is not None:
            return connection
        peer = connection.transport and connection.transport.get_extra_info("peername")
        if not peer or not is_allowed(peer[0], self._allow_blocks):
            connection.close()
            raise FetchError(Reason.ADDRESS_FORBIDDEN, f"peer {peer and peer[0]} is not public", str(req.url))
        return connection


class HttpClient:
    """A session of guarded requests. Use as an async context manager, within one event loop."""

    def __init__(self, settings: FetchSettings) -> None:
        self._settings = settings
        self._proxies = getproxies_environment() if settings.use_proxies else {}
        self._sockets = asyncio.Semaphore(settings.max_connections)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> "HttpClient":
        settings = self._settings
        proxy_hosts = frozenset(
            urlsplit(proxy).hostname or "" for scheme, proxy in self._proxies.items() if scheme != "no"
        )
        resolver = GuardedResolver(
            allow_networks=settings.allow_networks, connect_to=settings.connect_to, trusted_hosts=proxy_hosts
        )
        connector = _GuardedConnector(
            settings.allow_networks,
            limit=0,  # our own semaphore: waiting for a socket must not eat the request's time
            limit_per_host=0,
            resolver=resolver,
            ttl_dns_cache=300,
            keepalive_timeout=15,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            max_line_size=MAX_HEADER_LINE_BYTES,
            max_field_size=MAX_HEADER_LINE_BYTES,
            max_headers=MAX_HEADERS,
            timeout=aiohttp.ClientTimeout(total=None),
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding"),
            headers={
                "User-Agent": settings.user_agent,
                "Accept": _ACCEPT,
                "Accept-Encoding": ACCEPT_ENCODING,
            },
        )
        self._resolver = resolver
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._session is not None:
            await self._session.close()
        await self._resolver.close()

    async def get(
        self,
        url: str,
        *,
        max_bytes: int,
        headers: Mapping[str, str] | None = None,
        manners: Manners | None = None,
        room: Room | None = None,
        refuse: Callable[[str], bool] | None = None,
        keep_alive: bool = True,
    ) -> Page:
        """Return the answer to a GET of `url`, redirects followed, whole and decompressed.

        Args:
          max_bytes: cap of the body, on the wire and after decompression.
          headers: added to ours; an answer 304 is returned as a Page only when they hold validators.
          manners: asked before every hop; the time it takes does not count against `timeout_s`.
          room: what the body must have before it is asked for.
          refuse: told the Content-Type; True stops before the body.
          keep_alive: False closes the connection afterwards, for the last request to a host.

        Raises:
          FetchError: with the reason. Statuses other than 200, 203, 226 (and 304) are raised too.
          Postponed: from `manners`.
        """
        settings = self._settings
        manners = manners or NoManners()
        conditional = bool(headers and {"If-None-Match", "If-Modified-Since"} & headers.keys())
        headers = {**(headers or {}), **({} if keep_alive else {"Connection": "close"})}
        hops: list[tuple[int, str]] = []
        seen = {url}
        current, spent_s = url, 0.0
        while True:
            space = room.request() if room else nullcontext()
            async with manners.turn(current) as turn, space, self._sockets:
                started = time.monotonic()
                answer = await self._ask(
                    current, headers, max_bytes, settings.timeout_s - spent_s, turn, refuse
                )
                spent_s += time.monotonic() - started
            if answer.status not in REDIRECTS:
                break
            current = redirect_target(current, answer.status, answer.headers.get("location", ""))
            hops.append((answer.status, current))
            if current in seen or len(hops) > settings.max_redirects:
                raise FetchError(Reason.REDIRECT_LOOP, f"{len(hops)} redirects, the last to {current}", url)
            seen.add(current)
        _check_status(url, answer, conditional=conditional)
        return Page(
            url=url,
            final_url=current,
            status=answer.status,
            body=answer.body,
            fetched_at=datetime.fromtimestamp(settings.clock(), UTC),
            headers=answer.headers,
            elapsed_s=spent_s,
            wire_bytes=answer.wire_bytes,
            redirects=tuple(hops),
        )

    async def _ask(
        self,
        url: str,
        headers: Mapping[str, str] | None,
        max_bytes: int,
        budget_s: float,
        turn: Turn,
        refuse: Callable[[str], bool] | None,
    ) -> _Answer:
        """One request without redirects; whatever goes wrong becomes a FetchError about `url`."""
        assert self._session is not None, "use the client as a context manager"
        target = self._check_target(url)
        try:
            async with (
                asyncio.timeout(max(budget_s, 0.0)),
                self._session.get(
                    target, headers=headers, allow_redirects=False, proxy=self._proxy_for(target)
                ) as response,
            ):
                received = {name.lower(): _joined(response, name) for name in response.headers}
                turn.answered(response.status, received)
                body, wire_bytes = await _read_body(response, received, max_bytes, refuse)
                return _Answer(response.status, received, body, wire_bytes)
        except BodyError as error:
            raise FetchError(error.reason, error.detail, url) from None
        except FetchError as error:
            raise FetchError(error.reason, error.detail, url, error.status) from None
        except Exception as error:
            reason, detail = explain(error, self._settings.timeout_s)
            raise FetchError(reason, detail, url) from error

    def _check_target(self, url: str) -> URL:
        """Return `url` for aiohttp. Names are checked when they are resolved, literal addresses here."""
        if len(url) > MAX_URL_CHARS:
            raise FetchError(Reason.URL_INVALID, f"address of {len(url)} characters", url[:200])
        try:
            literal = parse_address(urlsplit(url).hostname or "")
            if literal and not is_allowed(str(literal), networks(self._settings.allow_networks)):
                raise FetchError(Reason.ADDRESS_FORBIDDEN, f"{literal} is not a public address", url)
            target = URL(url)
            host = target.host
        except ValueError as error:
            raise FetchError(Reason.URL_INVALID, str(error)[:200], url) from None
        if target.scheme not in ("http", "https"):
            raise FetchError(Reason.SCHEME_UNSUPPORTED, f"scheme {target.scheme!r}", url)
        if not host:
            raise FetchError(Reason.URL_INVALID, "no host in the address", url)
        return target

    def _proxy_for(self, target: URL) -> str | None:
        proxy = self._proxies.get(target.scheme) or self._proxies.get("all")
        host = target.host or ""
        if not proxy or connect_target(host, self._settings.connect_to):
            return None
        return None if proxy_bypass_environment(host, self._proxies) else proxy


async def fetch_page(url: str, settings: FetchSettings) -> Page:
    """Fetch one URL, with every guard and without manners."""
    async with HttpClient(settings) as client:
        return await client.get(url, max_bytes=settings.max_page_bytes)


def fetch_one(url: str, settings: FetchSettings) -> Page:
    """Fetch one URL that a person asked for (`warta explain`, `warta feeds check`): blocking, no robots.txt.

    Raises:
      FetchError: with reason, detail and url.
    """
    return asyncio.run(fetch_page(url, settings))


def explain(error: Exception, timeout_s: float) -> tuple[Reason, str]:
    """Return the reason code and a line for a person for an exception of the network libraries."""
    detail = " ".join(str(error).split())[:200] or type(error).__name__
    if isinstance(error, TimeoutError):
        return Reason.TIMEOUT, f"no complete answer within {timeout_s:g} s"
    if isinstance(error, (aiohttp.ClientConnectorDNSError,)):
        return Reason.DNS_FAILED, detail
    if isinstance(error, (aiohttp.ClientSSLError, ssl.SSLError, ssl.CertificateError)):
        return Reason.TLS_FAILED, detail
    if isinstance(error, aiohttp.ClientConnectorError):
        return Reason.CONNECT_FAILED, detail
    if isinstance(error, aiohttp.InvalidURL):
        return Reason.URL_INVALID, detail
    if isinstance(error, aiohttp.ClientPayloadError):
        return Reason.BODY_TRUNCATED, detail
    if isinstance(error, aiohttp.ClientResponseError):
        return Reason.PROTOCOL_ERROR, " ".join(error.message.split())[:200] or detail
    if isinstance(error, (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError, ConnectionError)):
        return Reason.CONNECTION_RESET, detail
    if isinstance(error, (aiohttp.ClientError, ValueError)):
        return Reason.PROTOCOL_ERROR, detail
    raise error


def _check_status(url: str, answer: _Answer, *, conditional: bool) -> None:
    if answer.status == 304 and conditional:
        return
    reason = status_reason(answer.status)
    if reason is not None:
        raise FetchError(reason, f"HTTP {answer.status}", url, answer.status)


def _joined(response: aiohttp.ClientResponse, name: str) -> str:
    return ", ".join(response.headers.getall(name))


async def _read_body(
    response: aiohttp.ClientResponse,
    headers: Mapping[str, str],
    max_bytes: int,
    refuse: Callable[[str], bool] | None,
) -> tuple[bytes, int]:
    declared = headers.get("content-length", "")
    length = int(declared) if declared.isdecimal() else None
    if status_reason(response.status) is not None:
        return await _discard(response, length), 0
    if refuse is not None and refuse(headers.get("content-type", "")):
        raise BodyError(Reason.CONTENT_TYPE_UNSUPPORTED, headers.get("content-type", "")[:100])
    if length is not None and length > max_bytes:
        raise BodyError(Reason.TOO_LARGE, f"Content-Length {length} is above {max_bytes}")
    inflater = Inflater(headers.get("content-encoding", ""), max_bytes)
    async for chunk in response.content.iter_any():
        inflater.feed(chunk)
    return inflater.finish(), inflater.wire_bytes


async def _discard(response: aiohttp.ClientResponse, length: int | None) -> bytes:
    """Leave the connection clean when that is cheap, else close it; the body is of no use."""
    if length is not None and length <= MAX_DISCARD_BYTES:
        async for _ in response.content.iter_any():
            pass
    else:
        response.close()
    return b""
