"""Discord is told of the slash commands once, and again only when they have changed."""

import pytest

from bot.discord.syncing import MEMO, tree_digest
from models import memos
from tests.discord.house import APPROVE, House, Server, a_house
from tests.platforms.discord.routes import SYNC
from tests.platforms.discord.weather import cut, refused, status


async def test_an_unchanged_tree_is_not_synced_again_after_a_restart(database: None, place: Server) -> None:
    for number in range(3):
        async with a_house(place, api_clients=f"agent-{number}") as house:
            typed = await house.discord.command(house.ada, house.ops, "whoami")
            assert "This is who you are" in (await typed.next_answer()).visible_text()
    assert len(place.discord.calls_of(SYNC)) == 1


async def test_a_changed_tree_is_synced(database: None, place: Server) -> None:
    await memos.note(MEMO, "what an older version told Discord")
    async with a_house(place):
        assert len(place.discord.calls_of(SYNC)) == 1
    assert await memos.recall(MEMO) != "what an older version told Discord"


def test_another_application_has_another_digest() -> None:
    assert tree_digest([{"name": "agentgate"}], application=1) != tree_digest([{"name": "agentgate"}], application=2)
    assert tree_digest([{"a": 1, "b": 2}], application=1) == tree_digest([{"b": 2, "a": 1}], application=1)


@pytest.mark.parametrize("fault", [status(503), cut(), refused(400, 50035, "Invalid Form Body")])
async def test_commands_that_discord_did_not_take_are_offered_again_and_buttons_work_meanwhile(
    database: None, place: Server, fault: object
) -> None:
    place.discord.weather.keep(SYNC, fault)  # type: ignore[arg-type]  # every fault there is
    async with a_house(place, is_up=False) as house:
        await place.discord.until(lambda: any(session.is_open for session in place.discord.sessions), within=15)
        await place.discord.until(lambda: place.discord.calls_of(SYNC))
        assert await memos.recall(MEMO) is None
        await house.asks()
        card = await house.card()
        await house.discord.click(house.ada, card, APPROVE)
        await house.shows(card, "Approved by")
        place.discord.weather.clear()
        await place.discord.until(lambda: place.discord.commands.get(""), within=15)
        await works(house)


async def works(house: House) -> None:
    """See that a slash command is answered, and that the tree was noted as known."""
    typed = await house.discord.command(house.ada, house.ops, "whoami")
    assert "This is who you are" in (await typed.next_answer()).visible_text()
    assert await memos.recall(MEMO)


async def test_a_command_of_an_older_version_is_answered(house: House) -> None:
    (root,) = house.discord.commands[""]
    root["options"].append({"name": "gone", "description": "Of old", "type": 1, "options": []})
    typed = await house.discord.command(house.ada, house.ops, "gone")
    told = await typed.next_answer()
    assert "does not know this any more" in told.visible_text()
    assert told.only_for is house.ada
