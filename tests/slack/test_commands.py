"""`/agentgate` and the home page in Slack: acknowledged at once, shown to one person."""

import pytest

from tests.slack.house import APPROVE, DENY, DETAILS, House, Workspace, a_house
from tests.slack.slow import slow_database


@pytest.mark.parametrize("line", ["", "whoami", "aprove", "audit from:soon"])
async def test_whatever_is_typed_is_acknowledged_at_once_and_answered_to_one_person(house: House, line: str) -> None:
    done = await house.slack.command(house.ada, house.ops, "/agentgate", line)
    answer = await done.next_answer()
    assert done.latency < house.slack.patience
    assert answer.only_for is house.ada
    assert answer.mentions == []


async def test_home_shows_what_waits_and_what_was_decided(house: House) -> None:
    first, second = await house.asks("deploy.one"), await house.asks("deploy.two")
    await house.rule(approvers=[f"slack:{house.ada.id}"])
    named = await house.asks("deploy.three")
    for _ in range(3):
        last = await house.card()
    home = await house.slack.open_home(house.ada)
    assert named.code in home.visible_text()
    await house.slack.click(house.ada, last, APPROVE)
    await house.shows(last, "Approved by")
    home = await house.slack.open_home(house.ada)
    assert "What you decided lately" in home.visible_text()
    assert "deploy.three" in home.visible_text()
    assert {first.code, second.code}


async def test_a_button_at_home_decides(house: House) -> None:
    await house.rule(approvers=[f"slack:{house.ada.id}"])
    await house.asks()
    card = await house.card()
    home = await house.slack.open_home(house.ada)
    await house.slack.click(house.ada, home, APPROVE)
    await house.shows(card, "Approved by")
    await house.slack.until(
        lambda: "Nothing waits for you" in house.slack.homes[house.slack.app, house.ada].visible_text()
    )


async def test_admins_see_the_health_at_home(database: None, place: Workspace) -> None:
    async with a_house(place, admins=frozenset({place.ada.id})) as house:
        assert "database" in (await house.slack.open_home(house.ada)).visible_text()
        assert "database" not in (await house.slack.open_home(house.bob)).visible_text()


async def test_every_interaction_is_acknowledged_before_a_slow_database_answers(house: House) -> None:
    await house.rule(approvalsNeeded=2)
    request = await house.asks()
    card = await house.card()
    modal = await (await house.slack.click(house.ada, card, DENY)).next_modal()
    async with slow_database(seconds=2.4):
        acks = [
            await house.slack.command(house.ada, house.ops, "/agentgate", f"show {request.code}"),
            await house.slack.click(house.bob, card, APPROVE, stale=True),
            await house.slack.click(house.bob, card, DETAILS, stale=True),
            await house.slack.submit(house.ada, modal, {"reason": {"reason": "no"}}),
        ]
    assert max(done.latency for done in acks) < 2.4
    await house.shows(card, "Denied by")
