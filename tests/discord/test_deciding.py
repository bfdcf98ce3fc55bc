"""A request becomes a card, a click becomes a decision, and every copy tells the truth."""

import asyncio

from tests.discord.house import APPROVE, House
from tests.slack.house import seconds


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
    assert not card.buttons
