"""Slash commands: synced by the real discord.py, typed by people, checked as Discord's client checks them."""

from typing import Any

import discord
import pytest
from discord import app_commands
from discord.http import Route

from tests.platforms.discord import Channel, Choice, FakeDiscord, Permission, User
from tests.platforms.discord.routes import SYNC
from tests.platforms.discord_py import EchoClient


@pytest.fixture
def ada(fake: FakeDiscord) -> User:
    return fake.user("ada")


@pytest.fixture
def ops(fake: FakeDiscord, ada: User) -> Channel:
    return fake.channel("ops", ada)


@pytest.fixture
async def synced(online: EchoClient) -> EchoClient:
    await online.tree.sync()
    return online


async def test_a_command_is_answered(fake: FakeDiscord, synced: EchoClient, ada: User, ops: Channel) -> None:
    typed = await fake.command(ada, ops, "echo", text="hi", times=2)
    assert (typed.answers[0].content, typed.answers[0].only_for, typed.latency < 1) == ("hi hi", ada, True)
    assert typed.payload["data"]["name"] == "gate"
    listed = await fake.command(ada, ops, "gate keys list", owner=ada)
    assert (listed.answers[0].content, fake.messages(ops)) == ("keys of ada", listed.answers)
    assert listed.payload["data"]["options"][0]["options"][0]["options"][0]["value"] == ada.id
    assert (resolved := listed.payload["data"]["resolved"])["users"][ada.id]["username"] == "ada"
    assert resolved["members"][ada.id]["roles"] == []
    assert listed.answers[0].as_json()["type"] == 20


async def test_choices_are_suggested(fake: FakeDiscord, synced: EchoClient, ada: User, ops: Channel) -> None:
    found = await fake.autocomplete(ada, ops, "echo", text="k7")
    assert found == [Choice("k7a", "k7a"), Choice("k7b", "k7b")]
    with pytest.raises(AssertionError, match="times of /gate echo asks for no choices"):
        await fake.autocomplete(ada, ops, "echo", text="k7", times="1")


@pytest.mark.parametrize(
    ("path", "options", "complaint"),
    [
        ("shout", {}, "/shout is 0 commands; there are: .*gate echo.*gate keys list"),
        ("gate", {}, "/gate is 0 commands"),
        ("echo", {}, r"asks for \['text'\]"),
        ("echo", {"text": "x", "loud": True}, r"has no \['loud'\]"),
        ("echo", {"text": 5}, "does not take 5 for text"),
        ("echo", {"text": "x", "times": "2"}, "does not take '2' for times"),
        ("echo", {"text": "x", "times": True}, "does not take True for times"),
        ("echo", {"text": "x", "times": 4}, "wants at most 3 for times"),
        ("keys list", {"owner": "ada"}, "does not take 'ada' for owner"),
        ("admin", {}, "/admin is not offered to @ada"),
    ],
)
async def test_what_the_client_does_not_send(
    fake: FakeDiscord, synced: EchoClient, ada: User, ops: Channel, path: str, options: Any, complaint: str
) -> None:
    with pytest.raises(AssertionError, match=complaint):
        await fake.command(ada, ops, path, **options)
    assert fake.interactions == {}


async def test_who_may_see_a_command(fake: FakeDiscord, synced: EchoClient, ada: User, ops: Channel) -> None:
    manager = fake.role("manager", ada, permissions=Permission.MANAGE_GUILD)
    assert (await fake.command(ada, ops, "admin")).answers
    fake.take(manager, ada)
    fake.role("admins", ada, permissions=Permission.ADMINISTRATOR)
    assert (await fake.command(ada, ops, "admin")).answers
    bob = fake.user("bob")
    with pytest.raises(AssertionError, match="@bob does not see #ops"):
        await fake.command(bob, ops, "echo", text="x")
    lobby = fake.channel("lobby")
    lobby.deny(fake.guild.everyone, Permission.USE_APPLICATION_COMMANDS)
    with pytest.raises(AssertionError, match="@bob may use no commands in #lobby"):
        await fake.command(bob, lobby, "echo", text="x")


async def test_in_direct_messages(fake: FakeDiscord, synced: EchoClient, ada: User) -> None:
    with pytest.raises(AssertionError, match="/gate echo is not offered in direct messages"):
        await fake.command(ada, fake.direct(ada), "echo", text="x")
    typed = await fake.command(ada, fake.direct(ada), "admin")
    assert typed.answers[0].content == "yes"
    assert (typed.payload["user"]["id"], typed.payload["context"]) == (ada.id, 1)
    assert typed.payload["authorizing_integration_owners"] == {"0": "0"}
    assert "member" not in typed.payload


async def test_a_synced_set_replaces_the_one_before(fake: FakeDiscord, synced: EchoClient) -> None:
    before = {command.name: command.id for command in await synced.tree.fetch_commands()}
    synced.tree.remove_command("admin")
    after = {command.name: command.id for command in await synced.tree.sync()}
    assert (after, len(fake.calls_of(SYNC))) == ({"gate": before["gate"]}, 2)


async def test_a_guild_has_commands_of_its_own(fake: FakeDiscord, synced: EchoClient, ada: User, ops: Channel) -> None:
    guild = discord.Object(int(fake.guild.id))

    @app_commands.command(name="local", description="Here only")
    async def local(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_message("here")

    synced.tree.add_command(local, guild=guild)
    [command] = await synced.tree.sync(guild=guild)
    assert command.guild_id == int(fake.guild.id)
    assert (await fake.command(ada, ops, "local")).answers[0].content == "here"
    elsewhere = fake.channel("ops", guild=fake.new_guild("other"))
    fake.join(ada, elsewhere.guild)
    with pytest.raises(AssertionError, match="/local is 0 commands"):
        await fake.command(ada, elsewhere, "local")
    with pytest.raises(discord.Forbidden):
        await synced.tree.sync(guild=discord.Object(1))


async def test_another_application_s_commands_are_not_ours(rest: EchoClient) -> None:
    with pytest.raises(discord.Forbidden) as refusal:
        await rest.http.request(Route("PUT", "/applications/1/commands"), json=[])
    assert refusal.value.code == 20012
