"""Discord says that something still waits by a message below its card."""

from gateway.overdue import remind
from tests.discord.house import House


async def test_a_reminder_stands_below_the_card_and_the_card_keeps_its_buttons(house: House) -> None:
    await house.rule(remindAfterSec=0.001)
    request = await house.asks()
    card = await house.card()
    assert await remind(house.gate) == 1
    reminder = await house.discord.next_message(house.ops)
    assert reminder.visible_text().startswith(f"Reminder: {request.code} still waits. Waiting for approval")
    assert reminder.mentions == []
    assert "Approve" in card.visible_text()
