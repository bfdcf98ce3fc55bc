"""The REST API and the gateway, met by the real discord.py."""

from tests.platforms.discord import FakeDiscord
from tests.platforms.discord_py import EchoClient, card


async def test_a_click_reaches_the_bot_and_its_answer_the_person(fake: FakeDiscord, online: EchoClient) -> None:
    ada, bob = fake.user("ada"), fake.user("bob")
    ops = fake.channel("ops", ada, bob)
    await online.send(ops, "May I?", view=card("approve", "whisper"))
    message = await fake.next_message(ops)
    assert message.visible_text() == "May I?\n[Approve]\n[Whisper]"
    whispered = await fake.click(ada, message, "Whisper")
    assert (whispered.latency < 1, whispered.trouble) == (True, "")
    assert (await whispered.next_answer()).visible_text() == "only you see this"
    assert [answer.content for answer in fake.private_messages(ada)] == ["only you see this"]
    assert fake.private_messages(bob) == []
    await fake.click(bob, message, "approve")
    assert (message.visible_text(), message.buttons, len(message.edits)) == (f"Approved by {bob.id}", [], 1)
