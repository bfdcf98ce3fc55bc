"""Token, application, gateway and servers."""

from bot.discord.remedies import REMEDIES
from tests.discord.doctor.visit import CHANNELS, DEFAULT, GATEWAY, GUILDS, SERVERS, TOKEN, look, wrong
from tests.platforms.discord import Channel, FakeDiscord, User, weather


async def test_all_is_well(world: FakeDiscord, ada: User, ops: Channel) -> None:
    sre, dev = world.role("sre", ada), world.channel("dev")
    found = await look(
        world,
        default_channel=ops.id,
        allowed_guilds=frozenset({world.guild.id}),
        allowed_channels=frozenset({ops.id, dev.id}),
        approvers=frozenset({f"role:{sre.id}"}),
        admins=frozenset({ada.id}),
    )
    assert wrong(found) == {}
    assert {part: finding.meaning for part, finding in found.items()} == {
        TOKEN: f"@agentgate, {world.application_id}",
        "Discord application": "agentgate; AgentGate needs no privileged intent",
        GATEWAY: "says hello; 1000 of 1000 new sessions left today",
        GUILDS: f"{world.guild.id}: the bot is in acme",
        DEFAULT: f"{ops.id}, #ops in acme: the bot may post there",
        CHANNELS: f"{dev.id}, #dev in acme: the bot may post there",
        f"role {sre.id}": "@sre in acme",
        f"user {ada.id}": "@ada in acme",
    }


async def test_nothing_is_changed_and_no_session_is_used_up(world: FakeDiscord, ada: User, ops: Channel) -> None:
    await look(world, default_channel=f"user:{ada.id}", allowed_channels=frozenset({ops.id}))
    assert {call.method for call in world.calls} == {"GET"}
    assert world.identifies == []
    await world.until(lambda: not world.connected)


async def test_a_refused_token_is_said_and_nothing_else_is_asked(world: FakeDiscord, ops: Channel) -> None:
    world.app.revoke()
    found = await look(world, default_channel=ops.id)
    assert {part: (one.ok, one.meaning, one.remedy) for part, one in found.items()} == {
        TOKEN: (False, "401 Unauthorized", REMEDIES["401"])
    }


async def test_interactions_that_go_elsewhere_are_said(world: FakeDiscord) -> None:
    world.app.interactions_endpoint_url = "https://old.example.com/interactions"
    found = (await look(world))["Discord application"]
    assert not found.ok
    assert "https://old.example.com/interactions" in found.meaning
    assert "Interactions Endpoint URL" in found.remedy


class TestGateway:
    """Where clicks and commands come from."""

    async def test_without_a_session_left(self, world: FakeDiscord) -> None:
        world.session_starts = 1000
        found = (await look(world))[GATEWAY]
        assert (found.ok, found.meaning) == (False, "no new session for 24.0 h: all 1000 of the day are used up")

    async def test_that_no_socket_reaches(self, world: FakeDiscord) -> None:
        world.weather.keep("gateway", weather.html(403))
        found = (await look(world))[GATEWAY]
        assert (found.ok, found.meaning) == (False, "127.0.0.1 cannot be reached: WSServerHandshakeError")

    async def test_that_says_nothing(self, world: FakeDiscord) -> None:
        world.weather.keep("gateway", weather.hang())
        found = (await look(world))[GATEWAY]
        assert not found.ok
        assert "cannot be reached" in found.meaning


class TestServers:
    """Where people may act."""

    async def test_that_the_bot_is_not_in(self, world: FakeDiscord) -> None:
        other = world.new_guild("other", bot=False)
        found = (await look(world, allowed_guilds=frozenset({other.id})))[GUILDS]
        assert not found.ok
        assert found.meaning.startswith(f"{other.id}: ")
        assert "so the bot is not in that server" in found.meaning
        assert "manifest discord" in found.remedy

    async def test_none_at_all(self, world: FakeDiscord, ada: User) -> None:
        world.leave(world.app.bot_user)
        found = await look(world, approvers=frozenset({ada.id}))
        assert wrong(found) == {SERVERS: "the bot is in none"}
        assert "manifest discord" in found[SERVERS].remedy
        assert f"user {ada.id}" not in found

    async def test_that_are_not_named_are_all_that_it_is_in(self, world: FakeDiscord) -> None:
        found = await look(world)
        assert wrong(found) == {}
        assert found[SERVERS].meaning == f"{world.guild.id}: the bot is in acme"
