"""A page as an answer: what every page has, and what no other site may do with it."""

from collections.abc import Mapping, Sequence
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
    "default-src 'none'; style-src 'self'; img-src 'self'; {script}form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""`same-origin` and not `no-referrer`, with which a browser would send `Origin: null` along with our own forms."""


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
        runs: str | None = None,
        headers: Mapping[str, str] | None = None,
        **values: Any,
    ) -> web.Response:
        """Return a page; `runs` names the one script that it may run."""
        text = self._templates.get_template(template).render(runs=runs, **values)
        policy = POLICY.format(script="script-src 'self'; " if runs else "")
        return web.Response(
            text=text,
            status=status,
            content_type="text/html",
            headers={**HEADERS, "Content-Security-Policy": policy, **(headers or {})},
        )

    def say(self, card: Card, *, status: int = HTTPStatus.OK, headers: Mapping[str, str] | None = None) -> web.Response:
        """Return a page that is one card."""
        return self.answer("said.html", card=card, status=status, headers=headers)


PAGES = web.AppKey("pages", Pages)
