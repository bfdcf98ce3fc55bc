"""`/agentgate` in Slack: the same commands, paged by buttons, answered to the asker only; and the home page."""

import pytest

from tests.platforms.slack import Interaction, Message
from tests.slack.house import APPROVE, DENY, DETAILS, House, Workspace, a_house
from tests.slack.slow import slow_database


async def typed(house: House, line: str) -> Message:
    """Return what Ada is told when she types a command in #ops."""
    done: Interaction = await house.slack.command(house.ada, house.ops, "/agentgate", line)
    answer = await done.next_answer()
    assert done.latency < 1
    assert answer.only_for is house.ada
    return answer


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", "What you can say here"), ("help approve", "approve REQUEST [reason]"), ("whoami", "slack:U"),
        ("pending", "Nothing waits for you"), ("aprove", "did you mean approve"),
        ("show nothing", "There is no request"),
        ("audit", "audit trail"),
    ],
)  # fmt: skip
async def test_commands_answer(house: House, line: str, words: str) -> None:
    assert words in (await typed(house, line)).visible_text()


async def test_pending_pages_by_buttons_and_decides(house: House) -> None:
    codes = [(await house.asks(f"deploy.{number}")).code for number in range(7)]
    for _ in codes:
        await house.card()
    answer = await typed(house, "pending")
    assert codes[6] in answer.visible_text()
    assert codes[0] not in answer.visible_text()
    older = next(button for button in answer.buttons if button.text == "Older")
    await house.slack.click(house.ada, answer, older.action_id, value=older.value)
    await house.slack.until(lambda: codes[0] in answer.visible_text())
    clicked = await house.slack.click(house.ada, answer, APPROVE)
    assert "is approved" in (await clicked.next_answer()).visible_text()


async def test_audit_pages_by_buttons(house: House) -> None:
    for number in range(12):
        await house.asks(f"deploy.{number}")
    answer = await typed(house, "audit event:created")
    assert "deploy.11" in answer.visible_text()
    older = next(button for button in answer.buttons if button.text == "Older")
    await house.slack.click(house.ada, answer, older.action_id, value=older.value)
    await house.slack.until(lambda: "deploy.0" in answer.visible_text())


async def test_denying_by_command_gives_the_reason(house: House) -> None:
    request = await house.asks()
    card = await house.card()
    answer = await typed(house, f"deny {request.code} “not before Monday”")
    assert "is denied" in answer.visible_text()
    await house.shows(card, "not before Monday")


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


async def test_every_interaction_is_acknowledged_within_a_second_of_a_slow_database(house: House) -> None:
    await house.rule(approvalsNeeded=2)
    request = await house.asks()
    card = await house.card()
    modal = await (await house.slack.click(house.ada, card, DENY)).next_modal()
    async with slow_database(seconds=1.2):
        acks = [
            await house.slack.command(house.ada, house.ops, "/agentgate", f"show {request.code}"),
            await house.slack.click(house.bob, card, APPROVE, stale=True),
            await house.slack.click(house.bob, card, DETAILS, stale=True),
            await house.slack.submit(house.ada, modal, {"reason": {"reason": "no"}}),
        ]
    assert max(done.latency for done in acks) < 1
    await house.shows(card, "Denied by")
