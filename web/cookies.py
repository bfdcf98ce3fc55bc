"""Cookies: what a browser keeps for us. No script reads them, no other site makes a browser send them.

Behind TLS their names begin with `__Host-`, with which a browser takes them from this very host alone, or with
`__Secure-` where the pages lie under a path. https://www.rfc-editor.org/rfc/rfc6265
"""

from datetime import timedelta

from aiohttp import web

from web.pages import PAGES
from web.peer import is_secure

SESSION = "agentgate_session"
LOGIN = "agentgate_login"
ONCE = "agentgate_once"


def kept(http: web.Request, name: str) -> str:
    """Return what the browser has kept, or nothing."""
    return http.cookies.get(_name(http, name), "")


def keep(http: web.Request, answer: web.Response, name: str, text: str, *, lasts: timedelta) -> None:
    """Let the browser keep something for a while."""
    _set(http, answer, name, text, seconds=int(lasts.total_seconds()))


def drop(http: web.Request, answer: web.Response, name: str) -> None:
    """Let the browser forget what it has kept, if it has."""
    if kept(http, name):
        _set(http, answer, name, "", seconds=0)


def _set(http: web.Request, answer: web.Response, name: str, text: str, *, seconds: int) -> None:
    answer.set_cookie(
        _name(http, name),
        text,
        max_age=seconds,
        path=_path(http),
        secure=is_secure(http),
        httponly=True,
        samesite="Strict",
    )


def _name(http: web.Request, name: str) -> str:
    if not is_secure(http):
        return name
    return f"__Host-{name}" if _path(http) == "/" else f"__Secure-{name}"


def _path(http: web.Request) -> str:
    return http.app[PAGES].base or "/"
