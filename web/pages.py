"""A page as an answer: what every page has, and what no other site may do with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from gateway.card import Card
from gateway.gate import Gate
from gateway.proxies import Network
from web.render import templates
from web.static import Shelf

GATE = web.AppKey("gate_of_pages", Gate)
TRUSTED = web.AppKey("trusted_by_pages", Sequence[Network])

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
SCRIPTED = f"{POLICY}; script-src 'self'; connect-src 'self'"
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""`same-origin` and not `no-referrer`, with which a browser would send `Origin: null` along with our own forms."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the navigation."""

    label: str
    path: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around the pages of whoever has logged in: who they are, where they can go, their forms' seal."""

    name: str
    entries: Sequence[Entry]
    csrf: str


FRAME = web.RequestKey("frame", Frame)


class Pages:
    """Makes pages from templates."""

    def __init__(self, *, public_url: str) -> None:
        self.shelf = Shelf()
        self.base = urlsplit(public_url).path.rstrip("/")
        self._templates = templates()
        self._templates.globals |= {"base": self.base, "file": lambda name: self.base + self.shelf.address(name)}

    def answer(
        self,
        template: str,
        *,
        status: int = HTTPStatus.OK,
        runs: Sequence[str] = (),
        headers: Mapping[str, str] | None = None,
        frame: Frame | None = None,
        **values: Any,
    ) -> web.Response:
        """Return a page; `runs` names the scripts that it may run, `frame` is around it for whoever has logged in."""
        text = self._templates.get_template(template).render(runs=runs, frame=frame, **values)
        policy = SCRIPTED if runs else POLICY
        return web.Response(
            text=text,
            status=status,
            content_type="text/html",
            headers={**HEADERS, "Content-Security-Policy": policy, **(headers or {})},
        )

    def say(
        self,
        card: Card,
        *,
        status: int = HTTPStatus.OK,
        headers: Mapping[str, str] | None = None,
        frame: Frame | None = None,
    ) -> web.Response:
        """Return a page that is one card."""
        return self.answer("said.html", card=card, status=status, headers=headers, frame=frame)

    def see(self, path: str) -> web.Response:
        """Lead on to a page of ours, with a GET."""
        return web.Response(status=HTTPStatus.SEE_OTHER, headers={**HEADERS, "Location": self.base + path})


PAGES = web.AppKey("pages", Pages)
