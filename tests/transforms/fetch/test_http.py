"""The client against a server that breaks every rule: a reason for each, and the bounds held."""

import asyncio
import pickle
import socket
import ssl
import threading
import time
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.hostile_server import ARTICLE, HostileServer, Reply
from warta.schemas.outcome import Reason
from warta.schemas.page import Page
from warta.transforms.fetch.http import HttpClient, fetch_one
from warta.transforms.fetch.model import FetchError
from warta.transforms.fetch.settings import FetchSettings

MAX_BYTES = 2**20
TLS = Path(__file__).parents[2] / "data" / "tls"
TIMEOUT_S = 1.0
MAX_MEMORY_BYTES = 8 * 2**20
"""Extra memory one request may take: some times the cap, and a twentieth of what the bombs hold."""


@pytest.fixture(scope="module")
def server() -> Iterator[HostileServer]:
    with HostileServer() as running:
        yield running


@pytest.fixture
def settings(server: HostileServer) -> FetchSettings:
    return FetchSettings(
        allow_networks=("127.0.0.0/8",),
        connect_to=server.connect_to,
        timeout_s=TIMEOUT_S,
        max_page_bytes=MAX_BYTES,
        use_proxies=False,
    )


def failure(url: str, settings: FetchSettings) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetch_one(url, settings)
    return caught.value


def get(url: str, settings: FetchSettings, **options: Any) -> Page:
    async def once() -> Page:
        async with HttpClient(settings) as client:
            return await client.get(url, max_bytes=settings.max_page_bytes, **options)

    return asyncio.run(once())


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/gzip-bomb", Reason.TOO_LARGE),
        ("/deflate-bomb", Reason.TOO_LARGE),
        ("/raw-deflate-bomb", Reason.TOO_LARGE),
        ("/brotli", Reason.ENCODING_UNSUPPORTED),
        ("/gzip-twice", Reason.ENCODING_UNSUPPORTED),
        ("/unknown-encoding", Reason.ENCODING_UNSUPPORTED),
        ("/gzip-truncated", Reason.BODY_TRUNCATED),
        ("/gzip-garbage", Reason.ENCODING_INVALID),
        ("/length-too-long", Reason.BODY_TRUNCATED),
        ("/length-absurd", Reason.TOO_LARGE),
        ("/length-too-short", Reason.PROTOCOL_ERROR),
        ("/length-negative", Reason.PROTOCOL_ERROR),
        ("/headers-10000", Reason.PROTOCOL_ERROR),
        ("/header-huge", Reason.PROTOCOL_ERROR),
        ("/header-without-colon", Reason.PROTOCOL_ERROR),
        ("/not-modified", Reason.STATUS_UNEXPECTED),
        ("/no-content", Reason.STATUS_UNEXPECTED),
        ("/partial", Reason.STATUS_UNEXPECTED),
        ("/status-999", Reason.STATUS_UNEXPECTED),
        ("/teapot", Reason.CLIENT_ERROR),
        ("/broken", Reason.SERVER_ERROR),
        ("/redirect-nowhere", Reason.REDIRECT_INVALID),
        ("/redirect-self", Reason.REDIRECT_LOOP),
        ("/redirect-ping", Reason.REDIRECT_LOOP),
        ("/redirect-farther", Reason.REDIRECT_LOOP),
        ("/redirect-file", Reason.REDIRECT_INVALID),
        ("/redirect-javascript", Reason.REDIRECT_INVALID),
        ("/redirect-ftp", Reason.REDIRECT_INVALID),
        ("/redirect-broken", Reason.REDIRECT_INVALID),
        ("/redirect-port-zero", Reason.REDIRECT_INVALID),
        ("/redirect-metadata", Reason.ADDRESS_FORBIDDEN),
        ("/redirect-private", Reason.ADDRESS_FORBIDDEN),
        ("/redirect-mapped", Reason.ADDRESS_FORBIDDEN),
        ("/redirect-long", Reason.URL_INVALID),
        ("/slow-body", Reason.TIMEOUT),
        ("/slow-headers", Reason.TIMEOUT),
        ("/silent", Reason.TIMEOUT),
        ("/endless-body", Reason.TOO_LARGE),
        ("/endless-headers", Reason.PROTOCOL_ERROR),
        ("/endless-early-hints", Reason.TIMEOUT),
        ("/bad-chunks", Reason.PROTOCOL_ERROR),
        ("/bad-chunks-later", Reason.TIMEOUT),  # aiohttp 3.14 closes without a word; the deadline ends it
        ("/reset", Reason.CONNECTION_RESET),
        ("/reset-in-body", Reason.BODY_TRUNCATED),
        ("/not-http", Reason.PROTOCOL_ERROR),
        ("/nothing", Reason.CONNECTION_RESET),
        ("/http-0.9", Reason.PROTOCOL_ERROR),
        ("/missing", Reason.NOT_FOUND),
    ],
)
def test_a_misdeed_costs_one_reason_and_stays_within_its_bounds(
    server: HostileServer, settings: FetchSettings, path: str, reason: Reason
) -> None:
    tracemalloc.start()
    started = time.monotonic()
    try:
        error = failure(server.url(path), settings)
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert error.reason is reason, error
    assert time.monotonic() - started < TIMEOUT_S + 1.5
    assert peak_bytes < MAX_MEMORY_BYTES
    assert 0 < len(error.detail) < 300
    assert "\n" not in error.detail


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/gzip-members", ARTICLE + b"<p>Bagian dua.</p>"),
        ("/gzip-padded", ARTICLE),
        ("/raw-deflate", ARTICLE),
    ],
)
def test_odd_but_honest_answers_are_read(
    server: HostileServer, settings: FetchSettings, path: str, body: bytes
) -> None:
    assert fetch_one(server.url(path), settings).body == body


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://127.0.0.1:{port}/", Reason.ADDRESS_FORBIDDEN),
        ("http://127.1:{port}/", Reason.ADDRESS_FORBIDDEN),
        ("http://2130706433:{port}/", Reason.ADDRESS_FORBIDDEN),
        ("http://0x7f.0.0.1:{port}/", Reason.ADDRESS_FORBIDDEN),
        ("http://0177.0.0.1:{port}/", Reason.ADDRESS_FORBIDDEN),
        ("http://0:{port}/", Reason.ADDRESS_FORBIDDEN),
        ("http://localhost:{port}/", Reason.ADDRESS_FORBIDDEN),
        ("http://[::1]:{port}/", Reason.ADDRESS_FORBIDDEN),
        ("http://[::ffff:127.0.0.1]:{port}/", Reason.ADDRESS_FORBIDDEN),
        ("http://kabar.test/", Reason.ADDRESS_FORBIDDEN),
        ("http://169.254.169.254/", Reason.ADDRESS_FORBIDDEN),
        ("http://100.64.0.1/", Reason.ADDRESS_FORBIDDEN),
        ("file:///etc/passwd", Reason.SCHEME_UNSUPPORTED),
        ("ftp://kabar.test/", Reason.SCHEME_UNSUPPORTED),
        ("javascript:alert(1)", Reason.SCHEME_UNSUPPORTED),
        ("http://", Reason.URL_INVALID),
        ("http://kabar.test:99999/", Reason.URL_INVALID),
        ("http://[::1/", Reason.URL_INVALID),
    ],
)
def test_a_private_peer_is_refused_and_never_asked(
    server: HostileServer, settings: FetchSettings, url: str, reason: Reason
) -> None:
    before = len(server.requests)
    closed = replace(settings, allow_networks=())
    assert failure(url.format(port=server.port), closed).reason is reason
    assert len(server.requests) == before


def test_the_connected_peer_is_checked_when_the_name_was_resolved_by_the_map(
    server: HostileServer, settings: FetchSettings
) -> None:
    error = failure(server.url("/gzip-members"), replace(settings, allow_networks=("10.0.0.0/8",)))
    assert error.reason is Reason.ADDRESS_FORBIDDEN
    assert "127.0.0.1" in error.detail


def test_a_name_that_does_not_exist_is_a_dns_failure(settings: FetchSettings) -> None:
    assert failure("http://no-such-name.invalid/", settings).reason is Reason.DNS_FAILED


def test_a_closed_port_is_a_connection_failure(settings: FetchSettings) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/"
        assert failure(url, settings).reason is Reason.CONNECT_FAILED


def test_plain_http_behind_https_is_a_tls_failure(server: HostileServer, settings: FetchSettings) -> None:
    assert failure(f"https://127.0.0.1:{server.port}/", settings).reason is Reason.TLS_FAILED


def test_a_certificate_that_nobody_vouches_for_is_refused(settings: FetchSettings) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / "certificate.pem", TLS / "key.pem")
    asked: list[str] = []

    class Told(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)

    with ThreadingHTTPServer(("127.0.0.1", 0), Told) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        way = (("berita.test", f"127.0.0.1:{server.server_port}"),)
        told = failure("https://berita.test/", replace(settings, connect_to=way))
        server.shutdown()
    assert told.reason is Reason.TLS_FAILED
    assert asked == []


@pytest.mark.parametrize("path", ["/image", "/pdf"])
def test_a_refused_type_ends_before_the_body(
    server: HostileServer, settings: FetchSettings, path: str
) -> None:
    with pytest.raises(FetchError) as caught:
        get(server.url(path), settings, refuse=lambda kind: not kind.startswith("text/"))
    assert caught.value.reason is Reason.CONTENT_TYPE_UNSUPPORTED


def test_redirects_are_followed_and_remembered(server: HostileServer, settings: FetchSettings) -> None:
    server.put("lama.test", "/a", Reply(status=301, headers={"Location": "http://baru.test/b#bagian"}))
    server.put("baru.test", "/b", Reply(status=302, headers={"Location": "/c d"}))
    server.put("baru.test", "/c%20d", ARTICLE)
    page = fetch_one("http://lama.test/a", settings)
    assert page.body == ARTICLE
    assert page.url == "http://lama.test/a"
    assert [status for status, _ in page.redirects] == [301, 302]
    assert page.redirects[0][1] == "http://baru.test/b"
    assert page.final_url == page.redirects[-1][1]


def test_we_say_who_we_are_and_what_we_can_read(server: HostileServer, settings: FetchSettings) -> None:
    server.put("kenal.test", "/", ARTICLE)
    fetch_one("http://kenal.test/", settings)
    headers = server.asked("kenal.test")[0].headers
    assert headers["user-agent"].startswith("warta/")
    assert headers["accept-encoding"] == "gzip, deflate"
    assert "cookie" not in headers


def test_a_304_answers_only_a_request_with_validators(server: HostileServer, settings: FetchSettings) -> None:
    page = get(server.url("/not-modified"), settings, headers={"If-None-Match": '"a"', "A-IM": "feed"})
    assert (page.status, page.body) == (304, b"")
    with pytest.raises(FetchError, match="304"):
        get(server.url("/not-modified"), settings, headers={"A-IM": "feed"})


def test_the_last_request_to_a_host_closes_its_connection(
    server: HostileServer, settings: FetchSettings
) -> None:
    server.put("tutup.test", "/", ARTICLE)
    get("http://tutup.test/", settings, keep_alive=False)
    assert server.asked("tutup.test")[0].headers["connection"] == "close"


def test_a_proxy_from_the_environment_is_used_and_its_own_address_trusted(
    server: HostileServer, settings: FetchSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{server.port}")
    monkeypatch.setenv("no_proxy", "")
    server.put("jauh.example", "http://jauh.example/a", ARTICLE)
    behind = replace(settings, use_proxies=True, allow_networks=())
    assert fetch_one("http://jauh.example/a", behind).body == ARTICLE
    assert failure("http://10.0.0.1/", behind).reason is Reason.ADDRESS_FORBIDDEN


def test_a_fetch_error_survives_pickling() -> None:
    error = FetchError(Reason.GONE, "HTTP 410", "http://kabar.test/a", 410)
    copy = pickle.loads(pickle.dumps(error))
    assert (copy.reason, copy.detail, copy.url, copy.status) == (error.reason, "HTTP 410", error.url, 410)
    assert str(copy) == "gone: HTTP 410 (http://kabar.test/a)"
