"""Which client a request comes from, as far as that can be known."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from starlette.types import Scope

    from ..settings import Network

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

NEARBY = tuple(
    map(ipaddress.ip_network, ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7"))
)
"""Where a proxy of one's own is: this machine and private networks (RFC 1918, RFC 4193)."""


def client_address(scope: Scope, trusted_proxies: Sequence[Network]) -> Address | None:
    """The client's address: the peer, or what trusted proxies say of it.

    ``X-Forwarded-For`` grows to the right, so it is read from there, as far as each sender is trusted.
    None if the peer has no IP address (a Unix socket).
    """
    peer = _address(scope["client"][0]) if scope.get("client") else None
    forwarded = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for")
    for text in reversed(forwarded.decode("latin-1").split(",")):
        if peer is None or not any(peer in network for network in trusted_proxies):
            return peer
        said = _address(text.strip())
        if said is None:
            return peer
        peer = said
    return peer


def forwarded_for(scope: Scope, trusted_proxies: Sequence[Network]) -> Address | None:
    """The client that a proxy nearby names although nobody said to trust it; None for any other request.

    What a stranger on the open network writes into ``X-Forwarded-For`` counts for nothing.
    """
    peer = _address(scope["client"][0]) if scope.get("client") else None
    if peer is None or not any(peer in each for each in NEARBY) or any(peer in each for each in trusted_proxies):
        return None
    forwarded = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for")
    return _address(forwarded.decode("latin-1").rpartition(",")[2].strip())


def plain_address(text: str) -> str | None:
    """What an address counts as, from the text of one or of what it counts as; None if it is neither.

    Examples
    --------
    >>> plain_address("2001:db8:1:2::7"), plain_address("2001:db8:1:2::/64"), plain_address("zzz")
    ('2001:db8:1:2::/64', '2001:db8:1:2::/64', None)
    """
    address = _address(text.strip().removesuffix("/64"))
    return None if address is None else limited_as(address)


def limited_as(address: Address) -> str:
    """What counts as one client: an IPv4 address, or the /64 network that one IPv6 customer is given."""
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, 64), strict=False))


@lru_cache(maxsize=1024)
def _address(text: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if address.version == 6 else None
    return mapped or address
