"""Who may look at a request in a chat: who may decide it, who asked for it, whoever is where its card hangs."""

from dataclasses import replace

import pytest

from gateway import browse
from gateway.admission import check_may_look
from gateway.decide import decide
from gateway.errors import Forbidden
from gateway.gate import Gate
from gateway.keys import NewKey
from gateway.people import link_person
from gateway.permission import Trust
from gateway.views import Actor
from models.words import Decision
from tests.gateway.scenes import ALICE, asked, ruled

OPS = "slack:C0PS"
NAMED = Actor("slack", "U1", place="slack:C0LOBBY")
EVE_THERE, EVE_ELSEWHERE = Actor("slack", "UEVE", place=OPS), Actor("slack", "UEVE", place="slack:C0LOBBY")


async def refusal(gate: Gate, request_id: str, by: Actor) -> str:
    """Return what somebody is told who may not look."""
    with pytest.raises(Forbidden) as refused:
        await check_may_look(gate, await browse.load(request_id), by=by)
    return refused.value.sentence


async def test_whoever_is_where_the_card_hangs_looks_also_when_it_is_over(gate: Gate, agent: NewKey) -> None:
    await ruled(gate, {"decision": "route_to_human", "channels": [OPS]})
    request = await asked(gate, agent)
    await check_may_look(gate, request, by=EVE_THERE)
    ended = (await decide(gate, request.id, Decision.DENIED, by=ALICE)).request
    await check_may_look(gate, ended, by=EVE_THERE)
    assert await refusal(gate, request.id, EVE_ELSEWHERE) == f"{request.shown_code} is shown only in {OPS}."


async def test_whom_the_rule_names_looks_from_anywhere_and_by_any_identity(gate: Gate, agent: NewKey) -> None:
    await ruled(gate, {"decision": "route_to_human", "channels": [OPS], "approvers": ["slack:U1", "person:maria"]})
    request = await asked(gate, agent)
    await check_may_look(gate, request, by=NAMED)
    sentence = f"{request.shown_code} is shown only to slack:U1 or person:maria and in {OPS}."
    assert await refusal(gate, request.id, EVE_ELSEWHERE) == sentence
    await link_person(gate, "maria", "slack:UEVE", by=ALICE)
    await check_may_look(gate, request, by=EVE_ELSEWHERE)


async def test_who_asked_looks_under_any_of_their_names(gate: Gate) -> None:
    request = await asked(gate, Actor("discord", "42"))
    assert "was not sent to this platform" in await refusal(gate, request.id, EVE_ELSEWHERE)
    await link_person(gate, "eve", "slack:UEVE", by=ALICE)
    await link_person(gate, "eve", "discord:42", by=ALICE)
    await check_may_look(gate, request, by=EVE_ELSEWHERE)


async def test_where_approvers_are_configured_the_place_shows_nothing(gate: Gate, agent: NewKey) -> None:
    gate.options = replace(gate.options, trust=Trust({"slack": frozenset({"slack:U1"})}))
    await ruled(gate, {"decision": "route_to_human", "channels": [OPS]})
    request = await asked(gate, agent)
    await check_may_look(gate, request, by=NAMED)
    assert await refusal(gate, request.id, EVE_THERE)
