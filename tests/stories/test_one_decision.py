"""One decision: however many answer at once, exactly one is recorded, and the others are told who won."""

import asyncio
from collections import Counter

import httpx

from gateway.gate import Gate
from gateway.keys import NewKey
from models import events
from models.words import Scope
from tests.api.served import served

ROUNDS = 100
DECIDERS = 50


async def test_fifty_answers_at_once_a_hundred_times_have_one_winner_each(gate: Gate, agent: NewKey) -> None:
    async with served(gate) as api:
        asker = api.client(agent)
        deciders = [await api.with_scopes(Scope.REQUEST_DECIDE) for _ in range(DECIDERS)]
        for number in range(ROUNDS):
            asked = await asker.post("/api/requests", json={"action": "deploy.prod", "params": {"round": number}})
            await _one_round(deciders, asked.json()["id"])


async def _one_round(deciders: list[httpx.AsyncClient], request_id: str) -> None:
    verdicts = ("approved", "denied")
    calls = [
        client.post(f"/api/requests/{request_id}/decide", json={"decision": verdicts[place % 2]})
        for place, client in enumerate(deciders)
    ]
    answers = await asyncio.gather(*calls)
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: DECIDERS - 1}
    won = next(answer.json() for answer in answers if answer.status_code == 200)
    for answer in answers:
        if answer.status_code == 409:
            assert won["decidedBy"] in answer.json()["detail"]
            assert answer.json()["request"]["decidedBy"] == won["decidedBy"]
    kinds = Counter(event.type for event in await events.of(request_id))
    assert kinds["request.decided"] == 1
    assert kinds["request.approved"] + kinds["request.denied"] == 1
