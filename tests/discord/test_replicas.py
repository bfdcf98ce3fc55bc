"""Several replicas, one connection: one listens, the others stand by, and take over when it is gone."""

import asyncio
import contextlib
import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from bot import underway
from bot.discord.app import LEASE
from gateway.errors import Unavailable
from models import leases
from models.tables import Lease
from tests.discord.house import APPROVE, QUICK, House, Server, a_house, connected
from tests.gates import now
from tests.looking import until
from tests.platforms.discord import Session
from tests.platforms.discord.routes import MEMBER
from tests.platforms.discord.sessions import Op
from tests.platforms.discord.weather import hang, slow
from tests.slack.slow import slow_database

LONG = timedelta(minutes=5)


def listening(place: Server) -> list[Session]:
    """Return the sessions over which somebody listens."""
    return [session for session in place.discord.sessions if session.is_open]


async def says(house: House, words: str) -> None:
    """Wait until a replica's probe says something."""

    async def is_said() -> bool:
        with contextlib.suppress(Unavailable):  # which says something else
            return words in await house.chat.probe()
        return False

    await until(is_said)


async def test_one_of_two_listens_and_the_other_says_that_it_stands_by(database: None, place: Server) -> None:
    async with a_house(place) as one, a_house(place, api_clients="agent-2", is_up=False) as two:
        await says(one, "connected")
        await says(two, "standing by: another replica is connected")
        assert len(listening(place)) == 1
        for house in (one, two):
            await house.asks()
            card = await house.card()
            clicked = await house.discord.click(house.bob, card, APPROVE)
            await house.shows(card, "Approved by")
            assert len(clicked.attempts) == 1, "no interaction is answered twice"
        assert place.discord.session_starts == 1


async def test_the_other_takes_over_when_one_stops(database: None, place: Server) -> None:
    async with a_house(place, api_clients="agent-2") as two:
        async with a_house(place, is_up=False) as one:
            await says(one, "standing by")
            await one.asks()
            card = await one.card()
            (first,) = listening(place)
            two.listening.cancel()
            await place.discord.until(lambda: [one for one in listening(place) if one is not first], within=10)
            await place.discord.click(place.ada, card, APPROVE)
            await one.shows(card, "Approved by")
            await says(one, "connected")
        assert not listening(place)


async def test_one_that_was_killed_is_replaced_when_its_lease_runs_out(database: None, place: Server) -> None:
    await leases.take(LEASE, holder="killed", at=now(), until=now() + timedelta(seconds=1))
    began = now()
    async with a_house(place, is_up=False) as house:
        await says(house, "standing by")
        assert not listening(place)
        await connected(place.discord)
        assert timedelta(seconds=1) <= now() - began < timedelta(seconds=10)
        await says(house, "connected")


async def test_one_that_has_lost_its_lease_hangs_up(database: None, place: Server) -> None:
    async with a_house(place) as house:
        await Lease.filter(name=LEASE).update(holder="another", until=now() + LONG)
        await says(house, "standing by")
        await place.discord.until(lambda: not listening(place))
        await leases.release_all()
        await connected(place.discord)
        await says(house, "connected")


async def test_stopping_in_the_middle_of_a_greeting_leaves_nothing_behind(database: None, place: Server) -> None:
    async with a_house(place):
        place.discord.sockets[0].say(Op.INVALID_SESSION, data=False)
        await place.discord.until(lambda: len(place.discord.sockets) > 1)
        assert heartbeats()
    for thread in heartbeats():
        thread.join(timeout=5)
    assert not heartbeats()


def heartbeats() -> list[threading.Thread]:
    """Return the threads by which discord.py keeps connections alive."""
    return [thread for thread in threading.enumerate() if thread.name.startswith("keep-alive-handler")]


async def test_what_was_pressed_in_the_last_moment_is_finished(
    database: None, place: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(underway, "SETTLE_SECONDS", 10)
    async with a_house(place) as house:
        await house.rule(channels=[f"discord:user:{house.ada.id}"])
        await house.asks()
        card = await place.discord.next_message(place.discord.direct(house.ada))
        place.discord.weather.on(MEMBER, slow(0.2))
        await place.discord.click(house.ada, card, APPROVE)
        await place.discord.until(lambda: place.discord.calls_of(MEMBER))
    assert "Approved by" in card.visible_text()


async def test_what_is_not_finished_at_the_end_can_be_pressed_again(database: None, place: Server) -> None:
    async with a_house(place) as house:
        await house.rule(channels=[f"discord:user:{house.ada.id}"])
        await house.asks()
        card = await place.discord.next_message(place.discord.direct(house.ada))
        place.discord.weather.on(MEMBER, hang())
        await place.discord.click(house.ada, card, APPROVE)
        await place.discord.until(lambda: place.discord.calls_of(MEMBER))
        assert "Recording" in card.visible_text()
    assert "Waiting for approval" in card.visible_text()
    assert [button.text for button in card.buttons][:3] == ["Approve", "Deny…", "Details"]


async def test_a_press_that_outlasts_the_lease_can_be_pressed_again(database: None, place: Server) -> None:
    async with a_house(place) as house:
        await house.asks()
        card = await house.card()
        async with slow_database(seconds=QUICK.lease_term + 1, leases=True):
            await place.discord.click(house.ada, card, APPROVE)
            await house.shows(card, "Recording")
            await place.discord.until(lambda: card.buttons)
        await connected(place.discord)
        await place.discord.click(house.ada, card, APPROVE)
        await house.shows(card, "Approved by")


async def test_a_connection_that_answers_no_goodbye_does_not_keep_the_server_from_stopping(
    database: None, place: Server
) -> None:
    async with a_house(place, patience=replace(QUICK, silence=60)) as house:
        house.discord.sockets[0].deaf = True
        began = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - began < 10
