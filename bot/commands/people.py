"""People: which identities are one human."""

from bot.callers import Caller, Role
from bot.registry import Identity, PersonName, command
from gateway import people
from gateway.card import Card, Facts, Note, Table, Tone, note_card
from gateway.gate import Gate
from gateway.redact import visible

HEAD = ("Person", "Identities")
SHOWN = 100


@command("people list", Role.ADMIN)
async def list_people(gate: Gate, *, by: Caller) -> Card:
    """List people with their identities."""
    found = await people.list_people()
    if not found:
        return note_card("Nobody is linked yet.", Note("people link alice slack:U123ABC links one."), tone=Tone.QUIET)
    rows = [(visible(person), visible(", ".join(identities))) for person, identities in found.items()]
    rest = (Note(f"…{len(rows) - SHOWN} people more."),) if len(rows) > SHOWN else ()
    headline = f"{len(rows)} {'person' if len(rows) == 1 else 'people'}."
    return note_card(headline, Table(HEAD, tuple(rows[:SHOWN])), *rest)


@command("people link", Role.ADMIN)
async def link(gate: Gate, person: PersonName, actor: Identity, *, by: Caller) -> Card:
    """Say that an identity is a person's, so that they count once and can be named as person:NAME.

    Args:
        person: A name without spaces, like alice
        actor: Their identity, like slack:U123ABC, discord:42 or email:a@example.com
    """
    await people.link_person(gate, person, actor, by=by.actor)
    return note_card("Linked.", Facts((("Person", visible(person)), ("Identity", visible(actor)))), tone=Tone.GOOD)


@command("people unlink", Role.ADMIN)
async def unlink(gate: Gate, actor: Identity, *, by: Caller) -> Card:
    """Forget whose an identity is.

    Args:
        actor: The identity, like slack:U123ABC
    """
    await people.unlink_person(gate, actor, by=by.actor)
    return note_card("Unlinked: this identity is nobody's now.", Facts((("Identity", visible(actor)),)))
