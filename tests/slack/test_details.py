"""Approve and Deny… in the modal of Details: pressed there, they count where the modal was opened."""

from typing import Any

from models.words import Status
from tests.platforms.slack import View
from tests.platforms.slack.weather import error
from tests.platforms.weather import hang
from tests.slack.house import APPROVE, APPROVE_ASKING, DENY, DETAILS, House, Workspace, a_house
from tests.slack.test_stopping import stopped

DETAILS_AGAIN = "agentgate:details:now:0"


async def details(house: House, place: Any, *, value: str | None = None) -> View:
    """Return the modal in which Ada looks at everything."""
    modal = await (await house.slack.click(house.ada, place, DETAILS, value=value)).next_modal()
    await house.slack.until(lambda: "Digest" in modal.visible_text())
    return modal


async def says(house: House, modal: View, words: str) -> None:
    """Wait until a modal says something and has no verdict to press."""
    await house.slack.until(lambda: words in modal.visible_text(), within=5)
    assert {"Approve", "Deny…"}.isdisjoint(button.text for button in modal.buttons)


async def test_a_press_counts_as_made_at_the_card(house: House) -> None:
    request = await house.asks()
    card = await house.card()
    modal = await details(house, card)
    await house.slack.click(house.ada, modal, APPROVE)
    await says(house, modal, f"{request.code} is approved.")
    await house.shows(card, f"Approved by slack:{house.ada.id}")
    assert any("Recording" in str(shown) for shown in modal.shown_before)
    assert any("Recording" in str(edit.blocks) for edit in card.edits)
    assert house.slack.home(house.ada) is None


async def test_who_may_not_decide_has_nothing_to_press(house: House) -> None:
    await house.rule(approvers=[f"slack:{house.bob.id}"])
    request = await house.asks()
    modal = await details(house, await house.card())
    await says(house, modal, f"Only slack:{house.bob.id} may decide {request.code}.")


async def test_a_channel_that_is_not_used_is_none_in_the_modal_either(database: None, place: Workspace) -> None:
    async with a_house(place, allowed_channels=frozenset({"C0000OTHER"})) as house:
        request = await house.asks()
        card = await house.card()
        clicked = await house.slack.click(house.ada, card, DETAILS)
        await says(house, await clicked.next_modal(), "AgentGate is not used from this channel.")
        assert (await house.agent.get(request)).status == "pending"


async def test_a_reason_is_asked_for_on_top_and_what_came_of_it_stands_below(house: House) -> None:
    request = await house.asks()
    card = await house.card()
    modal = await details(house, card)
    await house.slack.click(house.ada, modal, DENY)
    await house.slack.until(lambda: len(house.slack.modals(house.ada)) == 2)
    asking = house.slack.modals(house.ada)[-1]
    assert asking.under is modal
    await house.slack.submit(house.ada, asking, {"reason": {"reason": "not on a Friday"}})
    await says(house, modal, f"{request.code} is denied.")
    assert house.slack.modals(house.ada) == [modal]
    await house.shows(card, f"Denied by slack:{house.ada.id}")
    await house.shows(card, "not on a Friday")


async def test_a_blank_reason_leaves_everything_as_it_was(house: House) -> None:
    await house.rule(requireReason=True)
    await house.asks()
    card = await house.card()
    modal = await details(house, card)
    await house.slack.click(house.ada, modal, APPROVE_ASKING)
    await house.slack.until(lambda: len(house.slack.modals(house.ada)) == 2)
    asking = house.slack.modals(house.ada)[-1]
    await house.slack.submit(house.ada, asking, {"reason": {"reason": " "}})
    assert "needs a reason" in asking.visible_text()
    assert [button.text for button in modal.buttons] == ["Approve…", "Deny…"]
    await house.slack.submit(house.ada, asking, {"reason": {"reason": "agreed"}})
    await house.shows(card, "Approved by")


async def test_who_comes_second_is_told_and_can_look_again_in_the_same_modal(house: House) -> None:
    request = await house.asks()
    card = await house.card()
    modal = await details(house, card)
    await house.slack.click(house.bob, card, APPROVE)
    await house.shows(card, "Approved by")
    await house.slack.click(house.ada, modal, APPROVE)
    await says(house, modal, f"{request.code} was already approved by slack:{house.bob.id}.")
    assert house.slack.home(house.ada) is None
    await house.slack.click(house.ada, modal, DETAILS_AGAIN)
    await says(house, modal, "request.approved")
    assert house.slack.modals(house.ada) == [modal]


async def test_a_vote_is_told_what_it_counts(house: House) -> None:
    await house.rule(approvalsNeeded=2)
    await house.asks()
    card = await house.card()
    modal = await details(house, card)
    await house.slack.click(house.ada, modal, APPROVE)
    await says(house, modal, "Your approval counts: 1 of 2.")
    await house.shows(card, "1 of 2")
    assert [button.text for button in card.buttons][:3] == ["Approve", "Deny…", "Details"]


async def test_a_modal_that_was_closed_meanwhile_is_no_matter(house: House) -> None:
    await house.asks()
    card = await house.card()
    modal = await details(house, card)
    modal.is_open = False
    await house.slack.click(house.ada, modal, APPROVE)
    await house.shows(card, "Approved by")


async def test_opened_from_a_private_answer_it_counts_in_that_channel(house: House) -> None:
    request = await house.asks()
    card = await house.card()
    listed = await (await house.slack.command(house.ada, house.ops, "/agentgate", "pending")).next_answer()
    modal = await details(house, listed)
    await house.slack.click(house.ada, modal, APPROVE)
    await says(house, modal, f"{request.code} is approved.")
    await house.shows(card, "Approved by")


async def test_opened_from_a_direct_message_it_counts_there(house: House) -> None:
    await house.rule(channels=[f"slack:{house.ada.id}"])
    request = await house.asks()
    card = await house.slack.next_message(house.slack.direct(house.ada))
    modal = await details(house, card)
    await house.slack.click(house.ada, modal, APPROVE)
    await says(house, modal, f"{request.code} is approved.")
    await house.shows(card, "Approved by")


async def test_opened_at_home_it_counts_as_pressed_there(database: None, place: Workspace) -> None:
    async with a_house(place, approvers=frozenset({place.ada.id})) as house:
        request = await house.asks()
        card = await house.card()
        home = await house.slack.open_home(house.ada)
        modal = await details(house, home, value=request.id)
        await house.slack.click(house.ada, modal, APPROVE)
        await says(house, modal, f"{request.code} is approved.")
        await house.shows(card, "Approved by")
        await house.slack.until(lambda: "Nothing waits for you." in home.visible_text())


async def test_at_home_too_who_is_named_by_the_rule_may_press_in_the_modal(house: House) -> None:
    request = await house.asks()
    await house.rule(approvers=[f"slack:{house.ada.id}"])
    named = await house.asks("deploy.named")
    home = await house.slack.open_home(house.ada)
    modal = await details(house, home, value=named.id)
    await house.slack.click(house.ada, modal, APPROVE)
    await says(house, modal, f"{named.code} is approved.")
    assert (await house.agent.get(request)).status == "pending"


async def test_a_home_page_that_slack_does_not_take_is_no_refusal_of_the_answer(
    database: None, place: Workspace
) -> None:
    async with a_house(place, approvers=frozenset({place.ada.id})) as house:
        request = await house.asks()
        card = await house.card()
        modal = await details(house, await house.slack.open_home(house.ada), value=request.id)
        house.slack.weather.keep("views.publish", error("internal_error"))
        await house.slack.click(house.ada, modal, APPROVE)
        await house.shows(card, "Approved by")
        await house.slack.until(lambda: [call for call in house.slack.calls if call.method == "views.publish"][1:])
        await house.slack.command(house.bob, house.ops, "/agentgate", "whoami")  # by now the first would have answered
        await says(house, modal, f"{request.code} is approved.")


async def test_whose_press_is_cut_off_is_told_and_the_card_has_its_buttons_again(house: House) -> None:
    group = house.slack.group("oncall", house.ada)
    await house.rule(approvers=[f"slack:{group.id}"])
    request = await house.asks()
    card = await house.card()
    house.slack.weather.keep("usergroups.users.list", error("internal_error"))
    modal = await details(house, card)
    house.slack.weather.keep("usergroups.users.list", hang())
    await house.slack.click(house.ada, modal, APPROVE)
    await house.shows(card, "Recording")
    await stopped(house)
    await house.shows(card, "Waiting for approval")
    assert [button.text for button in card.buttons] == ["Approve", "Deny…", "Details"]
    await says(house, modal, "AgentGate is being restarted.")
    assert (await house.agent.get(request)).status.value == Status.PENDING.value
