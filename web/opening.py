"""Opening a page to whoever has logged in and may see it, and a form to whoever has it from us."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from aiohttp import web

from gateway.sessions import Session, resume
from web import routes
from web.cookies import SESSION, kept
from web.forms import Form, check_sender, read_form
from web.local import local_path, login_path, path_of
from web.pages import FRAME, GATE, PAGES, Entry, Frame
from web.trouble import NOT_YOURS, trouble_card
from web.visit import Route, Visit

ELSEWHERE = (
    "This form did not come from a page of yours, so it was not counted. "
    "Open the page again in your browser, and send it from there."
)


def opened(route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Return what answers a row of the table."""

    async def handle(http: web.Request) -> web.StreamResponse:
        gate = http.app[GATE]
        session = await resume(gate, kept(http, SESSION))
        if session is None:
            return _to_login(http)
        http[FRAME] = frame = _frame(http, session)
        if not route.is_for(session.actor):
            return _closed(http, route, session)
        form = await _form(http, session) if route.method == "POST" else Form()
        return await route.show(Visit(gate, http, session, frame, form))

    return handle


def _frame(http: web.Request, session: Session) -> Frame:
    entries = [
        Entry(row.entry, row.path, is_here=f"{http.path}/".startswith(f"{row.path}/"))
        for row in routes.ROUTES
        if row.entry and row.is_for(session.actor)
    ]
    return Frame(session.key.name, entries, csrf=http.app[GATE].tokens.form(session.text))


def _to_login(http: web.Request) -> web.Response:
    """Lead to the login, and from there back to what was asked for, or to the page whose form was sent.

    A browser that comes by a link on another site keeps its cookie to itself, and would again after a redirect: all of
    that is one navigation. A page of ours that leads on begins another, so whoever is logged in arrives.
    """
    pages = http.app[PAGES]
    reads = http.method in {"GET", "HEAD"}
    wanted = local_path(str(http.rel_url)) if reads else path_of(http.headers.get("Referer", ""), base=pages.base)
    if reads and http.headers.get("Sec-Fetch-Site") == "cross-site" and not kept(http, SESSION):
        return pages.answer("onward.html", path=login_path(wanted))
    return pages.see(login_path(wanted))


def _closed(http: web.Request, route: Route, session: Session) -> web.Response:
    needed = " or ".join(scope.value for scope in route.scopes)
    sentence = (
        f"This page needs a key with the scope {needed}, and “{session.key.name}” lacks it. "
        "Log out and log in with another key, or ask an admin."
    )
    card = trouble_card(NOT_YOURS, sentence)
    return http.app[PAGES].say(card, status=HTTPStatus.FORBIDDEN, frame=http[FRAME])


async def _form(http: web.Request, session: Session) -> Form:
    form = await read_form(http)
    check_sender(http, form, token=session.text, otherwise=ELSEWHERE)
    return form
