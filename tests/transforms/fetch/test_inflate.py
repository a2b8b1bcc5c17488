"""Decompression within its cap, whatever the chunks."""

import gzip
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warta.schemas.outcome import Reason
from warta.transforms.fetch.inflate import BodyError, Inflater

BODY = b"Harga beras naik. " * 500
PACKERS = {
    "": bytes,
    "identity": bytes,
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "Deflate": lambda data: zlib.compress(data, wbits=-zlib.MAX_WBITS),
}


def inflate(encoding: str, wire: bytes, *, chunk_bytes: int = 4096, max_bytes: int = 10**6) -> bytes:
    inflater = Inflater(encoding, max_bytes)
    for at in range(0, len(wire), chunk_bytes):
        inflater.feed(wire[at : at + chunk_bytes])
    return inflater.finish()


@pytest.mark.parametrize("encoding", PACKERS)
@pytest.mark.parametrize("chunk_bytes", [1, 7, 4096])
def test_every_encoding_is_read_in_chunks_of_any_size(encoding: str, chunk_bytes: int) -> None:
    assert inflate(encoding, PACKERS[encoding](BODY), chunk_bytes=chunk_bytes) == BODY


@given(body=st.binary(max_size=5000), chunk_bytes=st.integers(1, 600), members=st.integers(1, 3))
def test_gzip_members_come_out_as_they_went_in(body: bytes, chunk_bytes: int, members: int) -> None:
    assert inflate("gzip", gzip.compress(body) * members, chunk_bytes=chunk_bytes) == body * members


@given(wire=st.binary(max_size=300), encoding=st.sampled_from(["gzip", "deflate"]))
def test_any_bytes_end_in_a_body_or_a_reason(wire: bytes, encoding: str) -> None:
    with suppress(BodyError):
        assert len(inflate(encoding, wire)) <= 10**6


@pytest.mark.parametrize(
    ("encoding", "wire", "reason"),
    [
        ("gzip", gzip.compress(BODY)[:-9], Reason.BODY_TRUNCATED),
        ("deflate", zlib.compress(BODY)[:-9], Reason.BODY_TRUNCATED),
        ("gzip", b"<html>", Reason.ENCODING_INVALID),
        ("gzip", gzip.compress(bytes(10**7)), Reason.TOO_LARGE),
        ("", bytes(2 * 10**6), Reason.TOO_LARGE),
        ("br", b"", Reason.ENCODING_UNSUPPORTED),
        ("zstd", b"", Reason.ENCODING_UNSUPPORTED),
        ("gzip, deflate", b"", Reason.ENCODING_UNSUPPORTED),
    ],
    ids=["cut gzip", "cut deflate", "no gzip", "bomb", "long", "brotli", "zstd", "two encodings"],
)
def test_what_cannot_be_had_has_a_reason(encoding: str, wire: bytes, reason: Reason) -> None:
    with pytest.raises(BodyError) as caught:
        inflate(encoding, wire)
    assert caught.value.reason is reason


def test_the_cap_is_exact() -> None:
    assert inflate("gzip", gzip.compress(BODY), max_bytes=len(BODY)) == BODY
    with pytest.raises(BodyError, match="decompressed"):
        inflate("gzip", gzip.compress(BODY), max_bytes=len(BODY) - 1)


def test_an_empty_gzip_body_is_empty() -> None:
    assert inflate("gzip", b"") == b""
