"""`/agentgate` in Discord: the same commands with typed options, paged by buttons, answered to the asker only."""

from typing import Any

import pytest

from bot.commands import COMMANDS
from gateway.people import link_person
from gateway.views import SYSTEM_START
from tests.discord.house import APPROVE, House, Server, a_house
from tests.platforms.discord import Answer, Message
from tests.slack.slow import slow_database

GIVEN: dict[str, dict[str, Any]] = {
    "show": {"request": "CODE"},
    "approve": {"request": "CODE", "reason": "agreed"},
    "deny": {"request": "CODE", "reason": "not before Monday"},
    "audit": {"event": "created", "from": "7d"},
    "keys create": {"name": "bot", "scopes": "request:create", "rate": 5},
    "keys revoke": {"name": "agent"},
    "keys rotate": {"name": "agent"},
    "policies show": {"name": "rule"},
    "policies enable": {"name": "rule"},
    "policies disable": {"name": "rule"},
    "policies try": {"action": "deploy.prod", "params": "env=prod", "urgency": "high"},
    "people link": {"person": "ada", "actor": "discord:43"},
    "people unlink": {"actor": "discord:42"},
    "help": {"command": "deny"},
}
ANSWERS = {
    "pending": "1 request waits for you",
    "show": "request.created",
    "approve": "is approved",
    "deny": "is denied",
    "audit": "in the audit trail",
    "keys list": "API keys active",
    "keys create": "agk_",
    "keys revoke": "revoked",
    "keys rotate": "agk_",
    "policies list": "1 policy",
    "policies show": "A policy.",
    "policies enable": "The policy is on",
    "policies disable": "The policy is off",
    "policies try": "This would wait for a human",
    "people list": "eve",
    "people link": "Linked",
    "people unlink": "Unlinked",
    "try": "A sample request is on its way",
    "status": "All is well",
    "whoami": "This is who you are",
    "help": "deny REQUEST [reason]",
}


async def typed(house: House, command: str, /, **options: Any) -> Message:
    """Return what Ada is told when she uses a command in #ops."""
    done = await house.discord.command(house.ada, house.ops, command, **options)
    assert done.ack is Answer.DEFER
    assert done.latency < house.discord.patience
    answer = await done.next_answer()
    assert answer.only_for is house.ada
    return answer


@pytest.mark.parametrize("command", [command.name for command in COMMANDS])
async def test_every_command_answers(database: None, place: Server, command: str) -> None:
    async with a_house(place, admins=frozenset({place.ada.id})) as house:
        await house.rule(channels=[f"discord:{place.ops.id}"])
        await link_person(house.gate, "eve", "discord:42", by=SYSTEM_START)
        request = await house.asks()
        await house.card()
        options = {name: request.code if value == "CODE" else value for name, value in GIVEN.get(command, {}).items()}
        assert command in ANSWERS, "a new command: say in ANSWERS what it answers, and in GIVEN what it is given"
        assert ANSWERS[command] in (await typed(house, command, **options)).visible_text()


async def test_what_was_typed_wrongly_is_told_with_the_usage(database: None, place: Server) -> None:
    async with a_house(place, auditors=frozenset({place.ada.id})) as house:
        told = (await typed(house, "show", request="nothing")).visible_text()
        assert "There is no request" in told
        assert "is not a date" in (await typed(house, "audit", **{"from": "yesterday"})).visible_text()


async def test_pending_pages_by_buttons_and_decides(house: House) -> None:
    codes = [(await house.asks(f"deploy.{number}")).code for number in range(7)]
    cards = [await house.card() for _ in codes]
    answer = await typed(house, "pending")
    assert codes[6] in answer.visible_text()
    assert codes[0] not in answer.visible_text()
    turned = await house.discord.click(house.ada, answer, "Older")
    assert turned.ack is Answer.DEFER_UPDATE
    await house.shows(answer, codes[0])
    assert not turned.answers, "the page is turned in place"
    clicked = await house.discord.click(house.ada, answer, APPROVE)
    assert "is approved" in (await clicked.next_answer()).visible_text()
    await house.discord.until(lambda: any("Approved by" in card.visible_text() for card in cards))
    assert codes[0] in answer.visible_text(), "the list stays as it is"


async def test_a_page_that_is_forgotten_says_so(database: None, place: Server) -> None:
    async with a_house(place, auditors=frozenset({place.ada.id})) as before:
        for _ in range(11):
            await before.asks("deploy.the-whole-of-production")
        answer = await typed(
            before, "audit", event="created", action="deploy.the-whole-of-production", **{"from": "7d"}
        )
        (older,) = answer.buttons
        assert older.custom_id.startswith("agentgate:page:"), "the line is too long for a custom id"
    async with a_house(place, api_clients="agent-2") as house:
        clicked = await house.discord.click(house.ada, answer, "Older")
        assert "not known here any more" in (await clicked.next_answer()).visible_text()
        assert "deploy.the-whole-of-production" in answer.visible_text()


async def test_everything_is_answered_in_time_while_the_database_is_slow(house: House) -> None:
    await house.rule(approvalsNeeded=2)
    request = await house.asks()
    card = await house.card()
    modal = await (await house.discord.click(house.ada, card, "Deny…")).next_modal()
    async with slow_database(seconds=1.4):
        done = [
            await house.discord.command(house.ada, house.ops, "show", request=request.code),
            await house.discord.click(house.bob, card, "Details"),
            await house.discord.click(house.ada, card, "Deny…"),
            await house.discord.click(house.bob, card, APPROVE),
            await house.discord.submit(house.ada, modal, {"reason": "no"}),
        ]
        assert max(one.latency for one in done) < 1.3
    await house.shows(card, "Denied by")
