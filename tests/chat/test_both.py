"""One house with several chats: a request shows in each, a press in any ends it in all."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from gateway.overdue import expire_overdue
from models import events
from models.tables import Request
from models.words import Scope
from tests.chat.at_terminal import a_terminal
from tests.chat.house import House, a_house
from tests.chat.on_discord import a_discord
from tests.chat.on_slack import a_slack
from tests.chat.surface import Hosted, Place, Shown
from tests.gates import now
from tests.platforms.weather import Fault, cut, hang, html

Chats = tuple[Hosted, Hosted]
FAULTS: dict[str, Callable[[], Fault]] = {"an error": html, "a cut connection": cut, "no answer": hang}
each_way = pytest.mark.parametrize("here", [0, 1], ids=["slack", "discord"])


@pytest.fixture
async def chats() -> AsyncIterator[Chats]:
    async with a_slack() as slack, a_discord() as discord:
        yield slack, discord


@pytest.fixture
async def house(database: None, chats: Chats) -> AsyncIterator[House]:
    async with a_house(*chats) as house:
        yield house


async def cards_in(*places: Place) -> list[Shown]:
    """Return the next card in each chat."""
    return [await place.card(within=30) for place in places]


async def all_say(cards: list[Shown], words: str) -> None:
    """Wait until every copy says something, and no buttons are left."""
    for card in cards:
        await card.says(words, within=60)
        assert card.buttons == []


async def decisions(request_id: str) -> int:
    """Return how many decisions the audit trail has for a request."""
    return [event.type for event in await events.of(request_id)].count("request.decided")


@each_way
async def test_a_press_in_either_edits_both_and_names_who_decided_and_why(
    house: House, chats: Chats, here: int
) -> None:
    request = await house.asks()
    cards = await cards_in(*chats)
    person = chats[here].ada
    await person.presses("Deny…", cards[here], because="not on a Friday")
    await all_say(cards, f"Denied by {person.actor}")
    assert all("not on a Friday" in card.text and request.code in card.text for card in cards)
    late = await chats[1 - here].bob.presses("Approve", cards[1 - here], stale=True)
    await late.says(f"{request.code} was already denied by {person.actor}.")
    assert await decisions(request.id) == 1


async def test_presses_in_both_at_once_make_one_decision(house: House, chats: Chats) -> None:
    for _ in range(5):
        request = await house.asks()
        cards = await cards_in(*chats)
        people = [place.ada for place in chats]
        told = await asyncio.gather(
            *(one.presses("Approve", card, stale=True) for one, card in zip(people, cards, strict=True))
        )
        await all_say(cards, "Approved by")
        winner = (await house.agent.get(request)).decided_by
        await all_say(cards, f"Approved by {winner}")
        second = told[[one.actor != winner for one in people].index(True)]
        await second.says(f"{request.code} was already approved by {winner}.")
        assert await decisions(request.id) == 1


async def test_a_quorum_of_two_is_reached_with_one_vote_from_each(house: House, chats: Chats) -> None:
    await house.rule(approvalsNeeded=2)
    await house.asks()
    cards = await cards_in(*chats)
    await (await chats[0].ada.presses("Approve", cards[0])).says("Your approval counts: 1 of 2.")
    for card in cards:
        await card.says("Waiting for approval · 1 of 2")
        assert card.buttons == ["Approve", "Deny…", "Details"]
    await chats[1].bob.presses("Approve", cards[1])
    await all_say(cards, f"Approved by {chats[1].bob.actor}")


async def test_one_person_who_is_in_both_counts_once(house: House, chats: Chats) -> None:
    slack, discord = chats
    await house.rule(approvalsNeeded=2)
    await house.links("ada", slack.ada, discord.ada)
    request = await house.asks()
    cards = await cards_in(*chats)
    await slack.ada.presses("Approve", cards[0])
    await cards[1].says("1 of 2")
    await (await discord.ada.presses("Approve", cards[1])).says("Your first answer stands: 1 of 2.")
    await (await discord.ada.types("pending")).says("Nothing waits for you here.")
    assert (await house.agent.get(request)).status == "pending"
    await discord.bob.presses("Approve", cards[1])
    await all_say(cards, f"Approved by {discord.bob.actor}")


async def test_the_asker_is_known_in_the_other_chat_too(house: House, chats: Chats) -> None:
    slack, discord = chats
    await house.links("ada", slack.ada, discord.ada, house.asker)
    request = await house.asks()
    for place, card in zip(chats, await cards_in(*chats), strict=True):
        await (await place.ada.presses("Approve", card)).says(f"You asked for {request.code} yourself")


@each_way
async def test_whom_a_rule_names_in_one_chat_may_not_be_played_in_the_other(
    house: House, chats: Chats, here: int
) -> None:
    person = chats[here].ada
    await house.rule(approvers=[person.actor])
    request = await house.asks()
    cards = await cards_in(*chats)
    told = await chats[1 - here].ada.presses("Approve", cards[1 - here])
    await told.says(f"Only {person.actor} may decide {request.code}.")
    await person.presses("Approve", cards[here])
    await all_say(cards, f"Approved by {person.actor}")


async def test_an_end_that_nobody_pressed_shows_in_both(house: House, chats: Chats) -> None:
    cancelled = await house.asks()
    cards = await cards_in(*chats)
    await house.agent.cancel(cancelled)
    await all_say(cards, f"Cancelled by {house.asker}")
    expired = await house.asks()
    cards = await cards_in(*chats)
    await Request.filter(id=expired.id).update(expires_at=now())
    await expire_overdue(house.gate)
    await all_say(cards, "Expired · nobody answered in time")


async def test_channels_and_direct_messages_are_copies_like_any_other(house: House, chats: Chats) -> None:
    slack, discord = chats
    await house.rule(channels=[slack.target, discord.target, slack.bob.target, discord.ada.target])
    await house.asks()
    cards = [*await cards_in(*chats), await slack.bob.card(), await discord.ada.card()]
    await (await slack.bob.presses("Details", cards[2])).says("request.pending")
    await discord.ada.presses("Deny…", cards[3], because="from a direct message")
    await all_say(cards, f"Denied by {discord.ada.actor}")
    assert all("from a direct message" in card.text for card in cards)


@each_way
@pytest.mark.parametrize("fault", FAULTS)
async def test_one_that_is_away_does_not_hold_up_the_other_and_tells_the_truth_when_it_is_back(
    house: House, chats: Chats, here: int, fault: str
) -> None:
    place, away = chats[here], chats[1 - here]
    before, there = await house.asks("asked.before"), await away.card()
    on_both = await place.card()
    away.weather.keep("*", FAULTS[fault]())
    for card in [on_both, *[await asked_while_away(house, place) for _ in range(3)]]:
        began = asyncio.get_running_loop().time()
        await place.ada.presses("Approve", card)
        await card.says(f"Approved by {place.ada.actor}")
        assert asyncio.get_running_loop().time() - began < 5
    assert "Waiting for approval" in there.text
    away.weather.clear()
    await all_say([there, *[await away.card(within=60) for _ in range(3)]], f"Approved by {place.ada.actor}")
    assert before.code in there.text


async def asked_while_away(house: House, place: Hosted) -> Shown:
    """Ask, and return the card; it comes at once."""
    began = asyncio.get_running_loop().time()
    await house.asks("asked.while.away")
    card = await place.card()
    assert asyncio.get_running_loop().time() - began < 5
    return card


async def test_when_both_were_away_every_copy_tells_the_truth_afterwards(house: House, chats: Chats) -> None:
    request = await house.asks()
    cards = await cards_in(*chats)
    for place in chats:
        place.weather.keep("*", html(503))
    console = await house.api.with_scopes(Scope.REQUEST_DECIDE)
    decided = {"decision": "denied", "reason": "by hand"}
    assert (await console.post(f"/api/requests/{request.id}/decide", json=decided)).status_code == 200
    later = await house.asks("asked.meanwhile")
    await chats[0].until(lambda: chats[0].unheard >= 2)
    await chats[1].until(lambda: chats[1].unheard >= 2)
    assert all("Waiting for approval" in card.text for card in cards)
    for place in chats:
        place.weather.clear()
    await all_say(cards, "Denied by api:key-1")
    assert all("by hand" in card.text for card in cards)
    assert all(later.code in card.text for card in await cards_in(*chats))


async def test_a_terminal_is_a_chat_like_the_others(database: None, chats: Chats) -> None:
    async with a_terminal() as terminal, a_house(*chats, terminal) as house:
        await house.rule(approvalsNeeded=3)
        request = await house.asks()
        places: tuple[Place, ...] = (*chats, terminal)
        cards = await cards_in(*places)
        for place, card, votes in zip(places, cards, ("1 of 3", "2 of 3", ""), strict=True):
            await place.ada.presses("Approve", card, stale=True)
            for each in cards if votes else []:
                await each.says(f"Waiting for approval · {votes}")
        await all_say(cards, "Approved by terminal:ada")
        assert await decisions(request.id) == 1
        told = await terminal.bob.types(f"show {request.code}")
        text = await told.says("History")
        assert all(f"request.voted by {place.ada.actor}" in text for place in chats)
