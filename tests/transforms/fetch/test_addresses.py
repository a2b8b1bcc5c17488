"""Which addresses are everybody's, and which are somebody's inside."""

import pytest

from warta.transforms.fetch.addresses import is_allowed, networks, parse_address

PRIVATE = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1%eth0",
    "fd00::1",
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:a9fe:a9fe",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "2001:0:4136:e378:8000:63bf:f5ff:fffe",  # Teredo of 10.0.0.1
    "fec0::1",
    "127.1",
    "0x7f.1",
    "017700000001",
    "2130706433",
    "not an address",
    "",
]


@pytest.mark.parametrize("host", PRIVATE)
def test_what_is_not_public_is_refused(host: str) -> None:
    assert not is_allowed(host)


@pytest.mark.parametrize(
    "host", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_public_addresses_are_allowed(host: str) -> None:
    assert is_allowed(host)


@pytest.mark.parametrize(
    ("host", "block", "allowed"),
    [
        ("127.0.0.1", "127.0.0.0/8", True),
        ("::ffff:127.0.0.1", "127.0.0.0/8", True),
        ("10.0.0.1", "127.0.0.0/8", False),
        ("fd00::5", "fd00::/8", True),
        ("::1", "127.0.0.0/8", False),
    ],
)
def test_an_opened_block_opens_itself_only(host: str, block: str, allowed: bool) -> None:
    assert is_allowed(host, networks((block,))) is allowed


def test_a_bad_block_is_named() -> None:
    with pytest.raises(ValueError, match="10\\.0\\.0\\.0/99"):
        networks(("10.0.0.0/99",))


@pytest.mark.parametrize("host", ["kabar.test", "1.2.3.4.5", "256.1.1.1", "0x", "09.1.1.1", "1.2.3.999"])
def test_names_are_no_addresses(host: str) -> None:
    assert parse_address(host) is None
