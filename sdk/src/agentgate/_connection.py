"""Where the gate is and how to talk to it: the one place that reads the environment and knows httpx's words."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx

from ._flows import Send
from ._outside import Outside, outside_of
from ._version import __version__
from ._wire import Lost, Reply

DEFAULT_URL = "http://localhost:3000"
CONNECT_TIMEOUT = 5.0  # seconds
# every waiting caller holds a connection, so their number is not limited
LIMITS = httpx.Limits(max_connections=None, max_keepalive_connections=20)
UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)


@dataclass(frozen=True, slots=True)
class Address:
    """The gate's URL and the key that opens it; the key stays out of every repr."""

    url: httpx.URL
    api_key: str | None = field(repr=False)

    @classmethod
    def find(cls, url: str | None, api_key: str | None) -> Address:
        """Take what is given, else AGENTGATE_URL and AGENTGATE_API_KEY; raise ValueError for what cannot be used."""
        given = (url or os.environ.get("AGENTGATE_URL") or DEFAULT_URL).strip()
        key = (api_key or os.environ.get("AGENTGATE_API_KEY") or "").strip()
        if not (key.isascii() and key.isprintable()):
            raise ValueError("The API key has characters that no API key has.")
        return cls(_checked(given), key or None)

    def __str__(self) -> str:
        return str(self.url)

    @property
    def outside(self) -> Outside:
        """Return the network and the time that lie between here and there."""
        return outside_of(self.url)

    @property
    def headers(self) -> dict[str, str]:
        """Return what every HTTP request carries."""
        headers = {"Accept": "application/json", "User-Agent": f"agentgate-client/{__version__}"}
        if self.api_key:
            headers["Authorization"] = f"Bearer {self.api_key}"
        return headers


def http_request(client: httpx.Client | httpx.AsyncClient, step: Send) -> httpx.Request:
    """Write a call as httpx sends it."""
    call = step.call
    timeout = httpx.Timeout(step.timeout, connect=min(step.timeout, CONNECT_TIMEOUT))
    return client.build_request(
        call.method,
        call.path,
        params=dict(call.query) or None,
        content=call.body,
        headers=dict(call.headers),
        timeout=timeout,
    )


def reply(response: httpx.Response, body: bytes) -> Reply:
    """Keep of an httpx response what matters."""
    return Reply(response.status_code, response.headers, body, datetime.now(UTC))


def lost(error: httpx.RequestError) -> Lost:
    """Tell whether a failed call may have reached the gate."""
    url = error.request.url
    gate = f"{url.scheme}://{url.netloc.decode('ascii')}"
    return Lost(error, sent=not isinstance(error, UNSENT), gate=gate)


def _checked(given: str) -> httpx.URL:
    try:
        url = httpx.URL(given)
    except httpx.InvalidURL as error:
        raise ValueError("The gate's URL cannot be understood; it looks like https://gate.example.com.") from error
    if url.scheme not in {"http", "https"} or not url.host:
        raise ValueError("The gate's URL begins with http:// or https:// and names a host.")
    if url.userinfo:
        raise ValueError("The gate's URL must not hold a user name or password: they would take the API key's place.")
    return url
