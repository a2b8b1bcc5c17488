"""What an answer means: usable, moved, or an ending with a reason. Pure."""

from urllib.parse import urljoin, urlsplit

from warta.schemas.outcome import Reason
from warta.transforms.fetch.model import FetchError

REDIRECTS = frozenset({301, 302, 303, 307, 308})
USABLE = frozenset({200, 203, 226})
"""226 (RFC 3229) is what a server that understands `A-IM: feed` answers with: only what is new."""


def status_reason(status: int) -> Reason | None:
    """Return the reason that an HTTP status ends a request with, or None for a usable answer."""
    if status in USABLE:
        return None
    named = {404: Reason.NOT_FOUND, 408: Reason.TIMEOUT, 410: Reason.GONE, 429: Reason.RATE_LIMITED}
    if status in named:
        return named[status]
    if status in (401, 402, 403, 407, 451):
        return Reason.ACCESS_DENIED
    if 400 <= status < 500:
        return Reason.CLIENT_ERROR
    return Reason.SERVER_ERROR if 500 <= status < 600 else Reason.STATUS_UNEXPECTED


def redirect_target(url: str, status: int, location: str) -> str:
    """Return the absolute http(s) address that a redirect leads to.

    Raises:
      FetchError: redirect_invalid, for a missing, broken or foreign (`file:`, `javascript:`) target.
    """
    location = location.strip()
    if not location:
        raise FetchError(Reason.REDIRECT_INVALID, f"HTTP {status} without Location", url)
    try:
        target = urljoin(url, location).partition("#")[0]
        parts = urlsplit(target)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise FetchError(Reason.REDIRECT_INVALID, f"redirect to {location[:120]!r}", url)
    return target
