"""A Discord that is not well, or not there, or another; and the remedy for each of its words."""

from typing import Any

import pytest

from bot.discord.doctor import about_undelivered
from bot.discord.remedies import REMEDIES, UNKNOWN, UNREACHABLE, remedy_for
from bot.discord.rest import FINAL, NOT_DISCORD, TOKEN_REFUSED
from gateway.undelivered import Undelivered
from tests.discord.doctor.visit import DEFAULT, TOKEN, look, wrong
from tests.house.tree import documented
from tests.platforms.discord import Channel, FakeDiscord, weather


async def test_out_of_order(world: FakeDiscord) -> None:
    world.weather.keep("*", weather.status(503))
    down = (await look(world))[TOKEN]
    assert (down.ok, down.meaning) == (False, "503 Service Unavailable")
    assert "discordstatus.com" in down.remedy


async def test_gone(world: FakeDiscord) -> None:
    gone = (await look(world, api_url="http://127.0.0.1:9/api/v10"))[TOKEN]
    assert gone.meaning.startswith("Discord cannot be reached")
    assert "DISCORD_API_URL" in gone.remedy


@pytest.mark.parametrize("path", ["/api/v10/v10", "/v10"])
async def test_the_wrong_address(world: FakeDiscord, path: str) -> None:
    found = (await look(world, api_url=f"{world.url}{path}"))[TOKEN]
    assert (found.ok, found.meaning) == (False, "404 Not Found")
    assert "it ends with /api/v10" in found.remedy


@pytest.mark.parametrize("page", [weather.html(200), weather.html(302), weather.html(407), weather.html(429)])
async def test_something_else_answers(world: FakeDiscord, page: Any) -> None:
    world.weather.keep("GET /users/@me", page)
    assert set(wrong(await look(world))) == {TOKEN}


async def test_a_short_limit_is_waited_out_and_a_long_one_is_told(world: FakeDiscord, ops: Channel) -> None:
    world.weather.on("GET /channels/{channel}", weather.rate_limited(0.05))
    assert wrong(await look(world, default_channel=ops.id)) == {}
    world.weather.keep("GET /channels/{channel}", weather.rate_limited(30))
    found = await look(world, default_channel=ops.id)
    assert wrong(found) == {DEFAULT: f"{ops.id}: 429 Too Many Requests"}


def test_every_number_that_ends_a_delivery_has_its_remedy_and_its_row() -> None:
    assert set(REMEDIES) >= {str(number) for number in FINAL}
    page = documented("howto/discord.md", like=r"\d+")
    assert {number: cells[1].replace("`", "") for number, cells in page.items()} == {
        number: remedy_for(number).replace("`", "") for number in REMEDIES
    }


@pytest.mark.parametrize(
    ("word", "remedy"),
    [
        ("50013", REMEDIES["50013"]),
        ("50013 Missing Permissions", REMEDIES["50013"]),
        ("404 Not Found", REMEDIES["404"]),
        (TOKEN_REFUSED, REMEDIES["401"]),
        (NOT_DISCORD, REMEDIES["404"]),
        ("502 Bad Gateway", UNREACHABLE),
        ("Discord did not answer within 20 s", UNREACHABLE),
        ("Discord cannot be reached: ClientConnectorError", UNREACHABLE),
        ("99999", UNKNOWN),
        ("301", REMEDIES["404"]),
    ],
)
def test_a_number_is_found_in_what_is_said(word: str, remedy: str) -> None:
    assert remedy_for(word) == remedy


def test_an_undelivered_card_is_told_with_discord_s_own_number() -> None:
    found = about_undelivered(Undelivered("discord:123", "50013 Missing Permissions", 3))
    assert found.meaning == "3 cards to discord:123 given up in the last day: 50013 Missing Permissions"
    assert "Send Messages" in found.remedy
