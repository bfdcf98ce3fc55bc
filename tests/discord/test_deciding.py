"""A request becomes a card, a click becomes a decision, and every copy tells the truth."""

import asyncio

import pytest
from agentgate import Denied

from gateway.decide import decide
from gateway.overdue import expire_overdue
from gateway.views import Actor
from models import events
from models.tables import Request
from models.words import Decision
from tests.discord.house import APPROVE, APPROVE_ASKING, DENY, DETAILS, House, Server, a_house
from tests.platforms.discord import Answer
from tests.platforms.discord.weather import status
from tests.slack.house import now, seconds


async def test_a_click_releases_the_waiting_agent_within_a_tenth_of_a_second(house: House) -> None:
    request = await house.asks(params={"env": "prod"}, context={"reason": "release 1.4"})
    card = await house.card()
    assert "Waiting for approval" in card.visible_text()
    assert "deploy.prod" in card.visible_text()
    assert request.code in card.visible_text()
    waiting = asyncio.create_task(house.agent.wait(request, timeout=20))
    clicked = await house.discord.click(house.ada, card, APPROVE)
    began = seconds()
    approved = await waiting
    assert seconds() - began < 0.1
    assert clicked.latency < 1
    assert approved.decided_by == f"discord:{house.ada.id}"
    await house.shows(card, "Approved by")
    assert {button.text for button in card.buttons} <= {DETAILS}


async def test_a_click_says_that_it_is_recorded_before_anything_else(house: House) -> None:
    await house.asks()
    card = await house.card()
    clicked = await house.discord.click(house.ada, card, APPROVE)
    assert clicked.ack is Answer.UPDATE
    await house.shows(card, "Approved by")
    assert "Recording …" in str(card.edits)
    assert not clicked.answers, "the card itself says it all"


async def test_a_denial_asks_for_the_reason_and_the_agent_reads_it(house: House) -> None:
    request = await house.asks()
    card = await house.card()
    clicked = await house.discord.click(house.ada, card, DENY)
    assert clicked.ack is Answer.MODAL
    done = await house.discord.submit(house.ada, await clicked.next_modal(), {"reason": "not on a Friday"})
    assert done.latency < 1
    with pytest.raises(Denied) as refused:
        await house.agent.wait(request, timeout=20)
    assert refused.value.reason == "not on a Friday"
    await house.shows(card, "Denied by")
    assert "not on a Friday" in card.visible_text()


async def test_where_a_reason_is_required_approving_asks_for_it_too(house: House) -> None:
    await house.rule(requireReason=True)
    await house.asks()
    card = await house.card()
    modal = await (await house.discord.click(house.ada, card, APPROVE_ASKING)).next_modal()
    blank = await house.discord.submit(house.ada, modal, {"reason": "  "})
    assert "needs a reason" in (await blank.next_answer()).visible_text()
    await house.shows(card, "Waiting for approval")
    modal = await (await house.discord.click(house.ada, card, APPROVE_ASKING)).next_modal()
    await house.discord.submit(house.ada, modal, {"reason": "agreed"})
    await house.shows(card, "Approved by")
    assert "agreed" in card.visible_text()


async def test_two_who_click_at_once_make_one_decision_and_the_second_is_told(house: House) -> None:
    request = await house.asks()
    card = await house.card()
    clicks = await asyncio.gather(
        *(house.discord.click(user, card, APPROVE, stale=True) for user in (house.ada, house.bob))
    )
    await house.shows(card, "Approved by")
    await house.discord.until(lambda: sum(len(click.answers) for click in clicks) == 1)
    told = next(click.answers[0] for click in clicks if click.answers)
    assert "already approved by" in told.visible_text()
    kinds = [event.type for event in await events.of(request.id)]
    assert kinds.count("request.decided") == 1
    await house.shows(card, "Approved by")


async def test_a_second_click_is_told_who_won(house: House) -> None:
    await house.asks()
    card = await house.card()
    await house.discord.click(house.ada, card, APPROVE)
    await house.shows(card, "Approved by")
    late = await house.discord.click(house.bob, card, APPROVE, stale=True)
    told = await late.next_answer()
    assert f"already approved by discord:{house.ada.id}" in told.visible_text()
    assert told.only_for is house.bob
    await house.shows(card, "Approved by")


async def test_a_click_on_an_expired_card_is_told_so(house: House) -> None:
    request = await house.asks()
    card = await house.card()
    await Request.filter(id=request.id).update(expires_at=now())
    clicked = await house.discord.click(house.ada, card, APPROVE)
    assert "expired" in (await clicked.next_answer()).visible_text()
    await house.shows(card, "Expired")


async def test_a_request_that_expires_says_so_on_its_card(house: House) -> None:
    request = await house.asks()
    card = await house.card()
    await Request.filter(id=request.id).update(expires_at=now())
    await expire_overdue(house.gate)
    await house.shows(card, "Expired")
    assert APPROVE not in {button.text for button in card.buttons}


async def test_a_decision_from_elsewhere_is_shown(house: House) -> None:
    request = await house.asks()
    card = await house.card()
    await decide(house.gate, request.id, Decision.APPROVED, by=Actor("terminal", "root"), reason="by hand")
    await house.shows(card, "Approved by terminal:root")
    assert "by hand" in card.visible_text()


async def test_a_cancelled_request_loses_its_buttons(house: House) -> None:
    request = await house.asks()
    card = await house.card()
    await house.agent.cancel(request)
    await house.shows(card, "Cancelled by api:agent")
    assert APPROVE not in {button.text for button in card.buttons}


async def test_a_quorum_counts_on_the_card(house: House) -> None:
    await house.rule(approvalsNeeded=2)
    await house.asks()
    card = await house.card()
    first = await house.discord.click(house.ada, card, APPROVE)
    assert "1 of 2" in (await first.next_answer()).visible_text()
    await house.shows(card, "Waiting for approval · 1 of 2")
    again = await house.discord.click(house.ada, card, APPROVE)
    assert "first answer stands" in (await again.next_answer()).visible_text()
    await house.shows(card, "Waiting for approval · 1 of 2")
    await house.discord.click(house.bob, card, APPROVE)
    await house.shows(card, f"Approved by discord:{house.bob.id}")


async def test_details_show_everything_in_private(house: House) -> None:
    await house.asks(params={f"name-{number:03}": "x" * 200 for number in range(60)})
    card = await house.card()
    assert "see the full view" in card.visible_text()
    clicked = await house.discord.click(house.bob, card, DETAILS)
    assert clicked.ack is Answer.DEFER
    await house.discord.until(lambda: "name-059" in "".join(one.visible_text() for one in clicked.answers))
    assert len(clicked.answers) > 1
    assert {one.only_for for one in clicked.answers} == {house.bob}
    assert len(house.discord.messages(house.ops)) == 1


async def test_a_card_and_an_open_modal_from_before_a_restart_still_work(database: None, place: Server) -> None:
    async with a_house(place) as before:
        await before.asks("deploy.one")
        await before.asks("deploy.two")
        first, second = await before.card(), await before.card()
        modal = await (await before.discord.click(before.ada, second, DENY)).next_modal()
    async with a_house(place, api_clients="agent-2") as house:
        await house.discord.click(house.ada, first, APPROVE)
        await house.shows(first, "Approved by")
        await house.discord.submit(house.ada, modal, {"reason": "slept on it"})
        await house.shows(second, "Denied by")


async def test_what_was_decided_while_discord_was_away_is_shown_when_it_is_back(database: None, place: Server) -> None:
    async with a_house(place) as before:
        request = await before.asks()
        card = await before.card()
        place.discord.weather.keep("*", status(503))
        await decide(before.gate, request.id, Decision.DENIED, by=Actor("terminal", "root"))
    assert "Waiting" in card.visible_text()
    place.discord.weather.clear()
    async with a_house(place, api_clients="agent-2") as house:
        await house.shows(card, "Denied by terminal:root", within=15)
