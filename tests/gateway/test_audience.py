"""Whoever asks is told when nobody can decide."""

from dataclasses import replace

import pytest

from gateway.audience import NOBODY_TOLD, warnings_about
from gateway.gate import Gate, Options
from gateway.health import check_health
from gateway.keys import NewKey
from gateway.submit import Submitted, submit
from gateway.views import Ask
from tests.gateway.scenes import ruled

WORKING = ("slack", "email")


async def submitted(gate: Gate, agent: NewKey) -> Submitted:
    return await submit(gate, Ask("deploy.prod"), by=agent.key.actor)


async def test_a_request_that_nobody_hears_of_says_so(gate: Gate, options: Options, agent: NewKey) -> None:
    gate.options = replace(options, default_targets=())
    assert (await submitted(gate, agent)).warnings == (NOBODY_TOLD,)
    requests = next(check for check in await check_health(gate) if check.name == "requests")
    assert (requests.ok, requests.word) == (
        True,
        "1 waiting, 1 of them for people whom no channel of this server reaches",
    )


async def test_deep_health_counts_those_whom_nothing_here_reaches(gate: Gate, agent: NewKey) -> None:
    await submitted(gate, agent)
    await ruled(gate, {"match": {}, "decision": "route_to_human", "approvers": ["discord:1"]})
    await submitted(gate, agent)
    requests = next(check for check in await check_health(gate) if check.name == "requests")
    assert requests.word == "2 waiting, 1 of them for people whom no channel of this server reaches"


async def test_a_request_that_somebody_hears_of_does_not(gate: Gate, agent: NewKey) -> None:
    assert (await submitted(gate, agent)).warnings == ()


@pytest.mark.parametrize(
    ("rule", "warning"),
    [
        ({"channels": ["slack:#ops"]}, ""),
        ({"channels": ["discord:1", "slack:#ops"]}, ""),
        ({"channels": ["discord:1"]}, "Nobody will be notified of this request: discord is not configured"),
        ({"approvers": ["discord:1"]}, "Only discord:1 may decide this request, and discord is not configured"),
        ({"approvers": ["discord:1", "slack:U1"]}, ""),
        ({"approvers": ["api:bot"], "channels": ["discord:1"]}, ""),
        ({"approvers": ["person:ada"], "channels": ["discord:1"]}, ""),
        ({"approvers": ["slack:U1"], "channels": ["discord:1"]}, ""),
    ],
)
async def test_what_works_here_counts(gate: Gate, agent: NewKey, rule: dict[str, object], warning: str) -> None:
    await ruled(gate, {"match": {}, "decision": "route_to_human"} | rule)
    said = warnings_about((await submitted(gate, agent)).request, kinds=WORKING)
    assert [one.startswith(warning) for one in said] == ([True] if warning else [])


async def test_what_a_policy_decides_needs_nobody(gate: Gate, options: Options, agent: NewKey) -> None:
    gate.options = replace(options, default_targets=())
    await ruled(gate, {"match": {}, "decision": "auto_approve"})
    assert (await submitted(gate, agent)).warnings == ()
