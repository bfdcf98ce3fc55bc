"""“Approve in browser”: cards carry links where anybody who sees them may decide alone."""

import pytest

from gateway import browse
from models.words import Status
from tests.chat.conftest import on_somebodys_servers
from tests.chat.house import House, a_house
from tests.chat.on_discord import DiscordCard
from tests.chat.on_slack import SlackCard
from tests.chat.surface import Hosted, Shown
from tests.web.site import Page, site_of

YES, NO = "Approve in browser", "Deny in browser"


def pages_of(card: Shown) -> dict[str, str]:
    """Return what a card opens in a browser: labels and tokens."""
    assert isinstance(card, SlackCard | DiscordCard)
    buttons = [button for one in card.shown for button in one.buttons if button.url]
    return {button.text: button.url.rpartition("/l/")[2] for button in buttons}


async def looked_at(house: House, token: str) -> Page:
    """Open a link and press nothing."""
    async with site_of(house.gate) as site:
        return await site.looks(token)


async def pressed(house: House, token: str) -> Page:
    """Open a link, press its button, and return what is shown then."""
    async with site_of(house.gate) as site:
        return await site.answers(token)


@on_somebodys_servers
@pytest.mark.parametrize(("label", "status"), [(YES, "approved"), (NO, "denied")])
async def test_a_link_on_a_card_decides(database: None, place: Hosted, label: str, status: str) -> None:
    async with a_house(place) as house:
        request = await house.asks()
        card = await place.card()
        assert list(pages_of(card)) == [YES, NO]
        done = await pressed(house, pages_of(card)[label])
        assert done.heading == f"You {status} this request"
        ended = await browse.load(request.id)
        assert (ended.status.value, ended.decided_by) == (status, f"link:{place.target}")
        await card.says(f"{status.capitalize()} by link:{place.target}")
        assert pages_of(card) == {}


@on_somebodys_servers
async def test_after_a_decision_in_the_chat_a_link_says_who_was_first(database: None, place: Hosted) -> None:
    async with a_house(place) as house:
        await house.asks()
        card = await place.card()
        late = pages_of(card)[NO]
        await place.ada.presses("Approve", card)
        await card.says(f"Approved by {place.ada.actor}")
        shown = await looked_at(house, late)
        assert (shown.status, shown.heading) == (409, "Already approved")
        assert f"approved by {place.ada.actor}" in shown.text


@on_somebodys_servers
async def test_cards_have_none_where_somebody_is_named(database: None, place: Hosted) -> None:
    async with a_house(place) as house:
        await house.rule(approvers=[place.ada.actor])
        await house.asks()
        card = await place.card()
        assert (card.buttons, pages_of(card)) == (["Approve", "Deny…", "Details"], {})


@on_somebodys_servers
async def test_cards_have_none_where_approvers_are_configured(database: None, place: Hosted) -> None:
    async with a_house(place, approvers={"ada"}) as house:
        await house.asks()
        assert pages_of(await place.card()) == {}


@on_somebodys_servers
async def test_cards_have_none_where_two_have_to_answer(database: None, place: Hosted) -> None:
    async with a_house(place) as house:
        await house.rule(approvalsNeeded=2)
        await house.asks()
        assert pages_of(await place.card()) == {}


@on_somebodys_servers
async def test_a_message_to_one_person_has_that_persons(database: None, place: Hosted) -> None:
    async with a_house(place) as house:
        await house.rule(channels=[place.ada.target, place.bob.target], approvalsNeeded=2)
        request = await house.asks()
        hers, his = await place.ada.card(), await place.bob.card()
        assert set(pages_of(hers).values()).isdisjoint(pages_of(his).values())
        await place.bob.presses("Approve", his)
        await hers.says("1 of 2")
        assert list(pages_of(hers)) == [YES, NO]  # also after the card was edited
        assert (await pressed(house, pages_of(hers)[YES])).heading == "You approved this request"
        votes = (await browse.load(request.id)).approvals
        assert [vote.by for vote in votes] == [place.bob.actor, f"link:{place.ada.target}"]


@on_somebodys_servers
async def test_links_stay_on_a_card_after_a_press_that_was_refused(database: None, place: Hosted) -> None:
    async with a_house(place) as house:
        request = await house.asks()
        card = await place.card()
        before = pages_of(card)
        await house.links("ada", place.ada, house.asker)
        refused = await place.ada.presses("Approve", card)
        await refused.says("somebody else has to decide it")
        await place.until(lambda: card.buttons == ["Approve", "Deny…", "Details"])
        assert pages_of(card) == before
        assert (await browse.load(request.id)).status is Status.PENDING


@on_somebodys_servers
async def test_no_private_answer_has_links(database: None, place: Hosted) -> None:
    async with a_house(place) as house:
        request = await house.asks()
        await place.card()
        for line in ("pending", f"show {request.code}"):
            assert pages_of(await place.ada.types(line)) == {}
