"""Who may decide, search and administer."""

from tests.discord.doctor.visit import look, wrong
from tests.platforms.discord import FakeDiscord, User


async def test_a_role_that_is_nowhere(world: FakeDiscord) -> None:
    found = await look(world, auditors=frozenset({"role:42"}))
    assert wrong(found) == {"role 42": "in none of the bot's servers"}
    assert "Copy Role ID" in found["role 42"].remedy


async def test_everyone_is_no_role_to_decide_with(world: FakeDiscord) -> None:
    part = f"role {world.guild.id}"
    found = await look(world, approvers=frozenset({f"role:{world.guild.id}"}))
    assert set(wrong(found)) == {part}
    assert "@everyone of acme" in found[part].meaning


async def test_a_role_of_another_server_counts_where_no_server_is_named(world: FakeDiscord) -> None:
    other = world.new_guild("other")
    role = world.role("sre", guild=other)
    assert wrong(await look(world, approvers=frozenset({f"role:{role.id}"}))) == {}
    named = frozenset({world.guild.id})
    found = await look(world, approvers=frozenset({f"role:{role.id}"}), allowed_guilds=named)
    assert set(wrong(found)) == {f"role {role.id}"}


async def test_somebody_who_is_not_there(world: FakeDiscord, ada: User) -> None:
    stranger = world.user("stranger", member=False)
    found = await look(world, approvers=frozenset({ada.id, stranger.id, "42"}))
    assert set(wrong(found)) == {f"user {stranger.id}", "user 42"}


async def test_a_bot_decides_nothing(world: FakeDiscord) -> None:
    found = wrong(await look(world, admins=frozenset({world.app.bot_user.id})))
    assert "is a bot" in found[f"user {world.app.bot_user.id}"]
