"""The door for people: which page is where, and how a page says that something went wrong.

The pages are added to the API's application: one port serves both, and every call gets its reference, its count and its
line in the log, with the route as it is declared and never a token.
"""

from collections.abc import Awaitable, Callable, Sequence
from ipaddress import ip_network

from aiohttp import web

from gateway.errors import GateError, NotFound
from gateway.follow import NO_SUCH_LINK
from gateway.gate import Gate
from models.db import Unreachable
from web import links, login
from web.opening import opened
from web.pages import GATE, PAGES, TRUSTED, Pages
from web.routes import ROUTES
from web.static import ICON
from web.trouble import page_for

NO_LINK = "There is no such link"
Next = Callable[[web.Request], Awaitable[web.StreamResponse]]

FOR_MACHINES = ("/api", "/health", "/metrics")
LINK = "/l/"
FOR_PEOPLE = frozenset(f"/{route.path.split('/')[1]}" for route in ROUTES) | {login.PATH}
"""How the addresses of pages begin for whoever has a key."""


def add_pages(app: web.Application, gate: Gate, *, trusted_proxies: Sequence[str] = ()) -> None:
    """Add the pages of a gate to an application, behind whatever that does around every call."""
    app[GATE] = gate
    app[PAGES] = Pages(public_url=gate.options.public_url)
    app[TRUSTED] = tuple(ip_network(proxy, strict=False) for proxy in trusted_proxies)
    app.middlewares.append(answer_people)
    app.router.add_get("/l/{token}", links.show)
    app.router.add_post("/l/{token}/decide", links.answer)
    app.router.add_get(login.PATH, login.show)
    app.router.add_post(login.PATH, login.answer)
    for route in ROUTES:
        app.router.add_route(route.method, route.path, opened(route))
        if route.method == "GET":
            app.router.add_route("HEAD", route.path, opened(route))
    app.router.add_get("/static/{name}", _file)
    app.router.add_get("/favicon.ico", _icon)


@web.middleware
async def answer_people(request: web.Request, handler: Next) -> web.StreamResponse:
    """Turn what goes wrong into a page, for whoever reads pages."""
    http = request  # aiohttp gives the argument its name; here a request is an approval's
    try:
        return await handler(http)
    except web.HTTPException as error:
        if not _reads_pages(http):
            raise
        is_no_link = http.path.startswith(LINK) and isinstance(error, web.HTTPNotFound)
        return page_for(http, NotFound(NO_SUCH_LINK), title=NO_LINK) if is_no_link else page_for(http, error)
    except GateError as error:
        if not _is_page(http):
            raise
        is_no_link = http.path.startswith(LINK) and isinstance(error, NotFound)
        return page_for(http, error, title=NO_LINK if is_no_link else None)
    except Exception as error:  # whatever it is gets a page and its log line, unless nobody is there to read it
        if not _is_page(http) or (isinstance(error, Unreachable) and _has_hung_up(http)):
            raise
        return page_for(http, error)


def _is_page(http: web.Request) -> bool:
    first = http.path.removeprefix("/").partition("/")[0]  # `*` and a bare host have no slash at all
    return http.path.startswith(LINK) or f"/{first}" in FOR_PEOPLE


def _reads_pages(http: web.Request) -> bool:
    """Whether it is a page that was asked for, or an address that is none, by a browser."""
    is_for_machines = any(http.path == path or http.path.startswith(f"{path}/") for path in FOR_MACHINES)
    return _is_page(http) or (not is_for_machines and "text/html" in http.headers.get("Accept", ""))


def _has_hung_up(http: web.Request) -> bool:
    return http.transport is None or http.transport.is_closing()


async def _file(http: web.Request) -> web.Response:
    return http.app[PAGES].shelf.answer(http, http.match_info["name"])


async def _icon(http: web.Request) -> web.Response:
    return http.app[PAGES].shelf.answer(http, ICON)
