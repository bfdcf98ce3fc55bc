"""Cards reach Discord over REST alone: posted once, and edited as long as they stand."""

import asyncio

import pytest

from bot.discord.notifier import DiscordNotifier
from gateway.card import Block, Card
from gateway.errors import DeliveryPostponed
from tests.discord.house import Server
from tests.discord.posting import APPROVED, WAITING, a_notifier, requests
from tests.platforms.discord.routes import SEND
from tests.platforms.discord.weather import cut, hang


async def test_a_card_is_posted_and_its_receipt_says_where(place: Server, notifier: DiscordNotifier) -> None:
    receipt = await notifier.post(f"discord:{place.ops.id}", WAITING, event="request.pending")
    message = await place.discord.next_message(place.ops)
    assert receipt == {"channel": place.ops.id, "message": message.id, "place": f"discord:{place.ops.id}"}
    assert message.is_v2
    assert message.allowed_mentions == {"parse": []}
    assert [button.text for button in message.buttons] == ["Approve", "Deny…"]
    assert not place.discord.sessions


async def test_an_edit_replaces_the_card_also_after_a_restart(place: Server, notifier: DiscordNotifier) -> None:
    target = f"discord:{place.ops.id}"
    receipt = await notifier.post(target, WAITING, event="request.pending")
    async with a_notifier(place.discord) as after_a_restart:
        assert await after_a_restart.edit(target, receipt, APPROVED, event="request.approved") == receipt
    message = await place.discord.next_message(place.ops)
    assert "Approved by discord:42" in message.visible_text()
    assert "Waiting" not in message.visible_text()
    assert message.buttons == []
    assert len(place.discord.messages(place.ops)) == 1


async def test_who_decided_shows_as_a_name_and_nobody_is_pinged(place: Server, notifier: DiscordNotifier) -> None:
    await notifier.post(f"discord:{place.ops.id}", APPROVED, event="request.approved")
    message = await place.discord.next_message(place.ops)
    assert message.seen.mentions == ["@42"]
    assert message.mentions == []


async def test_a_person_gets_a_direct_message(place: Server, notifier: DiscordNotifier) -> None:
    target, letters = f"discord:user:{place.ada.id}", place.discord.direct(place.ada)
    receipt = await notifier.post(target, WAITING, event="request.pending")
    assert receipt["place"] == f"discord:{letters.id}"
    await notifier.edit(target, receipt, APPROVED, event="request.approved")
    assert "Approved by" in (await place.discord.next_message(letters)).visible_text()


async def test_a_thread_is_a_channel_too(place: Server, notifier: DiscordNotifier) -> None:
    thread = place.discord.thread(place.ops, "deploys")
    await notifier.post(f"discord:{thread.id}", WAITING, event="request.pending")
    assert len(place.discord.messages(thread)) == 1


async def test_the_largest_card_is_taken(place: Server, notifier: DiscordNotifier) -> None:
    large = Card("🚀" * 300, sections=(Block("`" * 300, ("🚀`" * 50_000,)),), request_id=WAITING.request_id)
    await notifier.post(f"discord:{place.ops.id}", large, event="request.pending")
    assert "more characters" in (await place.discord.next_message(place.ops)).visible_text()


async def test_a_post_whose_answer_was_lost_is_the_same_message_and_shows_the_latest(
    place: Server, notifier: DiscordNotifier
) -> None:
    place.discord.weather.on(SEND, cut(after_effect=True))
    with pytest.raises(DeliveryPostponed, match="Discord cannot be reached"):
        await notifier.post(f"discord:{place.ops.id}", WAITING, event="request.pending")
    receipt = await notifier.post(f"discord:{place.ops.id}", APPROVED, event="request.approved")
    (message,) = place.discord.messages(place.ops)
    assert receipt["message"] == message.id
    assert "Approved by discord:42" in message.visible_text()
    assert message.buttons == []


async def test_a_first_post_is_not_edited(place: Server, notifier: DiscordNotifier) -> None:
    await notifier.post(f"discord:{place.ops.id}", WAITING, event="request.pending")
    assert (await place.discord.next_message(place.ops)).edits == []


async def test_every_request_is_its_own_message_in_every_channel(place: Server, notifier: DiscordNotifier) -> None:
    other = place.discord.channel("other")
    for card in requests(2):
        for channel in (place.ops, other):
            await notifier.post(f"discord:{channel.id}", card, event="request.pending")
    assert [len(place.discord.messages(channel)) for channel in (place.ops, other)] == [2, 2]


async def test_cards_are_numbered_by_their_request_as_far_as_discord_allows(
    place: Server, notifier: DiscordNotifier
) -> None:
    await notifier.post(f"discord:{place.ops.id}", WAITING, event="request.pending")
    (call,) = place.discord.calls_of(SEND)
    assert call.form["enforce_nonce"] is True
    assert 1 <= len(call.form["nonce"]) <= 25


async def test_many_cards_at_once_log_in_once(place: Server, notifier: DiscordNotifier) -> None:
    async with asyncio.TaskGroup() as tasks:
        for card in requests(10):
            tasks.create_task(notifier.post(f"discord:{place.ops.id}", card, event="request.pending"))
    assert len(place.discord.calls_of("GET /users/@me")) == 1
    assert len(place.discord.messages(place.ops)) == 10


@pytest.mark.parametrize("route", ["GET /users/@me", SEND])
async def test_a_call_that_is_given_up_breaks_nothing(place: Server, notifier: DiscordNotifier, route: str) -> None:
    place.discord.weather.on(route, hang())
    posting = asyncio.create_task(notifier.post(f"discord:{place.ops.id}", WAITING, event="request.pending"))
    await place.discord.until(lambda: place.discord.calls_of(route))
    posting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await posting
    receipt = await notifier.post(f"discord:{place.ops.id}", WAITING, event="request.pending")
    assert receipt["message"] == place.discord.messages(place.ops)[-1].id


async def test_discord_py_remembers_no_view_so_a_press_never_depends_on_memory(place: Server) -> None:
    async with a_notifier(place.discord) as notifier:
        receipt = await notifier.post(f"discord:{place.ops.id}", WAITING, event="request.pending")
        await notifier.edit(f"discord:{place.ops.id}", receipt, WAITING, event="vote.cast")
        client = await notifier.rest.client()
        assert client.persistent_views == []
