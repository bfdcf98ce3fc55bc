"""What Discord refuses for good, and what it refuses for now: each with Discord's own number or word."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.discord.custom_ids import Pages
from bot.discord.notifier import DiscordNotifier
from bot.discord.options import DiscordOptions
from bot.discord.remedies import REMEDIES
from bot.discord.rest import FINAL, DiscordRest
from gateway.card import Link
from gateway.errors import DeliveryPostponed, DeliveryRefused
from models.words import Verdict
from tests.discord.house import Server
from tests.discord.posting import APPROVED, WAITING, a_notifier, requests
from tests.platforms.discord.permissions import Permission
from tests.platforms.discord.routes import SEND
from tests.platforms.discord.weather import banned, cut, html, rate_limited, refused, status

LOGIN = "GET /users/@me"
NO_TOKEN = "401 Unauthorized: Discord refuses DISCORD_BOT_TOKEN"
FAULTS = {
    "500 Internal Server Error": status(500),
    "502 Bad Gateway": status(502),
    "503 Service Unavailable": html(503),
    "what answers is not Discord": html(200),
    "403 Forbidden": refused(403, 0, "Forbidden"),
    "404 Not Found": refused(404, 0, "404: Not Found"),
    "12345 Something new": refused(400, 12345, "Something new"),
}


async def refusal(notifier: DiscordNotifier, target: str) -> str:
    """Post a card that is refused for good; return the word for it."""
    with pytest.raises(DeliveryRefused) as refused:
        await notifier.post(target, WAITING, event="request.pending")
    return str(refused.value)


async def putting_off(notifier: DiscordNotifier, place: Server) -> DeliveryPostponed:
    """Post a card that is refused for now; return how."""
    with pytest.raises(DeliveryPostponed) as put_off:
        await notifier.post(f"discord:{place.ops.id}", WAITING, event="request.pending")
    return put_off.value


async def works(notifier: DiscordNotifier, place: Server) -> None:
    """Post a card that arrives, once."""
    await notifier.post(f"discord:{place.ops.id}", WAITING, event="request.pending")
    assert len(place.discord.messages(place.ops)) == 1


def test_there_is_a_remedy_for_whatever_discord_refuses_for_good() -> None:
    assert {str(number) for number in FINAL} <= set(REMEDIES)


async def test_a_target_that_is_not_there_is_refused(place: Server, notifier: DiscordNotifier) -> None:
    assert await refusal(notifier, "discord:123") == "10003 Unknown Channel"
    assert await refusal(notifier, "discord:user:123") == "50033 Invalid Recipient(s)"


async def test_a_channel_that_the_bot_may_not_use_is_refused(place: Server, notifier: DiscordNotifier) -> None:
    place.ops.deny(place.discord.app.bot_user, Permission.SEND_MESSAGES)
    assert await refusal(notifier, f"discord:{place.ops.id}") == "50013 Missing Permissions"
    hidden = place.discord.channel("hidden", bot=False)
    assert await refusal(notifier, f"discord:{hidden.id}") == "50001 Missing Access"


async def test_a_person_who_takes_no_direct_messages_is_refused(place: Server, notifier: DiscordNotifier) -> None:
    place.ada.refuses_direct_messages = True
    assert await refusal(notifier, f"discord:user:{place.ada.id}") == "50007 Cannot send messages to this user"


async def test_a_card_that_somebody_deleted_is_not_edited_again(place: Server, notifier: DiscordNotifier) -> None:
    receipt = await notifier.post(f"discord:{place.ops.id}", WAITING, event="request.pending")
    (await place.discord.next_message(place.ops)).deleted = True
    with pytest.raises(DeliveryRefused, match=r"^10008 Unknown Message$"):
        await notifier.edit(f"discord:{place.ops.id}", receipt, APPROVED, event="request.approved")


async def test_a_card_that_discord_finds_wrong_is_refused_without_a_word_of_it(
    place: Server, notifier: DiscordNotifier
) -> None:
    fault = refused(400, 50035, "Invalid Form Body\nIn components: deploy.prod is too long")
    place.discord.weather.on(SEND, fault)
    assert await refusal(notifier, f"discord:{place.ops.id}") == "50035 Invalid Form Body"


@pytest.mark.parametrize("route", [LOGIN, SEND])
@pytest.mark.parametrize("word", FAULTS)
async def test_what_may_pass_is_put_off_at_once_with_its_word_and_works_later(
    place: Server, notifier: DiscordNotifier, route: str, word: str
) -> None:
    place.discord.weather.on(route, FAULTS[word])
    assert str(await putting_off(notifier, place)) == word
    assert len(place.discord.calls_of(route)) == 1
    await works(notifier, place)


async def test_a_connection_that_is_cut_is_put_off(place: Server, notifier: DiscordNotifier) -> None:
    place.discord.weather.on(SEND, cut())
    assert str(await putting_off(notifier, place)) == "Discord cannot be reached: ServerDisconnectedError"
    await works(notifier, place)


async def test_a_discord_that_is_not_there_is_put_off(place: Server) -> None:
    rest = DiscordRest(DiscordOptions("token", api_url="http://127.0.0.1:9/api/v10"))
    word = str(await putting_off(DiscordNotifier(rest, Pages()), place))
    assert word == "Discord cannot be reached: 127.0.0.1:9: Connection refused"
    await rest.close()


async def test_a_token_that_is_refused_may_be_mended(place: Server, notifier: DiscordNotifier) -> None:
    place.discord.weather.on(SEND, refused(401, 0, "401: Unauthorized"))
    assert str(await putting_off(notifier, place)) == NO_TOKEN
    await works(notifier, place)


async def test_a_token_that_is_refused_at_login_is_not_tried_with_every_card(place: Server) -> None:
    async with a_notifier(place.discord, token="MTIz.wrong.token") as notifier:
        words = {str(await putting_off(notifier, place)) for _ in range(5)}
    assert words == {NO_TOKEN}
    assert len(place.discord.calls) == 1


@pytest.mark.parametrize(("seconds", "scope"), [(17, "user"), (17, "shared"), (17, "global"), (1, "global")])
async def test_too_many_calls_are_put_off_until_discord_says(
    place: Server, notifier: DiscordNotifier, seconds: int, scope: str
) -> None:
    place.discord.weather.on(SEND, rate_limited(seconds, scope=scope))
    put_off = await putting_off(notifier, place)
    assert (str(put_off), put_off.retry_after) == ("429 Too Many Requests", timedelta(seconds=seconds))
    await works(notifier, place)


async def test_a_limit_that_is_over_soon_is_waited_for(place: Server, notifier: DiscordNotifier) -> None:
    place.discord.weather.on(SEND, rate_limited(0.1))
    await works(notifier, place)
    assert [call.status for call in place.discord.calls_of(SEND)] == [429, 200]


async def test_a_ban_that_names_no_time_is_put_off_for_a_while(place: Server, notifier: DiscordNotifier) -> None:
    place.discord.weather.on(SEND, banned())
    assert (await putting_off(notifier, place)).retry_after == timedelta(seconds=30)


async def test_a_busy_channel_is_entered_at_its_own_pace(place: Server, notifier: DiscordNotifier) -> None:
    place.discord.weather.pace(SEND, 5, 0.5)
    async with asyncio.TaskGroup() as tasks:
        for card in requests(20):
            tasks.create_task(notifier.post(f"discord:{place.ops.id}", card, event="request.pending"))
    assert len(place.discord.messages(place.ops)) == 20


async def test_a_card_whose_links_are_refused_is_posted_without_them(place: Server, notifier: DiscordNotifier) -> None:
    linked = replace(WAITING, links=(Link(Verdict.APPROVED, "http://localhost:3000/l/abc"),))
    place.discord.weather.on(SEND, refused(400, 50035, "Invalid Form Body"))
    await notifier.post(f"discord:{place.ops.id}", linked, event="request.pending")
    assert (await place.discord.next_message(place.ops)).buttons
    place.discord.weather.on(SEND, refused(400, 50035, "Invalid Form Body"), times=2)
    with pytest.raises(DeliveryRefused, match="50035"):
        await notifier.post(f"discord:{place.ops.id}", linked, event="request.pending")
