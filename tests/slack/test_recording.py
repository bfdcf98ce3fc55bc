"""After a reason, too, buttons give way to “Recording …” at once, and come back where nothing was recorded."""

import asyncio

import pytest
from agentgate import Denied

from models.words import Status
from tests.platforms.slack import Message, View
from tests.platforms.slack.reading import buttons_of
from tests.platforms.slack.weather import error
from tests.platforms.weather import Cut, Fault, hang, slow
from tests.slack.house import APPROVE_ASKING, DENY, House
from tests.slack.test_stopping import stopped

BUTTONS = ["Approve", "Deny…", "Details"]


async def asking(house: House, card: Message, action: str = DENY) -> View:
    """Return the modal that asks Ada why."""
    return await (await house.slack.click(house.ada, card, action)).next_modal()


def recorded(card: Message) -> bool:
    """Whether a card has said that something is being recorded, with its own words and without a button."""
    was = [edit.blocks for edit in card.edits if "Recording …" in str(edit.blocks)]
    return bool(was) and all("deploy.prod" in str(blocks) and not buttons_of(blocks) for blocks in was)


async def test_the_card_says_so_before_the_outcome(house: House) -> None:
    await house.asks()
    card = await house.card()
    await house.slack.submit(house.ada, await asking(house, card), {"reason": {"reason": "not on a Friday"}})
    await house.shows(card, "Denied by")
    assert recorded(card)


async def test_nothing_that_ended_meanwhile_says_so(house: House) -> None:
    request = await house.asks()
    card = await house.card()
    modal = await asking(house, card)
    await house.agent.cancel(request)
    await house.shows(card, "Cancelled by")
    await house.slack.submit(house.ada, modal, {"reason": {"reason": "no"}})
    assert "was cancelled by" in modal.visible_text()
    assert not recorded(card)


async def test_a_reason_that_is_none_gives_the_buttons_back(house: House) -> None:
    await house.rule(requireReason=True)
    await house.asks("deploy.prod")
    card = await house.card()
    modal = await asking(house, card, APPROVE_ASKING)
    await house.slack.submit(house.ada, modal, {"reason": {"reason": " "}})
    assert recorded(card)
    assert [button.text for button in card.buttons][:3] == ["Approve…", "Deny…", "Details"]


async def test_a_process_that_stops_gives_the_buttons_back(house: House) -> None:
    group = house.slack.group("oncall", house.ada)
    await house.rule(approvers=[f"slack:{group.id}"])
    request = await house.asks()
    card = await house.card()
    modal = await asking(house, card)
    house.slack.weather.keep("usergroups.users.list", hang())
    await house.slack.submit(house.ada, modal, {"reason": {"reason": "no"}})
    await house.shows(card, "Recording")
    await stopped(house)
    await house.shows(card, "Waiting for approval")
    assert [button.text for button in card.buttons] == BUTTONS
    await house.slack.until(lambda: "AgentGate is being restarted." in modal.visible_text())
    assert (await house.agent.get(request)).status.value == Status.PENDING.value


async def test_a_slack_that_is_slow_to_show_it_holds_up_no_verdict(house: House) -> None:
    request = await house.asks()
    card = await house.card()
    modal = await asking(house, card)
    shown = asyncio.Event()
    house.slack.weather.on("chat.update", hang(shown))
    await house.slack.submit(house.ada, modal, {"reason": {"reason": "no"}})
    with pytest.raises(Denied):
        await house.agent.wait(request, timeout=5)
    shown.set()
    await house.shows(card, "Denied by")


async def test_the_outcome_s_edit_comes_after_it(house: House) -> None:
    await house.asks()
    card = await house.card()
    modal = await asking(house, card)
    house.slack.weather.on("chat.update", slow(0.2))
    await house.slack.submit(house.ada, modal, {"reason": {"reason": "no"}})
    await house.shows(card, "Denied by")
    first, second, *_ = card.edits
    assert "Waiting" in first.text
    assert "Recording …" in second.text


async def test_buttons_that_slack_did_not_give_back_come_a_moment_later(house: House) -> None:
    await house.rule(approvers=[f"slack:{house.bob.id}"])
    await house.asks()
    card = await house.card()
    modal = await asking(house, card)
    house.slack.weather.on("chat.update", error("internal_error"), after=1)
    await house.slack.submit(house.ada, modal, {"reason": {"reason": "no"}})
    await house.slack.until(lambda: len(card.edits) == 2, within=10)
    assert recorded(card)
    assert [button.text for button in card.buttons] == BUTTONS


async def test_a_process_that_stops_after_the_verdict_gives_no_buttons_back(house: House) -> None:
    request = await house.asks()
    card = await house.card()
    modal = await asking(house, card)
    house.slack.weather.on("chat.update", Fault(Cut.NONE, gate=asyncio.Event(), after_effect=True))
    await house.slack.submit(house.ada, modal, {"reason": {"reason": "no"}})
    with pytest.raises(Denied):
        await house.agent.wait(request, timeout=5)
    await house.shows(card, "Denied by")
    await stopped(house)
    assert "Denied by" in card.visible_text()
    assert card.buttons == []
