"""Which identities are one human."""

import pytest

from gateway.errors import Invalid, NotFound
from gateway.gate import Gate
from gateway.people import link_person, list_people, unlink_person
from gateway.search import audit_page
from models import people
from models.events import EventFilter
from tests.gateway.scenes import ALICE


async def test_identities_belong_to_one_person(gate: Gate) -> None:
    await link_person(gate, "alice", "slack:U1", by=ALICE)
    await link_person(gate, "alice", "email:a@example.com", by=ALICE)
    await link_person(gate, "bob", "discord:42", by=ALICE)
    assert await list_people() == {"alice": ["email:a@example.com", "slack:U1"], "bob": ["discord:42"]}
    assert await people.person_of("slack:U1") == "alice"
    assert await people.person_of("slack:U2") is None


async def test_an_identity_moves_to_its_last_person(gate: Gate) -> None:
    await link_person(gate, "alice", "slack:U1", by=ALICE)
    await link_person(gate, "bob", "slack:U1", by=ALICE)
    assert await list_people() == {"bob": ["slack:U1"]}


async def test_an_identity_is_taken_off(gate: Gate) -> None:
    await link_person(gate, "alice", "slack:U1", by=ALICE)
    await unlink_person(gate, "slack:U1", by=ALICE)
    assert await list_people() == {}
    with pytest.raises(NotFound, match="Nobody is linked to slack:U1"):
        await unlink_person(gate, "slack:U1", by=ALICE)
    page = await audit_page(EventFilter(), limit=9)
    assert [(event.type, event.details) for event in page.items] == [
        ("person.unlinked", {"identity": "slack:U1"}),
        ("person.linked", {"person": "alice", "identity": "slack:U1"}),
    ]


@pytest.mark.parametrize("person", ["", "a b", "a:b", "a,b", "x" * 101, "a\u202e", "a\n"])
async def test_what_is_no_person_is_refused(gate: Gate, person: str) -> None:
    with pytest.raises(Invalid) as refusal:
        await link_person(gate, person, "slack:U1", by=ALICE)
    assert refusal.value.field == "person"


@pytest.mark.parametrize(
    "identity", ["", "U1", "slack:", "policy:p", "system:expiry", "slack:U\u200b1", "person:x", "slack:\n"]
)
async def test_what_is_no_identity_is_refused(gate: Gate, identity: str) -> None:
    with pytest.raises(Invalid) as refusal:
        await link_person(gate, "alice", identity, by=ALICE)
    assert refusal.value.field == "identity"
    assert await list_people() == {}
