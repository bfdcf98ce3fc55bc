"""One call of the API, after everything about it has been checked."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from aiohttp import web

from gateway.api.bodies import Body
from gateway.api.queries import Query
from gateway.gate import Gate
from gateway.views import Actor
from models.words import Scope

B = TypeVar("B", bound=Body)
Q = TypeVar("Q", bound=Query)

GATE = web.AppKey("gate", Gate)


@dataclass(frozen=True, slots=True)
class Call:
    """Who calls, with which checked values."""

    gate: Gate
    http: web.Request
    actor: Actor
    values: Body | None
    query_values: Query | None

    def body(self, kind: type[B]) -> B:
        """Return the body that the route declares."""
        if not isinstance(self.values, kind):
            raise TypeError(f"the route declares no {kind.__name__}")
        return self.values

    def query(self, kind: type[Q]) -> Q:
        """Return the query that the route declares."""
        if not isinstance(self.query_values, kind):
            raise TypeError(f"the route declares no {kind.__name__}")
        return self.query_values

    @property
    def ref(self) -> str:
        """Return the `{id}` of the path."""
        return self.http.match_info["id"]


Handler = Callable[[Call], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Route:
    """One row of the API: what is called, who may, what goes in, what comes out."""

    method: str
    path: str
    handler: Handler
    summary: str
    scopes: tuple[Scope, ...] | None
    """Any of these opens the door; None: no key is needed."""
    answers: Mapping[int, Any]
    """Status → shape (a TypedDict), or a media type as text."""
    problems: tuple[int, ...] = ()
    """Statuses beyond those that the rules imply (see openapi.py)."""
    body: type[Body] | None = None
    body_may_be_empty: bool = False
    query: type[Query] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    """Request headers that count, with what they are for."""

    @property
    def name(self) -> str:
        """Return `POST /api/requests`."""
        return f"{self.method} {self.path}"


def json_answer(shape: Mapping[str, Any] | list[Any], *, status: int = 200) -> web.Response:
    """Answer with JSON that no cache keeps."""
    return web.Response(
        body=json.dumps(shape, ensure_ascii=False, separators=(",", ":")).encode(),
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
    )
