"""Whose address a call comes from, behind proxies that are trusted to say so. PURE."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address

Network = IPv4Network | IPv6Network


def client_address(peer: str | None, forwarded: Sequence[str], trusted: Sequence[Network]) -> str:
    """Return the client's address: the peer's, or the last in `X-Forwarded-For` that no trusted proxy has added."""
    hops = [hop.strip() for line in forwarded for hop in line.split(",")]
    address = peer or "unknown"
    while hops and is_trusted(address, trusted):
        address = hops.pop() or address
    return address


def is_trusted(address: str, trusted: Sequence[Network]) -> bool:
    """Whether an address is one of a trusted proxy."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in trusted)
