"""The REST API, met by the real discord.py: messages, people and places, tokens, permissions."""

from collections.abc import Awaitable
from typing import Any

import discord
import pytest
from discord.http import Route

from tests.platforms.discord import Channel, FakeDiscord, Permission, User
from tests.platforms.discord.channels import Kind
from tests.platforms.discord.routes import EDIT, SEND
from tests.platforms.discord_py import EchoClient, buttons, layout


@pytest.fixture
def ada(fake: FakeDiscord) -> User:
    return fake.user("ada")


@pytest.fixture
def ops(fake: FakeDiscord, ada: User) -> Channel:
    return fake.channel("ops", ada)


async def refused(call: Awaitable[Any]) -> tuple[int, int]:
    """Return the status and the number that Discord refuses a call with."""
    with pytest.raises(discord.HTTPException) as refusal:
        await call
    return refusal.value.status, refusal.value.code


async def test_a_message_is_sent_edited_and_deleted(fake: FakeDiscord, rest: EchoClient, ops: Channel) -> None:
    sent = await rest.send(ops, "May I?", view=buttons("approve"))
    message = await fake.next_message(ops)
    assert (str(sent.id), message.visible_text()) == (message.id, "May I?\n[Approve]")
    await sent.edit(content="Done", view=None)
    assert (message.visible_text(), message.buttons, len(message.edits)) == ("Done", [], 1)
    await sent.edit(embed=discord.Embed(title="By ada"))
    assert message.visible_text() == "Done\nBy ada"
    await sent.reply("because")
    assert [reply.reference and reply.reference["message_id"] for reply in fake.messages(ops)] == [None, message.id]
    await sent.delete()
    assert [each.content for each in fake.messages(ops)] == ["because"]
    assert [call.body.keys() >= {"content"} for call in fake.calls_of(EDIT)] == [True, False]


async def test_messages_are_read(rest: EchoClient, ops: Channel) -> None:
    sent = [await rest.send(ops, str(number)) for number in range(5)]
    channel = rest.get_partial_messageable(int(ops.id))
    assert (await channel.fetch_message(sent[2].id)).content == "2"
    assert [message.content async for message in channel.history(limit=3)] == ["4", "3", "2"]
    assert [message.content async for message in channel.history(before=sent[2], limit=9)] == ["1", "0"]
    assert [message.content async for message in channel.history(after=sent[3])] == ["4"]


async def test_the_same_nonce_is_the_same_message(fake: FakeDiscord, rest: EchoClient, ops: Channel) -> None:
    ids = {(await rest.send(ops, "once", nonce="n1")).id for _ in range(2)}
    assert (len(ids), len(fake.messages(ops))) == (1, 1)
    await rest.send(ops, "twice", nonce="n2")
    assert len(fake.messages(ops)) == 2
    assert await refused(rest.send(ops, "long", nonce="n" * 26)) == (400, 50035)


async def test_a_layout_stays_a_layout(fake: FakeDiscord, rest: EchoClient, ops: Channel) -> None:
    sent = await rest.send(ops, view=layout("one"))
    message = await fake.next_message(ops)
    parts = [message.components[0], *message.components[0]["components"]]
    assert [part["id"] for part in parts] == [1, 2, 3, 4]
    await sent.edit(view=layout("two"))
    assert message.visible_text() == "two\n———\n[Approve]"
    bodies: list[dict[str, Any]] = [{"flags": 0, "content": "x"}, {"embeds": [{"title": "x"}]}, {"components": []}]
    for body in bodies:
        assert (await refused(edit(rest, sent, body)))[0] == 400
    await edit(rest, sent, {"flags": 0})
    assert message.is_v2


async def test_a_plain_message_becomes_a_layout_when_it_says_nothing_else(
    fake: FakeDiscord, rest: EchoClient, ops: Channel
) -> None:
    sent = await rest.send(ops, "plain")
    parts = {"flags": 1 << 15, "components": [{"type": 10, "content": "grand"}]}
    assert await refused(edit(rest, sent, parts)) == (400, 50035)
    await edit(rest, sent, {**parts, "content": None})
    message = await fake.next_message(ops)
    assert (message.is_v2, message.visible_text()) == (True, "grand")


async def edit(client: EchoClient, message: discord.Message, body: dict[str, Any]) -> Any:
    """Edit a message with a body that discord.py would not write."""
    route = Route("PATCH", "/channels/{channel_id}/messages/{id}", channel_id=message.channel.id, id=message.id)
    return await client.http.request(route, json=body)


async def test_a_person_is_written_to_directly(fake: FakeDiscord, rest: EchoClient, ada: User) -> None:
    found = await rest.fetch_user(int(ada.id))
    await found.send("psst")
    assert (await fake.next_message(fake.direct(ada))).content == "psst"
    ada.refuses_direct_messages = True
    assert await refused(found.send("psst")) == (403, 50007)
    ada.refuses_direct_messages = False
    fake.leave(ada)
    assert await refused(found.send("psst")) == (403, 50007)
    assert await refused(rest.fetch_user(1)) == (404, 10013)
    nobody = Route("POST", "/users/@me/channels")
    assert await refused(rest.http.request(nobody, json={"recipient_id": "1"})) == (400, 50033)


async def test_where_nothing_can_be_written(fake: FakeDiscord, rest: EchoClient, ada: User, ops: Channel) -> None:
    bot = fake.app.bot_user
    hidden, mute, gone = fake.channel("hidden", ada, bot=False), fake.channel("mute"), fake.channel("gone")
    plain, category, locked = fake.channel("plain"), fake.channel("category"), fake.thread(ops, "locked")
    mute.deny(bot, Permission.SEND_MESSAGES)
    plain.deny(fake.guild.everyone, Permission.EMBED_LINKS)
    category.kind, locked.locked = Kind.CATEGORY, True
    fake.delete(gone)
    elsewhere = fake.channel("ops", guild=fake.new_guild("other", bot=False))
    codes = [await refused(rest.send(channel, "x")) for channel in (hidden, mute, gone, category, locked, elsewhere)]
    assert codes == [(403, 50001), (403, 50013), (404, 10003), (400, 50008), (400, 50083), (404, 10003)]
    assert await refused(rest.send(plain, embed=discord.Embed(title="x"))) == (403, 50013)
    role = fake.role("posters", bot)
    mute.allow(role, Permission.SEND_MESSAGES)
    assert await refused(rest.send(mute, "a denial of one's own outweighs a role")) == (403, 50013)
    mute.allow(bot, Permission.SEND_MESSAGES)
    await rest.send(mute, "allowed now")
    await rest.send(fake.thread(ops, "open"), "in a thread")


async def test_what_cannot_be_edited_or_deleted(fake: FakeDiscord, rest: EchoClient, ada: User, ops: Channel) -> None:
    theirs = await fake.say(ada, ops, "mine")
    channel = rest.get_partial_messageable(int(ops.id))
    message = channel.get_partial_message(int(theirs.id))
    assert await refused(message.edit(content="x")) == (403, 50005)
    assert await refused(message.delete()) == (403, 50013)
    assert await refused(channel.get_partial_message(1).edit(content="x")) == (404, 10008)
    assert await refused(rest.send(ops, "x", reference=discord.MessageReference(message_id=1, channel_id=int(ops.id))))
    sent = await rest.send(ops, "mine")
    assert await refused(sent.edit(content="")) == (400, 50006)
    fake.delete(fake.messages(ops)[-1])
    assert await refused(sent.edit(content="late")) == (404, 10008)


async def test_people_roles_and_places_are_found(fake: FakeDiscord, rest: EchoClient, ada: User, ops: Channel) -> None:
    role, guild_id = fake.role("sre", ada), int(fake.guild.id)
    guild = await rest.fetch_guild(guild_id)
    member = await guild.fetch_member(int(ada.id))
    assert [each.name for each in member.roles] == ["@everyone", "sre"]
    fake.take(role, ada)
    assert len((await guild.fetch_member(int(ada.id))).roles) == 1
    assert [each.name for each in await guild.fetch_roles()] == ["@everyone", "sre"]
    assert (await guild.fetch_role(int(role.id))).name == "sre"
    assert [each.name for each in await guild.fetch_channels()] == ["ops"]
    assert [each.name async for each in rest.fetch_guilds()] == ["acme"]
    assert getattr(await rest.fetch_channel(int(ops.id)), "name", "") == "ops"
    stranger = fake.user("stranger", member=False)
    assert await refused(guild.fetch_member(int(stranger.id))) == (404, 10007)
    assert await refused(guild.fetch_member(1)) == (404, 10013)
    assert await refused(guild.fetch_role(1)) == (404, 10011)
    assert await refused(rest.fetch_guild(1)) == (404, 10004)
    assert await refused(rest.fetch_channel(1)) == (404, 10003)


async def test_tokens_are_checked(fake: FakeDiscord, rest: EchoClient, ops: Channel) -> None:
    async with EchoClient() as stranger:
        with pytest.raises(discord.LoginFailure):
            await stranger.login("MTIz.wrong.token")
    await rest.send(ops, "still good")
    fake.app.revoke()
    assert await refused(rest.send(ops, "reset")) == (401, 0)


async def test_what_is_no_route_is_not_found(fake: FakeDiscord, rest: EchoClient) -> None:
    with pytest.raises(discord.NotFound) as refusal:
        await rest.http.request(Route("GET", "/teapots"))
    assert (refusal.value.code, refusal.value.text) == (0, "404: Not Found")
    assert fake.calls[-1].route == ""


async def test_a_call_is_remembered(fake: FakeDiscord, rest: EchoClient, ops: Channel) -> None:
    await rest.send(ops, "hello")
    [call] = fake.calls_of(SEND)
    assert (call.method, call.path, call.status) == ("POST", f"/channels/{ops.id}/messages", 200)
    assert (call.form["content"], call.answer["content"], call.named) == ("hello", "hello", {"channel": ops.id})
