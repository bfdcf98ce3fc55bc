"""Who may decide: checked at the press, answered in private, the same on every surface."""

import pytest

from tests.chat.conftest import on_somebodys_servers
from tests.chat.house import House, a_house
from tests.chat.surface import Hosted, Place


async def test_only_whom_a_rule_names_may_decide_and_others_are_told_who(house: House, place: Place) -> None:
    await house.rule(approvers=[place.ada.actor])
    request = await house.asks()
    card = await place.card()
    refusal = f"Only {place.ada.actor} may decide {request.code}."
    await (await place.bob.presses("Approve", card)).says(refusal)
    await (await place.bob.presses("Deny…", card, because="no")).says(refusal)
    await (await place.bob.types(f"approve {request.code}")).says(refusal)
    assert not place.ada.has_read(refusal)
    await card.says("Waiting for approval")
    assert card.buttons == ["Approve", "Deny…", "Details"]
    await place.ada.presses("Approve", card)
    await card.says(f"Approved by {place.ada.actor}")


async def test_a_rule_names_a_person_by_any_of_their_identities(house: House, place: Place) -> None:
    await house.rule(approvers=["person:bob"])
    await house.links("bob", "email:bob@example.com", place.bob)
    request = await house.asks()
    card = await place.card()
    told = await place.ada.presses("Approve", card)
    await told.says(f"Only person:bob may decide {request.code}.")
    await place.bob.presses("Approve", card)
    await card.says(f"Approved by {place.bob.actor}")


async def test_the_asker_may_not_decide_under_another_name_either(house: House, place: Place) -> None:
    await house.links("ada", house.asker, place.ada)
    request = await house.asks()
    card = await place.card()
    refusal = f"You asked for {request.code} yourself; somebody else has to decide it."
    await (await place.ada.presses("Approve", card)).says(refusal)
    await (await place.ada.types(f"deny {request.code}")).says(refusal)
    await card.says("Waiting for approval")
    await place.bob.presses("Approve", card)
    await card.says(f"Approved by {place.bob.actor}")


async def test_who_may_not_decide_is_shown_the_request_without_buttons_and_told_who_may(
    house: House, place: Place
) -> None:
    await house.rule(approvers=[place.ada.actor])
    request = await house.asks()
    card = await place.card()
    for told in (await place.bob.presses("Details", card), await place.bob.types(f"show {request.code}")):
        await told.says(f"You cannot decide this. Only {place.ada.actor} may decide {request.code}.")
        await told.says(request.digest)
        assert told.buttons == []
    told = await place.ada.types(f"show {request.code}")
    assert "You cannot decide" not in await told.says(request.digest)
    assert told.buttons == ["Approve", "Deny…"]


async def test_who_has_answered_is_shown_the_request_without_buttons(house: House, place: Place) -> None:
    await house.rule(approvalsNeeded=2)
    request = await house.asks()
    card = await place.card()
    await place.bob.presses("Approve", card)
    await card.says("1 of 2")
    told = await place.bob.types(f"show {request.code}")
    await told.says(f"You have approved {request.code} already.")
    assert told.buttons == []
    assert (await place.ada.types(f"show {request.code}")).buttons == ["Approve", "Deny…"]


@on_somebodys_servers
async def test_where_the_settings_name_approvers_only_those_may(database: None, place: Hosted) -> None:
    async with a_house(place, approvers={"ada"}) as house:
        request = await house.asks()
        card = await place.card()
        told = await place.bob.presses("Approve", card)
        await told.says(f"Only {place.ada.actor} may decide {request.code}.")
        told = await place.bob.types("pending")
        assert f"{place.setting}_APPROVERS" in await told.says("for approvers")
        await card.says("Waiting for approval")
        await place.ada.presses("Approve", card)
        await card.says(f"Approved by {place.ada.actor}")


@on_somebodys_servers
async def test_where_nobody_is_named_whoever_sees_the_card_may_and_only_from_there(
    database: None, place: Hosted
) -> None:
    async with a_house(place) as house:
        request = await house.asks()
        card = await place.card()
        told = await place.bob.types(f"approve {request.code}", where="general")
        await told.says(f"{request.code} can be decided in {place.target}.")
        await card.says("Waiting for approval")
        told = await place.bob.types(f"approve {request.code}")
        await told.says(f"{request.code} is approved.")
        await card.says(f"Approved by {place.bob.actor}")


@on_somebodys_servers
async def test_a_rule_names_a_group(house: House, place: Hosted) -> None:
    group = place.group("sre", place.bob)
    await house.rule(approvers=[group])
    request = await house.asks()
    card = await place.card()
    told = await place.ada.presses("Approve", card)
    await told.says(f"Only {group} may decide {request.code}.")
    await place.bob.presses("Approve", card)
    await card.says(f"Approved by {place.bob.actor}")


@on_somebodys_servers
async def test_only_allowed_channels_are_listened_to(database: None, place: Hosted) -> None:
    async with a_house(place, allowed_channels={"C0000001", "1"}) as house:
        await house.asks()
        card = await place.card()
        told = await place.ada.presses("Approve", card)
        assert f"{place.setting}_ALLOWED_CHANNELS" in await told.says("not used from this channel")
        told = await place.ada.types("pending")
        assert f"{place.setting}_ALLOWED_CHANNELS" in await told.says("not used from this channel")
        await card.says("Waiting for approval")


@on_somebodys_servers
async def test_a_direct_message_works_like_a_channel(database: None, place: Hosted) -> None:
    async with a_house(place, allowed_channels={"C0000001", "1"}) as house:
        await house.rule(channels=[place.ada.target], approvalsNeeded=2, requireReason=True)
        request = await house.asks()
        card = await place.ada.card()
        assert card.buttons == ["Approve…", "Deny…", "Details"]
        details = await place.ada.presses("Details", card)
        await details.says("request.pending")
        await place.ada.presses("Approve…", card, because="seen")
        await card.says("1 of 2")
        await house.agent.cancel(request)
        await card.says(f"Cancelled by {house.asker}")
        assert not place.bob.has_read(request.code)


@on_somebodys_servers
@pytest.mark.parametrize(
    ("line", "setting"),
    [
        ("keys list", "ADMINS"), ("keys create bot admin", "ADMINS"), ("keys revoke agent", "ADMINS"),
        ("policies list", "ADMINS"), ("policies disable rule", "ADMINS"), ("people list", "ADMINS"),
        ("people link bob email:bob@example.com", "ADMINS"), ("status", "ADMINS"), ("try", "ADMINS"),
        ("audit", "AUDITORS"),
    ],
)  # fmt: skip
async def test_whoever_lacks_a_role_is_told_the_setting_that_gives_it(
    database: None, place: Hosted, line: str, setting: str
) -> None:
    async with a_house(place, admins={"ada"}, approvers={"ada", "bob"}, auditors={"ada"}):
        told = await place.bob.types(line)
        text = await told.says(f"{place.setting}_{setting}")
        assert text.count(f"s, and you ({place.bob.actor}) are not a") == 1
        told = await place.ada.types(line)
        assert "and you (" not in told.text


@on_somebodys_servers
async def test_without_any_admin_the_setting_is_named(database: None, place: Hosted) -> None:
    async with a_house(place):
        told = await place.ada.types("keys list")
        await told.says(f"{place.setting}_ADMINS")
