"""Who the gate thinks you are."""

from bot.callers import Caller, Role
from bot.registry import command
from gateway.card import Card, Facts, Note, note_card
from gateway.gate import Gate
from gateway.people import list_people
from gateway.redact import visible

GIVEN = (Role.APPROVER, Role.AUDITOR, Role.ADMIN)


@command("whoami", Role.ANYONE)
async def whoami(gate: Gate, *, by: Caller) -> Card:
    """Say who you are here, and what you may do."""
    actor = by.actor
    person = next((name for name, identities in (await list_people()).items() if str(actor) in identities), None)
    roles = [_named(role, by) for role in GIVEN if by.has(role)]
    rows = [("You are", visible(str(actor))), ("Roles", ", ".join(roles) or "none")]
    if person:
        rows.append(("Person", visible(person)))
    if actor.groups:
        rows.append(("Groups", visible(", ".join(sorted(actor.groups)))))
    if actor.place:
        rows.append(("Here", visible(actor.place)))
    why = [Note(by.how_to_get(Role.APPROVER))] if _is_by_place(by) else []
    missing = [Note(f"Not {role.value}: {by.how_to_get(role)}") for role in GIVEN if not by.has(role)]
    return note_card("This is who you are.", Facts(tuple(rows)), *why, *missing)


def _named(role: Role, by: Caller) -> str:
    return "approver of what hangs where you are" if role is Role.APPROVER and _is_by_place(by) else role.value


def _is_by_place(by: Caller) -> bool:
    return by.has(Role.APPROVER) and not by.sees_every_request
