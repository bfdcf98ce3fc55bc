"""The API's description (OpenAPI 3.1), generated from the declarations that validate."""

import secrets
from collections.abc import Iterable, Mapping
from functools import cached_property
from importlib.metadata import version
from typing import Any

from aiohttp import web
from jinja2 import Environment, PackageLoader
from pydantic import TypeAdapter
from pydantic.json_schema import models_json_schema

from gateway.api.call import Call, Route, json_answer
from gateway.api.problems import known_codes
from gateway.api.shapes import ProblemShape

REFS = "#/components/schemas/{model}"
MEANINGS = {
    400: "Something that was sent cannot be used; says what and why",
    401: "No API key, or none that counts",
    403: "The key may not do this; names the missing scope",
    404: "There is no such thing",
    409: "It cannot be done any more, or not this way",
    413: "The body is over 1 MB",
    415: "The body is not JSON",
    429: "Too many calls; says when to come back",
    503: "The database does not answer; nothing was done",
}


class Description:
    """The document of one server, made when it is first asked for."""

    def __init__(self, routes: Iterable[Route], *, public_url: str) -> None:
        self._routes = tuple(routes)
        self._public_url = public_url

    @cached_property
    def document(self) -> dict[str, Any]:
        """Return the OpenAPI document."""
        return describe(self._routes, public_url=self._public_url)


DESCRIPTION = web.AppKey("description", Description)


async def show(call: Call) -> web.Response:
    """Serve the description."""
    return json_answer(call.http.app[DESCRIPTION].document)


async def page(call: Call) -> web.Response:
    """Serve the description as a page for people."""
    pages = Environment(loader=PackageLoader("gateway.api"), autoescape=True)
    nonce = secrets.token_urlsafe(16)
    text = pages.get_template("docs.html").render(
        document=call.http.app[DESCRIPTION].document, codes=known_codes(), nonce=nonce
    )
    policy = f"default-src 'none'; style-src 'nonce-{nonce}'; frame-ancestors 'none'; base-uri 'none'"
    return web.Response(text=text, content_type="text/html", headers={"Content-Security-Policy": policy})


def describe(routes: Iterable[Route], *, public_url: str) -> dict[str, Any]:
    """Return the OpenAPI document of a table of routes."""
    table = tuple(routes)
    schemas = _schemas(table)
    paths: dict[str, dict[str, Any]] = {}
    for route in table:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "AgentGate",
            "version": version("agentgate-server"),
            "description": "Agents request, policies decide, humans approve.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": public_url}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "An API key, agk_…"}},
        },
    }


def _schemas(routes: tuple[Route, ...]) -> dict[str, Any]:
    bodies = [(route.body, "validation") for route in routes if route.body]
    _, described = models_json_schema(bodies, ref_template=REFS)  # type: ignore[arg-type]  # the mode is a literal
    found: dict[str, Any] = dict(described.get("$defs", {}))
    shapes = [shape for route in routes for shape in route.answers.values() if not isinstance(shape, str)]
    for shape in (*shapes, ProblemShape):
        schema = TypeAdapter(shape).json_schema(ref_template=REFS, mode="serialization")
        found |= schema.pop("$defs", {})
        if "title" in schema:
            found[schema["title"]] = schema
    return found


def _operation(route: Route) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "summary": route.summary,
        "operationId": f"{route.handler.__module__.rpartition('.')[2]}_{route.handler.__name__}",
        "tags": [route.path.removeprefix("/api").strip("/").partition("/")[0]],
        "parameters": list(_parameters(route)),
        "responses": {str(status): _answer(shape) for status, shape in sorted(route.answers.items())},
        "security": [{"key": []}] if route.scopes is not None else [],
    }
    if route.scopes is not None:
        operation["description"] = f"Scope: {_scopes(route)}."
    if route.body is not None:
        schema = {"$ref": REFS.format(model=route.body.__name__)}
        content = {"application/json": {"schema": schema}}
        operation["requestBody"] = {"required": not route.body_may_be_empty, "content": content}
    for status in problems_of(route):
        if str(status) not in operation["responses"]:
            operation["responses"][str(status)] = _problem(status)
    return operation


def _scopes(route: Route) -> str:
    scopes = route.scopes or ()
    return "any key (the verb looks at whose request it is)" if len(scopes) > 3 else " or ".join(scopes)


def problems_of(route: Route) -> tuple[int, ...]:
    """Return every error status that a route can answer: its own, and those that its declarations imply."""
    found = set(route.problems)
    if route.scopes is not None:
        found |= {401, 403, 429, 503}
    if route.query is not None:
        found.add(400)
    if route.body is not None:
        found |= {400, 413, 415}
    if "{" in route.path:
        found.add(404)
    return tuple(sorted(found))


def _parameters(route: Route) -> Iterable[dict[str, Any]]:
    if "{id}" in route.path:
        schema = {"type": "string"}
        yield {"name": "id", "in": "path", "required": True, "schema": schema, "description": "id or short code"}
    if route.query is not None:
        for name, schema in route.query.model_json_schema(ref_template=REFS)["properties"].items():
            yield {"name": name, "in": "query", "required": False, "schema": _inlined(route.query, schema)}
    for name, meaning in route.headers.items():
        yield {"name": name, "in": "header", "schema": {"type": "string"}, "description": meaning}


def _inlined(query: type[Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a parameter's schema with the words of its enum in place, so that it needs no component."""
    words = query.model_json_schema().get("$defs", {})
    text = {**schema}
    if "anyOf" in text:
        text["anyOf"] = [
            words.get(one["$ref"].rpartition("/")[2], one) if "$ref" in one else one for one in text["anyOf"]
        ]
    return text


def _answer(shape: Any) -> dict[str, Any]:
    if isinstance(shape, str):
        return {"description": "The answer", "content": {media: {"schema": {}} for media in shape.split()}}
    schema = TypeAdapter(shape).json_schema(ref_template=REFS, mode="serialization")
    schema.pop("$defs", None)
    if "title" in schema:
        schema = {"$ref": REFS.format(model=schema["title"])}
    return {"description": (shape.__doc__ or "The answer").strip(), "content": {"application/json": {"schema": schema}}}


def _problem(status: int) -> dict[str, Any]:
    schema = {"$ref": REFS.format(model=ProblemShape.__name__)}
    return {"description": MEANINGS[status], "content": {"application/problem+json": {"schema": schema}}}
