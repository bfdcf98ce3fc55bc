"""Bad weather for the REST API, in Discord's words. https://discord.com/developers/docs/topics/rate-limits"""

import json
import time
from collections import defaultdict
from dataclasses import dataclass, field

from tests.platforms.weather import Cut, Fault, Weather, cut, hang, html, slow

__all__ = ["DiscordWeather", "Pace", "cut", "hang", "html", "rate_limited", "refused", "slow", "status"]

PROXY = {"Via": "1.1 google"}
"""Discord's answers come through a proxy; discord.py takes a 429 without this header for Cloudflare's."""


def rate_limited(retry_after: float = 1, *, scope: str = "user") -> Fault:
    """429 with the seconds to wait; scopes are `user`, `global` and `shared`."""
    body = {"message": "You are being rate limited.", "retry_after": retry_after, "global": scope == "global"}
    return Fault(Cut.ANSWER, 429, json.dumps(body), headers=limit_headers(retry_after, scope))


def limit_headers(retry_after: float, scope: str) -> dict[str, str]:
    """Return the headers that come with a 429."""
    headers = PROXY | {"Retry-After": str(max(1, round(retry_after))), "X-RateLimit-Scope": scope}
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
    """How often a route may be called in a while; every major parameter counts by itself."""

    calls: int
    seconds: float
    _times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def take(self, place: str) -> tuple[int, float]:
        """Count a call; returns how many are left and after how many seconds all are; -1 left is one too many."""
        now = time.monotonic()
        times = self._times[place] = [at for at in self._times[place] if now - at < self.seconds]
        left = self.calls - len(times) - 1
        if left >= 0:
            times.append(now)
        return left, self.seconds - (now - times[0]) if times else self.seconds


@dataclass
class DiscordWeather(Weather):
    """Faults by route, `METHOD /template` as `routes.ROUTES` has them; `*` is every route, `gateway` the sockets."""

    paces: dict[str, Pace] = field(default_factory=dict)

    def pace(self, route: str, calls: int, seconds: float) -> None:
        """Answer 429 to whoever calls a route more often than that, and say so before in the headers."""
        self.paces[route] = Pace(calls, seconds)
