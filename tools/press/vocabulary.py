"""Events, errors, exceptions and scopes, from their classes."""

from collections.abc import Iterator
from dataclasses import fields
from inspect import getdoc

from agentgate import AgentGateError, ApiError
from agentgate._errors import BY_STATUS

from gateway.api.problems import known_codes
from gateway.events import EVENTS, GateEvent, camel
from models.words import Scope
from tools.press.docstrings import said_of
from tools.press.markdown import NOTHING, clause, code, table

SHARED = {one.name for one in fields(GateEvent)}


def events(*kinds: str) -> str:
    """Return the table of the events whose word begins so."""
    chosen = [event for name, event in EVENTS.items() if name.partition(".")[0] in kinds]
    rows = (
        [code(one.type), clause(one.__doc__ or ""), "told" if one.tells else NOTHING, code(*_details(one))]
        for one in chosen
    )
    return table(("event", "what happened", "told", "details"), rows)


def _details(event: type[GateEvent]) -> list[str]:
    return [camel(one.name) for one in fields(event) if one.name not in SHARED]


def errors() -> str:
    """Return the table of what AgentGate refuses."""
    rows = (
        [code(word), str(one["status"]), code(_raised(one["status"])), clause(one["meaning"]), one["remedy"]]
        for word, one in known_codes().items()
    )
    return table(("code", "status", "the client raises", "what it means", "what you can do"), rows)


def _raised(status: int) -> str:
    return "Unavailable" if status >= 500 else BY_STATUS.get(status, ApiError).__name__


def scopes() -> str:
    """Return the table of what an API key may do."""
    said = said_of("models.words.Scope")
    return table(("scope", "allows"), ([code(one.value), clause(said[one.name])] for one in Scope))


def exceptions() -> str:
    """Return the table of what the client raises, each class below the one that it belongs to."""
    return table(("exception", "is a", "when"), _below(AgentGateError))


def _below(kind: type[AgentGateError]) -> Iterator[list[str]]:
    yield [code(kind.__name__), code(*(base.__name__ for base in kind.__bases__)), clause(getdoc(kind) or "")]
    for one in kind.__subclasses__():
        if one.__module__ == kind.__module__:  # the command line has errors of its own
            yield from _below(one)
