"""What could be meant by a value that is being typed: autocomplete, the same on every platform."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.callers import Caller, Role
from bot.registry import Command, Kind
from gateway import keys, people, policies, search
from gateway.events import EVENTS
from gateway.gate import Gate
from gateway.redact import visible
from gateway.waiting import waiting_for
from models.words import Scope, Urgency

AT_MOST = 25
SUGGESTED = frozenset(
    {
        Kind.REQUEST, Kind.KEY, Kind.POLICY, Kind.PERSON, Kind.IDENTITY, Kind.ACTOR, Kind.ACTION,
        Kind.EVENT, Kind.SCOPES, Kind.URGENCY, Kind.COMMAND,
    }
)  # fmt: skip
"""The kinds that something can be suggested for."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One value to choose, and how it is shown."""

    value: str
    shown: str


async def suggestions(
    gate: Gate, kind: Kind, typed: str, *, by: Caller, commands: Sequence[Command] = ()
) -> tuple[Suggestion, ...]:
    """Return what fits what was typed so far, 25 at most. Those who may not use a thing are not told its names."""
    if kind is Kind.REQUEST:
        found = await _requests(gate, by)
    else:
        found = [Suggestion(name, name) for name in await _names(gate, kind, typed, by, commands)]
    wanted = typed.strip().lower()
    fits = [one for one in found if wanted in one.value.lower() or wanted in one.shown.lower()]
    return tuple(sorted(fits, key=lambda one: not one.value.lower().startswith(wanted))[:AT_MOST])


async def _requests(gate: Gate, by: Caller) -> list[Suggestion]:
    waiting = await waiting_for(gate, by=by.actor, limit=100)
    return [Suggestion(one.shown_code, f"{one.shown_code} · {visible(one.action)}") for one in waiting.requests]


async def _names(gate: Gate, kind: Kind, typed: str, by: Caller, commands: Sequence[Command]) -> Iterable[str]:
    match kind:
        case Kind.EVENT:
            return sorted(EVENTS)
        case Kind.SCOPES:
            return _scopes(typed)
        case Kind.URGENCY:
            return list(Urgency)
        case Kind.COMMAND:
            return [one.name for one in commands if by.has(one.role)]
        case Kind.ACTOR if by.has(Role.AUDITOR):
            return await search.audit_actors()
        case Kind.ACTION if by.has(Role.AUDITOR):
            return await search.audit_actions()
    return await _kept_names(gate, kind) if by.has(Role.ADMIN) else ()


def _scopes(typed: str) -> list[str]:
    """Return lists that go on with one scope more than those before the last comma."""
    given = [one.strip() for one in typed.lower().split(",")[:-1]]
    return [",".join([*given, scope]) for scope in Scope if scope not in given]


async def _kept_names(gate: Gate, kind: Kind) -> Iterable[str]:
    match kind:
        case Kind.KEY:
            return [key.name for key in await keys.list_keys(gate) if key.is_active(gate.now())]
        case Kind.POLICY:
            return [policy.name for policy in await policies.list_policies()]
        case Kind.PERSON:
            return list(await people.list_people())
        case Kind.IDENTITY:
            return [one for identities in (await people.list_people()).values() for one in identities]
    return ()
