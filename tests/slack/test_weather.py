"""Bad weather between AgentGate and Slack: nothing is lost, nothing is decided twice, and it is said."""

import asyncio

import pytest

from gateway.health import check_health
from models import deliveries, events
from models.tables import Event
from tests.looking import until
from tests.platforms.slack.weather import cut, error, html, rate_limited, status
from tests.slack.house import APPROVE, House, Workspace, a_house


@pytest.mark.parametrize("fault", [rate_limited(1), status(500), html(503), error("internal_error"), cut()])
async def test_a_card_that_could_not_be_posted_is_posted_later(house: House, fault: object) -> None:
    house.slack.weather.on("chat.postMessage", fault)  # type: ignore[arg-type]  # every fault there is
    request = await house.asks()
    card = await house.slack.next_message(house.ops, within=10)
    assert request.code in card.visible_text()
    assert len(house.slack.messages(house.ops)) == 1


async def test_a_storm_of_429_loses_none_of_fifty_and_keeps_the_order_of_each(house: House) -> None:
    house.slack.weather.on("chat.postMessage", rate_limited(1), times=25)
    asked = [await house.asks(f"deploy.{number}") for number in range(50)]
    for request in asked:
        await house.agent.cancel(request)
    cards = [await house.slack.next_message(house.ops, within=30) for _ in asked]
    for card in cards:
        await house.shows(card, "Cancelled by", within=30)
    shown = {code for code in (request.code for request in asked) for card in cards if code in card.visible_text()}
    assert shown == {request.code for request in asked}
    assert len(house.slack.messages(house.ops)) == 50
    assert all("Waiting" in edit.text for card in cards for edit in card.edits)


async def test_an_edit_never_comes_before_its_post(house: House) -> None:
    house.slack.weather.on("chat.postMessage", rate_limited(1))
    request = await house.asks()
    await house.agent.cancel(request)
    card = await house.slack.next_message(house.ops, within=10)
    assert "Cancelled by" in card.visible_text()


@pytest.mark.parametrize("word", ["channel_not_found", "not_in_channel", "is_archived"])
async def test_a_target_that_will_never_take_it_is_given_up_with_slacks_own_word(house: House, word: str) -> None:
    house.slack.weather.on("chat.postMessage", error(word))
    request = await house.asks()
    await until(Event.filter(type="delivery.failed").all)
    failed = (await events.of(request.id))[-1]
    assert (failed.type, failed.details["error"]) == ("delivery.failed", word)
    assert (await deliveries.depth())["dead"] == 1


async def test_a_socket_that_drops_between_click_and_ack_decides_once_all_the_same(house: House) -> None:
    request = await house.asks()
    card = await house.card()
    socket = house.slack.sockets[0]
    clicking = asyncio.create_task(house.slack.click(house.ada, card, APPROVE))
    await house.slack.until(lambda: house.slack.socket_mode.envelopes)
    socket.cut()
    await clicking
    await house.shows(card, "Approved by", within=10)
    assert (await house.agent.get(request)).status == "approved"


@pytest.mark.parametrize("reason", ["warning", "refresh_requested", "link_disabled"])
async def test_a_socket_that_slack_ends_is_replaced(house: House, reason: str) -> None:
    socket = house.slack.sockets[0]
    await house.slack.socket_mode.disconnect(socket, reason)
    await house.slack.until(lambda: any(one is not socket and one.is_open for one in house.slack.sockets), within=15)
    await house.asks()
    card = await house.card()
    await house.slack.click(house.ada, card, APPROVE)
    await house.shows(card, "Approved by", within=10)


async def test_a_socket_that_is_cut_without_a_word_is_replaced(house: House) -> None:
    socket = house.slack.sockets[0]
    socket.cut()
    await house.slack.until(lambda: any(one is not socket and one.is_open for one in house.slack.sockets), within=15)
    await house.asks()
    card = await house.card()
    await house.slack.click(house.bob, card, APPROVE)
    await house.shows(card, "Approved by", within=10)


async def test_a_socket_that_answers_no_ping_is_replaced(house: House) -> None:
    socket = house.slack.sockets[0]
    house.slack.go_deaf(socket)
    await house.slack.until(lambda: any(one is not socket and one.is_open for one in house.slack.sockets), within=15)
    await house.asks()
    card = await house.card()
    await house.slack.click(house.bob, card, APPROVE)
    await house.shows(card, "Approved by", within=10)


@pytest.mark.parametrize("method", ["apps.connections.open", "auth.test"])
async def test_a_slack_that_is_down_at_the_start_is_waited_for(database: None, place: Workspace, method: str) -> None:
    place.slack.weather.keep(method, status(503))
    async with a_house(place, is_up=False) as house:
        await house.slack.until(lambda: house.slack.calls_of(method))
        request = await house.asks()
        assert (await house.agent.get(request)).status == "pending"
        house.slack.weather.clear()
        await house.slack.until(lambda: house.slack.sockets, within=15)
        card = await house.card()
        await house.slack.click(house.bob, card, APPROVE)
        await house.shows(card, "Approved by", within=10)


async def test_a_revoked_token_is_said_and_the_rest_lives_on(database: None, place: Workspace) -> None:
    async with a_house(place) as house:
        house.slack.app.revoke("invalid_auth")
        house.slack.sockets[0].cut()
        request = await house.asks()
        assert (await house.agent.get(request)).status == "pending"

        async def slack_is_ill() -> bool:
            return any(check.name == "slack" and not check.ok for check in await check_health(house.gate))

        await until(slack_is_ill)
