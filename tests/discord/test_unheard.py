"""Answers that Discord does not take: the verdict counts all the same, and the card says so."""

import asyncio

import pytest
from agentgate import Denied

from tests.discord.house import APPROVE, DENY, DETAILS, House, Server, a_house
from tests.loud import loud
from tests.platforms.discord.messages import Flag, Message
from tests.platforms.discord.routes import CALLBACK, EDIT, EDIT_ANSWER, FOLLOW_UP
from tests.platforms.discord.weather import cut, refused, slow, status
from tests.platforms.weather import Cut, Fault

UNKNOWN = refused(404, 10062, "Unknown Interaction")
INVALID = refused(401, 50027, "Invalid Webhook Token")
VANISHED = refused(404, 10015, "Unknown Webhook")
ALREADY = refused(400, 40060, "Interaction has already been acknowledged.")
NO_MESSAGE = refused(404, 10008, "Unknown Message")


@pytest.mark.parametrize("fault", [UNKNOWN, INVALID, ALREADY, cut(), status(500), cut(after_effect=True)])
async def test_a_verdict_counts_though_its_first_answer_is_not_taken(house: House, fault: object) -> None:
    request = await house.asks()
    card = await house.card()
    house.discord.weather.on(CALLBACK, fault)  # type: ignore[arg-type]  # every fault there is
    clicking = asyncio.create_task(house.discord.click(house.ada, card, APPROVE))
    await house.shows(card, "Approved by", within=10)
    assert (await house.agent.get(request)).status == "approved"
    await clicking


@pytest.mark.parametrize(
    "said", [Fault(Cut.ANSWER, 204, after_effect=True), Fault(Cut.ANSWER, 200, "{}", after_effect=True)]
)
async def test_an_answer_that_is_taken_without_a_word_counts(house: House, said: Fault) -> None:
    await house.asks()
    card = await house.card()
    house.discord.weather.keep(CALLBACK, said)
    await house.discord.click(house.ada, card, APPROVE)
    await house.shows(card, "Approved by")
    typed = await house.discord.command(house.ada, house.ops, "whoami")
    assert "This is who you are." in (await typed.next_answer()).visible_text()


async def test_what_another_replica_has_answered_is_neither_run_nor_told_a_second_time(
    database: None, place: Server
) -> None:
    async with a_house(place, admins=frozenset({place.ada.id})) as house:
        await house.rule(approvalsNeeded=2)
        await house.asks()
        card = await house.card()
        house.discord.weather.on(CALLBACK, ALREADY, times=2)
        await asyncio.gather(
            house.discord.command(house.ada, house.ops, "keys create", name="bot", scopes="request:create"),
            house.discord.click(house.ada, card, APPROVE),
        )
        await house.shows(card, "1 of 2")
        typed = await house.discord.command(house.ada, house.ops, "keys create", name="bot", scopes="request:create")
        assert "A new key." in (await typed.next_answer()).visible_text()
        assert len(house.discord.private_messages(house.ada)) == 1


async def test_an_answer_that_discord_py_sent_twice_is_our_own(house: House) -> None:
    house.discord.weather.on(CALLBACK, status(500, after_effect=True))
    typed = await house.discord.command(house.ada, house.ops, "whoami")
    assert "This is who you are." in (await typed.next_answer(within=10)).visible_text()
    assert [call.status for call in typed.attempts] == [500, 400]


@pytest.mark.parametrize("fault", [INVALID, VANISHED, cut(), status(404)])
async def test_a_verdict_counts_though_nobody_can_be_told(house: House, fault: object) -> None:
    await house.rule(approvalsNeeded=2)
    await house.asks()
    card = await house.card()
    house.discord.weather.keep(FOLLOW_UP, fault)  # type: ignore[arg-type]  # every fault there is
    await house.discord.click(house.ada, card, APPROVE)
    await house.shows(card, "1 of 2")
    house.discord.weather.clear()
    await house.discord.click(house.bob, card, APPROVE)
    await house.shows(card, "Approved by")


async def test_a_verdict_counts_though_its_card_is_gone(house: House) -> None:
    request = await house.asks()
    card = await house.card()
    modal = await (await house.discord.click(house.ada, card, DENY)).next_modal()
    house.discord.delete(card)
    house.discord.weather.keep(EDIT, NO_MESSAGE)
    await house.discord.submit(house.ada, modal, {"reason": "too late for a card"})
    with pytest.raises(Denied):
        await house.agent.wait(request, timeout=20)


async def test_a_private_answer_that_is_not_taken_breaks_nothing(house: House) -> None:
    request = await house.asks()
    card = await house.card()
    house.discord.weather.on(EDIT_ANSWER, VANISHED, times=2)
    await house.discord.command(house.ada, house.ops, "show", request=request.code)
    await house.discord.click(house.ada, card, DETAILS)
    await house.discord.until(lambda: len(house.discord.calls_of(EDIT_ANSWER)) == 2)
    typed = await house.discord.command(house.ada, house.ops, "show", request=request.code)
    assert request.code in (await typed.next_answer()).visible_text()


async def test_a_slow_discord_is_waited_for_no_longer_than_it_waits_for_us(house: House) -> None:
    request = await house.asks()
    card = await house.card()
    house.discord.weather.on(CALLBACK, slow(5))
    clicking = asyncio.create_task(house.discord.click(house.ada, card, APPROVE))
    await house.shows(card, "Approved by", within=10)
    assert (await house.agent.get(request)).status == "approved"
    await clicking


async def test_a_card_is_edited_long_after_the_press_is_forgotten(house: House) -> None:
    await house.rule(approvalsNeeded=2)
    request = await house.asks()
    card = await house.card()
    clicked = await house.discord.click(house.ada, card, APPROVE)
    await house.shows(card, "1 of 2")
    clicked.age(minutes=20)
    await house.discord.click(house.bob, card, APPROVE)
    await house.shows(card, "Approved by")
    assert (await house.agent.get(request)).status == "approved"


async def test_the_log_says_which_answer_was_not_heard_and_holds_no_token(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    await house.asks()
    card = await house.card()
    house.discord.weather.on(CALLBACK, UNKNOWN)
    with loud():
        clicked = await house.discord.click(house.ada, card, APPROVE)
        await house.shows(card, "Approved by", within=10)
        logged = capsys.readouterr().err
    assert "discord.answer_not_heard" in logged
    assert "10062" in logged
    assert clicked.token not in logged
    assert house.discord.token not in logged


@pytest.mark.parametrize("custom_id", ["agentgate:approve:now", "somebody:else", "agentgate:approve:0"])
async def test_a_button_that_is_none_of_ours_any_more_is_answered(house: House, custom_id: str) -> None:
    button = {"type": 2, "id": 3, "style": 1, "label": "Old", "custom_id": custom_id}
    components = [{"type": 1, "id": 2, "components": [button]}]
    bot = house.discord.app.bot_user
    old = house.discord.write(
        Message(house.ops, house.discord.new_id(), bot, components=components, flags=Flag.COMPONENTS_V2)
    )
    clicked = await house.discord.click(house.ada, old, "Old")
    told = await clicked.next_answer()
    assert "does not know this any more" in told.visible_text()
    assert told.only_for is house.ada
