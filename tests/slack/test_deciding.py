"""What is Slack's own about deciding: a reply in the thread, modals that say what is wrong, presses that come twice."""

from models import events
from tests.slack.house import APPROVE, APPROVE_ASKING, DENY, DETAILS, House, Workspace, a_house


async def test_the_outcome_is_told_once_in_the_thread(house: House) -> None:
    await house.asks()
    card = await house.card()
    await house.slack.click(house.ada, card, APPROVE)
    await house.slack.until(lambda: card.thread)
    await house.shows(card, "Approved by")
    assert len(card.thread) == 1
    assert card.thread[0].visible_text().startswith("Approved by")
    assert house.ada.id in str(card.thread[0].mentions)


async def test_a_reason_closes_its_modal_and_stands_in_the_thread(house: House) -> None:
    await house.asks()
    card = await house.card()
    clicked = await house.slack.click(house.ada, card, DENY)
    modal = await clicked.next_modal()
    done = await house.slack.submit(house.ada, modal, {"reason": {"reason": "not on a Friday"}})
    assert done.latency < house.slack.patience
    await house.slack.until(lambda: card.thread)
    assert "not on a Friday" in card.thread[0].visible_text()
    assert not house.slack.modals(house.ada)


async def test_what_is_wrong_with_a_reason_is_said_in_its_modal(house: House) -> None:
    await house.rule(requireReason=True)
    await house.asks()
    card = await house.card()
    modal = await (await house.slack.click(house.ada, card, APPROVE_ASKING)).next_modal()
    blank = await house.slack.submit(house.ada, modal, {"reason": {"reason": " "}})
    assert blank.ack
    assert blank.ack.payload is not None
    assert blank.ack.payload["response_action"] == "errors"
    assert "needs a reason" in str(blank.ack.payload["errors"])
    await house.slack.submit(house.ada, modal, {"reason": {"reason": "agreed"}})
    await house.shows(card, "Approved by")


async def test_details_open_in_a_modal(house: House) -> None:
    await house.asks(params={f"name-{number:03}": "x" * 200 for number in range(60)})
    card = await house.card()
    modal = await (await house.slack.click(house.bob, card, DETAILS)).next_modal()
    await house.slack.until(lambda: "name-059" in modal.visible_text())
    assert "request.created" in modal.visible_text()


async def test_a_doubled_press_decides_once(house: House) -> None:
    request = await house.asks()
    card = await house.card()
    house.slack.socket_mode.doubled = 1
    await house.slack.click(house.ada, card, APPROVE)
    await house.shows(card, "Approved by")
    await house.slack.until(lambda: card.thread)
    kinds = [event.type for event in await events.of(request.id)]
    assert kinds.count("request.decided") == 1


async def test_two_replicas_may_both_connect(database: None, place: Workspace) -> None:
    async with a_house(place) as one, a_house(place, api_clients="agent-2") as two:
        for house in (one, two):
            await house.asks()
            card = await one.card()
            house.slack.socket_mode.doubled = 1
            house.slack.socket_mode.doubled_over_another_socket = True
            await house.slack.click(house.bob, card, APPROVE)
            await house.shows(card, "Approved by")
