"""Which network addresses may be asked. Pure: it is handed addresses, it resolves nothing."""

import ipaddress
from collections.abc import Iterable
from functools import lru_cache

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_NAT64_LOCAL = ipaddress.ip_network("64:ff9b:1::/48")
_COMPATIBLE = ipaddress.ip_network("::/96")


def parse_address(host: str) -> Address | None:
    """Return `host` as an address (brackets and zone id allowed), or None for a name.

    Odd notations of IPv4 (`0x7f.1`, `2130706433`, `127.1`) count as names here: the system resolver turns
    them into plain addresses, and its answer is checked like any other.
    """
    try:
        return ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return None


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
    return address.is_global and not address.is_multicast and not address.is_reserved


@lru_cache(maxsize=64)
def networks(blocks: tuple[str, ...]) -> tuple[Network, ...]:
    """Parse CIDR blocks. Raises ValueError naming the bad one."""
    return tuple(ipaddress.ip_network(block, strict=False) for block in blocks)


def is_allowed(host: str, allow: Iterable[Network] = ()) -> bool:
    """Whether a peer address (as text) may be talked to: public, or inside an opened block."""
    address = parse_address(host)
    if address is None:
        return False
    inner = embedded(address)
    if any(candidate in block for block in allow for candidate in (address, inner) if candidate):
        return True
    return is_public(address)
