"""Who may decide from Slack: channels by name, and user groups as Slack knows them."""

from tests.platforms.slack.weather import error
from tests.platforms.weather import Cut, Fault
from tests.slack.house import APPROVE, House, Workspace, a_house


async def test_a_channel_by_name_counts_as_its_place(database: None, place: Workspace) -> None:
    async with a_house(place, default_channel="#ops") as house:
        request = await house.asks()
        await house.card()
        typed = await house.slack.command(house.bob, house.ops, "/agentgate", f"approve {request.code}")
        assert "is approved" in (await typed.next_answer()).visible_text()


async def test_a_card_counts_in_the_instant_before_its_place_is_noted(database: None, place: Workspace) -> None:
    async with a_house(place, default_channel="#ops") as house:
        house.slack.weather.on("chat.postMessage", Fault(Cut.NONE, seconds=0.5, after_effect=True))
        await house.asks()
        card = await house.card()
        await house.slack.click(house.bob, card, APPROVE)
        await house.shows(card, f"Approved by slack:{house.bob.id}")


async def test_a_user_group_counts_as_it_is_now(database: None, place: Workspace) -> None:
    group = place.slack.group("oncall", place.bob)
    async with a_house(place, approvers=frozenset({group.id})) as house:
        await house.asks()
        card = await house.card()
        refused = await house.slack.click(house.ada, card, APPROVE)
        assert group.id in (await refused.next_answer()).visible_text()
        await house.slack.click(house.bob, card, APPROVE)
        await house.shows(card, f"Approved by slack:{house.bob.id}")
        assert len(house.slack.calls_of("usergroups.users.list")) == 1  # kept for a minute


async def test_when_slack_does_not_say_who_is_in_a_group_nobody_is_let_in(house: House) -> None:
    group = house.slack.group("sre", house.bob)
    await house.rule(approvers=[f"slack:{group.id}"])
    await house.asks()
    card = await house.card()
    house.slack.weather.keep("usergroups.users.list", error("missing_scope"))
    refused = await house.slack.click(house.bob, card, APPROVE)
    assert "does not say who is in the user group" in (await refused.next_answer()).visible_text()
    await house.shows(card, "Waiting for approval")
