"""Bad weather: a database that does not answer decides nothing, a restart forgets nothing, a silent chat catches up."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gateway.decide import decide
from gateway.views import Actor
from models import db, events
from models.words import Decision
from tests.chat.conftest import on_somebodys_servers
from tests.chat.house import House, a_house
from tests.chat.surface import Hosted, Place
from tests.platforms.weather import html

ROOT = Actor("terminal", "root")


@asynccontextmanager
async def no_requests() -> AsyncIterator[None]:
    """Let every question about requests fail, as when the database is gone."""
    await db.select("ALTER TABLE requests RENAME TO elsewhere")
    try:
        yield
    finally:
        await db.select("ALTER TABLE elsewhere RENAME TO requests")


async def test_while_the_database_does_not_answer_nothing_is_decided_and_that_is_said(
    house: House, place: Place
) -> None:
    request = await house.asks()
    card = await place.card()
    async with no_requests():
        for told in (
            await place.ada.presses("Approve", card),
            await place.bob.types(f"approve {request.code}"),
            await place.bob.types("pending"),
        ):
            text = await told.says("The database does not answer.")
            assert "Nothing was changed. Try again in a moment." in text
    assert [event.type for event in await events.of(request.id)] == ["request.created", "request.pending"]
    assert card.buttons == ["Approve", "Deny…", "Details"]
    await place.ada.presses("Approve", card)
    await card.says(f"Approved by {place.ada.actor}")


@on_somebodys_servers
async def test_cards_from_before_a_restart_can_still_be_pressed(database: None, place: Hosted) -> None:
    async with a_house(place) as before:
        codes, cards = [], []
        for _ in range(3):
            codes.append((await before.asks()).code)
            cards.append(await place.card())
        page = await place.ada.types("pending")
        await page.says("3 requests wait for you.")
    async with a_house(place, agent="agent-2"):
        await place.ada.presses("Approve", cards[0])
        await cards[0].says(f"Approved by {place.ada.actor}")
        await place.bob.presses("Deny…", cards[1], because="slept on it")
        assert "slept on it" in await cards[1].says(f"Denied by {place.bob.actor}")
        await (await place.bob.presses("Details", cards[2])).says("request.pending")
        await (await place.ada.presses("Approve", page)).says(f"{codes[2]} is approved.")
        await cards[2].says(f"Approved by {place.ada.actor}")


@on_somebodys_servers
async def test_what_was_decided_while_the_chat_was_silent_is_shown_when_it_is_back(
    database: None, place: Hosted
) -> None:
    async with a_house(place) as before:
        request = await before.asks()
        card = await place.card()
        place.weather.keep("*", html(503))
        await decide(before.gate, request.id, Decision.DENIED, by=ROOT, reason="while nobody heard")
    assert "Waiting" in card.text
    place.weather.clear()
    async with a_house(place, agent="agent-2"):
        assert "while nobody heard" in await card.says("Denied by terminal:root", within=30)
        assert card.buttons == []


@on_somebodys_servers
async def test_what_was_asked_while_the_chat_was_silent_is_posted_once_when_it_is_back(
    house: House, place: Hosted
) -> None:
    place.weather.keep("*", html(503))
    codes = {(await house.asks(f"deploy.{number}")).code for number in range(5)}
    await place.until(lambda: place.unheard >= len(codes))
    place.weather.clear()
    cards = [await place.card(within=30) for _ in codes]
    assert {code for code in codes for card in cards if code in card.text} == codes
    for card in cards:
        await place.ada.presses("Approve", card)
        await card.says(f"Approved by {place.ada.actor}")
