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
from tests.platforms.slack.weather import status
from tests.slack.house import APPROVE, APPROVE_ASKING, DENY, DETAILS, House, Workspace, a_house, now, seconds


async def test_a_click_releases_the_waiting_agent_within_a_tenth_of_a_second(house: House) -> None:
    request = await house.asks(params={"env": "prod"}, context={"reason": "release 1.4"})
    card = await house.card()
    assert "Waiting for approval" in card.visible_text()
    assert "deploy.prod" in card.visible_text()
    assert request.code in card.visible_text()
    waiting = asyncio.create_task(house.agent.wait(request, timeout=20))
    clicked = await house.slack.click(house.ada, card, APPROVE)
    began = seconds()
    approved = await waiting
    assert seconds() - began < 0.1
    assert clicked.latency < 1
    assert approved.decided_by == f"slack:{house.ada.id}"
    await house.shows(card, "Approved by")
    assert {button.action_id for button in card.buttons} <= {"agentgate:details:now:0"}


async def test_the_outcome_is_told_once_in_the_thread(house: House) -> None:
    await house.asks()
    card = await house.card()
    await house.slack.click(house.ada, card, APPROVE)
    await house.slack.until(lambda: card.thread)
    await house.shows(card, "Approved by")
    assert len(card.thread) == 1
    assert card.thread[0].visible_text().startswith("Approved by")
    assert house.ada.id in str(card.thread[0].mentions)


async def test_a_denial_asks_for_the_reason_and_the_agent_reads_it(house: House) -> None:
    request = await house.asks()
    card = await house.card()
    clicked = await house.slack.click(house.ada, card, DENY)
    modal = await clicked.next_modal()
    done = await house.slack.submit(house.ada, modal, {"reason": {"reason": "not on a Friday"}})
    assert done.latency < 1
    with pytest.raises(Denied) as refused:
        await house.agent.wait(request, timeout=20)
    assert refused.value.reason == "not on a Friday"
    await house.shows(card, "Denied by")
    await house.slack.until(lambda: card.thread)
    assert "not on a Friday" in card.thread[0].visible_text()
    assert not house.slack.modals(house.ada)


async def test_where_a_reason_is_required_approving_asks_for_it_too(house: House) -> None:
    await house.rule(requireReason=True)
    await house.asks()
    card = await house.card()
    modal = await (await house.slack.click(house.ada, card, APPROVE_ASKING)).next_modal()
    blank = await house.slack.submit(house.ada, modal, {"reason": {"reason": " "}})
    assert blank.ack
    assert blank.ack.payload is not None
    assert blank.ack.payload["response_action"] == "errors"
    assert "needs a reason" in str(blank.ack.payload["errors"])
    await house.slack.submit(house.ada, modal, {"reason": {"reason": "agreed"}})
    await house.shows(card, "Approved by")


async def test_two_who_click_at_once_make_one_decision_and_the_second_is_told(house: House) -> None:
    request = await house.asks()
    card = await house.card()
    clicks = await asyncio.gather(
        house.slack.click(house.ada, card, APPROVE, stale=True), house.slack.click(house.bob, card, APPROVE, stale=True)
    )
    await house.shows(card, "Approved by")
    await house.slack.until(lambda: sum(len(click.answers) for click in clicks) == 1)
    told = next(click.answers[0] for click in clicks if click.answers)
    assert "already approved by slack:" in told.visible_text()
    kinds = [event.type for event in await events.of(request.id)]
    assert kinds.count("request.decided") == 1


async def test_a_click_on_an_expired_card_is_told_so(house: House) -> None:
    request = await house.asks(expires_in=0.3)
    card = await house.card()
    await Request.filter(id=request.id).update(expires_at=now())
    clicked = await house.slack.click(house.ada, card, APPROVE)
    assert "expired" in (await clicked.next_answer()).visible_text()
    await house.shows(card, "Expired")


async def test_a_request_that_expires_says_so_on_its_card(house: House) -> None:
    request = await house.asks()
    card = await house.card()
    await Request.filter(id=request.id).update(expires_at=now())
    await expire_overdue(house.gate)
    await house.shows(card, "Expired")
    assert APPROVE not in {button.action_id for button in card.buttons}


async def test_a_decision_from_elsewhere_is_shown(house: House) -> None:
    request = await house.asks()
    card = await house.card()
    await decide(house.gate, request.id, Decision.APPROVED, by=Actor("terminal", "root"), reason="by hand")
    await house.shows(card, "Approved by terminal:root")
    await house.slack.until(lambda: card.thread)
    assert "by hand" in card.thread[0].visible_text()


async def test_a_cancelled_request_loses_its_buttons(house: House) -> None:
    request = await house.asks()
    card = await house.card()
    await house.agent.cancel(request)
    await house.shows(card, "Cancelled by api:agent")


async def test_a_quorum_counts_on_the_card(house: House) -> None:
    await house.rule(approvalsNeeded=2)
    await house.asks()
    card = await house.card()
    first = await house.slack.click(house.ada, card, APPROVE)
    assert "1 of 2" in (await first.next_answer()).visible_text()
    await house.shows(card, "Waiting for approval · 1 of 2")
    again = await house.slack.click(house.ada, card, APPROVE)
    assert "first answer stands" in (await again.next_answer()).visible_text()
    await house.shows(card, "Waiting for approval · 1 of 2")
    await house.slack.click(house.bob, card, APPROVE)
    await house.shows(card, f"Approved by slack:{house.bob.id}")


async def test_details_show_everything_in_a_modal(house: House) -> None:
    await house.asks(params={f"name-{number:03}": "x" * 200 for number in range(60)})
    card = await house.card()
    assert "more lines, see the full view" in card.visible_text()
    modal = await (await house.slack.click(house.bob, card, DETAILS)).next_modal()
    await house.slack.until(lambda: "name-059" in modal.visible_text())
    assert "request.created" in modal.visible_text()


async def test_a_card_from_before_a_restart_still_works(database: None, place: Workspace) -> None:
    async with a_house(place) as before:
        await before.asks()
        card = await before.card()
    async with a_house(place, api_clients="agent-2") as house:
        await house.slack.click(house.ada, card, APPROVE)
        await house.shows(card, "Approved by")
        await house.slack.until(lambda: card.thread)


async def test_what_was_decided_while_slack_was_away_is_shown_when_it_is_back(database: None, place: Workspace) -> None:
    async with a_house(place) as before:
        request = await before.asks()
        card = await before.card()
        place.slack.weather.keep("*", status(503))
        await decide(before.gate, request.id, Decision.DENIED, by=Actor("terminal", "root"))
    assert "Waiting" in card.visible_text()
    place.slack.weather.clear()
    async with a_house(place, api_clients="agent-2") as house:
        await house.shows(card, "Denied by terminal:root", within=15)


async def test_a_doubled_press_decides_once(house: House) -> None:
    request = await house.asks()
    card = await house.card()
    house.slack.socket_mode.doubled = 1
    await house.slack.click(house.ada, card, APPROVE)
    await house.shows(card, "Approved by")
    await house.slack.until(lambda: card.thread)
    kinds = [event.type for event in await events.of(request.id)]
    assert kinds.count("request.decided") == 1


async def test_two_replicas_may_both_connect(database: None, place: Workspace) -> None:
    async with a_house(place) as one, a_house(place, api_clients="agent-2") as two:
        for house in (one, two):
            await house.asks()
            card = await one.card()
            house.slack.socket_mode.doubled = 1
            house.slack.socket_mode.doubled_over_another_socket = True
            await house.slack.click(house.bob, card, APPROVE)
            await house.shows(card, "Approved by")
