"""Which network addresses may be asked. Pure: it is handed addresses, it resolves nothing."""

import ipaddress
import re
from functools import lru_cache

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_OLD_NUMBER = re.compile(r"0x[0-9a-f]{1,16}|0[0-7]{0,20}|[1-9][0-9]{0,9}")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_NAT64_LOCAL = ipaddress.ip_network("64:ff9b:1::/48")
_COMPATIBLE = ipaddress.ip_network("::/96")


def parse_address(host: str) -> Address | None:
    """Return `host` as an address (brackets and zone id allowed), or None for a name.

    The old spellings of IPv4 that resolvers accept are addresses too: fewer parts, hexadecimal, octal.

    >>> str(parse_address("0x7f.1")), str(parse_address("2130706433")), parse_address("kabar.test")
    ('127.0.0.1', '127.0.0.1', None)
    """
    plain = host.strip("[]").partition("%")[0].rstrip(".")
    try:
        return ipaddress.ip_address(plain)
    except ValueError:
        return _old_ipv4(plain)


def _old_ipv4(host: str) -> ipaddress.IPv4Address | None:
    """Read what `inet_aton` reads: one to four numbers, the last of which fills the remaining bytes."""
    parts = host.lower().split(".")
    if len(parts) > 4 or not all(_OLD_NUMBER.fullmatch(part) for part in parts):
        return None
    *heads, last = (
        int(part, 16 if part.startswith("0x") else 8 if part.startswith("0") and len(part) > 1 else 10)
        for part in parts
    )
    room = 256 ** (4 - len(heads))
    if last >= room or any(head > 255 for head in heads):
        return None
    return ipaddress.IPv4Address(sum(head << 8 * (3 - at) for at, head in enumerate(heads)) + last)


def embedded(address: Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that an IPv6 one carries (mapped, compatible, 6to4, Teredo, NAT64), if any."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address.ipv4_mapped:
        return address.ipv4_mapped
    if address.sixtofour:
        return address.sixtofour
    if address.teredo:
        return address.teredo[1]
    if address in _NAT64 or address in _COMPATIBLE:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def is_public(address: Address) -> bool:
    """Whether an address, and the one inside it, is reachable by everybody: no private, loopback, link-local
    (cloud metadata lives there), shared (CGNAT), multicast or reserved range."""
    inner = embedded(address)
    if inner is not None:
        return is_public(inner)
    if address in _NAT64_LOCAL:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.is_site_local:
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


@lru_cache(maxsize=64)
def networks(blocks: tuple[str, ...]) -> tuple[Network, ...]:
    """Parse CIDR blocks. Raises ValueError naming the bad one."""
    return tuple(ipaddress.ip_network(block, strict=False) for block in blocks)


@lru_cache(maxsize=4096)
def is_allowed(host: str, allow: tuple[Network, ...] = ()) -> bool:
    """Whether a peer address (as text) may be talked to: public, or inside an opened block."""
    address = parse_address(host)
    if address is None:
        return False
    inner = embedded(address)
    if any(candidate in block for block in allow for candidate in (address, inner) if candidate):
        return True
    return is_public(address)
