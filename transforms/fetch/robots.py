"""robots.txt after RFC 9309. Pure: what was answered goes in, what is allowed comes out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from protego import Protego

MAX_ROBOTS_BYTES = 500 * 1024
"""RFC 9309 2.5: at least 500 KiB must be read; more is not."""
MAX_AGE_S = 24 * 3600.0
"""RFC 9309 2.4: not used for longer than a day."""
MIN_AGE_S = 3600.0
"""A shorter max-age is not worth a request per run."""
RETRY_S = 600.0
"""An unavailable robots.txt is asked for again after this long."""


@dataclass(frozen=True)
class Rules:
    """What one robots.txt says to one agent."""

    body: str
    agent: str
    """Product token: the User-Agent up to the first slash."""

    def allows(self, url: str) -> bool:
        return not self.body or bool(self._parsed.can_fetch(url, self.agent))

    @property
    def crawl_delay_s(self) -> float | None:
        delay = self._parsed.crawl_delay(self.agent) if self.body else None
        return None if delay is None else float(delay)

    @cached_property
    def _parsed(self) -> Protego:
        return Protego.parse(self.body)


def robots_url(url: str) -> str:
    """Return where the rules for `url` are.

    >>> robots_url("https://kabar.test:8080/a/b?c")
    'https://kabar.test:8080/robots.txt'
    """
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/robots.txt"


def agent_token(user_agent: str) -> str:
    """Return the product token that robots.txt groups are matched with.

    >>> agent_token("warta/0.1 (news feed archiver)")
    'warta'
    """
    return user_agent.split("/", 1)[0].split(" ", 1)[0]


def is_available(status: int) -> bool:
    """Whether an answer settles the question: rules (2xx) or their absence (4xx). RFC 9309 2.3.1.

    5xx means wait, and so does 429, which says "later" and not "no rules".
    """
    return status < 500 and status != 429


def body_of(status: int, body: bytes) -> str:
    """Return the rules of an available answer; empty, that is all allowed, unless it is a 2xx."""
    if not 200 <= status < 300:
        return ""
    return body[:MAX_ROBOTS_BYTES].decode("utf-8", "replace").removeprefix("\ufeff")


def expires_in_s(status: int, headers: Mapping[str, str]) -> float:
    """Return for how long the answer holds."""
    if not is_available(status):
        return RETRY_S
    age = re.search(r"max-age\s*=\s*(\d{1,9})", headers.get("cache-control", ""))
    return MAX_AGE_S if age is None else min(max(float(age[1]), MIN_AGE_S), MAX_AGE_S)
