"""Where cards go by default, and where people may act."""

import pytest

from tests.discord.doctor.visit import CHANNELS, DEFAULT, GUILDS, look, wrong
from tests.platforms.discord import Channel, FakeDiscord, Permission, User
from tests.platforms.discord.channels import Kind


@pytest.mark.parametrize(
    ("denied", "meaning"),
    [
        (Permission.SEND_MESSAGES, "the bot lacks Send Messages (50013)"),
        (Permission.VIEW_CHANNEL, "50001 Missing Access"),
    ],
)
async def test_the_missing_permission_is_named(
    world: FakeDiscord, ops: Channel, denied: Permission, meaning: str
) -> None:
    ops.deny(world.app.bot_user, denied)
    found = (await look(world, default_channel=ops.id))[DEFAULT]
    assert not found.ok
    assert found.meaning.endswith(meaning)
    names = {Permission.SEND_MESSAGES: "Send Messages", Permission.VIEW_CHANNEL: "View Channel"}
    assert f"give the bot {names[denied]}" in found.remedy


async def test_what_a_role_is_denied_a_member_may_be_allowed(world: FakeDiscord, ops: Channel) -> None:
    bots = world.role("bots", world.app.bot_user)
    ops.deny(bots, Permission.SEND_MESSAGES)
    assert set(wrong(await look(world, default_channel=ops.id))) == {DEFAULT}
    ops.allow(world.app.bot_user, Permission.SEND_MESSAGES)
    assert wrong(await look(world, default_channel=ops.id)) == {}


async def test_an_administrator_may_everywhere(world: FakeDiscord, ops: Channel) -> None:
    world.role("admin", world.app.bot_user, permissions=Permission.ADMINISTRATOR)
    ops.deny(world.app.bot_user, Permission.SEND_MESSAGES)
    assert wrong(await look(world, default_channel=ops.id)) == {}


async def test_a_thread_needs_another_permission_of_its_channel(world: FakeDiscord, ops: Channel) -> None:
    thread = world.thread(ops, "deploys")
    ops.deny(world.app.bot_user, Permission.SEND_MESSAGES)
    assert wrong(await look(world, default_channel=thread.id)) == {}
    ops.deny(world.app.bot_user, Permission.SEND_MESSAGES_IN_THREADS)
    found = (await look(world, default_channel=thread.id))[DEFAULT]
    assert "the bot lacks Send Messages in Threads" in found.meaning
    assert "the channel that the thread is in" in found.remedy


async def test_a_locked_thread(world: FakeDiscord, ops: Channel) -> None:
    thread = world.thread(ops, "deploys")
    thread.locked = True
    assert "locked" in wrong(await look(world, default_channel=thread.id))[DEFAULT]


async def test_one_that_takes_no_messages(world: FakeDiscord, ops: Channel) -> None:
    ops.kind = Kind.CATEGORY
    assert "takes no messages" in wrong(await look(world, default_channel=ops.id))[DEFAULT]


async def test_one_that_is_not_there(world: FakeDiscord, ops: Channel) -> None:
    world.delete(ops)
    assert wrong(await look(world, default_channel=ops.id)) == {DEFAULT: f"{ops.id}: 10003 Unknown Channel"}


async def test_one_in_which_nobody_may_act(world: FakeDiscord, ops: Channel) -> None:
    elsewhere, dev = world.new_guild("elsewhere"), world.channel("dev")
    in_server = await look(world, default_channel=ops.id, allowed_guilds=frozenset({elsewhere.id}))
    assert f"{GUILDS} does not name" in wrong(in_server)[DEFAULT]
    in_channel = await look(world, default_channel=ops.id, allowed_channels=frozenset({dev.id}))
    assert f"{CHANNELS} does not name it" in wrong(in_channel)[DEFAULT]


async def test_a_person(world: FakeDiscord, ada: User) -> None:
    found = await look(world, default_channel=f"user:{ada.id}")
    assert (found[DEFAULT].ok, found[DEFAULT].meaning) == (True, "direct messages to @ada, who is in acme")
    world.leave(ada)
    assert "cannot write to them" in wrong(await look(world, default_channel=f"user:{ada.id}"))[DEFAULT]


async def test_none_at_all_is_said(world: FakeDiscord) -> None:
    found = (await look(world))[DEFAULT]
    assert found.ok
    assert "shown to nobody" in found.meaning
