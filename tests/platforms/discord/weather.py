"""Bad weather for the REST API, in Discord's words. https://discord.com/developers/docs/topics/rate-limits"""

import json
import math
import time
from dataclasses import dataclass, field

from tests.platforms.weather import Cut, Fault, Weather, cut, hang, html, slow

__all__ = ["DiscordWeather", "Fault", "banned", "cut", "hang", "html", "rate_limited", "refused", "slow", "status"]

PROXY = {"Via": "1.1 google"}
"""Discord's answers come through a proxy; discord.py takes a 429 without this header for Cloudflare's."""


def rate_limited(retry_after: float = 1, *, scope: str = "user") -> Fault:
    """429 with the seconds to wait; scopes are `user`, `global` and `shared`."""
    body = {"message": "You are being rate limited.", "retry_after": retry_after, "global": scope == "global"}
    return Fault(Cut.ANSWER, 429, json.dumps(body), headers=limit_headers(retry_after, scope))


def limit_headers(retry_after: float, scope: str) -> dict[str, str]:
    """Return the headers that come with a 429."""
    headers = PROXY | {"Retry-After": str(max(1, math.ceil(retry_after))), "X-RateLimit-Scope": scope}
    return headers | ({"X-RateLimit-Global": "true"} if scope == "global" else {})


def banned() -> Fault:
    """429 from Cloudflare: HTML, no `Via`; too many refused calls bring it."""
    return Fault(Cut.ANSWER, 429, "<html><title>Access denied</title></html>", "text/html")


def status(code: int, *, after_effect: bool = False) -> Fault:
    """A bare HTTP error: 500, 502, 503, 504, …"""
    body = json.dumps({"message": f"{code}: Server Error", "code": 0})
    return Fault(Cut.ANSWER, code, body, headers=PROXY, after_effect=after_effect)


def refused(code: int, number: int, message: str) -> Fault:
    """A refusal of Discord's own: an HTTP status, its number and its sentence."""
    return Fault(Cut.ANSWER, code, json.dumps({"message": message, "code": number}), headers=PROXY)


@dataclass
class Pace:
    """How often a route may be called in a while; every channel, guild and token counts by itself."""

    calls: int
    seconds: float
    _begun: dict[str, float] = field(default_factory=dict)
    _left: dict[str, int] = field(default_factory=dict)

    def take(self, place: str) -> tuple[int, float]:
        """Count a call; returns how many are left and in how many seconds all are again; -1 left is one too many."""
        now = time.monotonic()
        if now - self._begun.get(place, -math.inf) >= self.seconds:
            self._begun[place], self._left[place] = now, self.calls
        self._left[place] = max(-1, self._left[place] - 1)
        return self._left[place], self.seconds - (now - self._begun[place])


@dataclass
class DiscordWeather(Weather):
    """Faults by route, `METHOD /template` as `routes.ROUTES` has them; `*` is every route, `gateway` the sockets."""

    known: frozenset[str] = frozenset()
    """The routes that there are: a fault for any other would never strike."""
    paces: dict[str, Pace] = field(default_factory=dict)

    def on(self, method: str, fault: Fault, *, times: int = 1, after: int = 0) -> None:
        """Let the next calls of a route go wrong, when `after` more went well."""
        self.check(method)
        super().on(method, fault, times=times, after=after)

    def keep(self, method: str, fault: Fault) -> None:
        """Let every call of a route go wrong until the weather clears."""
        self.check(method)
        super().keep(method, fault)

    def pace(self, route: str, calls: int, seconds: float) -> None:
        """Answer 429 to whoever calls a route more often than that, and say so before in the headers."""
        self.check(route)
        self.paces[route] = Pace(calls, seconds)

    def check(self, route: str) -> None:
        """Fail for a route that there is not."""
        assert route in self.known, f"there is no route {route!r}, but {sorted(self.known)}"
