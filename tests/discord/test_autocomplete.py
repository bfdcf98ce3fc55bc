"""What is offered while somebody types: what fits, to those who may use it, in time, and never an error."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from gateway.key_draft import KeyDraft
from gateway.keys import create_key
from gateway.views import SYSTEM_START
from models.words import Scope
from tests.discord.house import QUICK, House, Server, a_house
from tests.gates import seconds
from tests.platforms.discord import User
from tests.platforms.discord.routes import MEMBER
from tests.platforms.discord.weather import status
from tests.slack.slow import slow_database


@pytest.fixture
async def house(database: None, place: Server) -> AsyncIterator[House]:
    ada = frozenset({place.ada.id})
    async with a_house(place, approvers=ada, admins=ada) as house:
        yield house


async def offered(house: House, command: str, /, *, to: User | None = None, **options: str) -> list[str]:
    """Return the values that are offered for the last option."""
    return [str(one.value) for one in await house.discord.autocomplete(to or house.ada, house.ops, command, **options)]


async def test_requests_that_wait_are_offered_by_code_and_by_what_they_want(house: House) -> None:
    request = await house.asks("deploy.prod")
    other = await house.asks("mail.send")
    choices = await house.discord.autocomplete(house.ada, house.ops, "approve", request="")
    assert {choice.value for choice in choices} == {request.code, other.code}
    assert f"{request.code} · deploy.prod" in {choice.name for choice in choices}
    assert await offered(house, "deny", request="mail") == [other.code]
    assert await offered(house, "show", request=request.code[:4]) == [request.code]


async def test_nothing_is_offered_to_those_who_may_not(house: House) -> None:
    await house.asks()
    await create_key(house.gate, KeyDraft("secret-name", (Scope.ADMIN,)), by=SYSTEM_START)
    assert await offered(house, "approve", to=house.bob, request="") == []
    assert await offered(house, "keys revoke", to=house.bob, name="") == []
    assert await offered(house, "audit", to=house.bob, actor="") == []
    assert "secret-name" in await offered(house, "keys revoke", name="")


async def test_nothing_is_offered_where_agentgate_is_not_used(database: None, place: Server) -> None:
    async with a_house(place, allowed_channels=frozenset({"1"})) as house:
        await house.asks()
        assert await offered(house, "approve", request="") == []


async def test_names_are_offered(house: House) -> None:
    await house.rule("night")
    await house.rule("day")
    assert await offered(house, "policies show", name="n") == ["night"]
    assert await offered(house, "audit", event="den") == ["request.denied"]
    assert await offered(house, "help", command="keys") == ["keys list", "keys create", "keys revoke", "keys rotate"]


async def test_scopes_are_offered_one_after_another(house: House) -> None:
    assert await offered(house, "keys create", name="bot", scopes="request:c") == ["request:create"]
    assert await offered(house, "keys create", name="bot", scopes="request:create,request:d") == [
        "request:create,request:decide"
    ]


async def test_never_more_than_twenty_five(house: House) -> None:
    for number in range(30):
        await house.asks(f"deploy.{number}")
    assert len(await offered(house, "approve", request="deploy")) == 25


async def test_a_name_that_is_too_long_is_left_out(house: House) -> None:
    await house.asks("x" * 150)
    await house.asks("xyz")
    assert await offered(house, "audit", action="x") == ["xyz"]


@pytest.mark.on("sqlite")  # PostgreSQL reads while another writes
async def test_a_slow_database_offers_nothing_in_time(database: None, place: Server) -> None:
    async with a_house(place, patience=replace(QUICK, lease_term=10)) as house:
        await house.asks()
        async with slow_database(seconds=4):
            began = seconds()
            assert await offered(house, "approve", request="") == []
            assert seconds() - began < 3


async def test_a_discord_that_does_not_say_who_somebody_is_offers_nothing(database: None, place: Server) -> None:
    role = place.discord.role("sre", guild=place.discord.new_guild("other"))
    async with a_house(place, approvers=frozenset({f"role:{role.id}"})) as house:
        await house.asks()
        house.discord.weather.keep(MEMBER, status(503))
        assert await offered(house, "approve", request="") == []
