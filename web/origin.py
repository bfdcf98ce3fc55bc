"""Whether a form was sent from one of our own pages.

Browsers say in `Origin` where a form stood; what says nothing at all is no browser, and has the seal to show instead.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}
Place = tuple[str, int]
"""A host and its port."""


def is_from_here(headers: Mapping[str, str], *, public_url: str) -> bool:
    """Whether the headers of a POST agree that it comes from a page of this server.

    `Origin: null` is what sandboxes and other sites' redirects send; it counts only where the browser adds that the
    page is ours. https://fetch.spec.whatwg.org/#origin-header
    """
    origin, referer = headers.get("Origin"), headers.get("Referer")
    site = headers.get("Sec-Fetch-Site")
    if site == "cross-site":
        return False
    ours = {_place(public_url), *(_place(f"{scheme}://{headers.get('Host', '')}") for scheme in DEFAULT_PORTS)}
    if origin == "null":
        return site == "same-origin" or (referer is not None and _place(referer) in ours)
    said = origin or referer
    return said is None or _place(said) in ours - {None}


def _place(url: str) -> Place | None:
    """Return where an address leads, however its port is written; None when that cannot be read."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        return None
    return parts.hostname, port or DEFAULT_PORTS[parts.scheme]
