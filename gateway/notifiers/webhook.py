"""How a webhook is called: one POST to the very IP address that was looked at, and no step further.

The name is resolved once for each call. TLS and the Host header keep the name; the connection goes to the address, so a
name that answers something else a moment later leads nowhere. No proxy of the environment counts: it would resolve
again. Redirects are not followed, and of the answer only its head is read.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from importlib.metadata import version
from ipaddress import IPv6Address

import httpx

from gateway.errors import DeliveryPostponed, Invalid
from gateway.reach import IpAddress, Place, ip_of, read_place, why_closed, why_closed_as_written

TIMEOUT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(hours=1)
"""How long a receiver may put us off."""

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Returns the IP addresses of a name. Raises OSError."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receiver answered."""

    status: int
    retry_after: timedelta | None = None


class NoAnswer(DeliveryPostponed):
    """A receiver let us wait until the time was up."""


async def resolve(host: str, port: int) -> Sequence[str]:
    """Ask the system for a name's addresses. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class WebhookSender:
    """Calls webhooks. By default only what is on the internet; `allow_private` allows everything."""

    def __init__(
        self,
        *,
        timeout: timedelta = TIMEOUT,
        allow_private: bool = False,
        resolve: Resolve = resolve,
        why_closed: Callable[[IpAddress], str | None] = why_closed,
        trust: Callable[[], ssl.SSLContext] = ssl.create_default_context,
    ) -> None:
        self._timeout = timeout
        self._allow_private = allow_private
        self._resolve = resolve
        self._why_closed = why_closed
        self._trust = trust

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """Whom to trust: loaded when it is first needed, for it takes a while."""
        return self._trust()

    def check(self, url: str) -> None:
        """Refuse an address that could never be called, as far as its spelling tells. Raises Invalid."""
        place = read_place(url)
        reason = None if self._allow_private else why_closed_as_written(place)
        if reason is not None:
            raise Invalid(f"url: {place.host} {reason}. ALLOW_PRIVATE_WEBHOOKS=true lets it pass.", field="url")

    async def send(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Call a webhook once; return what it answered, whatever that is. Raises DeliveryPostponed, or NoAnswer."""
        try:
            async with asyncio.timeout(self._timeout.total_seconds()):
                return await self._send(read_place(url), body, headers)
        except TimeoutError as error:
            raise NoAnswer(f"no answer within {self._timeout.total_seconds():g} s") from error
        except Invalid as error:
            raise DeliveryPostponed(error.sentence) from error

    async def _send(self, place: Place, body: bytes, headers: Mapping[str, str]) -> Answer:
        addresses = await self._addresses(place)
        ours = {"User-Agent": f"AgentGate/{version('agentgate-server')}", "Connection": "close"}
        async with httpx.AsyncClient(verify=self._tls, trust_env=False, timeout=None, headers=ours) as client:  # noqa: S113 - the whole call has an end already
            for ip in addresses[:-1]:
                try:
                    return await _post(client, place, ip, body, headers)
                except httpx.ConnectError:
                    continue  # the name has another address
            try:
                return await _post(client, place, addresses[-1], body, headers)
            except httpx.HTTPError as error:
                raise DeliveryPostponed(_said(error)) from error

    async def _addresses(self, place: Place) -> list[IpAddress]:
        """Return where a place is, after each of its addresses was looked at. Raises DeliveryPostponed."""
        reason = None if self._allow_private else why_closed_as_written(place)
        if reason is not None:
            raise DeliveryPostponed(f"not called: {place.host} {reason}")
        if place.ip is not None:
            return [place.ip]
        try:
            found = [ip_of(text) for text in await self._resolve(place.host, place.port)]
        except OSError as error:
            raise DeliveryPostponed(f"the name {place.host} is not found: {error.strerror or error}") from error
        addresses = [ip for ip in found if ip is not None]
        if not addresses:
            raise DeliveryPostponed(f"the name {place.host} has no address")
        for ip in addresses if not self._allow_private else ():
            reason = self._why_closed(ip)
            if reason is not None:
                raise DeliveryPostponed(f"not called: {place.host} leads to an address that {reason}")
        return addresses


async def _post(
    client: httpx.AsyncClient, place: Place, ip: IpAddress, body: bytes, headers: Mapping[str, str]
) -> Answer:
    host = f"[{ip}]" if isinstance(ip, IPv6Address) else str(ip)
    kept = {"Host": place.authority, "Content-Type": "application/json"}
    named = {} if place.ip is not None else {"sni_hostname": place.host}
    request = client.build_request(
        "POST",
        f"{place.scheme}://{host}:{place.port}{place.target}",
        content=body,
        headers={**kept, **headers},
        extensions=named,
    )
    response = await client.send(request, stream=True, follow_redirects=False)
    try:
        return Answer(response.status_code, _retry_after(response.headers.get("Retry-After", "")))
    finally:
        await response.aclose()


def _retry_after(text: str) -> timedelta | None:
    """Return how long a receiver wants to be left alone, an hour at most; dates and nonsense do not count."""
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        return None
    return min(timedelta(seconds=int(text)), LONGEST_WAIT)


def _said(error: httpx.HTTPError) -> str:
    """Return what went wrong on the way, in the words of whoever noticed."""
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
