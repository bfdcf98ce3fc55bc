"""Keeping policies, and the rulebook that everybody asks."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from gateway.bells import TRUST_FOR
from gateway.errors import Invalid, InvalidPolicy, NameTaken, NotFound
from gateway.gate import Gate
from gateway.keys import NewKey
from gateway.policies import (
    PolicyDraft,
    change_policy,
    create_policy,
    delete_policy,
    enable_policy,
    get_policy,
    list_policies,
    try_policies,
)
from gateway.search import audit_page
from gateway.views import Ask
from models import db
from models.events import EventFilter
from models.words import Outcome, Status
from tests.clock import Clock
from tests.gateway.scenes import ALICE, asked, ruled

DENY: dict[str, Any] = {"decision": "auto_deny"}
APPROVE: dict[str, Any] = {"decision": "auto_approve"}


async def told() -> list[tuple[str, dict[str, Any]]]:
    """Return what the audit trail tells, oldest first."""
    page = await audit_page(EventFilter(), limit=50)
    return [(event.type, dict(event.details)) for event in reversed(page.items)]


async def test_a_policy_is_kept_as_it_was_written(gate: Gate, clock: Clock) -> None:
    rules = [{"match": {"z": 1.0, "a": {"$in": [None, True]}}, "decision": "route_to_human", "channels": []}]
    made = await create_policy(gate, PolicyDraft("prod", rules, 7), by=ALICE)
    assert await get_policy(made.id) == await get_policy("prod") == made
    assert (made.priority, made.enabled, list(made.rules)) == (7, True, rules)
    assert list(made.rules[0]["match"]) == ["z", "a"]
    assert (made.created_at, made.updated_at) == (clock.time, clock.time)
    assert await told() == [
        ("policy.saved", {"policyId": made.id, "name": "prod", "priority": 7, "enabled": True, "rules": rules})
    ]


async def test_policies_are_listed_as_they_are_asked(gate: Gate) -> None:
    for name, priority in (("b", 5), ("a", 5), ("c", -1)):
        await ruled(gate, DENY, name=name, priority=priority)
    assert [policy.name for policy in await list_policies()] == ["c", "a", "b"]


async def test_which_of_two_answers_does_not_depend_on_the_alphabet_of_the_database(gate: Gate, agent: NewKey) -> None:
    for name in ("a-z", "_team", "Zero"):
        await ruled(gate, APPROVE, name=name)
    assert [policy.name for policy in await list_policies()] == ["Zero", "_team", "a-z"]
    assert (await asked(gate, agent)).decided_by == "policy:Zero"


class TestRulebook:
    """Cached, and emptied by any change."""

    async def test_every_change_counts_at_once(self, gate: Gate, agent: NewKey) -> None:
        async def answer() -> Status:
            return (await asked(gate, agent)).status

        assert await answer() is Status.PENDING
        made = await ruled(gate, DENY)
        assert await answer() is Status.DENIED
        await change_policy(gate, made.id, PolicyDraft("house", [APPROVE]), by=ALICE)
        assert await answer() is Status.APPROVED
        await enable_policy(gate, "house", enabled=False, by=ALICE)
        assert await answer() is Status.PENDING
        await enable_policy(gate, "house", enabled=True, by=ALICE)
        assert await answer() is Status.APPROVED
        await delete_policy(gate, "house", by=ALICE)
        assert await answer() is Status.PENDING

    async def test_a_change_by_another_process_counts_within_two_seconds(
        self, gate: Gate, agent: NewKey, clock: Clock
    ) -> None:
        await ruled(gate, APPROVE)
        assert (await asked(gate, agent)).status is Status.APPROVED
        await db.select("DELETE FROM policies RETURNING id")
        clock.advance(seconds=TRUST_FOR.total_seconds())
        assert timedelta(seconds=2) > TRUST_FOR
        assert (await asked(gate, agent)).status is Status.PENDING

    async def test_a_clock_that_steps_back_keeps_no_old_policy_alive(
        self, gate: Gate, agent: NewKey, clock: Clock
    ) -> None:
        await ruled(gate, APPROVE)
        assert (await asked(gate, agent)).status is Status.APPROVED
        await db.select("DELETE FROM policies RETURNING id")
        clock.advance(hours=-1)
        assert (await asked(gate, agent)).status is Status.PENDING

    async def test_rules_read_while_they_are_changed_are_not_kept(self, gate: Gate, agent: NewKey) -> None:
        made = await ruled(gate, APPROVE)
        for turns in range(20):
            rule = DENY if turns % 2 == 0 else APPROVE
            gate.rulebook.forget()
            asking = asyncio.ensure_future(asked(gate, agent))
            for _ in range(turns // 2):
                await asyncio.wait([asking], timeout=0)
            await change_policy(gate, made.id, PolicyDraft("house", [rule]), by=ALICE)
            await asking
            wanted = Status.DENIED if rule is DENY else Status.APPROVED
            assert (await asked(gate, agent)).status is wanted


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (PolicyDraft("", [DENY]), "name"),
        (PolicyDraft("x" * 101, [DENY]), "name"),
        (PolicyDraft("a\nb", [DENY]), "name"),
        (PolicyDraft(" a", [DENY]), "name"),
        (PolicyDraft("\ud800", [DENY]), "name"),
        (PolicyDraft("p", [DENY], 1_000_001), "priority"),
        (PolicyDraft("p", [DENY], -1_000_001), "priority"),
        (PolicyDraft("p", [DENY] * 501), "rules"),
        (PolicyDraft("p", [{}]), "rules[0].decision"),
        (PolicyDraft("p", [DENY, DENY | {"approvalsNeeded": 0}]), "rules[1].approvalsNeeded"),
        (PolicyDraft("p", [DENY | {"match": {"a\x00": 1}}]), "rules"),
        (PolicyDraft("p", [DENY | {"match": {"a": {"$regex": "\ud800"}}}]), "rules"),
        (PolicyDraft("p", [DENY | {"match": {"a": float("nan")}}]), "rules"),
        (PolicyDraft("p", [DENY | {"match": {"a": {"$regex": "("}}}]), "rules[0].match.a.$regex"),
    ],
)
async def test_what_makes_no_sense_is_refused_and_nothing_is_stored(gate: Gate, draft: PolicyDraft, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        await create_policy(gate, draft, by=ALICE)
    assert refusal.value.field == field
    assert await list_policies() == ()
    kept = await ruled(gate, DENY, name="kept")
    with pytest.raises(Invalid):
        await change_policy(gate, "kept", draft, by=ALICE)
    assert await list_policies() == (kept,)
    assert len(await told()) == 1


async def test_names_are_unique(gate: Gate) -> None:
    await ruled(gate, DENY, name="a")
    other = await ruled(gate, DENY, name="b")
    with pytest.raises(NameTaken, match="There is a policy “a” already"):
        await ruled(gate, DENY, name="a")
    with pytest.raises(NameTaken):
        await change_policy(gate, other.id, PolicyDraft("a", [DENY]), by=ALICE)
    assert [policy.name for policy in await list_policies()] == ["a", "b"]


async def test_an_unknown_policy_is_not_found(gate: Gate) -> None:
    for unknown in ("nobody", "", "pol_0", "\x00", "a\nb", "x" * 5000, "\ud800"):
        with pytest.raises(NotFound):
            await get_policy(unknown)
        with pytest.raises(NotFound):
            await change_policy(gate, unknown, PolicyDraft("p", [DENY]), by=ALICE)
        with pytest.raises(NotFound):
            await delete_policy(gate, unknown, by=ALICE)
        with pytest.raises(NotFound):
            await enable_policy(gate, unknown, enabled=True, by=ALICE)


async def test_a_deleted_policy_is_told_of_and_gone(gate: Gate) -> None:
    made = await ruled(gate, DENY)
    assert await delete_policy(gate, "house", by=ALICE) == made
    assert (await told())[-1] == ("policy.deleted", {"policyId": made.id, "name": "house"})
    with pytest.raises(NotFound):
        await get_policy(made.id)


async def test_switching_off_touches_nothing_else(gate: Gate) -> None:
    """Somebody saves new rules while somebody else presses the switch: both count."""
    made = await ruled(gate, DENY)
    start = asyncio.Barrier(2)

    async def save() -> None:
        await start.wait()
        await change_policy(gate, made.id, PolicyDraft("house", [APPROVE], 1), by=ALICE)

    async def switch() -> None:
        await start.wait()
        await enable_policy(gate, made.id, enabled=True, by=ALICE)

    await asyncio.gather(save(), switch())
    after = await get_policy(made.id)
    assert (list(after.rules), after.priority) == ([APPROVE], 1)


async def test_a_torn_policy_can_be_switched_off_and_not_on(gate: Gate, agent: NewKey) -> None:
    await ruled(gate, APPROVE)
    await db.select("UPDATE policies SET rules = $1 RETURNING id", '["torn"]')
    off = await enable_policy(gate, "house", enabled=False, by=ALICE)
    assert not off.enabled
    assert (await asked(gate, agent)).policy_decision.note is None
    with pytest.raises(InvalidPolicy):
        await enable_policy(gate, "house", enabled=True, by=ALICE)


class TestTry:
    """Which rule would answer, without asking anybody."""

    async def test_it_says_what_a_request_would_meet(self, gate: Gate, agent: NewKey) -> None:
        await ruled(gate, DENY | {"match": {"env": "prod", "requestedBy": "api:agent"}}, name="never", priority=1)
        await ruled(gate, APPROVE, name="reads", priority=2)
        for params in ({"env": "prod"}, {"env": "dev"}, {}):
            told_ = await try_policies(gate, Ask("deploy.prod", params), requested_by="api:agent")
            request = await asked(gate, agent, params=params)
            assert request.policy_decision == told_.judgement.as_policy_decision()
        assert told_.judgement.rule.outcome is Outcome.AUTO_APPROVE
        assert [(one.policy, one.why_not) for one in told_.tried] == [("never", ("env is not there",)), ("reads", ())]

    async def test_it_leaves_no_trace(self, gate: Gate) -> None:
        await try_policies(gate, Ask("deploy"), requested_by="api:x")
        assert await told() == []

    @pytest.mark.parametrize(
        "ask", [Ask(""), Ask("a", {"b": "\ud800"}), Ask("a", {}, {"c": "\x00"}), Ask("a", {"n": float("inf")})]
    )
    async def test_what_cannot_be_asked_cannot_be_tried(self, gate: Gate, ask: Ask) -> None:
        await ruled(gate, DENY | {"match": {"b": {"$regex": "x"}}})
        with pytest.raises(Invalid):
            await try_policies(gate, ask, requested_by="api:x")
