"""Bad weather between AgentGate and Discord's gateway: it comes back, it says how it is, the rest lives on."""

import json
from dataclasses import replace
from itertools import pairwise

import pytest

from gateway.health import Check, check_health
from tests.discord.house import APPROVE, QUICK, House, Server, a_house, connected
from tests.looking import until
from tests.loud import loud
from tests.platforms.discord import Socket
from tests.platforms.discord.routes import GATEWAY
from tests.platforms.discord.sessions import Op
from tests.platforms.discord.weather import Fault, cut, html, status
from tests.platforms.weather import Cut

LOGIN = "GET /users/@me"


async def works(house: House) -> None:
    """See that a card is posted and a click decides."""
    await house.asks()
    card = await house.card()
    await house.discord.click(house.ada, card, APPROVE)
    await house.shows(card, "Approved by", within=15)


async def another_socket(house: House, socket: Socket, *, within: float = 20) -> None:
    """Wait until the bot listens over another socket."""
    sessions = house.discord.sessions
    await house.discord.until(
        lambda: [one for one in sessions if one.is_open and one.socket is not socket], within=within
    )


async def discord_is(house: House, *, ok: bool, word: str) -> Check:
    """Wait until the health says something of Discord."""

    async def is_so() -> Check | None:
        (check,) = [one for one in await check_health(house.gate) if one.name == "discord"]
        return check if check.ok is ok and word in check.word else None

    found = await until(is_so)
    assert found is not None
    return found


async def test_the_least_is_asked_for(house: House) -> None:
    assert [identify["intents"] for identify in house.discord.identifies] == [1]
    assert Op.REQUEST_MEMBERS not in {said["op"] for said in house.discord.sockets[0].heard}


async def test_an_open_connection_is_well(house: House) -> None:
    assert (await discord_is(house, ok=True, word="connected")).word == "connected"


@pytest.mark.parametrize("code", [4000, 4001, 1000, 1001, 1006])
async def test_a_connection_that_discord_closes_is_made_anew(house: House, code: int) -> None:
    socket = house.discord.sockets[0]
    socket.cut() if code == 1006 else socket.end(code)
    await another_socket(house, socket)
    await works(house)


async def test_a_reconnect_that_discord_asks_for_goes_on_where_it_was(house: House) -> None:
    socket = house.discord.sockets[0]
    socket.say(Op.RECONNECT)
    await another_socket(house, socket)
    assert len(house.discord.resumes) == 1
    await works(house)


@pytest.mark.parametrize("resumable", [True, False])
async def test_a_session_that_is_invalid_begins_anew(house: House, *, resumable: bool) -> None:
    socket = house.discord.sockets[0]
    socket.say(Op.INVALID_SESSION, data=resumable)
    await another_socket(house, socket)
    assert len(house.discord.resumes) == (1 if resumable else 0)
    await works(house)


async def test_a_click_while_the_line_is_cut_is_heard_when_it_is_back(house: House) -> None:
    await house.asks()
    card = await house.card()
    house.discord.sockets[0].cut()
    await house.discord.until(lambda: not house.discord.sockets[0].is_open)
    clicked = await house.discord.click(house.ada, card, APPROVE)
    assert clicked.ack, "the resumed session brings it"
    await house.shows(card, "Approved by")


async def test_a_gateway_that_goes_silent_is_given_up(database: None, place: Server) -> None:
    place.discord.heartbeat_seconds = 0.3
    async with a_house(place, patience=replace(QUICK, silence=1.5)) as house:
        await works(house)
        socket = place.discord.sockets[0]
        socket.deaf = True
        await another_socket(house, socket)
        await works(house)


async def test_a_first_connection_that_is_refused_is_tried_again(database: None, place: Server) -> None:
    place.discord.weather.on("gateway", cut(), times=3)
    async with a_house(place, is_up=False) as house:
        await connected(place.discord)
        await works(house)


@pytest.mark.parametrize("route", [LOGIN, GATEWAY])
@pytest.mark.parametrize("fault", [status(503), status(500), html(), cut()])
async def test_a_discord_that_is_down_at_the_start_is_waited_for(
    database: None, place: Server, route: str, fault: object
) -> None:
    place.discord.weather.keep(route, fault)  # type: ignore[arg-type]  # every fault there is
    async with a_house(place, is_up=False) as house:
        await discord_is(house, ok=False, word="not connected")
        request = await house.asks()
        assert (await house.agent.get(request)).status == "pending"
        place.discord.weather.clear()
        await connected(place.discord, within=30)
        card = await house.card()
        await house.discord.click(house.bob, card, APPROVE)
        await house.shows(card, "Approved by", within=10)


async def test_a_gateway_that_throws_everybody_out_is_not_stormed(database: None, place: Server) -> None:
    place.discord.weather.keep("gateway", cut())
    async with a_house(place, is_up=False, patience=replace(QUICK, first=0.2, longest=5)) as house:
        await place.discord.until(lambda: len(place.discord.calls_of(GATEWAY)) >= 4, within=20)
        tries = place.discord.calls_of(GATEWAY)[:4]
        pauses = [later.at - earlier.at for earlier, later in pairwise(tries)]
        assert pauses == sorted(pauses)
        assert pauses[-1] > 0.5
        await discord_is(house, ok=False, word="not connected")


@pytest.mark.parametrize(
    ("code", "word", "remedy"),
    [(4004, "refuses the bot's token", "DISCORD_BOT_TOKEN"), (4014, "refuses the bot's intents", "intent")],
)
async def test_what_only_a_person_can_mend_is_said_and_the_rest_lives_on(
    database: None, place: Server, capsys: pytest.CaptureFixture[str], code: int, word: str, remedy: str
) -> None:
    async with a_house(place, patience=replace(QUICK, slow=1)) as house:
        with loud():
            house.discord.sockets[0].end(code)
            await discord_is(house, ok=False, word=word)
        logged = capsys.readouterr().err
        assert remedy in logged
        assert '"level": "error"' in logged
        assert place.discord.token not in logged
        assert (await house.agent.get(await house.asks())).status == "pending"
        await another_socket(house, house.discord.sockets[0])
        card = await house.card()
        await house.discord.click(house.bob, card, APPROVE)
        await house.shows(card, "Approved by", within=10)


async def test_when_no_more_sessions_may_begin_today_none_is_begun(database: None, place: Server) -> None:
    place.discord.session_start_limit = 0
    async with a_house(place, is_up=False) as house:
        await discord_is(house, ok=False, word="no more times today")
        assert not place.discord.identifies
        place.discord.session_start_limit = 1000
        await connected(place.discord)


async def test_a_gateway_that_counts_no_sessions_is_used(database: None, place: Server) -> None:
    found = json.dumps({"url": place.discord.gateway_url, "shards": 1})
    place.discord.weather.keep(GATEWAY, Fault(Cut.ANSWER, 200, found))
    async with a_house(place) as house:
        await works(house)


async def test_a_revoked_token_is_said(database: None, place: Server) -> None:
    async with a_house(place) as house:
        place.discord.app.revoked = True
        house.discord.sockets[0].end(4004)
        await discord_is(house, ok=False, word="DISCORD_BOT_TOKEN")
        assert (await house.agent.get(await house.asks())).status == "pending"
