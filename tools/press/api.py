"""The HTTP API, from its OpenAPI document and the table of routes that the document is made from."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from gateway.api.call import Route
from gateway.api.openapi import describe, problems_of
from gateway.api.routes import ROUTES
from models.words import Scope
from tools.press.markdown import NOTHING, clause, code, table

EVERY_KEYED_CALL = {401, 403, 429, 503}
"""What every call with a key can answer, said once above the tables."""
KEYS = ("key", "what it is", "when left out", "meaning")
OBJECTS = "objects.md"
"""The page on which objects are described, as seen from the page with the calls."""


@cache
def document() -> dict[str, Any]:
    """Return the OpenAPI document."""
    return describe(ROUTES, public_url="http://localhost:3000")


def operations() -> Iterator[tuple[Route, dict[str, Any]]]:
    """Yield every route with how the document describes it."""
    for route in ROUTES:
        yield route, document()["paths"][route.path][route.method.lower()]


def calls(*tags: str) -> str:
    """Return the table of the calls with one of these tags."""
    rows = ([code(one.name), *_row(one, said)] for one, said in operations() if said["tags"][0] in tags)
    return table(("call", "scope", "answers", "refusals", "what it does"), rows)


def _row(route: Route, said: Mapping[str, Any]) -> list[str]:
    described_above = EVERY_KEYED_CALL if route.scopes is not None else set()
    refusals = sorted(set(problems_of(route)) - described_above)
    answers = [f"{status} {_shape(said['responses'][str(status)])}".strip() for status in sorted(route.answers)]
    return [_scopes(route), ", ".join(answers), " ".join(map(str, refusals)) or NOTHING, clause(said["summary"])]


def _shape(answer: Mapping[str, Any]) -> str:
    schema = answer["content"].get("application/json", {}).get("schema")
    return _kind(schema) if schema else ""


def _scopes(route: Route) -> str:
    if route.scopes is None:
        return "none"
    return "any" if set(route.scopes) == set(Scope) else " or ".join(code(one.value) for one in route.scopes)


def body(name: str) -> str:
    """Return the table of what a body may hold."""
    schema = document()["components"]["schemas"][name]
    needed = schema.get("required", [])
    rows = (
        [code(key), _kind(one), "required" if key in needed else _default(one), clause(one.get("description", ""))]
        for key, one in schema["properties"].items()
    )
    return table(KEYS, rows)


def _default(schema: Mapping[str, Any]) -> str:
    value = schema.get("default")
    if value is None:
        return NOTHING
    return code(f"{value:g}" if isinstance(value, float) else json.dumps(value).strip('"'))


def query(operation: str) -> str:
    """Return the table of what may stand behind the `?` of a call, or in its own headers."""
    said = next(said for _, said in operations() if said["operationId"] == operation)
    chosen = [one for one in said["parameters"] if one["in"] != "path"]
    rows = ([code(one["name"]), _sent(one["schema"]), _default(one["schema"]), clause(_meaning(one))] for one in chosen)
    return table(KEYS, rows)


def _sent(schema: Mapping[str, Any]) -> str:
    """Return what a parameter is: nobody can send null in an address."""
    return " or ".join(_kind(one) for one in schema.get("anyOf", [schema]) if one.get("type") != "null")


def _meaning(parameter: Mapping[str, Any]) -> str:
    return str(parameter.get("description") or parameter["schema"].get("description", ""))


def answers() -> str:
    """Return a section for each kind of object that comes back."""
    schemas = document()["components"]["schemas"]
    return "\n\n".join(_object(name, one) for name, one in schemas.items() if name.endswith("Shape"))


def _object(name: str, schema: Mapping[str, Any]) -> str:
    optional = set(schema["properties"]) - set(schema.get("required", []))
    rows = (
        [code(key), _kind(one) + (", not always there" if key in optional else "")]
        for key, one in schema["properties"].items()
    )
    return f"## {_name(name)}\n\n{schema.get('description', '')}\n\n{table(('key', 'what it is'), rows)}"


def _name(shape: str) -> str:
    return shape.removesuffix("Shape")


def _kind(schema: Mapping[str, Any]) -> str:
    """Return what a value is, in words; an object of ours leads to its section."""
    match schema:
        case {"$ref": str(ref)} if ref.endswith("Shape"):
            name = _name(ref.rpartition("/")[2])
            return f"[{name}]({OBJECTS}#{name.lower()})"
        case {"$ref": str(ref)}:
            return _kind(document()["components"]["schemas"][ref.rpartition("/")[2]])
        case {"anyOf": list(kinds)}:
            return " or ".join(_kind(one) for one in kinds)
        case {"enum": list(words)}:
            return ", ".join(code(word) for word in words)
        case {"type": "array", "items": items}:
            return f"list of {_kind(items)}"
        case {"type": "object", "additionalProperties": {"$ref": str()} as inner}:
            return f"object of {_kind(inner)}"
        case {"type": "string", "format": "date-time"}:
            return "time"
        case {"type": str(word)}:
            return word
        case _:
            return "anything"
