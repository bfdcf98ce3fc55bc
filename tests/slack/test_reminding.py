"""Slack says that something still waits in the thread of its card."""

from gateway.overdue import remind
from tests.slack.house import House


async def test_a_reminder_stands_in_the_thread_and_the_card_keeps_its_buttons(house: House) -> None:
    await house.rule(remindAfterSec=0.001)
    request = await house.asks()
    card = await house.card()
    assert await remind(house.gate) == 1
    await house.slack.until(lambda: card.thread)
    assert card.thread[0].visible_text().startswith(f"Reminder: {request.code} still waits. Waiting for approval")
    assert card.thread[0].mentions == []
    assert "Approve" in card.visible_text()
    assert len(house.slack.messages(house.ops)) == 1
