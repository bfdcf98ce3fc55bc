"""A person answers."""

import asyncio

import pytest

from gateway import browse
from gateway.cancel import cancel
from gateway.decide import Decided, decide
from gateway.errors import (
    AlreadyFinal,
    DigestMismatch,
    Invalid,
    NotAnApprover,
    NotFound,
    ReasonRequired,
    SelfApproval,
)
from gateway.gate import Gate, Options
from gateway.keys import NewKey, change_key, rotate_key
from gateway.overdue import expire_overdue
from gateway.people import link_person, unlink_person
from gateway.permission import Trust
from gateway.views import Actor
from models import deliveries, events
from models.words import DeciderType, Decision, Scope, Status
from tests.clock import Clock
from tests.conftest import TARGET, a_key
from tests.gateway.scenes import ALICE, BOB, CAROL, asked, ruled, story_of

YES, NO = Decision.APPROVED, Decision.DENIED
TWO = {"decision": "route_to_human", "approvalsNeeded": 2}


@pytest.mark.parametrize(("decision", "word"), [(YES, "request.approved"), (NO, "request.denied")])
async def test_one_answer_ends_it(gate: Gate, agent: NewKey, clock: Clock, decision: Decision, word: str) -> None:
    request = await asked(gate, agent)
    clock.advance(minutes=1)
    decided = await decide(gate, request.shown_code, decision, by=ALICE, reason="  I looked. ", claimed_by="Al")
    ended = decided.request
    assert decided.counted
    assert (ended.status.value, ended.decided_by, ended.decided_at) == (decision.value, "terminal:alice", clock.time)
    assert (ended.decided_by_type, ended.decision_reason) == (DeciderType.HUMAN, "I looked.")
    assert ended.updated_at == clock.time
    assert [(vote.by, vote.decision, vote.reason) for vote in ended.approvals] == [
        ("terminal:alice", decision, "I looked.")
    ]
    assert (await story_of(request))[2:] == [f"{word} by terminal:alice", "request.decided by terminal:alice"]
    answered, final = (await events.of(request.id))[2:]
    assert answered.details == {"digest": request.digest, "reason": "I looked.", "claimedBy": "Al"}
    assert final.details == {"decision": decision.value, "digest": request.digest}
    assert [one.event_type for one in await deliveries.of(request.id)] == ["request.pending", word]


async def test_the_second_answer_is_told_who_was_first(gate: Gate, agent: NewKey) -> None:
    request = await asked(gate, agent)
    await decide(gate, request.id, NO, by=ALICE)
    with pytest.raises(AlreadyFinal, match=f"{request.shown_code} was already denied by terminal:alice.") as late:
        await decide(gate, request.id, YES, by=BOB)
    assert late.value.request.status is Status.DENIED
    assert (await story_of(request)).count("request.decided by terminal:alice") == 1
    assert len(await story_of(request)) == 4


async def test_an_unknown_request_is_not_found(gate: Gate, agent: NewKey) -> None:
    for ref in ("req_" + "0" * 26, "zzzz-zzzz", "nonsense", "", "req_'; DROP TABLE requests", "k7qm—3vtx"):
        with pytest.raises(NotFound):
            await decide(gate, ref, YES, by=ALICE)


class TestReasons:
    """A rule may ask for a reason."""

    @pytest.mark.parametrize("blank", [None, "", "  \n", "\u200b", "\u2060 \u3164"])
    @pytest.mark.parametrize("decision", [YES, NO])
    async def test_a_blank_one_does_not_count(
        self, gate: Gate, agent: NewKey, blank: str | None, decision: Decision
    ) -> None:
        await ruled(gate, {"decision": "route_to_human", "requireReason": True})
        request = await asked(gate, agent)
        with pytest.raises(ReasonRequired, match="needs a reason: say why") as refusal:
            await decide(gate, request.id, decision, by=ALICE, reason=blank)
        assert refusal.value.field == "reason"
        assert (await browse.load(request.id)).approvals == ()

    async def test_a_real_one_does(self, gate: Gate, agent: NewKey) -> None:
        await ruled(gate, {"decision": "route_to_human", "requireReason": True})
        request = await asked(gate, agent)
        ended = (await decide(gate, request.id, YES, by=ALICE, reason="ok")).request
        assert (ended.status, ended.decision_reason) == (Status.APPROVED, "ok")

    @pytest.mark.parametrize("wrong", ["\x00", "\ud800", "x" * 10_001])
    async def test_one_that_cannot_be_kept_is_refused(self, gate: Gate, agent: NewKey, wrong: str) -> None:
        request = await asked(gate, agent)
        with pytest.raises(Invalid):
            await decide(gate, request.id, YES, by=ALICE, reason=wrong)
        with pytest.raises(Invalid):
            await decide(gate, request.id, YES, by=ALICE, claimed_by="\x00")
        assert (await browse.load(request.id)).status is Status.PENDING


async def test_a_digest_must_be_that_of_the_request(gate: Gate, agent: NewKey) -> None:
    request = await asked(gate, agent, params={"env": "prod"})
    other = await asked(gate, agent, params={"env": "dev"})
    with pytest.raises(DigestMismatch, match="look at it again"):
        await decide(gate, request.id, YES, by=ALICE, digest=other.digest)
    with pytest.raises(DigestMismatch):
        await decide(gate, request.id, YES, by=ALICE, digest="")
    assert (await decide(gate, request.id, YES, by=ALICE, digest=request.digest)).request.status is Status.APPROVED


class TestQuorum:
    """Two approvals are needed."""

    async def test_the_first_vote_leaves_it_open(self, gate: Gate, agent: NewKey, clock: Clock) -> None:
        await ruled(gate, TWO)
        request = await asked(gate, agent)
        clock.advance(seconds=5)
        voted = await decide(gate, request.id, YES, by=ALICE, reason="fine", claimed_by="al")
        assert (voted.request.status, voted.counted) == (Status.PENDING, True)
        assert voted.request.updated_at == clock.time
        assert (await story_of(request))[2:] == ["request.voted by terminal:alice"]
        assert (await events.of(request.id))[-1].details == {
            "decision": "approved",
            "reason": "fine",
            "claimedBy": "al",
        }
        assert [one.event_type for one in await deliveries.of(request.id)] == ["request.pending", "request.voted"]

    async def test_the_second_person_closes_it(self, gate: Gate, agent: NewKey) -> None:
        await ruled(gate, TWO)
        request = await asked(gate, agent)
        await decide(gate, request.id, YES, by=ALICE)
        ended = (await decide(gate, request.id, YES, by=BOB)).request
        assert (ended.status, ended.decided_by) == (Status.APPROVED, "terminal:bob")
        assert [vote.by for vote in ended.approvals] == ["terminal:alice", "terminal:bob"]
        assert (await story_of(request))[2:] == [
            "request.voted by terminal:alice",
            "request.approved by terminal:bob",
            "request.decided by terminal:bob",
        ]

    async def test_one_denial_denies(self, gate: Gate, agent: NewKey) -> None:
        await ruled(gate, {"decision": "route_to_human", "approvalsNeeded": 5})
        request = await asked(gate, agent)
        await decide(gate, request.id, YES, by=ALICE)
        ended = (await decide(gate, request.id, NO, by=BOB, reason="no")).request
        assert (ended.status, ended.decided_by, ended.decision_reason) == (Status.DENIED, "terminal:bob", "no")

    @pytest.mark.parametrize("second", [YES, NO])
    async def test_a_second_vote_of_the_same_person_changes_nothing(
        self, gate: Gate, agent: NewKey, second: Decision
    ) -> None:
        await ruled(gate, TWO)
        request = await asked(gate, agent)
        first = await decide(gate, request.id, YES, by=ALICE, reason="one")
        before = await story_of(request)
        again = await decide(gate, request.id, second, by=ALICE, reason="two")
        assert not again.counted
        assert again.request == first.request
        assert await story_of(request) == before

    async def test_two_identities_of_one_person_count_once(self, gate: Gate, agent: NewKey) -> None:
        desk = await a_key(gate, "desk", Scope.REQUEST_DECIDE)
        await link_person(gate, "alice", "terminal:alice", by=BOB)
        await link_person(gate, "alice", "api:desk", by=BOB)
        await ruled(gate, TWO)
        request = await asked(gate, agent)
        await decide(gate, request.id, YES, by=ALICE)
        again = await decide(gate, request.id, YES, by=desk.key.actor)
        assert (again.counted, again.request.status) == (False, Status.PENDING)
        assert (await decide(gate, request.id, YES, by=BOB)).request.status is Status.APPROVED

    async def test_a_link_made_between_two_votes_counts(self, gate: Gate, agent: NewKey) -> None:
        desk = await a_key(gate, "desk", Scope.REQUEST_DECIDE)
        await ruled(gate, TWO)
        request = await asked(gate, agent)
        await decide(gate, request.id, YES, by=ALICE)
        await link_person(gate, "alice", "terminal:alice", by=BOB)
        await link_person(gate, "alice", "api:desk", by=BOB)
        again = await decide(gate, request.id, YES, by=desk.key.actor)
        assert (again.counted, again.request.status) == (False, Status.PENDING)

    async def test_an_identity_taken_off_a_person_does_not_vote_twice(self, gate: Gate, agent: NewKey) -> None:
        await link_person(gate, "alice", "terminal:alice", by=BOB)
        await ruled(gate, TWO)
        request = await asked(gate, agent)
        await decide(gate, request.id, YES, by=ALICE)
        await unlink_person(gate, "terminal:alice", by=BOB)
        again = await decide(gate, request.id, YES, by=ALICE)
        assert (again.counted, again.request.status) == (False, Status.PENDING)

    async def test_a_rotated_key_does_not_vote_twice(self, gate: Gate, agent: NewKey) -> None:
        desk = await a_key(gate, "desk", Scope.REQUEST_DECIDE)
        await ruled(gate, TWO)
        request = await asked(gate, agent)
        await decide(gate, request.id, YES, by=desk.key.actor)
        rotated = await rotate_key(gate, "desk", by=ALICE)
        assert not (await decide(gate, request.id, YES, by=rotated.key.actor)).counted

    async def test_two_votes_at_once_close_it(self, gate: Gate, agent: NewKey) -> None:
        await ruled(gate, TWO)
        for _ in range(10):
            request = await asked(gate, agent)
            start = asyncio.Barrier(2)

            async def vote(by: Actor, request_id: str = request.id, start: asyncio.Barrier = start) -> Decided:
                await start.wait()
                return await decide(gate, request_id, YES, by=by)

            answers = await asyncio.gather(vote(ALICE), vote(BOB))
            assert all(one.counted for one in answers)
            ended = await browse.load(request.id)
            assert (ended.status, len(ended.approvals)) == (Status.APPROVED, 2)
            words = [event.type for event in await events.of(request.id)]
            assert words[2:] == ["request.voted", "request.approved", "request.decided"]

    async def test_one_person_pressing_twice_at_once_counts_once(self, gate: Gate, agent: NewKey) -> None:
        await ruled(gate, TWO)
        request = await asked(gate, agent)
        answers = await asyncio.gather(*(decide(gate, request.id, YES, by=ALICE) for _ in range(5)))
        assert sum(one.counted for one in answers) == 1
        assert (await browse.load(request.id)).status is Status.PENDING

    async def test_a_key_that_is_given_another_name_has_voted_already(self, gate: Gate, agent: NewKey) -> None:
        await ruled(gate, TWO)
        request = await asked(gate, agent)
        key = (await a_key(gate, "approver", Scope.REQUEST_DECIDE)).key
        assert (await decide(gate, request.id, YES, by=key.actor)).counted
        renamed = await change_key(gate, key.id, {"name": "another"}, by=ALICE)
        again = await decide(gate, request.id, YES, by=renamed.actor)
        assert (again.counted, again.request.status) == (False, Status.PENDING)


class TestWhoMay:
    """Never the asker, and where a rule names approvers, nobody else."""

    async def test_the_key_that_asked_may_not(self, gate: Gate) -> None:
        both = await a_key(gate, "both", Scope.REQUEST_CREATE, Scope.REQUEST_DECIDE)
        root = await a_key(gate, "root", Scope.ADMIN)
        for asker in (both, root):
            request = await asked(gate, asker)
            with pytest.raises(SelfApproval):
                await decide(gate, request.id, YES, by=asker.key.actor)
            assert (await browse.load(request.id)).status is Status.PENDING

    async def test_nor_after_it_was_rotated(self, gate: Gate) -> None:
        both = await a_key(gate, "both", Scope.REQUEST_CREATE, Scope.REQUEST_DECIDE)
        request = await asked(gate, both)
        rotated = await rotate_key(gate, "both", by=ALICE)
        with pytest.raises(SelfApproval):
            await decide(gate, request.id, YES, by=rotated.key.actor)

    async def test_nor_the_asker_s_other_identity(self, gate: Gate, agent: NewKey) -> None:
        await link_person(gate, "alice", "api:agent", by=BOB)
        await link_person(gate, "alice", "terminal:alice", by=BOB)
        request = await asked(gate, agent)
        with pytest.raises(SelfApproval):
            await decide(gate, request.id, YES, by=ALICE)
        assert (await decide(gate, request.id, YES, by=BOB)).request.status is Status.APPROVED

    @pytest.mark.parametrize("options", [Options(trust=Trust(allow_self_approval=True), default_targets=(TARGET,))])
    async def test_unless_that_is_allowed(self, gate: Gate) -> None:
        both = await a_key(gate, "both", Scope.REQUEST_CREATE, Scope.REQUEST_DECIDE)
        request = await asked(gate, both)
        assert (await decide(gate, request.id, YES, by=both.key.actor)).request.status is Status.APPROVED

    async def test_a_named_person_may_by_any_identity(self, gate: Gate, agent: NewKey) -> None:
        await ruled(gate, {"decision": "route_to_human", "approvers": ["person:alice"]})
        request = await asked(gate, agent)
        with pytest.raises(NotAnApprover, match="Only person:alice may decide"):
            await decide(gate, request.id, YES, by=ALICE)
        await link_person(gate, "alice", "terminal:alice", by=BOB)
        assert (await decide(gate, request.id, YES, by=ALICE)).request.status is Status.APPROVED

    async def test_only_from_the_channel_where_nobody_is_configured(self, gate: Gate, agent: NewKey) -> None:
        await ruled(gate, {"decision": "route_to_human", "channels": ["slack:C0PS"]})
        request = await asked(gate, agent)
        with pytest.raises(NotAnApprover, match="can be decided in slack:C0PS"):
            await decide(gate, request.id, YES, by=Actor("slack", "U1", place="slack:C0LOBBY"))
        ended = (await decide(gate, request.id, YES, by=Actor("slack", "U1", place="slack:C0PS"))).request
        assert ended.decided_by == "slack:U1"


class TestOverdue:
    """Time has run out and the sweep has not been there."""

    async def test_a_decision_is_refused_and_the_request_expires(self, gate: Gate, agent: NewKey, clock: Clock) -> None:
        request = await asked(gate, agent)
        clock.advance(hours=1)
        with pytest.raises(AlreadyFinal, match="has expired: nobody answered in time") as late:
            await decide(gate, request.id, YES, by=ALICE)
        assert late.value.request.status is Status.EXPIRED
        assert (await browse.load(request.id)).decided_by == "system:expiry"
        assert (await story_of(request))[2:] == ["request.expired by system:expiry"]
        assert (await browse.load(request.id)).approvals == ()

    async def test_a_moment_before_it_is_counted(self, gate: Gate, agent: NewKey, clock: Clock) -> None:
        request = await asked(gate, agent)
        clock.advance(minutes=59, seconds=59, microseconds=999_999)
        assert (await decide(gate, request.id, YES, by=ALICE)).request.status is Status.APPROVED

    async def test_the_last_vote_of_a_quorum_comes_too_late(self, gate: Gate, agent: NewKey, clock: Clock) -> None:
        await ruled(gate, TWO)
        request = await asked(gate, agent)
        await decide(gate, request.id, YES, by=ALICE)
        clock.advance(hours=2)
        with pytest.raises(AlreadyFinal):
            await decide(gate, request.id, YES, by=BOB)
        assert (await browse.load(request.id)).status is Status.EXPIRED


async def test_fifty_at_once_have_one_winner_and_the_others_know_who(gate: Gate, agent: NewKey) -> None:
    for _ in range(4):
        request = await asked(gate, agent)
        start = asyncio.Barrier(50)

        async def press(number: int, request_id: str = request.id, start: asyncio.Barrier = start) -> Decided:
            await start.wait()
            return await decide(gate, request_id, YES if number % 2 else NO, by=Actor("terminal", f"p{number}"))

        answers = await asyncio.gather(*(press(number) for number in range(50)), return_exceptions=True)
        (won,) = [one for one in answers if isinstance(one, Decided)]
        lost = [one for one in answers if isinstance(one, AlreadyFinal)]
        assert len(lost) == 49
        ended = await browse.load(request.id)
        assert won.request == ended
        assert {one.sentence for one in lost} == {
            f"{request.shown_code} was already {ended.status.value} by {ended.decided_by}."
        }
        words = [event.type for event in await events.of(request.id)]
        assert words.count("request.decided") == 1
        assert len(words) == 4
        assert len(ended.approvals) == 1


async def test_decision_cancellation_and_expiry_race_to_one_end(gate: Gate, clock: Clock) -> None:
    agent = await a_key(gate, "asker", Scope.REQUEST_CREATE)
    for turn in range(12):
        request = await asked(gate, agent)
        start = asyncio.Barrier(3)
        if turn % 2:
            clock.advance(hours=1)

        async def decision(request_id: str = request.id, start: asyncio.Barrier = start) -> object:
            await start.wait()
            return await decide(gate, request_id, YES, by=CAROL)

        async def cancellation(request_id: str = request.id, start: asyncio.Barrier = start) -> object:
            await start.wait()
            return await cancel(gate, request_id, by=agent.key.actor)

        async def expiry(start: asyncio.Barrier = start) -> object:
            await start.wait()
            return await expire_overdue(gate)

        racers = [decision(), cancellation(), expiry()]
        turned = racers[turn % 3 :] + racers[: turn % 3]
        await asyncio.gather(*turned, return_exceptions=True)
        ended = await browse.load(request.id)
        assert ended.status.is_final
        assert turn % 2 == 0 or ended.status is not Status.APPROVED
        words = [event.type for event in await events.of(request.id)][2:]
        assert words in (
            ["request.approved", "request.decided"],
            ["request.cancelled"],
            ["request.expired"],
        )
        assert words[0] == f"request.{ended.status.value}"
