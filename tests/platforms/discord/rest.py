"""The REST API over HTTP: reads what discord.py sends, checks the token, meets the weather, answers.

https://discord.com/developers/docs/reference
"""

import hashlib
import json
import math
import time
from typing import Any

from aiohttp import web

from tests.platforms.discord.records import Call
from tests.platforms.discord.refusals import Refusal, TooFast, invalid_json, no_such_route, unauthorized
from tests.platforms.discord.routes import ROUTES, find
from tests.platforms.discord.weather import PROXY, limit_headers
from tests.platforms.discord.world import World
from tests.platforms.weather import struck, wait_out

PREFIX = "/api/v10"


class RestApi:
    """Serves `/api/v10/…`."""

    def __init__(self, discord: World) -> None:
        self._discord = discord

    async def serve(self, http: web.Request) -> web.StreamResponse:
        """Answer one call."""
        call = Call(http.method, http.path, time.monotonic(), query=dict(http.query), headers=dict(http.headers))
        if http.path.startswith(PREFIX):
            call.path = http.path.removeprefix(PREFIX)
            call.route, call.named = find(call.method, call.path)
        self._discord.calls.append(call)
        readable = await _read(http, call)
        fault = self._discord.weather.strike(call.route)
        self._discord.bell.ring()
        if fault:
            await wait_out(fault)
            if fault.ends_the_call and not fault.after_effect:
                return struck(http, fault, call)
        response = self._perform(call, readable=readable)
        self._discord.bell.ring()
        return struck(http, fault, call) if fault and fault.ends_the_call else response

    def _perform(self, call: Call, *, readable: bool) -> web.Response:
        left, reset_after = self._pace(call)
        headers = PROXY | self._limit_headers(call, max(0, left), reset_after)
        try:
            call.answer = self._answer(call, readable=readable, wait=reset_after if left < 0 else 0)
            call.status = 204 if call.answer is None else 200
        except TooFast as refusal:
            call.status, call.answer = 429, refusal.answer
            headers |= limit_headers(refusal.retry_after, refusal.scope)
        except Refusal as refusal:
            call.status, call.answer = refusal.status, refusal.answer
        return _json(call, headers)

    def _answer(self, call: Call, *, readable: bool, wait: float) -> Any:
        route = ROUTES.get(call.route)
        if route and route.needs_token and not self._is_authorized(call):
            raise unauthorized()
        if route is None:
            raise no_such_route()
        if wait:
            raise TooFast(wait)
        if not readable:
            raise invalid_json()
        return route.perform(self._discord, call)

    def _is_authorized(self, call: Call) -> bool:
        scheme, _, token = call.headers.get("Authorization", "").partition(" ")
        return scheme == "Bot" and self._discord.knows(token.strip())

    def _pace(self, call: Call) -> tuple[int, float]:
        """Count a call where a pace is kept; returns how many are left, and when all are again."""
        pace = self._discord.weather.paces.get(call.route)
        if pace is None:
            return 49, 1.0
        place = next((call.named[name] for name in ("channel", "guild", "token") if name in call.named), "")
        left, reset_after = pace.take(place)
        return left, math.ceil(reset_after * 1000) / 1000  # whole milliseconds, never too few

    def _limit_headers(self, call: Call, left: int, reset_after: float) -> dict[str, str]:
        pace = self._discord.weather.paces.get(call.route)
        return {
            "X-RateLimit-Limit": str(pace.calls if pace else 50),
            "X-RateLimit-Remaining": str(left),
            "X-RateLimit-Reset": f"{time.time() + reset_after:.3f}",
            "X-RateLimit-Reset-After": f"{reset_after:.3f}",
            "X-RateLimit-Bucket": hashlib.sha256(call.route.encode()).hexdigest()[:32],
        }


async def _read(http: web.Request, call: Call) -> bool:
    """Read the body, JSON or a form with `payload_json`; tells whether it could be read."""
    if not http.can_read_body:
        return True
    try:
        if http.content_type == "multipart/form-data":
            call.body = json.loads(str((await http.post()).get("payload_json", "{}")))
        else:
            call.body = json.loads(await http.text() or "{}")
    except ValueError:
        return False
    return True


def _json(call: Call, headers: dict[str, str]) -> web.Response:
    """Answer as Discord does: no charset in the content type, nothing at all with 204."""
    if call.status == 204:
        return web.Response(status=204, headers=headers)
    body = json.dumps(call.answer).encode()
    return web.Response(body=body, status=call.status, content_type="application/json", headers=headers)
