"""The gateway, met by the real discord.py: sessions that begin, break, resume and end."""

import aiohttp
import discord
import pytest

from tests.platforms.discord import Channel, FakeDiscord, Intent, User, weather
from tests.platforms.discord_py import EchoClient, buttons, connected


@pytest.fixture
def ada(fake: FakeDiscord) -> User:
    return fake.user("ada")


@pytest.fixture
def ops(fake: FakeDiscord, ada: User) -> Channel:
    return fake.channel("ops", ada)


async def works(fake: FakeDiscord, client: EchoClient, ada: User, ops: Channel) -> bool:
    """Tell whether a click is answered."""
    await client.send(ops, view=buttons("approve"))
    return bool((await fake.click(ada, fake.messages(ops)[-1], "approve")).ack)


async def test_a_session_begins(fake: FakeDiscord, online: EchoClient) -> None:
    [session] = fake.sessions
    assert (session.is_open, session.intents, len(fake.identifies)) == (True, Intent.GUILDS, 1)
    assert session.socket
    assert session.socket.http.query["v"] == "10"
    assert session.socket.http.query["compress"] in {"zlib-stream", "zstd-stream"}
    assert [one["event"] for one in session.told] == ["READY", "GUILD_CREATE"]
    assert [guild.name for guild in online.guilds] == ["acme"]
    assert (await online.http.get_bot_gateway())[2]["remaining"] == 999


async def test_what_is_asked_for_is_told(fake: FakeDiscord, ada: User) -> None:
    fake.app.privileged_intents = Intent.GUILD_MEMBERS
    asking = EchoClient(intents=discord.Intents(guilds=True, members=True, guild_messages=True))
    async with connected(EchoClient(), fake), connected(asking, fake):
        ops = fake.channel("ops", ada)
        await fake.say(ada, ops, "hello")
        fake.role("sre", ada)
        fake.leave(ada)
        fake.delete(ops)
        little, more = ([one["event"] for one in session.told[2:]] for session in fake.sessions)
        assert little == ["CHANNEL_CREATE", "GUILD_ROLE_CREATE", "CHANNEL_DELETE"]
        assert more == [
            *("CHANNEL_CREATE", "MESSAGE_CREATE", "GUILD_ROLE_CREATE", "GUILD_MEMBER_UPDATE"),
            *("GUILD_MEMBER_REMOVE", "CHANNEL_DELETE"),
        ]


async def test_what_others_write_is_told_without_its_content(fake: FakeDiscord, ada: User, ops: Channel) -> None:
    async with connected(EchoClient(intents=discord.Intents(guilds=True, guild_messages=True)), fake) as client:
        await fake.say(ada, ops, "secret")
        await client.send(ops, "own")
        await fake.say(ada, ops, f"for <@{fake.application_id}>")
        told = [one["data"]["content"] for one in fake.sessions[0].told if one["event"] == "MESSAGE_CREATE"]
        assert told == ["", "own", f"for <@{fake.application_id}>"]


async def test_members_are_asked_for(fake: FakeDiscord, online: EchoClient, ada: User) -> None:
    [found] = await online.guilds[0].query_members(user_ids=[int(ada.id)])
    assert found.name == "ada"


async def test_cut_and_resumed(fake: FakeDiscord, online: EchoClient, ada: User, ops: Channel) -> None:
    await online.send(ops, view=buttons("approve"))
    fake.drop()
    await fake.until(lambda: not fake.connected)
    clicked = await fake.click(ada, fake.messages(ops)[0], "approve")  # waits in the session for the resume
    assert (clicked.ack is not None, len(fake.sessions), len(fake.resumes)) == (True, 1, 1)
    assert fake.sessions[0].replayed >= 1


@pytest.mark.parametrize("code", [4000, 4009, 1000])
async def test_closed_with_a_code_that_may_resume(
    fake: FakeDiscord, online: EchoClient, ada: User, ops: Channel, code: int
) -> None:
    fake.close(code)
    await fake.connection(2)
    await fake.until(lambda: fake.sessions[-1].is_open)
    assert await works(fake, online, ada, ops)
    assert fake.sockets[0].close_code == code


async def test_asked_to_reconnect(fake: FakeDiscord, online: EchoClient, ada: User, ops: Channel) -> None:
    fake.reconnect()
    await fake.until(lambda: fake.resumes)
    assert await works(fake, online, ada, ops)
    assert len(fake.sessions) == 1


@pytest.mark.parametrize(("resumable", "sessions"), [(True, 1), (False, 2)])
async def test_an_invalid_session(
    fake: FakeDiscord, online: EchoClient, ada: User, ops: Channel, resumable: bool, sessions: int
) -> None:
    fake.invalidate(resumable=resumable)
    await fake.connection(2)
    await fake.until(lambda: fake.sessions[-1].is_open)
    assert await works(fake, online, ada, ops)
    assert len(fake.sessions) == sessions


async def test_a_session_that_was_forgotten(fake: FakeDiscord, online: EchoClient, ada: User, ops: Channel) -> None:
    fake.forget_sessions()
    fake.drop()
    await fake.session(2)
    await fake.until(lambda: fake.sessions[-1].is_open)
    assert await works(fake, online, ada, ops)
    assert len(fake.resumes) == 1


async def test_a_deaf_gateway_is_given_up(fake: FakeDiscord, ada: User, ops: Channel) -> None:
    fake.heartbeat_seconds = 0.05
    async with connected(EchoClient(heartbeat_timeout=0.3), fake) as client:
        first = await fake.connection()
        await fake.until(lambda: first.beats)
        fake.go_deaf()
        beats = len(first.beats)
        await fake.connection(2, within=10)
        assert len(first.beats) == beats
        await fake.until(lambda: fake.sessions[-1].is_open)
        assert await works(fake, client, ada, ops)


@pytest.mark.parametrize(
    ("intents", "code", "error"),
    [
        (discord.Intents(guilds=True), 4004, discord.ConnectionClosed),
        (discord.Intents(guilds=True, members=True), 4014, discord.PrivilegedIntentsRequired),
        (discord.Intents._from_value(1 << 40), 4013, discord.ConnectionClosed),
    ],
)
async def test_what_ends_it_for_good(
    fake: FakeDiscord, intents: discord.Intents, code: int, error: type[Exception]
) -> None:
    async with EchoClient(intents=intents) as client:
        await client.login(fake.token)
        if code == 4004:
            fake.app.revoke()
        with pytest.raises(error):
            await client.connect()
    assert (fake.sessions, len(fake.identifies), fake.sockets[0].close_code) == ([], 1, code)


async def test_too_many_sessions_cost_the_token(fake: FakeDiscord) -> None:
    fake.session_start_limit = 0
    async with EchoClient() as client:
        await client.login(fake.token)
        with pytest.raises(discord.ConnectionClosed):
            await client.connect()
    assert fake.app.revoked


async def test_a_gateway_that_is_down(fake: FakeDiscord) -> None:
    fake.weather.keep("gateway", weather.status(503))
    async with EchoClient() as client:
        await client.login(fake.token)
        with pytest.raises(AttributeError):  # a known fault of discord.py: issue 10520
            await client.connect()
    assert fake.sockets == []


async def test_two_sessions_both_hear_of_a_click(
    fake: FakeDiscord, online: EchoClient, ada: User, ops: Channel
) -> None:
    async with connected(EchoClient(), fake):
        await online.send(ops, view=buttons("approve"))
        clicked = await fake.click(ada, await fake.next_message(ops), "approve")
        await fake.until(lambda: [call.status for call in clicked.attempts if call.status] == [200, 400])
    assert (len(clicked.sent_over), clicked.attempts[1].answer["code"]) == (2, 40060)


@pytest.mark.parametrize(("code", "is_valid"), [(1000, False), (1001, False), (4000, True)])
async def test_only_a_goodbye_ends_the_session(fake: FakeDiscord, code: int, is_valid: bool) -> None:
    async with aiohttp.ClientSession() as http, http.ws_connect(fake.gateway_url) as socket:
        await socket.receive_json()
        await socket.send_json({"op": 2, "d": {"token": fake.token, "intents": 1, "properties": {}}})
        assert (await socket.receive_json())["t"] == "READY"
        await socket.close(code=code)
    await fake.until(lambda: not fake.connected)
    assert (fake.sockets[0].close_code, fake.sessions[0].is_valid) == (code, is_valid)


@pytest.mark.parametrize(("said", "code"), [("nonsense", 4002), ('{"op": 3}', 4003), ('{"op": 99}', 4003)])
async def test_what_makes_no_sense_ends_a_socket(fake: FakeDiscord, said: str, code: int) -> None:
    async with aiohttp.ClientSession() as http, http.ws_connect(fake.gateway_url) as socket:
        assert (await socket.receive_json())["op"] == 10
        await socket.send_str(said)
        await socket.receive()
        assert socket.close_code == code


async def test_a_hole_in_the_numbers_cannot_be_resumed(fake: FakeDiscord, online: EchoClient) -> None:
    resume = {"token": fake.token, "session_id": fake.sessions[0].id, "seq": 99}
    async with aiohttp.ClientSession() as http, http.ws_connect(fake.gateway_url) as socket:
        await socket.receive_json()
        await socket.send_json({"op": 6, "d": resume})
        await socket.receive()
        assert socket.close_code == 4007
