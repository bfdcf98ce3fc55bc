"""Where a webhook may lead: how an address must be written, and which IP addresses are nobody's but ours. PURE.

An address is read once, here; what is checked is what is called, so no two readers can disagree about it.
"""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from gateway.errors import Invalid

IpAddress = IPv4Address | IPv6Address

PORTS = {"http": 80, "https": 443}
LONGEST = 2000
WRITTEN = re.compile(r"[!-\[\]-~]+")
"""Printable ASCII without spaces and backslashes, which browsers and libraries read differently."""
LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
NAME = re.compile(rf"(?=.{{1,254}}$){LABEL}(?:\.{LABEL})*\.?")
NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
HERE = re.compile(r"(?:.*\.)?localhost(?:\.localdomain)?|ip6-localhost|ip6-loopback")

GLOBAL_UNICAST = IPv6Network("2000::/3")
TRANSLATED = IPv6Network("64:ff9b::/96")
"""NAT64 (RFC 6052): the IPv4 address in its end is the one that is reached, and on some networks the only way there."""
CLOSED_4 = tuple(
    IPv4Network(text)
    for text in (
        "192.0.0.0/24",  # protocol assignments, and one cloud's metadata
        "192.88.99.0/24",  # the relays of 6to4
        "168.63.129.16/32",  # another cloud's metadata, on an address that looks public
    )
)
CLOSED_6 = tuple(
    IPv6Network(text)
    for text in (
        "2001::/32",  # Teredo, which wraps an IPv4 address
        "2002::/16",  # 6to4, which does too
        "2001:db8::/32",  # examples
        "3fff::/20",  # more examples
    )
)


@dataclass(frozen=True, slots=True)
class Place:
    """A web address, taken apart. `target` is the path with its query; `host` has no brackets and no last dot."""

    scheme: str
    host: str
    port: int
    target: str
    authority: str

    @property
    def ip(self) -> IpAddress | None:
        """Return the IP address that is written there; None for a name."""
        return ip_of(self.host)


def ip_of(text: str) -> IpAddress | None:
    """Return the IP address that a text is in its usual spelling; None when it is none."""
    try:
        return ip_address(text)
    except ValueError:
        return None


def read_place(url: str) -> Place:
    """Take a web address apart. Raises Invalid."""
    if len(url) > LONGEST or not WRITTEN.fullmatch(url):
        raise _unusable(
            f"have 1 to {LONGEST} printable ASCII characters and no spaces; names of other scripts as xn--…"
        )
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise _unusable("be a web address like https://hooks.example.com/agentgate") from error
    host = (parts.hostname or "").removesuffix(".")
    if parts.scheme not in PORTS or not host:
        raise _unusable("begin with https:// or http:// and name a host")
    if "@" in parts.netloc:
        raise _unusable("not hold a name or password; receivers know us by the signature")
    if "#" in url:
        raise _unusable("not have a fragment (#…), which is never sent")
    if not _is_host(host, is_bracketed="[" in parts.netloc) or port == 0:
        raise _unusable("name a host, or an IP address in its usual spelling, and a port above 0 if any")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(parts.scheme, host, port or PORTS[parts.scheme], target, parts.netloc)


def _is_host(host: str, *, is_bracketed: bool) -> bool:
    """Whether this can be called: brackets hold IPv6 addresses and nothing else, and no scope (`%eth0`)."""
    if is_bracketed:
        return ":" in host and "%" not in host and ip_of(host) is not None
    return NAME.fullmatch(host) is not None


def _unusable(what: str) -> Invalid:
    return Invalid(f"url must {what}", field="url")


def why_closed_as_written(place: Place) -> str | None:
    """Return why a place may not be called, as far as its spelling tells; None when it may, or nobody knows yet."""
    if place.ip is not None:
        return why_closed(place.ip)
    if HERE.fullmatch(place.host):
        return "is the machine that AgentGate runs on"
    if NUMBER.fullmatch(place.host.rpartition(".")[2]):
        return "is an IP address in an odd spelling; write it like 203.0.113.7"
    return None


def why_closed(ip: IpAddress) -> str | None:
    """Return why an IP address may not be called; None when it is somebody's on the internet."""
    if isinstance(ip, IPv6Address):
        return _why_closed_6(ip)
    if ip.is_loopback or ip.is_unspecified:
        return "is the machine that AgentGate runs on"
    if ip.is_link_local:
        return "is link-local, where clouds keep their metadata"
    if ip.is_multicast:
        return "is a multicast address"
    if not ip.is_global or ip.is_reserved or any(ip in network for network in CLOSED_4):
        return "is private or reserved"
    return None


def _why_closed_6(ip: IPv6Address) -> str | None:
    if ip in TRANSLATED:
        return why_closed(IPv4Address(int(ip) & 0xFFFFFFFF))
    if ip.is_loopback or ip.is_unspecified:
        return "is the machine that AgentGate runs on"
    if ip.is_link_local:
        return "is link-local, where clouds keep their metadata"
    if ip.is_multicast:
        return "is a multicast address"
    if ip.ipv4_mapped is not None or ip.sixtofour is not None or ip.teredo is not None:
        return "wraps an IPv4 address; write that one"
    if ip not in GLOBAL_UNICAST or not ip.is_global or any(ip in network for network in CLOSED_6):
        return "is private or reserved"
    return None
