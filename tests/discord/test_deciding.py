"""What is Discord's own about deciding: what a card says meanwhile, details in several messages, old modals."""

from tests.discord.house import APPROVE, DENY, DETAILS, House, Server, a_house
from tests.platforms.discord import Answer


async def test_a_click_says_that_it_is_recorded_before_anything_else(house: House) -> None:
    await house.asks()
    card = await house.card()
    clicked = await house.discord.click(house.ada, card, APPROVE)
    assert clicked.ack is Answer.UPDATE
    await house.shows(card, "Approved by")
    assert "Recording …" in str(card.edits)
    assert not clicked.answers, "the card itself says it all"


async def test_details_show_everything_in_private(house: House) -> None:
    await house.asks(params={f"name-{number:03}": "x" * 200 for number in range(60)})
    card = await house.card()
    assert "see the full view" in card.visible_text()
    clicked = await house.discord.click(house.bob, card, DETAILS)
    assert clicked.ack is Answer.DEFER
    await house.discord.until(lambda: "name-059" in "".join(one.visible_text() for one in clicked.answers))
    assert len(clicked.answers) > 1
    assert {one.only_for for one in clicked.answers} == {house.bob}
    assert len(house.discord.messages(house.ops)) == 1


async def test_a_card_and_an_open_modal_from_before_a_restart_still_work(database: None, place: Server) -> None:
    async with a_house(place) as before:
        await before.asks("deploy.one")
        await before.asks("deploy.two")
        first, second = await before.card(), await before.card()
        modal = await (await before.discord.click(before.ada, second, DENY)).next_modal()
    async with a_house(place, api_clients="agent-2") as house:
        await house.discord.click(house.ada, first, APPROVE)
        await house.shows(first, "Approved by")
        await house.discord.submit(house.ada, modal, {"reason": "slept on it"})
        await house.shows(second, "Denied by")


async def test_whoever_ended_a_request_is_told_when_they_press_its_old_buttons(house: House) -> None:
    await house.asks()
    card = await house.card()
    clicked = await house.discord.click(house.ada, card, DENY)
    await house.discord.submit(house.ada, await clicked.next_modal(), {"reason": "not now"})
    await house.shows(card, "Denied by")
    late = await house.discord.click(house.ada, card, APPROVE, stale=True)
    assert "already denied by" in (await late.next_answer()).visible_text()
