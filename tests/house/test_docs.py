"""The reference says what the code does: each row is compared with it, in both directions."""

import re
from dataclasses import fields
from typing import Any

import agentgate
import pytest
from agentgate._errors import BY_STATUS, ApiError, Refused, WaitTimeout

from gateway.api.bodies import Body
from gateway.api.openapi import describe, problems_of
from gateway.api.problems import known_codes
from gateway.api.queries import Query
from gateway.api.routes import ROUTES
from gateway.events import EVENTS, GateEvent, camel
from gateway.matching import OPERATORS
from gateway.rules import FIELDS
from gateway.targets import APPROVERS, TARGETS
from models.words import Outcome, Scope
from tests.house.tree import code_in, documented, page_text, rows, rows_of

EVERY_KEYED_CALL = {401, 403, 429, 503}
"""The refusals that the page describes once, above its tables."""
HTTP_CODES = {
    "unreadable", "method_not_allowed", "request_entity_too_large", "unsupported_media_type", "expectation_failed",
    "internal",
}  # fmt: skip


def own_fields(event: type[GateEvent]) -> set[str]:
    """Return what an event keeps beside who, when and which request."""
    shared = {field.name for field in fields(GateEvent)}
    return {camel(field.name) for field in fields(event) if field.name not in shared}


def test_every_event_has_its_row() -> None:
    page = documented("reference/events.md", like=r"[a-z]+\.[a-z]+")
    assert set(page) == set(EVENTS)
    for name, (_, told, details) in page.items():
        assert (told == "told") is EVENTS[name].tells, name
        assert code_in(details) == own_fields(EVENTS[name]), name


def test_every_error_has_its_row() -> None:
    page = documented("reference/errors.md", like=r"[a-z_]+")
    codes = known_codes()
    assert set(page) == set(codes) | HTTP_CODES
    for code, (status, raised, *_) in page.items():
        if code in codes:
            assert int(status) == codes[code]["status"], code
        assert code_in(raised) == {client_class(int(status))}, code


def client_class(status: int) -> str:
    """Return what the Python client raises for an HTTP status."""
    return "Unavailable" if status >= 500 else BY_STATUS.get(status, ApiError).__name__


def test_every_name_of_the_client_is_described() -> None:
    text = page_text("reference/sdk.md")
    shown = set(re.findall(r"^::: agentgate\.(\w+)$", text, re.MULTILINE))
    assert shown | {name for name, _ in rows("reference/sdk.md")} | {"Status", "__version__"} == set(agentgate.__all__)


def test_every_ending_has_its_row() -> None:
    endings = {kind.__name__ for kind in (*Refused.__subclasses__(), WaitTimeout, agentgate.Unavailable)}
    assert set(documented("reference/errors.md", like=r"[A-Z]\w+")) == endings


def test_every_endpoint_has_its_row() -> None:
    page = documented("reference/api.md", like=r"(GET|POST|PUT|PATCH|DELETE) .*")
    assert set(page) == {route.name for route in ROUTES}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_an_endpoint_is_described_as_it_is(route: Any) -> None:
    scopes, answers, refusals, _ = documented("reference/api.md", like=r"[A-Z]+ .*")[route.name]
    if route.scopes is None:
        assert scopes == "none"
    elif set(route.scopes) == set(Scope):
        assert scopes == "any"
    else:
        assert code_in(scopes) == {scope.value for scope in route.scopes}
    assert numbers(answers) == set(route.answers)
    described_above = EVERY_KEYED_CALL if route.scopes is not None else set()
    assert numbers(refusals) == set(problems_of(route)) - described_above


def numbers(cell: str) -> set[int]:
    """Return the numbers in a cell."""
    return {int(number) for number in re.findall(r"\d+", cell)}


def test_every_key_and_parameter_is_described() -> None:
    models: list[type[Body | Query]] = [model for route in ROUTES for model in (route.body, route.query) if model]
    names = {field.alias or name for model in models for name, field in model.model_fields.items()}
    described = {name for name, cells in rows("reference/api.md") if cells[-1]}
    described |= set(re.findall(r"`\??(\w+)(?:=\w+)?`", page_text("reference/api.md")))
    assert names - described == set()


def test_every_object_has_its_section_with_every_key() -> None:
    parts = re.split(r"^## (\w+)$", page_text("reference/objects.md"), flags=re.MULTILINE)
    page = {name: {key for key, _ in rows_of(text)} for name, text in zip(parts[1::2], parts[2::2], strict=True)}
    schemas = describe(ROUTES, public_url="")["components"]["schemas"]
    shapes = {name.removesuffix("Shape"): one for name, one in schemas.items() if name.endswith("Shape")}
    assert page == {name: set(one["properties"]) for name, one in shapes.items()}


def test_every_scope_has_its_row() -> None:
    page = {name for name, _ in rows("reference/api.md")}
    assert {scope.value for scope in Scope} <= page


def test_every_word_of_the_policy_language_has_its_row() -> None:
    page = {name for name, _ in rows("reference/policies.md")}
    assert {word for word in page if word.startswith("$")} == set(OPERATORS)
    assert page >= set(FIELDS)
    assert {outcome.value for outcome in Outcome} <= page
    kinds = {name.partition(":")[0] for name in page if ":" in name}
    assert kinds == set(APPROVERS) | set(TARGETS)
