"""Keeping people: which identities are one human."""

import re

from gateway.errors import Invalid, NotFound
from gateway.events import PersonLinked, PersonUnlinked
from gateway.gate import Gate
from gateway.permission import same_spelling
from gateway.views import Actor
from models import people

PERSON = re.compile(r"[^\s:,]{1,100}")
IDENTITY = re.compile(r"(slack|discord|email|terminal|web|api|cli):\S{1,240}")


async def list_people() -> dict[str, list[str]]:
    """Return every person with their identities."""
    found: dict[str, list[str]] = {}
    for identity in await people.all_identities():
        found.setdefault(identity.person, []).append(identity.actor)
    return found


async def link_person(gate: Gate, person: str, identity: str, *, by: Actor) -> None:
    """Say that an identity is this person's. Raises Invalid."""
    if not PERSON.fullmatch(person) or not person.isprintable():
        raise Invalid("a person is written without spaces, colons and commas, like alice", field="person")
    if not IDENTITY.fullmatch(identity) or not identity.isprintable():
        raise Invalid("an identity is written like slack:U123ABC, discord:42 or email:a@example.com", field="identity")
    identity = same_spelling(identity)
    async with gate.unit(by=by) as unit:
        await people.link(identity, person=person, at=unit.at)
        unit.publish(PersonLinked(person=person, identity=identity))


async def unlink_person(gate: Gate, identity: str, *, by: Actor) -> None:
    """Forget whose an identity is. Raises NotFound."""
    identity = same_spelling(identity)
    async with gate.unit(by=by) as unit:
        if not IDENTITY.fullmatch(identity) or not await people.unlink(identity):
            raise NotFound(f"Nobody is linked to {identity[:100]}.")
        unit.publish(PersonUnlinked(identity=identity))
