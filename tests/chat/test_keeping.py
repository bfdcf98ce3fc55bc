"""An admin keeps keys, policies and people from the chat; nobody else reads what they are told."""

import re

import pytest
from agentgate import AsyncAgentGate, Unauthorized

from tests.chat.house import House
from tests.chat.surface import Place

SECRET = re.compile(r"agk_[\w-]{43}")


async def works(house: House, secret: str) -> bool:
    """Tell whether somebody who shows this key is let in."""
    async with AsyncAgentGate(house.api.url, api_key=secret) as client:
        try:
            await client.request("read.mail")
        except Unauthorized:
            return False
    return True


async def test_a_new_key_is_shown_once_to_whoever_made_it_and_works(house: House, place: Place) -> None:
    told = await place.ada.types("keys create bot request:create,request:read 120")
    text = await told.says("Copy it now: it is shown this once and kept nowhere.")
    assert "Scopes request:create, request:read" in text
    assert "120 calls a minute" in text
    secret = SECRET.findall(text)[0]
    assert await works(house, secret)
    assert not place.bob.has_read(secret)
    listed = await (await place.ada.types("keys list")).says("API keys active.")
    audited = await (await place.ada.types("audit event:key.created")).says("bot")
    assert "bot" in listed
    assert secret not in listed + audited
    await (await place.ada.types("keys create bot admin")).says("There is an active key “bot” already")
    await (await place.ada.types("keys create other everything")).says("“everything” is not a scope")


async def test_a_key_is_rotated_and_revoked(house: House, place: Place) -> None:
    old = SECRET.findall(await (await place.ada.types("keys create bot request:create")).says("Copy it now"))[0]
    told = await place.ada.types("keys rotate bot")
    new = SECRET.findall(await told.says("A new key; the old one stopped working."))[0]
    assert [await works(house, old), await works(house, new)] == [False, True]
    await (await place.ada.types("keys revoke bot")).says("The key is revoked: it stopped working just now.")
    assert not await works(house, new)
    await (await place.ada.types("keys revoke bot")).says("There is no active key “bot”")
    assert not place.bob.has_read(new)


async def test_policies_are_looked_at_switched_and_tried(house: House, place: Place) -> None:
    await (await place.ada.types("policies list")).says("There are no policies, so a human decides everything.")
    await house.rule("reads", match={"action": {"$glob": "read.*"}}, decision="auto_approve")
    await (await place.ada.types("policies list")).says("1 policy.")
    await (await place.ada.types("policies show reads")).says('"$glob": "read.*"')
    await (await place.ada.types("policies try read.mail folder=inbox")).says("This would be approved by itself.")
    tried = await (await place.ada.types("policies try deploy.prod env=prod")).says("This would wait for a human.")
    assert "reads, rule 1 (auto_approve)" in tried
    assert (await house.asks("read.mail")).status == "approved"
    await (await place.ada.types("audit event:created")).says("policy reads")
    await (await place.ada.types("policies disable reads")).says("The policy is off.")
    request = await house.asks("read.mail")
    assert request.status == "pending"
    assert request.code in (await place.card()).text
    await (await place.ada.types("policies enable reads")).says("The policy is on.")
    assert (await house.asks("read.mail")).status == "approved"
    await (await place.ada.types("policies show nothing")).says("There is no policy “nothing”")


async def test_people_are_linked_and_unlinked(house: House, place: Place) -> None:
    await (await place.ada.types("people list")).says("Nobody is linked yet.")
    await (await place.ada.types(f"people link bob {place.bob.actor}")).says("Linked.")
    await (await place.ada.types("people link bob email:bob@example.com")).says("Linked.")
    listed = await (await place.ada.types("people list")).says("1 person.")
    assert "email:bob@example.com" in listed
    await (await place.bob.types("whoami")).says("Person bob")
    await (await place.ada.types(f"people unlink {place.bob.actor}")).says("Unlinked")
    assert "Person" not in await (await place.bob.types("whoami")).says("This is who you are.")
    await (await place.ada.types("people link bob nobody")).says("an identity is written like")


async def test_status_says_how_everything_is(house: House, place: Place) -> None:
    text = await (await place.ada.types("status")).says("All is well.")
    assert "database ok" in text


async def test_try_posts_a_sample_that_can_be_approved(house: House, place: Place) -> None:
    told = await place.ada.types("try")
    text = await told.says("A sample request is on its way.")
    card = await place.card()
    assert place.target in text
    assert "agentgate.try" in card.text
    assert "apiToken: •••• (hidden)" in card.text
    await place.bob.presses("Approve", card)
    await card.says(f"Approved by {place.bob.actor}")


async def test_whoami_says_who_one_is_and_what_one_may_do(house: House, place: Place) -> None:
    text = await (await place.ada.types("whoami")).says(f"You are {place.ada.actor}")
    assert "Roles approver, auditor, admin" in text
    assert not place.bob.has_read(place.ada.actor)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("help", "deny REQUEST [reason]"), ("help", "keys create NAME SCOPES [rate]"),
        ("help approve", "approve REQUEST [reason]"), ("help keys create", "keys create NAME SCOPES [rate]"),
        ("help keys", "keys: say what to do."), ("help aprove", "did you mean approve?"),
    ],
)  # fmt: skip
async def test_help_explains(house: House, place: Place, line: str, words: str) -> None:
    await (await place.ada.types(line)).says(words)


@pytest.mark.parametrize("place", ["slack", "terminal"], indirect=True)
@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("aprove k7qm-3vtx", "There is no command “aprove”; did you mean approve?"),
        ("keys", "keys needs one more word"), ("reject k7qm-3vtx", "did you mean deny?"),
        ("/agentgate whoami", "This is who you are."),
        ("approve", "approve needs REQUEST"), ("pending nonsense", "does not know what to do"),
    ],
)  # fmt: skip
async def test_where_commands_are_typed_an_unknown_one_suggests_the_nearest(
    house: House, place: Place, line: str, words: str
) -> None:
    await (await place.ada.types(line)).says(words)
