"""Logging in with an API key, and out again."""

import re
import secrets
from datetime import timedelta
from http import HTTPStatus

from aiohttp import web

from gateway.errors import Forbidden, GateError, Invalid, TooManyRequests, Unauthorized
from gateway.guesses import count_wrong_key
from gateway.headers import headers_of
from gateway.sessions import LASTS, Session, log_in, resume
from web.cookies import LOGIN, SESSION, drop, keep, kept
from web.forms import Form, check_sender, read_form
from web.local import local_path
from web.pages import GATE, PAGES
from web.peer import address_of
from web.trouble import trouble_of
from web.visit import Visit

PATH = "/login"
FORM_LASTS = timedelta(hours=12)
MARK = re.compile(r"[A-Za-z0-9_-]{22}")
OVER = (
    "Your session is over – it lasts twelve hours, and ends when its key changes –, so nothing was counted. "
    "Log in to go on."
)
NO_COOKIE = (
    "This form was not sent from our login page, or your browser did not send back the cookie it got there, "
    "so nothing was checked. Allow cookies for this address, open it with https:// if it has that, and try again."
)
NO_KEY = "Paste your API key: it begins with agk_."


async def show(http: web.Request) -> web.Response:
    """Ask for a key, or lead on who has shown one."""
    was, wanted = kept(http, SESSION), local_path(http.query.get("next", ""))
    if await resume(http.app[GATE], was):
        return http.app[PAGES].see(wanted)
    answer = _asked(http, wanted, note=OVER if was else None)
    drop(http, answer, SESSION)
    return answer


async def answer(http: web.Request) -> web.Response:
    """Begin a session for a right key; ask again for a wrong one."""
    form = await read_form(http)
    wanted = local_path(form.get("next"))
    try:
        _check_browser(http, form)
        session = await _session(http, form.get("key"))
    except (Forbidden, Invalid, TooManyRequests, Unauthorized) as error:
        return _asked(http, wanted, error=error)
    led_on = http.app[PAGES].see(wanted)
    keep(http, led_on, SESSION, session.text, lasts=LASTS)
    drop(http, led_on, LOGIN)
    return led_on


async def log_out(visit: Visit) -> web.Response:
    """Let the browser forget the session."""
    left = visit.go(PATH)
    drop(visit.http, left, SESSION)
    return left


def _check_browser(http: web.Request, form: Form) -> None:
    """Let a form through that stood on the login page of this very browser. Raises Forbidden."""
    mark = kept(http, LOGIN)
    if not MARK.fullmatch(mark):
        raise Forbidden(NO_COOKIE)
    check_sender(http, form, token=_page_of(mark), otherwise=NO_COOKIE)


async def _session(http: web.Request, presented: str) -> Session:
    """Return a session for a key. An address that shows many wrong ones is limited, but gets in with a right one."""
    if not presented:
        raise Invalid(NO_KEY)
    gate = http.app[GATE]
    try:
        return await log_in(gate, presented)
    except Unauthorized:
        await count_wrong_key(gate, address=address_of(http))
        raise


def _asked(http: web.Request, wanted: str, *, note: str | None = None, error: GateError | None = None) -> web.Response:
    """Return the form, bound to this browser by a cookie, so that no other site can log somebody in."""
    mark = kept(http, LOGIN)
    if not MARK.fullmatch(mark):
        mark = secrets.token_urlsafe(16)
    answer = http.app[PAGES].answer(
        "login.html",
        status=trouble_of(error)[0] if error else HTTPStatus.OK,
        headers=headers_of(error) if error else None,
        wanted=wanted,
        note=note,
        problem=error.sentence if error else None,
        form_seal=http.app[GATE].tokens.form(_page_of(mark)),
    )
    keep(http, answer, LOGIN, mark, lasts=FORM_LASTS)
    return answer


def _page_of(mark: str) -> str:
    """Return what the login form's seal is made over."""
    return f"login.{mark}"
