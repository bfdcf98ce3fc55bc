"""Clicks and modals, answered by the real discord.py."""

import pytest

from tests.platforms.discord import Answer, Channel, FakeDiscord, Message, Permission, User
from tests.platforms.discord_py import EchoClient, buttons, layout

EVERY_BUTTON = ("approve", "deny", "whisper", "later")


@pytest.fixture
def ada(fake: FakeDiscord) -> User:
    return fake.user("ada")


@pytest.fixture
def ops(fake: FakeDiscord, ada: User) -> Channel:
    return fake.channel("ops", ada, fake.user("bob"))


@pytest.fixture
async def card(fake: FakeDiscord, online: EchoClient, ops: Channel) -> Message:
    await online.send(ops, "May I?", view=buttons(*EVERY_BUTTON))
    return await fake.next_message(ops)


async def test_a_click_edits_the_card(fake: FakeDiscord, ada: User, card: Message) -> None:
    assert card.visible_text() == "May I?\n[Approve]\n[Deny]\n[Whisper]\n[Later]"
    clicked = await fake.click(ada, card, "Approve")
    assert (clicked.ack, clicked.trouble, clicked.latency < 1) == (Answer.UPDATE, "", True)
    assert (card.visible_text(), card.buttons, len(card.edits)) == (f"Approved by {ada.id}", [], 1)
    with pytest.raises(AssertionError, match="nothing called 'approve' here"):
        await fake.click(ada, card, "approve")
    assert (await fake.click(ada, card, "approve", stale=True)).ack


async def test_a_click_in_a_layout(fake: FakeDiscord, online: EchoClient, ada: User, ops: Channel) -> None:
    await online.send(ops, view=layout("# Deploy", "```\nprod\n```", custom_id="whisper"))
    card = await fake.next_message(ops)
    assert (card.is_v2, card.visible_text()) == (True, "Deploy\n\nprod\n\n———\n[Whisper]")
    assert (await fake.click(ada, card, "Whisper")).answers[0].content == "only you see this"


async def test_the_payload_says_who_and_where(fake: FakeDiscord, ada: User, ops: Channel, card: Message) -> None:
    role = fake.role("sre", ada)
    payload = (await fake.click(ada, card, "Whisper")).payload
    assert (payload["type"], payload["guild_id"], payload["context"]) == (3, fake.guild.id, 0)
    assert (payload["channel"]["id"], payload["message"]["id"]) == (ops.id, card.id)
    assert (payload["member"]["user"]["id"], payload["member"]["roles"]) == (ada.id, [role.id])
    assert int(payload["member"]["permissions"]) & Permission.VIEW_CHANNEL
    assert payload["data"] == {"component_type": 2, "custom_id": "whisper", "id": 4}
    assert "user" not in payload


async def test_who_does_not_see_a_card_cannot_click_it(fake: FakeDiscord, card: Message) -> None:
    with pytest.raises(AssertionError, match="@eve does not see #ops"):
        await fake.click(fake.user("eve"), card, "Approve")


async def test_a_private_answer_is_seen_and_clicked_by_one(fake: FakeDiscord, ada: User, card: Message) -> None:
    bob = next(user for user in fake.users.values() if user.name == "bob")
    clicked = await fake.click(ada, card, "Whisper")
    [answer] = clicked.answers
    assert answer is await clicked.next_answer()
    assert (fake.private_messages(ada), fake.private_messages(bob)) == ([answer], [])
    assert fake.messages(card.channel) == [card]
    turned = await fake.click(ada, answer, "More")
    assert (answer.visible_text(), turned.payload["message"]["flags"]) == ("page 2\n[More]", 64)
    with pytest.raises(AssertionError, match="only @ada sees this message"):
        await fake.click(bob, answer, "More")


async def test_a_deferred_answer_then_another(fake: FakeDiscord, ada: User, card: Message) -> None:
    clicked = await fake.click(ada, card, "Later")
    assert clicked.ack is Answer.DEFER
    told = [(await clicked.next_answer()).content for _ in range(2)]
    assert told == ["done", "and another"]
    assert [message.only_for for message in clicked.answers] == [ada, ada]
    assert clicked.answers[0].edits == []


async def test_a_public_deferral_makes_the_first_answer_public(
    fake: FakeDiscord, online: EchoClient, ada: User, ops: Channel
) -> None:
    await online.send(ops, view=buttons("loudly"))
    clicked = await fake.click(ada, await fake.next_message(ops), "Loudly")
    answer = await clicked.next_answer()
    assert (answer.content, answer.only_for, answer in fake.messages(ops)) == ("meant for one", None, True)


async def test_a_modal_asks_before_it_is_submitted(fake: FakeDiscord, ada: User, card: Message) -> None:
    modal = await (await fake.click(ada, card, "Deny")).next_modal()
    assert modal.visible_text() == "Why?\nReason"
    with pytest.raises(AssertionError, match="asks for “Reason”"):
        await fake.submit(ada, modal)
    with pytest.raises(AssertionError, match="0 to 20 characters for “Reason”"):
        await fake.submit(ada, modal, {"Reason": "x" * 21})
    with pytest.raises(AssertionError, match="nothing called 'Why' to fill in"):
        await fake.submit(ada, modal, {"Why": "x"})
    submitted = await fake.submit(ada, modal, {"Reason": "of rain"})
    assert (submitted.answers[0].content, modal.is_open) == ("because of rain", False)
    assert submitted.payload["message"]["id"] == card.id
    with pytest.raises(AssertionError, match="this modal is not open"):
        await fake.submit(ada, modal, {"text": "again"})
