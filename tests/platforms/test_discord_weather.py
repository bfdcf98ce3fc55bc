"""Rate limits and bad weather, met by the real discord.py."""

import asyncio

import aiohttp
import discord
import pytest

from tests.platforms.discord import Channel, FakeDiscord, weather
from tests.platforms.discord.routes import SEND
from tests.platforms.discord_py import EchoClient
from tests.platforms.weather import Fault


@pytest.fixture
def ops(fake: FakeDiscord) -> Channel:
    return fake.channel("ops")


@pytest.mark.parametrize("scope", ["user", "global", "shared"])
async def test_a_limit_is_waited_out(fake: FakeDiscord, rest: EchoClient, ops: Channel, scope: str) -> None:
    fake.weather.on(SEND, weather.rate_limited(0.05, scope=scope))
    await rest.send(ops, "patient")
    first, second = fake.calls_of(SEND)
    assert (first.status, second.status, second.at - first.at > 0.05) == (429, 200, True)


async def test_what_comes_with_a_limit(fake: FakeDiscord, ops: Channel) -> None:
    fake.weather.keep(SEND, weather.rate_limited(1.5, scope="global"))
    address, headers = f"{fake.base_url}/channels/{ops.id}/messages", {"Authorization": f"Bot {fake.token}"}
    async with aiohttp.ClientSession(headers=headers) as http, http.post(address, json={"content": "x"}) as answer:
        assert (answer.status, answer.headers["Content-Type"]) == (429, "application/json")
        assert await answer.json() == {"message": "You are being rate limited.", "retry_after": 1.5, "global": True}
        assert (answer.headers["Retry-After"], answer.headers["X-RateLimit-Scope"]) == ("2", "global")
        assert (answer.headers["X-RateLimit-Global"], bool(answer.headers["Via"])) == ("true", True)


async def test_a_pace_is_told_before_it_is_kept(fake: FakeDiscord, ops: Channel) -> None:
    fake.weather.pace(SEND, 2, 60)
    address, headers = f"{fake.base_url}/channels/{ops.id}/messages", {"Authorization": f"Bot {fake.token}"}
    told = []
    async with aiohttp.ClientSession(headers=headers) as http:
        for _ in range(3):
            async with http.post(address, json={"content": "x"}) as answer:
                told.append((answer.status, answer.headers.get("X-RateLimit-Remaining")))
        other = f"{fake.base_url}/channels/{fake.channel('other').id}/messages"
        async with http.post(other, json={"content": "x"}) as answer:
            told.append((answer.status, answer.headers["X-RateLimit-Remaining"]))
            assert (answer.headers["X-RateLimit-Limit"], len(answer.headers["X-RateLimit-Bucket"])) == ("2", 32)
    assert told == [(200, "1"), (200, "0"), (429, "0"), (200, "1")]


async def test_the_real_client_keeps_the_pace(fake: FakeDiscord, rest: EchoClient, ops: Channel) -> None:
    fake.weather.pace(SEND, 2, 0.2)
    for number in range(5):
        await rest.send(ops, str(number))
    assert [call.status for call in fake.calls_of(SEND)] == [200] * 5
    assert fake.calls_of(SEND)[-1].at - fake.calls_of(SEND)[0].at > 0.4


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (weather.status(503), discord.DiscordServerError),
        (weather.html(503), discord.DiscordServerError),
        (weather.banned(), discord.HTTPException),
        (weather.refused(403, 50013, "Missing Permissions"), discord.Forbidden),
        (weather.cut(), aiohttp.ServerDisconnectedError),
    ],
)
async def test_what_discord_py_does_not_try_again(
    fake: FakeDiscord, rest: EchoClient, ops: Channel, fault: Fault, error: type[Exception]
) -> None:
    fake.weather.on(SEND, fault)
    with pytest.raises(error):
        await rest.send(ops, "hello")
    assert (len(fake.calls_of(SEND)), fake.messages(ops)) == (1, [])


async def test_a_5xx_after_the_effect_does_not_post_twice(fake: FakeDiscord, rest: EchoClient, ops: Channel) -> None:
    fake.weather.on(SEND, weather.status(502, after_effect=True))
    await rest.send(ops, "hello")
    assert ([call.status for call in fake.calls_of(SEND)], len(fake.messages(ops))) == ([502, 200], 1)


async def test_a_cut_after_the_effect(fake: FakeDiscord, rest: EchoClient, ops: Channel) -> None:
    fake.weather.on(SEND, weather.cut(after_effect=True))
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await rest.send(ops, "hello")
    assert len(fake.messages(ops)) == 1


async def test_slow_and_hanging_answers(fake: FakeDiscord, rest: EchoClient, ops: Channel) -> None:
    fake.weather.on(SEND, weather.slow(0.05))
    await rest.send(ops, "slow")
    fake.weather.keep(SEND, weather.hang())
    async with asyncio.TaskGroup() as group:
        sending = group.create_task(rest.send(ops, "hanging"))
        await fake.until(lambda: len(fake.calls_of(SEND)) == 2)
        assert len(fake.messages(ops)) == 1
        fake.weather.clear()
    assert sending.result().content == "hanging"


async def test_weather_comes_after_a_while_and_clears(fake: FakeDiscord, rest: EchoClient, ops: Channel) -> None:
    fake.weather.on("*", weather.refused(400, 1, "no"), after=1)
    await rest.send(ops, "one")
    with pytest.raises(discord.HTTPException):
        await rest.send(ops, "two")
    await rest.send(ops, "three")
    assert [message.content for message in fake.messages(ops)] == ["one", "three"]


def test_a_route_that_there_is_not_has_no_weather(fake: FakeDiscord) -> None:
    for ask in (lambda: fake.weather.keep("GET /teapot", weather.cut()), lambda: fake.calls_of("GET /teapot")):
        with pytest.raises(AssertionError, match="there is no route 'GET /teapot'"):
            ask()


async def test_a_body_that_cannot_be_read(fake: FakeDiscord, ops: Channel) -> None:
    address, headers = f"{fake.base_url}/channels/{ops.id}/messages", {"Authorization": f"Bot {fake.token}"}
    async with aiohttp.ClientSession(headers=headers) as http:
        async with http.post(address, data=b"{", headers={"Content-Type": "application/json"}) as answer:
            assert (answer.status, (await answer.json())["code"]) == (400, 50109)
        form = aiohttp.FormData({"payload_json": '{"content": "in a form"}'})
        form.add_field("files[0]", b"x", filename="x.txt")
        async with http.post(address, data=form) as answer:
            assert (await answer.json())["content"] == "in a form"
