"""`@command`: a function's signature is the usage, its docstring is the help. Every platform reads the same.

A command is `async def name(gate, what, people="", *, type=None, by: Caller) -> Card`. What stands before the `*` may
be typed in order, what stands behind it only as `option:value`. The first line of the docstring is the description,
lines under `Args:` describe the options, the rest is shown by `help COMMAND`.
"""

import inspect
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from bot.callers import Role
from gateway.card import Card
from models.words import Scope, Urgency

Run = Callable[..., Awaitable[Card]]
ARG_LINE = re.compile(r"\s+(\w+): (.+)")


class Kind(StrEnum):
    """What a value is: how it is read, and what can be suggested for it."""

    TEXT = "text"
    REASON = "reason"
    NUMBER = "number"
    REQUEST = "request"
    KEY = "key"
    POLICY = "policy"
    PERSON = "person"
    IDENTITY = "identity"
    ACTOR = "actor"
    ACTION = "action"
    EVENT = "event"
    SCOPES = "scopes"
    SINCE = "since"
    UNTIL = "until"
    URGENCY = "urgency"
    PARAMS = "params"
    COMMAND = "command"
    CURSOR = "cursor"
    """Where the next page begins: written by buttons, typed by nobody, an option on no platform."""

    @property
    def takes_rest(self) -> bool:
        """Whether the value is everything up to the end of the line."""
        return self in {Kind.REASON, Kind.PARAMS, Kind.COMMAND}


Reason = Annotated[str, Kind.REASON]
RequestRef = Annotated[str, Kind.REQUEST]
KeyName = Annotated[str, Kind.KEY]
PolicyName = Annotated[str, Kind.POLICY]
PersonName = Annotated[str, Kind.PERSON]
Identity = Annotated[str, Kind.IDENTITY]
ActorName = Annotated[str, Kind.ACTOR]
ActionName = Annotated[str, Kind.ACTION]
EventName = Annotated[str, Kind.EVENT]
Scopes = Annotated[tuple[Scope, ...], Kind.SCOPES]
Since = Annotated[datetime, Kind.SINCE]
Until = Annotated[datetime, Kind.UNTIL]
UrgencyWord = Annotated[Urgency, Kind.URGENCY]
Params = Annotated[Mapping[str, Any], Kind.PARAMS]
CommandName = Annotated[str, Kind.COMMAND]
Cursor = Annotated[str, Kind.CURSOR]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One option of a command. `name` is what people type, `keyword` what Python calls it."""

    name: str
    keyword: str
    kind: Kind
    description: str
    required: bool
    only_named: bool

    @property
    def usage(self) -> str:
        """Return how it stands in the usage: `REQUEST` or `[reason]`."""
        return self.name.upper() if self.required else f"[{self.name}]"


@dataclass(frozen=True, slots=True)
class Command:
    """One thing people can say. `checks_itself`: the verb behind it knows better than the role who may."""

    name: str
    role: Role
    run: Run
    description: str
    explanation: str
    parameters: tuple[Parameter, ...]
    checks_itself: bool = False

    @property
    def path(self) -> tuple[str, ...]:
        """Return the words of its name: one, or a group and one."""
        return tuple(self.name.split())

    @property
    def options(self) -> tuple[Parameter, ...]:
        """Return the parameters that people see."""
        return tuple(one for one in self.parameters if one.kind is not Kind.CURSOR)

    @property
    def usage(self) -> str:
        """Return how it is typed: `deny REQUEST [reason]`, `audit [event: actor: …]`."""
        named = " ".join(f"{one.name}:" for one in self.options if one.only_named)
        return f"{self._positional} [{named}]" if named else self._positional

    @property
    def short_usage(self) -> str:
        """Return how it is typed, for lists: options that must be named are only hinted at."""
        return f"{self._positional} …" if any(one.only_named for one in self.options) else self._positional

    @property
    def _positional(self) -> str:
        return " ".join((self.name, *(one.usage for one in self.options if not one.only_named)))


def command(name: str, role: Role, *, checks_itself: bool = False) -> Callable[[Run], Command]:
    """Make a command of a function. Raises ValueError for one that does not describe itself."""

    def make(run: Run) -> Command:
        described, explanation, args = _read_docstring(inspect.getdoc(run) or "", name)
        parameters = tuple(_parameters(run, args, name))
        return Command(name, role, run, described, explanation, parameters, checks_itself)

    return make


def _read_docstring(doc: str, name: str) -> tuple[str, str, dict[str, str]]:
    text, _, args = doc.partition("\nArgs:\n")
    first, _, rest = text.partition("\n")
    if not first:
        raise ValueError(f"the command {name} has no docstring")
    found = [match for match in map(ARG_LINE.fullmatch, args.splitlines()) if match]
    return first.rstrip("."), rest.strip(), {match[1]: match[2] for match in found}


def _parameters(run: Run, args: Mapping[str, str], name: str) -> Iterator[Parameter]:
    hints = get_type_hints(run, include_extras=True)
    given = [one for one in inspect.signature(run).parameters.values() if one.name not in {"gate", "by"}]
    for one in given:
        kind = _kind(hints[one.name])
        typed = one.name.rstrip("_")
        described = "Where the page begins" if kind is Kind.CURSOR else args.get(typed)
        if described is None:
            raise ValueError(f"the command {name} does not describe {typed} under Args")
        yield Parameter(
            name=typed,
            keyword=one.name,
            kind=kind,
            description=described.rstrip("."),
            required=one.default is one.empty,
            only_named=one.kind is one.KEYWORD_ONLY,
        )


def _kind(hint: Any) -> Kind:
    """Return the kind in a hint: its annotation, also inside `… | None`; a plain string or number says it by itself."""
    if get_origin(hint) is Annotated:
        return next(mark for mark in get_args(hint) if isinstance(mark, Kind))
    if hint is int:
        return Kind.NUMBER
    inner = [_kind(one) for one in get_args(hint) if one is not type(None)]
    return inner[0] if inner else Kind.TEXT
