"""An agent asks."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from gateway import browse
from gateway.errors import IdempotencyClash, Invalid
from gateway.gate import Gate, Options
from gateway.keys import NewKey
from gateway.overdue import expire_overdue
from gateway.policies import PolicyDraft, create_policy
from gateway.search import audit_page
from gateway.submit import submit
from gateway.views import Ask
from models import db, deliveries, events
from models.events import EventFilter
from models.requests import RequestFilter
from models.words import DeciderType, Outcome, Scope, Status, Urgency
from tests.clock import Clock
from tests.conftest import TARGET, a_key
from tests.gateway.scenes import ALICE, asked, ruled, story_of

PLUS_TWO = timezone(timedelta(hours=2))


async def stored() -> int:
    """Return how many requests there are."""
    return (await browse.request_page(RequestFilter(), limit=1)).total


async def test_what_was_asked_comes_back_as_it_was_asked(gate: Gate, agent: NewKey, clock: Clock) -> None:
    params = {"z": 1.0, "a": [None, True, {"ö": "日\u202e\n"}], "big": 2**53}
    ask = Ask("deploy.prod", params, {"reason": "why not"}, Urgency.HIGH)
    request = (await submit(gate, ask, by=agent.key.actor)).request
    kept = await browse.load(request.id)
    assert kept == request
    assert (kept.action, kept.params, kept.context, kept.urgency) == (ask.action, params, ask.context, Urgency.HIGH)
    assert list(kept.params) == ["z", "a", "big"]
    assert (kept.status, kept.requested_by, kept.asker_key_id) == (Status.PENDING, "api:agent", agent.key.id)
    assert (kept.created_at, kept.expires_at) == (clock.time, clock.time + timedelta(hours=1))
    assert await browse.load(request.code) == await browse.load(request.shown_code.upper()) == kept


async def test_a_waiting_request_writes_its_events_and_one_delivery(gate: Gate, agent: NewKey) -> None:
    request = await asked(gate, agent, params={"env": "prod"})
    assert await story_of(request) == ["request.created by api:agent", "request.pending by api:agent"]
    created, pending = await events.of(request.id)
    assert created.details == {"digest": request.digest, "urgency": "normal", "outcome": "route_to_human"}
    assert pending.details == {"approvalsNeeded": 1}
    assert created.action == pending.action == "deploy.prod"
    (delivery,) = await deliveries.of(request.id)
    assert (delivery.target, delivery.event_id, delivery.event_type) == (TARGET, pending.id, "request.pending")
    assert gate.outbox_bell.is_set()


@pytest.mark.parametrize(
    ("outcome", "status", "word"),
    [("auto_approve", Status.APPROVED, "request.approved"), ("auto_deny", Status.DENIED, "request.denied")],
)
async def test_a_policy_decides_in_the_same_breath(
    gate: Gate, agent: NewKey, clock: Clock, outcome: str, status: Status, word: str
) -> None:
    await ruled(gate, {"decision": outcome}, name="reads")
    request = await asked(gate, agent)
    assert (request.status, request.decided_by, request.decided_at) == (status, "policy:reads", clock.time)
    assert (request.decided_by_type, request.decision_reason) == (DeciderType.POLICY, None)
    assert (request.policy_decision.policy, request.policy_decision.rule) == ("reads", 0)
    assert await story_of(request) == [
        "request.created by api:agent",
        f"{word} by policy:reads",
        "request.decided by policy:reads",
    ]
    decided = (await events.of(request.id))[-1]
    assert decided.details == {"decision": status.value, "digest": request.digest}
    assert await deliveries.of(request.id) == []


async def test_an_automatic_answer_is_told_where_the_rule_says_so(gate: Gate, agent: NewKey) -> None:
    await ruled(gate, {"decision": "auto_deny", "channels": ["slack:#audit", "terminal:local", "slack:#audit"]})
    request = await asked(gate, agent)
    assert request.targets == ("slack:#audit", "terminal:local")
    told = [(one.target, one.event_type) for one in await deliveries.of(request.id)]
    assert told == [("slack:#audit", "request.denied"), ("terminal:local", "request.denied")]


async def test_what_waits_for_another_agent_disturbs_nobody(gate: Gate, agent: NewKey) -> None:
    await ruled(gate, {"decision": "route_to_agent"})
    request = await asked(gate, agent)
    assert (request.status, request.targets) == (Status.PENDING, ())
    assert request.policy_decision.outcome is Outcome.ROUTE_TO_AGENT


async def test_a_rule_shapes_the_request(gate: Gate, agent: NewKey, clock: Clock) -> None:
    rule = {"decision": "route_to_human", "approvers": ["terminal:alice"], "approvalsNeeded": 2, "requireReason": True,
            "expiresInSec": 60}  # fmt: skip
    await ruled(gate, rule)
    request = await asked(gate, agent)
    assert (request.approvals_needed, request.require_reason) == (2, True)
    assert request.policy_decision.approvers == ("terminal:alice",)
    assert request.expires_at == clock.time + timedelta(minutes=1)


async def test_a_request_keeps_the_rule_that_it_met(gate: Gate, agent: NewKey) -> None:
    await ruled(gate, {"decision": "route_to_human"}, name="first")
    request = await asked(gate, agent)
    await ruled(gate, {"decision": "auto_approve"}, name="second", priority=1)
    assert await browse.load(request.id) == request


@pytest.mark.parametrize(
    "torn",
    [
        '[{"decision": "maybe"}]',
        '{"decision": "auto_approve"}',
        "null",
        "5",
        '["auto_approve"]',
        '[{"decision": "auto_approve", "match": {"v": {"$regex": "\\ud800"}}}]',
    ],
)
async def test_a_policy_torn_by_other_hands_leads_to_a_human(gate: Gate, agent: NewKey, torn: str) -> None:
    await ruled(gate, {"decision": "auto_approve"}, name="late", priority=2)
    await ruled(gate, {"decision": "auto_approve"}, name="torn", priority=1)
    await db.select("UPDATE policies SET rules = $1 WHERE name = 'torn' RETURNING id", torn)
    request = await asked(gate, agent)
    assert request.status is Status.PENDING
    assert (request.policy_decision.note or "").startswith("policy torn could not be evaluated: ")
    assert request.targets == (TARGET,)


@pytest.mark.parametrize(
    ("asked_for", "ruled_for", "counts"),
    [(30, 60, 30), (90, 60, 60), (None, 60, 60), (30, None, 30), (None, None, 3600)],
)
async def test_the_earlier_expiry_counts(
    gate: Gate, agent: NewKey, clock: Clock, asked_for: int | None, ruled_for: int | None, counts: int
) -> None:
    await ruled(gate, {"decision": "route_to_human"} | ({"expiresInSec": ruled_for} if ruled_for else {}))
    wish = timedelta(seconds=asked_for) if asked_for else None
    request = await asked(gate, agent, expires_in=wish)
    assert request.expires_at == clock.time + timedelta(seconds=counts)


@pytest.mark.parametrize("options", [Options(request_timeout=None)])
async def test_without_a_default_a_request_waits_for_ever(gate: Gate, agent: NewKey) -> None:
    assert (await asked(gate, agent)).expires_at is None


async def test_an_expiry_in_another_time_zone_is_the_same_moment(gate: Gate, agent: NewKey, clock: Clock) -> None:
    moment = clock.time + timedelta(minutes=5)
    there = await asked(gate, agent, expires_at=moment.astimezone(PLUS_TWO), idempotency_key="k")
    again = await asked(gate, agent, expires_at=moment.astimezone(UTC), idempotency_key="k")
    assert again.id == there.id
    assert there.expires_at == moment
    clock.advance(minutes=4, seconds=59)
    assert not (await browse.load(there.id)).is_overdue(clock.time)
    assert await expire_overdue(gate) == 0
    clock.advance(seconds=1)
    assert await expire_overdue(gate) == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"action": ""}, "action"),
        ({"action": "a\nb"}, "action"),
        ({"params": {"n": 2**53 + 1}}, "params"),
        ({"params": {"n": float("nan")}}, "params"),
        ({"context": {"\ud800": 1}}, "context"),
        ({"context": {"a": "\x00"}}, "context"),
        ({"expires_in": timedelta(0)}, "expiresInSec"),
        ({"expires_in": timedelta(seconds=-1)}, "expiresInSec"),
        ({"expires_in": timedelta(days=3651)}, "expiresInSec"),
        ({"expires_in": timedelta.max}, "expiresInSec"),
        ({"expires_at": datetime(2020, 1, 1, tzinfo=UTC)}, "expiresAt"),
        ({"expires_at": datetime.max.replace(tzinfo=UTC)}, "expiresAt"),
        ({"expires_at": datetime(2030, 1, 1, tzinfo=UTC), "expires_in": timedelta(hours=1)}, "expiresAt"),
        ({"idempotency_key": ""}, "idempotencyKey"),
        ({"idempotency_key": "k" * 256}, "idempotencyKey"),
        ({"idempotency_key": "\x00"}, "idempotencyKey"),
    ],
)
async def test_what_cannot_be_kept_is_refused_and_nothing_is_stored(
    gate: Gate, agent: NewKey, wrong: dict[str, Any], field: str
) -> None:
    before = (await audit_page(EventFilter(), limit=1)).total
    with pytest.raises(Invalid) as refusal:
        await submit(gate, replace(Ask("deploy"), **wrong), by=agent.key.actor)
    assert refusal.value.field == field
    assert await stored() == 0
    assert (await audit_page(EventFilter(), limit=1)).total == before


async def test_an_expiry_of_this_very_moment_is_in_the_past(gate: Gate, agent: NewKey, clock: Clock) -> None:
    with pytest.raises(Invalid, match="expiresAt is in the past"):
        await asked(gate, agent, expires_at=clock.time)


class TestIdempotency:
    """The same key from the same API key means the same request."""

    async def test_the_same_ask_again_is_the_same_request(self, gate: Gate, agent: NewKey) -> None:
        ask = Ask("pay", {"a": 1, "b": 2.0}, idempotency_key="k")
        first = await submit(gate, ask, by=agent.key.actor)
        again = await submit(gate, replace(ask, params={"b": 2, "a": 1.0}), by=agent.key.actor)
        assert (first.is_new, again.is_new) == (True, False)
        assert again.request == first.request
        assert await stored() == 1

    @pytest.mark.parametrize(
        "change",
        [{"action": "pay2"}, {"params": {"a": 2}}, {"context": {"x": 1}}, {"urgency": Urgency.LOW},
         {"expires_in": timedelta(minutes=1)}],
    )  # fmt: skip
    async def test_another_ask_under_the_same_key_clashes(
        self, gate: Gate, agent: NewKey, change: dict[str, Any]
    ) -> None:
        ask = Ask("pay", {"a": 1}, idempotency_key="k")
        first = (await submit(gate, ask, by=agent.key.actor)).request
        with pytest.raises(IdempotencyClash, match=f"“k” was used for another request \\({first.id}\\)"):
            await submit(gate, replace(ask, **change), by=agent.key.actor)
        assert await stored() == 1

    async def test_the_key_belongs_to_the_api_key(self, gate: Gate, agent: NewKey) -> None:
        other = await a_key(gate, "other", Scope.REQUEST_CREATE)
        first = await asked(gate, agent, idempotency_key="k")
        second = await asked(gate, other, "something else", idempotency_key="k")
        assert first.id != second.id

    async def test_without_a_key_every_ask_is_new(self, gate: Gate, agent: NewKey) -> None:
        assert (await asked(gate, agent)).id != (await asked(gate, agent)).id

    async def test_the_first_answer_stands_whatever_happened_since(
        self, gate: Gate, agent: NewKey, clock: Clock
    ) -> None:
        ask = Ask("pay", expires_at=clock.time + timedelta(seconds=5), idempotency_key="k")
        first = (await submit(gate, ask, by=agent.key.actor)).request
        await ruled(gate, {"decision": "auto_approve"})
        clock.advance(days=1)
        again = await submit(gate, ask, by=agent.key.actor)
        assert (again.request.id, again.request.status, again.is_new) == (first.id, Status.PENDING, False)

    async def test_many_at_once_are_one_request(self, gate: Gate, agent: NewKey) -> None:
        start = asyncio.Barrier(10)

        async def ask() -> tuple[str, bool]:
            await start.wait()
            submitted = await submit(gate, Ask("pay", {"a": 1}, idempotency_key="k"), by=agent.key.actor)
            return submitted.request.id, submitted.is_new

        answers = await asyncio.gather(*(ask() for _ in range(10)))
        assert len({request_id for request_id, _ in answers}) == 1
        assert sum(is_new for _, is_new in answers) == 1
        assert await stored() == 1
        assert len(await events.of(answers[0][0])) == 2
        assert len(await deliveries.of(answers[0][0])) == 1

    async def test_of_two_different_asks_at_once_one_clashes(self, gate: Gate, agent: NewKey) -> None:
        start = asyncio.Barrier(2)

        async def ask(amount: int) -> object:
            await start.wait()
            return await submit(gate, Ask("pay", {"a": amount}, idempotency_key="k"), by=agent.key.actor)

        answers = await asyncio.gather(ask(1), ask(2), return_exceptions=True)
        assert sorted(type(one).__name__ for one in answers) == ["IdempotencyClash", "Submitted"]
        assert await stored() == 1


class TestWarnings:
    """The asker learns when nobody will hear of it."""

    @pytest.mark.parametrize("options", [Options()])
    async def test_nobody_is_told(self, gate: Gate, agent: NewKey) -> None:
        submitted = await submit(gate, Ask("pay", idempotency_key="k"), by=agent.key.actor)
        assert "Nobody will be notified" in submitted.warnings[0]
        again = await submit(gate, Ask("pay", idempotency_key="k"), by=agent.key.actor)
        assert again.warnings == submitted.warnings

    @pytest.mark.parametrize("options", [Options()])
    async def test_named_approvers_can_decide_though_nobody_is_told(self, gate: Gate, agent: NewKey) -> None:
        await a_key(gate, "desk", Scope.REQUEST_DECIDE)
        await ruled(gate, {"decision": "route_to_human", "approvers": ["api:desk"]})
        assert (await submit(gate, Ask("pay"), by=agent.key.actor)).warnings == ()

    @pytest.mark.parametrize("options", [Options()])
    async def test_a_decided_request_needs_nobody(self, gate: Gate, agent: NewKey) -> None:
        await ruled(gate, {"decision": "auto_deny"})
        assert (await submit(gate, Ask("pay"), by=agent.key.actor)).warnings == ()

    async def test_somebody_is_told(self, gate: Gate, agent: NewKey) -> None:
        assert (await submit(gate, Ask("pay"), by=agent.key.actor)).warnings == ()


async def test_codes_are_easy_to_read_aloud(gate: Gate, agent: NewKey) -> None:
    codes = [(await asked(gate, agent)).code for _ in range(20)]
    assert len(set(codes)) == 20
    assert not set("".join(codes)) & set("0o1il")
    assert {len(code) for code in codes} == {8}


async def test_policies_are_asked_as_they_stand(gate: Gate, agent: NewKey) -> None:
    assert (await asked(gate, agent)).status is Status.PENDING
    await create_policy(gate, PolicyDraft("off", [{"decision": "auto_deny"}], 1, enabled=False), by=ALICE)
    assert (await asked(gate, agent)).status is Status.PENDING
    await ruled(gate, {"decision": "auto_approve"})
    assert (await asked(gate, agent)).status is Status.APPROVED
