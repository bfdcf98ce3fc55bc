"""Who may decide from Slack: checked at the click, answered in private."""

from collections.abc import AsyncIterator

import pytest

from tests.platforms.slack.weather import error
from tests.slack.house import APPROVE, House, Workspace, a_house


async def test_typing_from_another_channel_is_refused_and_says_where(house: House) -> None:
    request = await house.asks()
    card = await house.card()
    general = house.slack.channel("general", house.ada)
    typed = await house.slack.command(house.ada, general, "/agentgate", f"approve {request.code}")
    assert f"can be decided in slack:{house.ops.id}" in (await typed.next_answer()).visible_text()
    assert "Waiting" in card.visible_text()
    typed = await house.slack.command(house.ada, house.ops, "/agentgate", f"approve {request.code}")
    assert "is approved" in (await typed.next_answer()).visible_text()


async def test_a_channel_by_name_counts_as_its_place(database: None, place: Workspace) -> None:
    async with a_house(place, default_channel="#ops") as house:
        request = await house.asks()
        await house.card()
        typed = await house.slack.command(house.bob, house.ops, "/agentgate", f"approve {request.code}")
        assert "is approved" in (await typed.next_answer()).visible_text()


async def test_only_configured_approvers_may_and_others_are_told_who(database: None, place: Workspace) -> None:
    async with a_house(place, approvers=frozenset({place.ada.id})) as house:
        await house.asks()
        card = await house.card()
        refused = await house.slack.click(house.bob, card, APPROVE)
        assert f"Only slack:{house.ada.id} may decide" in (await refused.next_answer()).visible_text()
        await house.shows(card, "Waiting for approval")
        await house.slack.click(house.ada, card, APPROVE)
        await house.shows(card, "Approved by")


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


async def test_a_rule_names_a_user_group(house: House) -> None:
    group = house.slack.group("sre", house.bob)
    await house.rule(approvers=[f"slack:{group.id}"])
    await house.asks()
    card = await house.card()
    refused = await house.slack.click(house.ada, card, APPROVE)
    assert f"Only slack:{group.id} may decide" in (await refused.next_answer()).visible_text()
    await house.slack.click(house.bob, card, APPROVE)
    await house.shows(card, "Approved by")


async def test_when_slack_does_not_say_who_is_in_a_group_nobody_is_let_in(house: House) -> None:
    group = house.slack.group("sre", house.bob)
    await house.rule(approvers=[f"slack:{group.id}"])
    await house.asks()
    card = await house.card()
    house.slack.weather.keep("usergroups.users.list", error("missing_scope"))
    refused = await house.slack.click(house.bob, card, APPROVE)
    assert "does not say who is in the user group" in (await refused.next_answer()).visible_text()
    await house.shows(card, "Waiting for approval")


async def test_only_allowed_channels_are_listened_to(database: None, place: Workspace) -> None:
    async with a_house(place, allowed_channels=frozenset({"C0ELSEWHERE"})) as house:
        await house.asks()
        card = await house.card()
        refused = await house.slack.click(house.ada, card, APPROVE)
        assert "not used from this channel" in (await refused.next_answer()).visible_text()
        typed = await house.slack.command(house.ada, house.ops, "/agentgate", "pending")
        assert "SLACK_ALLOWED_CHANNELS" in (await typed.next_answer()).visible_text()


async def test_a_direct_message_works_like_a_channel(house: House) -> None:
    await house.rule(channels=[f"slack:{house.ada.id}"])
    await house.asks()
    card = await house.slack.next_message(house.slack.direct(house.ada))
    await house.slack.click(house.ada, card, APPROVE)
    await house.shows(card, f"Approved by slack:{house.ada.id}")


async def test_two_channels_show_the_same_end(house: House) -> None:
    other = house.slack.channel("other", house.bob)
    await house.rule(channels=[f"slack:{house.ops.id}", "slack:#other"])
    await house.asks()
    here, there = await house.card(), await house.slack.next_message(other)
    await house.slack.click(house.bob, there, APPROVE)
    await house.shows(here, f"Approved by slack:{house.bob.id}")
    await house.shows(there, f"Approved by slack:{house.bob.id}")


class TestRoles:
    @pytest.fixture
    async def house(self, database: None, place: Workspace) -> AsyncIterator[House]:
        ada = frozenset({place.ada.id})
        async with a_house(place, approvers=ada, auditors=ada, admins=ada) as house:
            yield house

    async def test_an_admin_makes_a_key_that_only_they_see(self, house: House) -> None:
        typed = await house.slack.command(house.ada, house.ops, "/agentgate", "keys create bot request:create")
        answer = await typed.next_answer()
        assert "agk_" in answer.visible_text()
        assert answer.only_for is house.ada
        assert not house.slack.messages(house.ops)

    @pytest.mark.parametrize("line", ["keys list", "policies list", "people list", "audit", "status", "try"])
    async def test_others_are_told_what_would_allow_it(self, house: House, line: str) -> None:
        typed = await house.slack.command(house.bob, house.ops, "/agentgate", line)
        assert "SLACK_A" in (await typed.next_answer()).visible_text()


async def test_without_admins_the_setting_is_named(house: House) -> None:
    typed = await house.slack.command(house.ada, house.ops, "/agentgate", "keys list")
    assert "SLACK_ADMINS" in (await typed.next_answer()).visible_text()
