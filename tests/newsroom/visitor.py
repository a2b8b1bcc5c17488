"""A visitor to the newsroom: plain HTTP/1.1 with a Host header of one's choice."""

import http.client
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


def visit(port: int, url: str, **headers: str) -> Reply:
    """GET `url` from 127.0.0.1, whatever its host. Header names take `_` for `-`."""
    parts = urlsplit(url)
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        asked = {name.replace("_", "-"): value for name, value in headers.items()}
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        link.request("GET", target, headers={"Host": parts.netloc, **asked})
        answer = link.getresponse()
        return Reply(answer.status, {name.lower(): v for name, v in answer.getheaders()}, answer.read())
    finally:
        link.close()
