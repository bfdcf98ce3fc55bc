"""The door itself: who calls, how often, with what – all checked before a handler runs."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from ipaddress import ip_network

from aiohttp import web

from gateway.admin_views import KeyView
from gateway.api.access import CALLER
from gateway.api.bodies import Body, names_in, read_body
from gateway.api.call import GATE, Call, Route
from gateway.api.metrics import METRICS_TOKEN
from gateway.api.middleware import ALLOWANCE, ALLOWED_ORIGINS, add_headers, answer_in_any_weather, answer_preflight
from gateway.api.openapi import DESCRIPTION, Description
from gateway.api.peer import TRUSTED, note_wrong_key
from gateway.api.queries import read_query
from gateway.api.routes import ROUTES
from gateway.api.strict_json import parse_object
from gateway.errors import Forbidden, Invalid, TooManyRequests, Unauthorized
from gateway.gate import Gate
from gateway.keys import authenticate
from gateway.views import Actor

LARGEST_BODY = 1024 * 1024
NOBODY = Actor("anonymous", "")
JSON_TYPES = ("application/json", "application/problem+json")


def make_api(
    gate: Gate,
    *,
    allowed_origins: Sequence[str] = (),
    trusted_proxies: Sequence[str] = (),
    metrics_token: str = "",
    routes: Sequence[Route] = ROUTES,
) -> web.Application:
    """Build the API of a gate. `trusted_proxies` are addresses or networks; raises ValueError for others."""
    app = web.Application(middlewares=[answer_in_any_weather, answer_preflight], client_max_size=LARGEST_BODY)
    app[GATE] = gate
    app[ALLOWED_ORIGINS] = frozenset(allowed_origins)
    app[TRUSTED] = tuple(ip_network(proxy, strict=False) for proxy in trusted_proxies)
    app[METRICS_TOKEN] = metrics_token
    app[DESCRIPTION] = Description(routes, public_url=gate.options.public_url)
    app.on_response_prepare.append(add_headers)
    for route in routes:
        app.router.add_route(route.method, route.path, _opened(route))
        if route.method == "GET":
            app.router.add_route("HEAD", route.path, _opened(route))
    return app


def _opened(route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handle(http: web.Request) -> web.StreamResponse:
        gate = http.app[GATE]
        actor = NOBODY
        if route.scopes is not None:
            key = await _known(gate, http)
            http[CALLER] = key.name
            await _limit(gate, http, key)
            _check_scope(route, key)
            actor = key.actor
        query = read_query(route.query, http.query.items()) if route.query else None
        body = await _body(route, http) if route.body else None
        return await route.handler(Call(gate, http, actor, body, query))

    return handle


async def _known(gate: Gate, http: web.Request) -> KeyView:
    """Return the caller's key. An address that shows many wrong ones is limited, but gets in with a right one."""
    scheme, _, presented = http.headers.get("Authorization", "").partition(" ")
    try:
        return await authenticate(gate, presented.strip() if scheme.lower() == "bearer" else None)
    except Unauthorized:
        await note_wrong_key(http)
        raise


async def _limit(gate: Gate, http: web.Request, key: KeyView) -> None:
    if not gate.options.rate_limit_enabled:
        return
    limit = key.rate_limit or gate.options.rate_limit_rpm
    allowance = await gate.limiter.hit(f"key:{key.id}", limit=limit)
    http[ALLOWANCE] = allowance
    if allowance.retry_after is not None:
        gate.metrics.refused("key")
        wait = max(timedelta(seconds=1), allowance.retry_after)
        raise TooManyRequests(
            f"The key {key.name} may call {limit} times a minute; wait {wait.total_seconds():.0f} s.", retry_after=wait
        )


def _check_scope(route: Route, key: KeyView) -> None:
    if route.scopes and not any(key.actor.may(scope) for scope in route.scopes):
        needed = " or ".join(scope.value for scope in route.scopes)
        raise Forbidden(f"The key {key.name} lacks the scope {needed}.")


async def _body(route: Route, http: web.Request) -> Body | None:
    if route.body is None:
        return None
    raw = await _raw(http)
    if not raw and route.body_may_be_empty:
        return read_body(route.body, {})
    if "Content-Type" in http.headers and http.content_type not in JSON_TYPES:
        raise web.HTTPUnsupportedMediaType
    if not raw:
        raise Invalid("the body is empty; send a JSON object")
    return read_body(route.body, parse_object(raw, known=names_in(route.body)))


async def _raw(http: web.Request) -> bytes:
    try:
        return await http.read()
    except web.RequestPayloadError as error:
        raise Invalid("the body is not what Content-Encoding or Transfer-Encoding says it is") from error
