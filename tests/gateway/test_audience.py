"""Whoever asks is told when nobody can decide."""

from collections.abc import MutableMapping
from dataclasses import replace
from typing import Any

import pytest

from gateway.audience import NOBODY_TOLD, Here, warnings_about
from gateway.decide import decide
from gateway.gate import Gate, Options
from gateway.health import check_health
from gateway.keys import NewKey, find_key, revoke_key
from gateway.people import link_person
from gateway.permission import Trust
from gateway.submit import Submitted, submit
from gateway.views import SYSTEM_START, Ask
from models import db
from models.words import Decision, Scope
from tests.clock import Clock
from tests.conftest import a_key
from tests.gateway.scenes import ruled

WORKING = ("slack", "email")


async def submitted(gate: Gate, agent: NewKey) -> Submitted:
    return await submit(gate, Ask("deploy.prod"), by=agent.key.actor)


async def requests_word(gate: Gate) -> str:
    """Return what deep health says of the requests that wait."""
    return next(check.word for check in await check_health(gate) if check.name == "requests")


async def test_a_request_that_nobody_hears_of_says_so(gate: Gate, options: Options, agent: NewKey) -> None:
    gate.options = replace(options, default_targets=())
    assert (await submitted(gate, agent)).warnings == (NOBODY_TOLD,)
    requests = next(check for check in await check_health(gate) if check.name == "requests")
    assert (requests.ok, requests.word) == (True, "1 waiting, 1 of which nobody here hears of or can decide")


async def test_deep_health_counts_those_whom_nothing_here_reaches(gate: Gate, agent: NewKey) -> None:
    await submitted(gate, agent)
    await ruled(gate, {"match": {}, "decision": "route_to_human", "approvers": ["discord:1"]})
    await submitted(gate, agent)
    assert await requests_word(gate) == "2 waiting, 1 of which nobody here hears of or can decide"


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
        ({"approvers": ["slack:U1"], "channels": ["discord:1"]}, ""),
    ],
)
async def test_what_works_here_counts(gate: Gate, agent: NewKey, rule: dict[str, object], warning: str) -> None:
    await ruled(gate, {"match": {}, "decision": "route_to_human"} | rule)
    said = warnings_about((await submitted(gate, agent)).request, Here(WORKING))
    assert [one.startswith(warning) for one in said] == ([True] if warning else [])


async def test_what_a_policy_decides_needs_nobody(gate: Gate, options: Options, agent: NewKey) -> None:
    gate.options = replace(options, default_targets=())
    await ruled(gate, {"match": {}, "decision": "auto_approve"})
    assert (await submitted(gate, agent)).warnings == ()


class TestThoseWhoAreNamed:
    """Keys, people and whoever sits at the server count only where they could really decide."""

    @pytest.fixture(autouse=True)
    async def house(self, gate: Gate) -> None:
        await a_key(gate, "decider", Scope.REQUEST_DECIDE)
        await a_key(gate, "boss", Scope.ADMIN)
        await a_key(gate, "reader", Scope.REQUEST_READ)
        gone = await a_key(gate, "gone", Scope.REQUEST_DECIDE)
        await revoke_key(gate, gone.key.id, by=SYSTEM_START)
        await link_person(gate, "ada", "slack:U1", by=SYSTEM_START)
        await link_person(gate, "bob", "api:asker", by=SYSTEM_START)

    @pytest.fixture
    async def asker(self, gate: Gate) -> NewKey:
        return await a_key(gate, "asker", Scope.REQUEST_CREATE, Scope.REQUEST_DECIDE)

    async def names(self, gate: Gate, *approvers: str, **rule: object) -> None:
        await ruled(gate, {"match": {}, "decision": "route_to_human", "approvers": list(approvers)} | rule)

    @pytest.mark.parametrize(
        ("approver", "why"),
        [
            ("api:nokey", "there is no active key “nokey”"),
            ("api:gone", "there is no active key “gone”"),
            ("api:reader", "the key reader lacks the scope request:decide"),
            ("web:reader", "the key reader lacks the scope request:decide"),
            ("api:asker", "the key asker asked for it itself"),
            ("person:nobody", "nobody is linked to person:nobody"),
            ("person:bob", "person:bob asked for it"),
        ],
    )
    async def test_one_who_cannot_decide_is_told_with_the_reason(
        self, gate: Gate, asker: NewKey, approver: str, why: str
    ) -> None:
        await self.names(gate, approver)
        told = f"Only {approver} may decide this request, and {why}."
        assert (await submitted(gate, asker)).warnings == (told,)

    async def test_the_terminal_counts_where_there_is_one(self, gate: Gate, asker: NewKey) -> None:
        await self.names(gate, "terminal:x")
        request = (await submitted(gate, asker)).request
        assert warnings_about(request, Here(["terminal"])) == ()
        told = "Only terminal:x may decide this request, and terminal is not configured on this server."
        assert warnings_about(request, Here(WORKING)) == (told,)

    @pytest.mark.parametrize("approvers", [["api:decider"], ["web:boss"], ["person:ada"], ["api:nokey", "api:decider"]])
    async def test_one_who_can_decide_is_enough(self, gate: Gate, asker: NewKey, approvers: list[str]) -> None:
        await self.names(gate, *approvers)
        assert (await submitted(gate, asker)).warnings == ()

    async def test_an_asker_who_may_approve_counts(self, gate: Gate, options: Options, asker: NewKey) -> None:
        gate.options = replace(options, trust=Trust(allow_self_approval=True))
        for approver in ("api:asker", "person:bob"):
            await ruled(
                gate,
                {"match": {}, "decision": "route_to_human", "approvers": [approver]},
                name=approver.replace(":", ""),
            )
            assert (await submitted(gate, asker)).warnings == ()

    async def test_an_expired_key_does_not_count(self, gate: Gate, asker: NewKey, clock: Clock) -> None:
        await a_key(gate, "short", Scope.REQUEST_DECIDE)
        await db.select("UPDATE keys SET expires_at = $1 WHERE name = 'short' RETURNING id", clock.time)
        await self.names(gate, "api:short")
        clock.advance(seconds=1)
        (told,) = (await submitted(gate, asker)).warnings
        assert "there is no active key “short”" in told

    async def test_all_reasons_are_told_once(self, gate: Gate, asker: NewKey) -> None:
        await self.names(gate, "discord:1", "api:nokey", "web:nokey", "person:nobody", "discord:role:7")
        (told,) = (await submitted(gate, asker)).warnings
        assert told.endswith(
            " may decide this request, and discord is not configured on this server; there is no active key “nokey”; "
            "nobody is linked to person:nobody."
        )

    @pytest.mark.parametrize(
        ("approvers", "told"),
        [
            (["api:decider"], "only api:decider can give one"),
            (["api:boss", "web:boss"], "only api:boss can give one"),
            (["api:decider", "api:nokey"], "only api:decider can give one: there is no active key “nokey”"),
            (["api:decider", "api:boss"], ""),
            (["api:decider", "person:ada"], ""),
        ],
    )
    async def test_fewer_than_are_needed_is_told(
        self, gate: Gate, asker: NewKey, approvers: list[str], told: str
    ) -> None:
        await self.names(gate, *approvers, approvalsNeeded=2)
        expected = (f"This request needs 2 approvals, and {told}.",) if told else ()
        assert (await submitted(gate, asker)).warnings == expected

    async def test_a_group_may_be_many(self, gate: Gate, asker: NewKey) -> None:
        await self.names(gate, "slack:S0SRE", approvalsNeeded=3)
        assert warnings_about((await submitted(gate, asker)).request, Here(WORKING)) == ()

    async def test_who_has_answered_is_not_waited_for(self, gate: Gate, asker: NewKey) -> None:
        voter = await a_key(gate, "voter", Scope.REQUEST_DECIDE)
        await self.names(gate, "api:voter", "api:decider", approvalsNeeded=2)
        request = (await submitted(gate, asker)).request
        await decide(gate, request.id, Decision.APPROVED, by=voter.key.actor)
        await revoke_key(gate, voter.key.id, by=SYSTEM_START)
        assert "nobody" not in await requests_word(gate)
        await revoke_key(gate, (await find_key("decider")).id, by=SYSTEM_START)
        assert await requests_word(gate) == "1 waiting, 1 of which nobody here hears of or can decide"

    async def test_the_log_names_them(self, gate: Gate, asker: NewKey, logged: list[MutableMapping[str, Any]]) -> None:
        await self.names(gate, "api:nokey")
        request = (await submitted(gate, asker)).request
        (line,) = [line for line in logged if line["event"] == "request.nobody_can_decide"]
        assert (line["request"], line["approvers"]) == (request.id, ("api:nokey",))

    async def test_one_who_asks_again_is_told_what_is_so_now(self, gate: Gate, asker: NewKey) -> None:
        await self.names(gate, "api:later")
        ask = Ask("deploy.prod", idempotency_key="once")
        first = await submit(gate, ask, by=asker.key.actor)
        await a_key(gate, "later", Scope.REQUEST_DECIDE)
        again = await submit(gate, ask, by=asker.key.actor)
        assert (len(first.warnings), again.request.id, again.warnings) == (1, first.request.id, ())
