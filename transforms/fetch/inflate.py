"""Decompression that cannot be blown up: every step is asked for at most the bytes still allowed."""

import zlib

from warta.schemas.outcome import Reason

ACCEPT_ENCODING = "gzip, deflate"
"""Only what `zlib` can bound: brotli's decoder has no output limit in its stable Python interface."""

_GZIP = 16 + zlib.MAX_WBITS


class BodyError(Exception):
    """A body that cannot be had in full; `reason` says why."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


class Inflater:
    """Collect the chunks of one body, decompressed, within `max_bytes` before and after.

    Raises BodyError: too_large, encoding_unsupported, encoding_invalid, body_truncated.
    """

    def __init__(self, encoding: str, max_bytes: int) -> None:
        names = [name.strip().lower() for name in encoding.split(",")]
        names = [name.removeprefix("x-") for name in names if name not in ("", "identity")]
        if len(names) > 1 or (names and names[0] not in ("gzip", "deflate")):
            raise BodyError(Reason.ENCODING_UNSUPPORTED, f"Content-Encoding {encoding[:80]!r}")
        self._encoding = names[0] if names else ""
        self._max_bytes = max_bytes
        self._parts: list[bytes] = []
        self._stream: zlib._Decompress | None = None
        self._between = b""
        self.wire_bytes = 0
        self.body_bytes = 0

    def feed(self, chunk: bytes) -> None:
        """Take one chunk from the wire."""
        self.wire_bytes += len(chunk)
        if self.wire_bytes > self._max_bytes:
            raise BodyError(Reason.TOO_LARGE, f"more than {self._max_bytes} bytes on the wire")
        if self._encoding:
            self._inflate(chunk)
        else:
            self._keep(chunk)

    def finish(self) -> bytes:
        """Return the whole body. Raises BodyError when the compressed stream has no end."""
        if self._stream is not None and not self._stream.eof:
            raise BodyError(
                Reason.BODY_TRUNCATED, f"{self._encoding} stream ends after {self.wire_bytes} bytes"
            )
        return b"".join(self._parts)

    def _keep(self, data: bytes) -> None:
        self.body_bytes += len(data)
        if self.body_bytes > self._max_bytes:
            raise BodyError(Reason.TOO_LARGE, f"more than {self._max_bytes} bytes decompressed")
        self._parts.append(data)

    def _inflate(self, data: bytes) -> None:
        while data:
            if self._stream is None:
                self._stream = self._open(data)
            elif self._stream.eof:
                data, self._between = self._between + data, b""
                if len(data) < 2:
                    self._between = data
                    return
                if self._encoding != "gzip" or not data.startswith(b"\x1f\x8b"):
                    return  # padding after the stream: browsers ignore it, so do we
                self._stream = zlib.decompressobj(_GZIP)
            try:
                self._keep(self._stream.decompress(data, self._max_bytes - self.body_bytes + 1))
            except zlib.error as error:
                raise BodyError(Reason.ENCODING_INVALID, f"{self._encoding}: {error}") from None
            data = self._stream.unconsumed_tail or self._stream.unused_data

    def _open(self, data: bytes) -> "zlib._Decompress":
        if self._encoding == "gzip":
            return zlib.decompressobj(_GZIP)
        # "deflate" means zlib (RFC 9110 8.4.1.2), yet raw streams are common; the first byte tells.
        is_zlib = data[0] & 0x0F == 8 and (len(data) < 2 or (data[0] << 8 | data[1]) % 31 == 0)
        return zlib.decompressobj(zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS)
