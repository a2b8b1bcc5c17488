"""Answer one reader on this machine: GET only, loopback only, and no other site may ask."""

import logging
import re
from functools import cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from urllib.parse import urlsplit

from warta.pipelines.look.browse.dataset import Dataset
from warta.pipelines.look.browse.pages import article_page, message_page, search_page
from warta.pipelines.look.browse.query import read_query

log = logging.getLogger(__name__)

ADDRESS = "127.0.0.1"
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_ARTICLE = re.compile(r"/article/([0-9a-f]{1,64})")
_REVISION = re.compile(r"revision=(\d{1,6})")

Answer = tuple[HTTPStatus, str, str]
"""Status, content type, body."""


class Server(ThreadingHTTPServer):
    """The pages of one dataset at http://127.0.0.1:PORT/."""

    daemon_threads = True

    def __init__(self, dataset: Dataset, port: int = 0) -> None:
        super().__init__((ADDRESS, port), Handler)
        self.dataset = dataset
        self.hosts = {f"{name}:{self.server_port}" for name in (ADDRESS, "localhost")}

    @property
    def url(self) -> str:
        return f"http://{ADDRESS}:{self.server_port}/"


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Server
    server_version, sys_version = "warta", ""
    timeout = 30
    """Seconds that a connection may stay silent."""

    def do_GET(self) -> None:
        status, kind, body = self._answer()
        data = body.encode()
        self.send_response(status)
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    do_HEAD = do_GET

    def _answer(self) -> Answer:
        if self.headers.get("Host", "").lower() not in self.server.hosts:
            # DNS rebinding: a stranger's name that resolves to this machine must not read the dataset
            return HTTPStatus.MISDIRECTED_REQUEST, "text/plain", "warta browse answers to 127.0.0.1 only\n"
        try:
            return answer(self.server.dataset, self.path)
        except Exception as error:
            log.exception("could not answer %s", self.path)
            said = message_page(
                self.server.dataset.name, "That did not work", f"{type(error).__name__}: {error}"
            )
            return HTTPStatus.INTERNAL_SERVER_ERROR, "text/html", said

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        log.debug(format, *args)


def answer(dataset: Dataset, target: str) -> Answer:
    """Return the answer to the request target `target` (path and query)."""
    parts = urlsplit(target)
    if parts.path == "/browse.css":
        return HTTPStatus.OK, "text/css", _style()
    if parts.path == "/":
        query = read_query(parts.query)
        page = search_page(dataset.name, query, dataset.search(query), dataset.choices())
        return HTTPStatus.OK, "text/html", page
    if found := _ARTICLE.fullmatch(parts.path):
        revision = _REVISION.fullmatch(parts.query)
        reading = dataset.article(found[1], int(revision[1]) if revision else None)
        if reading:
            return HTTPStatus.OK, "text/html", article_page(dataset.name, reading)
    return HTTPStatus.NOT_FOUND, "text/html", message_page(dataset.name, "Not here", "There is no such page.")


@cache
def _style() -> str:
    return files("warta.pipelines.look.browse").joinpath("browse.css").read_text(encoding="utf-8")
