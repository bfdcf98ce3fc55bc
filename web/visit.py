"""One visit of somebody who has logged in: what a page function gets, after everything about it has been checked."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from aiohttp import web

from gateway.card import Card
from gateway.gate import Gate
from gateway.sessions import Session
from gateway.views import Actor
from models.words import Scope
from web.forms import Form
from web.pages import PAGES, Frame


@dataclass(frozen=True, slots=True)
class Visit:
    """Who looks or presses, with which key, and what their form says."""

    gate: Gate
    http: web.Request
    session: Session
    frame: Frame
    form: Form

    @property
    def actor(self) -> Actor:
        """Return who acts: `web:` and the key's name, with the key's scopes."""
        return self.session.actor

    @property
    def ref(self) -> str:
        """Return the `{id}` of the path."""
        return self.http.match_info["id"]

    def may(self, scope: Scope) -> bool:
        """Whether the key has the scope; `admin` implies all."""
        return self.actor.may(scope)

    def page(
        self, template: str, *, status: int = HTTPStatus.OK, runs: Sequence[str] = (), **values: Any
    ) -> web.Response:
        """Return a page with the visitor's navigation; `runs` names the scripts that it may run."""
        return self.http.app[PAGES].answer(template, status=status, runs=runs, frame=self.frame, **values)

    def say(self, card: Card, *, status: int = HTTPStatus.OK) -> web.Response:
        """Return a page that is one card."""
        return self.http.app[PAGES].say(card, status=status, frame=self.frame)

    def go(self, path: str) -> web.Response:
        """Lead on to another page of ours, after a form was sent."""
        return self.http.app[PAGES].see(path)


Show = Callable[[Visit], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Route:
    """One row of the pages: what is asked for, who answers, which scope it needs, and its name in the navigation."""

    method: str
    path: str
    show: Show
    scopes: tuple[Scope, ...] = ()
    """Any of these opens the page; none: whoever has logged in."""
    entry: str | None = None

    def is_for(self, actor: Actor) -> bool:
        """Whether this actor's key opens the page."""
        return not self.scopes or any(actor.may(scope) for scope in self.scopes)
