"""Socket Mode, met by the real Bolt: clicks, modals, commands, events, and everything that breaks on the way."""

import asyncio

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from tests.platforms.bolt import BoltApp, button, card, connected, echo_app
from tests.platforms.slack import FakeSlack, Message, User, weather


async def posted(slack: FakeSlack, bolt: BoltApp, user: User) -> Message:
    """Return a card with every button of the echo app."""
    ops = slack.channel("ops", user)
    buttons = [button(name, name.title(), value="r1") for name in ("approve", "deny", "whisper", "crash", "nobody")]
    await bolt.client.chat_postMessage(channel=ops.id, text="card", blocks=card(*buttons))
    return await slack.next_message(ops)


async def test_a_click_is_acked_and_the_card_edited(slack: FakeSlack, bolt: BoltApp) -> None:
    ada = slack.user("ada")
    message = await posted(slack, bolt, ada)
    clicked = await slack.click(ada, message, "approve", value="r1")
    assert (clicked.latency < 1, clicked.trouble, clicked.envelope.payload["actions"][0]["value"]) == (True, "", "r1")
    await slack.until(lambda: message.edits)
    assert (message.visible_text(), message.buttons) == (f"Approved by {ada.id}", [])
    with pytest.raises(AssertionError, match="nothing called 'approve' here"):
        await slack.click(ada, message, "approve")
    assert (await slack.click(ada, message, "approve", stale=True)).ack


async def test_an_answer_only_the_clicker_sees(slack: FakeSlack, bolt: BoltApp) -> None:
    ada = slack.user("ada")
    clicked = await slack.click(ada, await posted(slack, bolt, ada), "whisper")
    assert (await clicked.next_answer()).visible_text() == "only you see this"
    assert [message.text for message in slack.private_messages(ada)] == ["only you see this"]


async def test_without_an_ack_the_person_is_told(slack: FakeSlack, bolt: BoltApp) -> None:
    ada = slack.user("ada")
    message = await posted(slack, bolt, ada)
    slack.patience = 0.2
    for action_id in ("crash", "nobody"):
        clicked = await slack.click(ada, message, action_id)
        assert (clicked.ack, clicked.trouble) == (None, "timeout")


async def test_a_late_ack_is_seen(slack: FakeSlack, bolt: BoltApp) -> None:
    ada = slack.user("ada")
    message = await posted(slack, bolt, ada)
    slack.patience = 0
    clicked = await slack.click(ada, message, "approve")
    assert clicked.trouble == "timeout"
    await slack.until(lambda: clicked.ack)
    assert clicked.latency > slack.patience


async def test_a_modal_with_an_error_then_another_then_none(slack: FakeSlack, bolt: BoltApp) -> None:
    ada = slack.user("ada")
    clicked = await slack.click(ada, await posted(slack, bolt, ada), "deny")
    modal = await clicked.next_modal()
    assert modal.visible_text() == "Why?\nReason\n[Send]"
    await slack.submit(ada, modal, {"reason": {"text": "no"}})
    assert (modal.errors, modal.is_open) == ({"reason": "Say more"}, True)
    await slack.submit(ada, modal, {"reason": {"text": "next"}})
    assert (modal.title, modal.errors) == ("Really?", {})
    wrong = await slack.submit(ada, modal, {"reason": {"text": "wrong"}})
    assert wrong.trouble.startswith("errors_name_no_input_block")
    await slack.submit(ada, modal, {"reason": {"text": "because"}})
    assert (modal.is_open, slack.modals(ada)) == (False, [])


async def test_modals_stack_and_close(slack: FakeSlack, bolt: BoltApp) -> None:
    ada = slack.user("ada")
    message = await posted(slack, bolt, ada)
    first = await (await slack.click(ada, message, "deny")).next_modal()
    await slack.submit(ada, first, {"reason": {"text": "more"}})
    [_, second] = slack.modals(ada)
    assert (second.title, second.root) == ("And?", first)
    closed = await slack.close_modal(ada, second)
    assert closed
    assert closed.ack
    await slack.submit(ada, first, {"reason": {"text": "more"}})
    await slack.submit(ada, slack.modals(ada)[-1], {"reason": {"text": "enough"}})
    assert slack.modals(ada) == []


async def test_the_client_itself_asks_for_what_is_missing(slack: FakeSlack, bolt: BoltApp) -> None:
    ada = slack.user("ada")
    modal = await (await slack.click(ada, await posted(slack, bolt, ada), "deny")).next_modal()
    with pytest.raises(AssertionError, match="asks for “Reason”"):
        await slack.submit(ada, modal)
    with pytest.raises(AssertionError, match="0 to 20 characters, not 21"):
        await slack.submit(ada, modal, {"reason": {"text": "x" * 21}})


async def test_a_trigger_is_good_once_and_not_for_long(slack: FakeSlack, bolt: BoltApp) -> None:
    ada = slack.user("ada")
    message = await posted(slack, bolt, ada)
    clicked = await slack.click(ada, message, "deny")
    modal = await clicked.next_modal()
    opened = slack.calls_of("views.open")[0].arguments
    slack.trigger_seconds = 0
    late = await slack.click(ada, message, "approve")
    triggers = (opened["trigger_id"], late.envelope.payload["trigger_id"])
    errors = [await error_of(bolt, trigger_id, modal.content) for trigger_id in triggers]
    assert errors == ["exchanged_trigger_id", "expired_trigger_id"]


async def error_of(bolt: BoltApp, trigger_id: str, view: dict[str, object]) -> str:
    """Return why a modal cannot be opened."""
    with pytest.raises(SlackApiError) as refusal:
        await bolt.client.views_open(trigger_id=trigger_id, view=view)
    return str(refusal.value.response["error"])


async def test_a_command_is_answered_with_its_ack(slack: FakeSlack, bolt: BoltApp) -> None:
    ada = slack.user("ada")
    typed = await slack.command(ada, slack.channel("ops", ada), "/echo", "hello")
    assert [message.text for message in typed.answers] == ["you said hello"]
    assert typed.answers[0].only_for is ada


async def test_a_home_tab_opens(slack: FakeSlack, bolt: BoltApp) -> None:
    ada = slack.user("ada")
    assert (await slack.open_home(ada)).visible_text() == "Welcome home"
    assert (await slack.open_home(ada)).shown_before


async def test_what_people_say_is_heard(slack: FakeSlack, bolt: BoltApp) -> None:
    ada = slack.user("ada")
    said = await slack.say(ada, slack.channel("ops", ada), "hello")
    [reply] = await slack.until(lambda: said.thread)
    assert reply.text == "heard hello"


async def test_events_are_told_again_with_the_same_id(slack: FakeSlack, bolt: BoltApp) -> None:
    slack.patience, slack.retry_waits = 0.1, (0, 0)
    told = await slack.tell({"type": "reaction_added"})
    await slack.until(lambda: len(told.attempts) == 3)
    assert [attempt.retry["retry_attempt"] for attempt in told.attempts] == [0, 1, 2]
    assert {attempt.payload["event_id"] for attempt in told.attempts} == {told.event_id}
    assert told.attempts[1].retry["retry_reason"] == "timeout"
    assert told.ack is None


async def test_slack_says_hello_and_answers_pings(slack: FakeSlack, bolt: BoltApp) -> None:
    [socket] = slack.connected
    await slack.until(lambda: socket.pings and socket.pongs)


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_bolt_connects_anew_when_told_to(slack: FakeSlack, bolt: BoltApp, reason: str) -> None:
    ada = slack.user("ada")
    message = await posted(slack, bolt, ada)
    await slack.disconnect(reason)
    second = await slack.connection(2)
    await slack.until(lambda: slack.connected == [second])
    assert (await slack.click(ada, message, "approve")).ack


async def test_socket_mode_is_switched_off_and_on(slack: FakeSlack, bolt: BoltApp) -> None:
    ada = slack.user("ada")
    message = await posted(slack, bolt, ada)
    slack.weather.keep("apps.connections.open", weather.error("internal_error"))
    await slack.disconnect("link_disabled")
    await slack.until(lambda: len(slack.calls_of("apps.connections.open")) > 1 and not slack.connected)
    assert (await slack.click(ada, message, "approve")).trouble == "timeout"
    slack.weather.clear()
    await slack.until(lambda: slack.connected)
    slack.patience = 0.2
    while not (await slack.click(ada, message, "approve")).ack:  # Bolt may open one socket too many and close the first
        await slack.until(lambda: slack.connected)


async def test_a_dropped_socket_is_replaced_and_the_event_told_again(slack: FakeSlack, bolt: BoltApp) -> None:
    ada = slack.user("ada")
    message = await posted(slack, bolt, ada)
    slack.drop()
    await slack.until(lambda: not slack.connected)
    lost = await slack.click(ada, message, "approve")
    assert (lost.ack, lost.trouble, lost.envelope.sent_over) == (None, "timeout", [])
    said = await slack.say(ada, message.channel, "still there?")
    assert await slack.until(lambda: said.thread)
    assert len(slack.connected) == 1
    assert lost.ack is None


async def test_half_open_sockets_are_noticed_by_missing_pongs(slack: FakeSlack, bolt: BoltApp) -> None:
    slack.go_deaf()
    second = await slack.connection(2, within=10)
    await slack.until(lambda: slack.connected == [second])


async def test_refused_connections_are_tried_again(slack: FakeSlack, bolt: BoltApp) -> None:
    slack.weather.on("apps.connections.open", weather.error("internal_error"), times=2)
    slack.drop()
    await slack.connection(2)
    assert len(slack.calls_of("apps.connections.open")) == 4


async def test_the_eleventh_socket_is_turned_away(slack: FakeSlack, bolt: BoltApp) -> None:
    async with aiohttp.ClientSession() as session:
        nine = [await session.ws_connect(slack.url + slack.socket_mode.open(slack.app)) for _ in range(9)]
        await slack.until(lambda: len(slack.connected) == 1 + len(nine))
        eleventh = await session.ws_connect(slack.url + slack.socket_mode.open(slack.app))
        assert (await eleventh.receive_json())["reason"] == "too_many_websockets"


async def test_unanswered_pings_end_a_socket(slack: FakeSlack, bolt: BoltApp) -> None:
    slack.connected[0].answers_pings = False
    second = await slack.connection(2)
    await slack.until(lambda: second.pings)


async def test_each_envelope_goes_to_one_of_the_sockets(slack: FakeSlack, bolt: BoltApp) -> None:
    ada = slack.user("ada")
    ops = slack.channel("ops", ada)
    async with connected(echo_app(bolt.client), slack):
        typed = [await slack.command(ada, ops, "/echo", str(number)) for number in range(4)]
        assert [len(each.envelope.sent_over) for each in typed] == [1] * 4
        assert {socket for each in typed for socket in each.envelope.sent_over} == set(slack.connected)
        slack.double_next(over_another_socket=True)
        twice = await slack.command(ada, ops, "/echo", "twice")
        await slack.until(lambda: len(twice.envelope.acks) == 2)
        assert set(twice.envelope.sent_over) == set(slack.connected)


async def test_the_same_envelope_can_come_twice(slack: FakeSlack, bolt: BoltApp) -> None:
    ada = slack.user("ada")
    slack.double_next()
    typed = await slack.command(ada, slack.channel("ops", ada), "/echo", "twice")
    await slack.until(lambda: len(typed.envelope.acks) == 2)


async def test_two_people_click_at_once(slack: FakeSlack, bolt: BoltApp) -> None:
    ada, bob = slack.user("ada"), slack.user("bob")
    message = await posted(slack, bolt, ada)
    message.channel.members.append(bob)
    both = await asyncio.gather(slack.click(ada, message, "approve"), slack.click(bob, message, "approve"))
    assert all(clicked.ack for clicked in both)
    await slack.until(lambda: len(message.edits) == 2)


async def test_an_uninstalled_app_hears_of_it(slack: FakeSlack, bolt: BoltApp) -> None:
    slack.patience, slack.retry_waits = 0.1, ()
    told = await slack.uninstall()
    assert told.payload["event"]["type"] == "app_uninstalled"
    assert slack.app.refusal == "account_inactive"
    typed = await slack.command(slack.user("ada"), slack.channel("ops"), "/echo", "hello")
    assert "installation with this app is no longer available" in typed.answers[0].text  # Bolt's own words, in the ack
