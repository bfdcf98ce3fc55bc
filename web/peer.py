"""Who is at the other end, as far as trusted proxies say: from which address, and whether by TLS."""

from aiohttp import web

from gateway.proxies import client_address, is_trusted
from web.pages import GATE, TRUSTED


def address_of(http: web.Request) -> str:
    """Return the client's address."""
    return client_address(http.remote, http.headers.getall("X-Forwarded-For", []), http.app[TRUSTED])


def is_secure(http: web.Request) -> bool:
    """Whether the browser speaks TLS: the public address says so, or a trusted proxy."""
    if http.app[GATE].options.public_url.startswith("https://"):
        return True
    said = ",".join(http.headers.getall("X-Forwarded-Proto", []))
    by_tls = "https" in (word.strip().lower() for word in said.split(","))
    return by_tls and is_trusted(http.remote or "", http.app[TRUSTED])
