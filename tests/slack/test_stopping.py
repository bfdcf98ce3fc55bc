"""A server that stops while somebody presses: the press is finished, or can be made again."""

import asyncio

import pytest

from bot import underway
from models.words import Status
from tests.slack.house import APPROVE, House
from tests.slack.slow import slow_database


async def stopped(house: House) -> None:
    """Stop listening to Slack, as the end of the server does."""
    house.listening.cancel()
    await asyncio.wait({house.listening})


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a slow machine finish what the end waits half a second for."""
    monkeypatch.setattr(underway, "SETTLE_SECONDS", 10)


@pytest.mark.usefixtures("unhurried")
async def test_what_was_pressed_in_the_last_moment_is_finished(house: House) -> None:
    await house.asks()
    card = await house.card()
    async with slow_database(seconds=0.2):
        await house.slack.click(house.ada, card, APPROVE)
        await house.shows(card, "Recording")
        await stopped(house)
    assert "Approved by" in card.visible_text()


async def test_what_is_not_finished_at_the_end_can_be_pressed_again(house: House) -> None:
    request = await house.asks()
    card = await house.card()
    async with slow_database(seconds=2):
        await house.slack.click(house.ada, card, APPROVE)
        await house.shows(card, "Recording")
        await stopped(house)
        assert "Waiting for approval" in card.visible_text()
        assert [button.text for button in card.buttons][:3] == ["Approve", "Deny…", "Details"]
    assert (await house.agent.get(request)).status.value == Status.PENDING.value
